//! The library gives the same results as the command line.

use gpu_sweep::builder::Builder;
use gpu_sweep::math::Optimizer;
use gpu_sweep::run::Observer;
use gpu_sweep::study::Study;
use gpu_sweep::{Dataset, Device, Sweep};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

/// The small sweep of two optimizers that [`by_builder`] describes, as flags.
const FLAGS: &str = "--optimizer sgd,adam --beta1 0.8,0.9 --lr 0.01,0.1 --hidden 2 --dataset moons --noise 0.1 --points 40 \
                     --test-fraction 0.25 --seeds 3 --epochs 30 --record accuracy,test --device cpu --quiet";

fn by_builder() -> Builder {
    use gpu_sweep::sweep::ExtraCurve;
    Sweep::builder()
        .optimizer([Optimizer::Sgd, Optimizer::Adam])
        .beta1([0.8, 0.9])
        .lr(vec![0.01, 0.1])
        .hidden([2])
        .dataset("moons")
        .noise(0.1)
        .points(40u32)
        .test_fraction(0.25)
        .seeds(3)
        .epochs(30u32)
        .record([ExtraCurve::Test, ExtraCurve::Accuracy])
        .device(Device::Cpu)
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn the_builder_writes_what_the_command_line_writes() {
    let folder = tempfile::tempdir().unwrap();
    let [ours, theirs] = ["ours", "theirs"].map(|name| folder.path().join(name));
    let (_, ended) = by_builder().out(&ours).run().unwrap();
    assert_eq!(ended.trained, 18);
    let mut run = Command::new(env!("CARGO_BIN_EXE_gpu-sweep"));
    assert!(run.args(FLAGS.split_whitespace()).arg("--out").arg(&theirs).status().unwrap().success());
    for name in ["sweep.toml", "summary.csv", "models.parquet", "curves.npz", "pictures/accuracy.svg"] {
        assert!(read(&ours, name) == read(&theirs, name), "{name} differs");
    }
}

#[test]
fn in_memory_and_in_a_folder_the_models_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (session, ended) = by_builder().out(folder.path().join("study")).run().unwrap();
    let per_model = by_builder().train().unwrap();
    assert_eq!(per_model.summary, ended.tables.unwrap().summary);
    assert_eq!(per_model.models().count() as u64, session.study.spec().models());
    for (cell, trial, outcome) in per_model.models() {
        assert_eq!(session.study.kept(cell, trial.index).unwrap().unwrap().outcome, *outcome);
    }
}

#[test]
fn data_from_memory_stay_with_the_study() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("study");
    let rows: Vec<[f64; 2]> = (0..20).map(|i| [f64::from(i), f64::from(i % 3)]).collect();
    let classes: Vec<bool> = (0..20).map(|i| i > 9).collect();
    let data = Dataset::new("steps", &rows, &classes).unwrap();
    let build = || Sweep::builder().data(&data).models(80).epochs(20u32).device("cpu").out(&out);
    let (session, _) = build().run().unwrap();
    assert_eq!(session.jobs[0].data.train.len(), 20);
    drop(session);
    // The temporary file with the data is gone; the study folder has a copy.
    let (study, inputs) = Study::found(&out).unwrap();
    assert_eq!((study.finished_models(), inputs.jobs[0].data.train.labels().as_slice()), (80, classes.as_slice()));
    drop(study);
    assert_eq!(build().run().unwrap().1.trained, 0, "the same study has nothing left to train");
    let split = data.clone().split(0.0, 0.5, 0);
    assert!(Sweep::builder().data(&split).train().unwrap_err().to_string().contains("not yet split"));
}

#[test]
fn the_first_thing_that_makes_no_sense_is_told() {
    let message = |builder: Builder| builder.sweep().unwrap_err().to_string();
    assert!(message(Sweep::builder().lr("fast").optimizer("sdg")).contains("--lr"));
    assert!(message(Sweep::builder().optimizer("sdg").lr("fast")).contains("--optimizer"));
    assert!(message(Sweep::builder().momentum(0.9)).contains("--momentum"));
    assert!(message(Sweep::builder().lr([0.1, f64::NAN])).contains("--lr"));
}

#[test]
fn what_is_named_goes_before_a_preset() {
    let preset = || Builder::from(Sweep::preset("momentum").unwrap());
    assert!(preset().sweep().unwrap().momentum.is_some());
    assert_eq!(preset().optimizer("adam").sweep().unwrap().momentum, None);
    let kept = preset().optimizer("adam,momentum").seeds(3).sweep().unwrap();
    assert!(kept.momentum.is_some() && kept.seeds == Some(3) && kept.models.is_none());
}

#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Observer for Notes {
    fn report(&self, about: &str, text: &str) {
        self.0.lock().unwrap().push(format!("{about}: {text}"));
    }

    fn stop(&self) -> bool {
        true
    }
}

#[test]
fn who_follows_hears_and_may_stop() {
    let (folder, notes) = (tempfile::tempdir().unwrap(), Notes::default());
    let (session, ended) = by_builder().out(folder.path().join("study")).run_observed(&notes).unwrap();
    assert!(ended.tables.is_none(), "stopped before the tables");
    assert!(session.resume_hint().contains("gpu-sweep resume"));
    let notes = notes.0.into_inner().unwrap();
    assert!(notes.iter().any(|note| note.starts_with("models: 18 models: 2 optimizers")), "{notes:?}");
}

#[test]
fn data_from_memory_go_nowhere_else() {
    let data = |name: &str| Dataset::new(name, &[[0.0], [1.0]], &[false, true]).unwrap();
    for name in ["../evil", "/tmp/evil", "a/b", "", "..", "nul\0"] {
        let message = Sweep::builder().data(&data(name)).train().unwrap_err().to_string();
        assert!(message.contains("a name that a file may have"), "{name}: {message}");
    }
    let spec = Sweep::builder().data(&data("two")).sweep().unwrap_err().to_string();
    assert!(spec.contains("run() or train()"), "{spec}");
}

#[test]
fn the_last_data_count_with_nothing_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let (memory, file) = (Dataset::new("two", &[[0.0], [1.0]], &[false, true]).unwrap(), folder.path().join("d.csv"));
    fs::write(&file, "klass,x\nill,1\nwell,2\nwell,3\n").unwrap();
    let build = || Sweep::builder().models(1).lr(0.1).epochs(1u32).device("cpu");
    let points = |builder: Builder| builder.train().unwrap().spec.cells[0].train.points;
    assert_eq!(points(build().data(&memory).data(file.as_path()).label("klass")), 3);
    assert_eq!(points(build().data(file.as_path()).label("klass").positive("ill").data(&memory)), 2);
}

#[test]
fn what_would_do_nothing_in_memory_is_refused() {
    let build = || Sweep::builder().models(40).epochs(1u32).device("cpu");
    for builder in [build().out("there"), build().force(true), build().tune(true), build().device("cpu,cpu")] {
        let message = builder.train().unwrap_err().to_string();
        assert!(message.contains("--"), "{message}");
    }
}

#[test]
fn settings_are_words_as_well_as_values() {
    let words = Sweep::builder()
        .loss("mse")
        .shuffle("per-seed")
        .batch_size(8u32)
        .init_bias("zeros")
        .curves("10")
        .preset("course");
    assert_eq!(words.sweep().unwrap(), Sweep::preset("course").unwrap(), "a preset is in place of all before");
    let words =
        Sweep::builder().loss("mse").shuffle("per-seed").batch_size(8u32).init_bias("zeros").curves("10").sweep();
    let sweep = words.unwrap();
    assert_eq!((sweep.loss, sweep.curves), (gpu_sweep::math::Loss::Mse, gpu_sweep::sweep::CurvesKept::First(10)));
    let message = Sweep::builder().loss("sme").sweep().unwrap_err().to_string();
    assert!(
        message.contains("--loss must be bce, mse, hinge, softmax, mae or huber, not \"sme\"; did you mean mse?")
            && !message.contains("list"),
        "{message}"
    );
}
