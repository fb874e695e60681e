//! Results folders: which files are ours, which are foreign, and which may be deleted.

use crate::fake::{Fake, contents, finished, info, spec, sweep, train};
use gpu_sweep::engine::{EngineKind, Mapping};
use gpu_sweep::results::StudySpec;
use gpu_sweep::study::{RunRecord, Study, TrialRange, read_config};
use gpu_sweep::sweep::{Choices, Inputs, Sweep};
use std::fs;
use std::path::Path;

fn refusal(folder: &Path, sweep: Sweep, force: bool) -> String {
    let error = Study::open(folder, spec(sweep), force).unwrap_err();
    assert_eq!(error.exit_code(), 2, "{error}");
    let message = error.to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}

#[test]
fn another_question_is_refused_with_the_difference_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    finished(folder.path(), sweep(), 7);
    let before = contents(folder.path());
    let message =
        refusal(folder.path(), Sweep { epochs: 500, hidden: Choices::parse("", "1/2").unwrap(), ..sweep() }, false);
    assert!(message.contains("(epochs: 10 there, 500 here; hidden: \"3,2\" there, \"1/2\" here)"), "{message}");
    assert!(contents(folder.path()) == before);
}

#[test]
fn changed_contents_of_a_file_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("points.csv"), folder.path().join("out"));
    fs::write(&data, "x,y\n1,0\n").unwrap();
    let with_data = Sweep { data: Some(data.clone()), ..sweep() };
    Study::open(&out, spec(with_data.clone()), false).unwrap();
    fs::write(&data, "x,y\n2,0\n").unwrap();
    let mut changed = spec(with_data);
    changed.digest += "changed";
    let message = Study::open(&out, changed, false).unwrap_err().to_string();
    assert!(message.contains("data: the contents of ") && message.contains("points.csv"), "{message}");
}

#[test]
fn the_question_is_asked_again_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    finished(folder.path(), sweep(), 7);
    let again = read_config(&folder.path().join("sweep.toml")).unwrap();
    assert_eq!(again, sweep());
    let study = Study::open(folder.path(), spec(again), false).unwrap();
    assert_eq!((study.missing(), study.finished_models()), (vec![], 30));
}

#[test]
fn force_replaces_a_study_and_leaves_nothing_of_it() {
    let (folder, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let study = finished(folder.path(), sweep(), 7);
    fs::write(study.pictures().unwrap().join("accuracy.svg"), "<svg/>").unwrap();
    study.write_run(&RunRecord::begin(vec!["gpu-sweep".into()])).unwrap();
    drop(study);
    for left in [".models.csv.tmp", ".curves.npz.tmp", "chunks/.000009.chunk.tmp", "pictures/.loss.png.tmp"] {
        fs::write(folder.path().join(left), "part").unwrap();
    }
    let other = Sweep { epochs: 500, ..sweep() };
    Study::open(folder.path(), spec(other.clone()), true).unwrap();
    Study::open(fresh.path(), spec(other), false).unwrap();
    assert!(contents(folder.path()) == contents(fresh.path()));
}

#[test]
fn force_deletes_nothing_where_something_foreign_is() {
    for foreign in ["notes.txt", "chunks/notes.txt", "chunks/000000.csv", "pictures/me.jpg", "my.png", "own/x.parquet"]
    {
        let folder = tempfile::tempdir().unwrap();
        finished(folder.path(), sweep(), 7).pictures().unwrap();
        let path = folder.path().join(foreign);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "mine").unwrap();
        let before = contents(folder.path());
        let message = refusal(folder.path(), sweep(), true);
        let named = if foreign == "own/x.parquet" { "own" } else { foreign };
        assert!(message.contains(&format!("it holds {named}, not written by")), "{message}");
        assert!(contents(folder.path()) == before);
    }
}

#[cfg(unix)]
#[test]
fn force_deletes_nothing_through_links() {
    use std::os::unix::fs::symlink;
    let (real, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    finished(real.path(), sweep(), 7);
    let before = contents(real.path());
    let link = place.path().join("out");
    symlink(real.path(), &link).unwrap();
    assert!(refusal(&link, sweep(), true).contains("it is a link"));
    // A study folder whose chunks folder is a link to another study's.
    let study = place.path().join("study");
    Study::open(&study, spec(sweep()), false).unwrap();
    symlink(real.path().join("chunks"), study.join("chunks")).unwrap();
    assert!(refusal(&study, sweep(), true).contains("chunks is a link"));
    assert!(contents(real.path()) == before);
}

#[test]
fn a_folder_that_is_not_ours_is_refused_with_and_without_force() {
    for (name, text) in [("thesis.tex", "text"), ("sweep.toml", "epochs = 5\n"), ("sweep.toml", "no toml")] {
        for force in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(name), text).unwrap();
            let message = refusal(folder.path(), sweep(), force);
            assert!(message.contains(&format!("it holds {name}, and is no results folder")), "{message}");
            assert_eq!(contents(folder.path()), [(name.to_owned(), text.as_bytes().to_vec())]);
        }
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(refusal(file.path(), sweep(), true).contains("it is a file"));
}

#[test]
fn an_empty_folder_and_one_with_a_half_written_question_are_begun() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".sweep.toml.tmp"), "epo").unwrap();
    let study = Study::open(folder.path(), spec(sweep()), false).unwrap();
    assert_eq!((study.missing(), study.saved_engine()), (vec![TrialRange { cell: 0, trials: 0..30 }], None));
    let names: Vec<String> = contents(folder.path()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["sweep.toml"]);
}

#[test]
fn the_first_engine_and_mapping_are_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    let mut study = Study::open(folder.path(), spec(sweep()), false).unwrap();
    study.use_engine(&info(), &[Mapping::Reference]).unwrap();
    drop(study);
    let mut study = Study::open(folder.path(), spec(sweep()), false).unwrap();
    assert_eq!(study.saved_engine(), Some((&info(), &[Mapping::Reference][..])));
    let mut newer_driver = Fake::new(7);
    newer_driver.info.driver = "2.0".into();
    train(&mut study, &mut newer_driver, &()).unwrap();
    let mut other = info();
    other.device = "some".into();
    for (engine, mapping) in [(info(), "thread-64"), (other, "scalar")] {
        let error = study.use_engine(&engine, &[mapping.parse().unwrap()]).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("reference on \"none\" with mapping \"scalar\"") && message.contains("--force"),
            "{message}"
        );
        assert_eq!(error.exit_code(), 2);
    }
}

#[test]
fn run_json_tells_this_run_and_the_ones_before() {
    let folder = tempfile::tempdir().unwrap();
    let study = finished(folder.path(), sweep(), 7);
    let mut first = RunRecord::begin(vec!["gpu-sweep".into(), "--models".into(), "30".into()]);
    study.write_run(&first).unwrap();
    (first.trained, first.files) = (30, vec!["models.csv".into()]);
    first.end();
    study.write_run(&first).unwrap();
    let mut second = RunRecord::begin(vec!["gpu-sweep".into()]);
    second.started += "later";
    study.write_run(&second).unwrap();
    let text = fs::read_to_string(folder.path().join("run.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&json["models"], &json["trained"], &json["ended"]), (&30.into(), &0.into(), &serde_json::Value::Null));
    assert_eq!((&json["mappings"][0], &json["engine"]["engine"]), (&"scalar".into(), &"reference".into()));
    let earlier = json["earlier"].as_array().unwrap();
    assert_eq!((earlier.len(), &earlier[0]["trained"], &earlier[0]["files"][0]), (1, &30.into(), &"models.csv".into()));
}

#[test]
fn a_question_comes_from_a_sweep_and_its_inputs() {
    let folder = tempfile::tempdir().unwrap();
    let open = |sweep: &Sweep| {
        let inputs = Inputs::load(sweep).unwrap();
        Study::open(&folder.path().join("out"), StudySpec::of(sweep, &inputs), false)
    };
    let data = folder.path().join("points.csv");
    let rows = (0..20).map(|i| format!("{i},{}\n", i % 2)).collect::<String>();
    fs::write(&data, format!("x,y\n{rows}")).unwrap();
    let sweep = Sweep { data: Some(data.clone()), test_fraction: 0.25, ..Sweep::default() };
    let study = open(&sweep).unwrap();
    let cell_spec = &study.spec().cells[0];
    assert_eq!((cell_spec.train.points + cell_spec.test.points, cell_spec.shape.features()), (20, 1));
    drop(study);
    // The same contents at another path are the same study.
    let moved = folder.path().join("moved.csv");
    fs::rename(&data, &moved).unwrap();
    let elsewhere = Sweep { data: Some(moved.clone()), ..sweep };
    assert!(open(&elsewhere).is_ok());
    fs::write(&moved, format!("x,y\n{rows}20,1\n")).unwrap();
    let message = open(&elsewhere).unwrap_err().to_string();
    assert!(message.contains("data: \"") && message.contains("moved.csv\" here"), "{message}");
}

#[cfg(unix)]
#[test]
fn what_killed_programs_left_goes_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    drop(finished(folder.path(), sweep(), 5));
    let left = [".models.csv.tmp", ".curves.npz.tmp", ".progress.json.tmp", ".run.json.tmp", "pictures/.loss.png.tmp"];
    let chunks = ["chunks/.000000.chunk.tmp", "chunks/.000001.chunk.tmp"];
    fs::create_dir_all(path("pictures")).unwrap();
    let leave = || left.iter().chain(&chunks).for_each(|name| fs::write(path(name), "half").unwrap());
    // A foreign text file, a link and a folder with similar names.
    let theirs = [".notes.txt.tmp", "models.csv.tmp", ".summary.csv.tmp", ".variance.csv.tmp"];
    theirs[..2].iter().for_each(|name| fs::write(path(name), "theirs").unwrap());
    std::os::unix::fs::symlink(path(theirs[0]), path(theirs[2])).unwrap();
    fs::create_dir(path(theirs[3])).unwrap();
    leave();
    drop(Study::open(folder.path(), spec(sweep()), false).unwrap());
    assert!(left.iter().chain(&chunks).all(|name| !path(name).exists()));
    assert!(theirs.iter().all(|name| fs::symlink_metadata(path(name)).is_ok()));
    // A shard removes only its own temporary chunks and, once no other process runs, files that only one process
    // writes.
    leave();
    let shard = Study::open_shard(folder.path(), spec(sweep()), "1/2".parse().unwrap(), EngineKind::Reference).unwrap();
    let there = || left.iter().chain(&chunks).filter(|name| path(name).exists()).copied().collect::<Vec<_>>();
    assert_eq!(there(), [&left[..], &chunks[..1]].concat());
    let alone = shard.alone(|| false).unwrap();
    assert!(alone.is_some());
    assert_eq!(there(), [".progress.json.tmp", ".run.json.tmp", chunks[0]]);
}
