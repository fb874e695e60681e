//! The results folder: its contents, and how a second run treats it.

use crate::support::{Place, SMALL, names};

#[test]
fn a_run_writes_what_it_promises() {
    let place = Place::new();
    let run = place.run(SMALL).ok();
    let mut expected =
        ["chunks", "curves.npz", "models.csv", "models.parquet", "pictures", "run.json", "summary.csv"].to_vec();
    expected.push("sweep.toml");
    let found = names(&place.path("gpu-sweep-out/latest"));
    for name in expected {
        assert!(found.contains(&name.to_owned()), "no {name} in {found:?}");
    }
    let kinds =
        ["accuracy", "classes", "data", "ecdf", "fan", "heatmap", "histogram", "loss-histogram", "losses", "success"];
    let pictures: Vec<String> = kinds.iter().flat_map(|kind| [format!("{kind}.png"), format!("{kind}.svg")]).collect();
    assert_eq!(names(&place.path("gpu-sweep-out/latest/pictures")), pictures);
    assert_eq!(names(&place.path("gpu-sweep-out/latest/chunks")), ["000000.chunk"]);
    assert!(run.out.contains("best learning rate") && run.out.contains("summary.csv"), "{}", run.out);
    let header = "model_id,lr,seed,train_loss,train_acc,balanced_acc,status,diverged_epoch,class";
    let models = place.read("gpu-sweep-out/latest/models.csv");
    assert_eq!((models.lines().next(), models.lines().count()), (Some(header), 9));
    let header = "lr,n,mean_acc,median_acc,q25_acc,q75_acc,mean_balanced_acc,success_rate,success_ci_low,success_ci_high,diverged,\
                  exploded,dead_relu,chance,slow,other,baseline,near_best";
    let summary = place.read("gpu-sweep-out/latest/summary.csv");
    assert_eq!((summary.lines().next(), summary.lines().count()), (Some(header), 3));
}

#[test]
fn run_json_says_what_ran_and_where_the_time_went() {
    let place = Place::new();
    place.run(SMALL).ok();
    let run: serde_json::Value = serde_json::from_str(&place.read("gpu-sweep-out/latest/run.json")).unwrap();
    assert!(run.to_string().contains(env!("CARGO_PKG_VERSION")), "{run}");
    let phases = run.pointer("/runs/0/phases").or(run.get("phases")).unwrap().to_string();
    for phase in ["data", "tables", "pictures", "total"] {
        assert!(phases.contains(phase), "no {phase} in {phases}");
    }
}

#[test]
fn the_same_question_again_says_that_nothing_is_left() {
    let place = Place::new();
    let first = place.run(SMALL).ok();
    let chunk = std::fs::metadata(place.path("gpu-sweep-out/latest/chunks/000000.chunk")).unwrap().modified().unwrap();
    let second = place.run(SMALL).ok();
    assert!(second.err.contains("nothing left to train"), "{}", second.err);
    assert_eq!(first.out, second.out, "the same summary, from the files");
    let again = std::fs::metadata(place.path("gpu-sweep-out/latest/chunks/000000.chunk")).unwrap().modified().unwrap();
    assert_eq!(chunk, again, "not trained twice");
}

#[test]
fn a_run_that_was_cut_off_goes_on() {
    let place = Place::new();
    let words = format!("{SMALL} --chunk-models 2");
    place.run(&words).ok();
    let whole = place.read("gpu-sweep-out/latest/models.csv");
    std::fs::remove_file(place.path("gpu-sweep-out/latest/chunks/000003.chunk")).unwrap();
    std::fs::remove_file(place.path("gpu-sweep-out/latest/models.csv")).unwrap();
    let run = place.run(&words).ok();
    assert!(run.err.contains("6 of 8 models"), "{}", run.err);
    assert_eq!(place.read("gpu-sweep-out/latest/models.csv"), whole);
}

#[test]
fn another_question_is_refused_with_the_difference() {
    let place = Place::new();
    place.run(&format!("{SMALL} --out own")).ok();
    let other = format!("{} --out own", SMALL.replace("--epochs 5", "--epochs 6"));
    place.run(&other).stops(2, &["own", "epochs", "5", "6", "--force"]);
    place.run(&format!("{other} --force")).ok();
    assert!(place.read("own/sweep.toml").contains("epochs = 6"));
}

#[test]
fn other_data_under_the_same_name_is_another_question() {
    let place = Place::new();
    let words = format!("{SMALL} --data t.csv");
    place.write("t.csv", "a,b,y\n1,2,0\n3,4,1\n");
    place.run(&words).ok();
    place.run(&format!("{words} --out own")).ok();
    place.write("t.csv", "a,b,y\n1,2,0\n3,5,1\n");
    place.run(&format!("{words} --out own")).stops(2, &["own", "the contents of"]);
    place.run(&words).ok();
    let studies = names(&place.path("gpu-sweep-out"));
    let of_file = |name: &&String| name.starts_with("data-t") && name.len() > "data-t-012345".len();
    assert_eq!(studies.iter().filter(of_file).count(), 2, "{studies:?}");
}

#[test]
fn force_leaves_alone_what_gpu_sweep_did_not_write() {
    let place = Place::new();
    std::fs::create_dir(place.path("thesis")).unwrap();
    place.write("thesis/chapter1.tex", "years of work");
    place.run(&format!("{SMALL} --out thesis")).stops(2, &["thesis"]);
    place.run(&format!("{SMALL} --out thesis --force")).stops(2, &["thesis"]);
    assert_eq!(names(&place.path("thesis")), ["chapter1.tex"]);
    place.run(SMALL).ok();
    place.write("gpu-sweep-out/latest/notes.txt", "mine");
    place.run(&format!("{SMALL} --force")).stops(2, &["notes.txt"]);
    assert!(
        place.path("gpu-sweep-out/latest/models.csv").exists() && place.path("gpu-sweep-out/latest/notes.txt").exists()
    );
}

#[test]
fn a_saved_question_asked_again_is_the_same_question() {
    let place = Place::new();
    let flags = "--device cpu --lr logspace:-3:-1:3 --seeds 2 --epochs 7 --hidden 3,2 --blur 0.5 --seed 18446744073709551000 \
                 --test-fraction 0.25 --record accuracy,test --record-every 3 --curves 4 --save-weights --independent-seeds \
                 --success-threshold 0.6 --data-seed 5 --chunk-models 4";
    place.run(&format!("{flags} --out first")).ok();
    place.run("--device cpu --config first/sweep.toml --out second").ok();
    assert_eq!(place.read("first/sweep.toml"), place.read("second/sweep.toml"));
    assert_eq!(place.read("first/models.csv"), place.read("second/models.csv"));
    let fewer = place.run("--device cpu --config first/sweep.toml --models 5 --out third --json").ok();
    assert_eq!(fewer.json()["all"]["n"], 5, "--models on the command line goes before seeds in the file");
}

#[test]
fn a_bad_config_is_one_line() {
    let place = Place::new();
    place.write("a.toml", "epochs = 10\nspeed = 3\n");
    place.run("--config a.toml").stops(2, &["a.toml", "speed"]);
    place.write("b.toml", "epochs = \n");
    place.run("--config b.toml").stops(2, &["b.toml"]);
    place.write("c.toml", "epochs = \"many\"\n");
    place.run("--config c.toml").stops(2, &["c.toml, line 1, column 10", "many"]);
}

#[test]
fn a_finished_folder_says_who_trained_it_whoever_is_asked_now() {
    let place = Place::new();
    place.run(SMALL).ok();
    let run = place.run(&SMALL.replace("--device cpu", "--device reference")).ok();
    assert!(run.err.contains("trained earlier by cpu") && !run.err.contains("f64"), "{run:?}");
}

#[test]
fn a_flag_that_would_do_nothing_is_refused() {
    let place = Place::new();
    std::fs::write(place.path("trials.csv"), "lr,seed\n0.1,3\n").unwrap();
    for flag in ["--lr 0.5", "--seed 4", "--lr 0.5,0.6", "--momentum 0.9,0.8 --optimizer momentum"] {
        place.run(&format!("--device cpu --epochs 1 --trials trials.csv {flag}")).stops(2, &["--trials"]);
    }
    std::fs::write(place.path("data.csv"), "x,y\n1,0\n2,1\n").unwrap();
    place.run("--device cpu --epochs 1 --data data.csv --blur 2").stops(2, &["--data"]);
}

#[test]
fn only_what_a_first_run_leaves_behind_is_begun_upon() {
    let place = Place::new();
    place.write("t.csv", "a,b,y\n1,2,0\n3,4,1\n");
    let words = format!("{SMALL} --data t.csv --quiet");
    let left = |out: &str, names: &[&str]| {
        for name in names {
            let path = place.path(out).join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "a part").unwrap();
        }
    };
    // Interrupted before the settings were written, in our folder or during a copy.
    left("ours", &[".lock", ".lock-setup", ".sweep.toml.tmp", "inputs/data/t.csv"]);
    left("part", &[".lock-setup", "inputs/data/.t.csv.tmp"]);
    // Copies without our lock file, and foreign files beside the copies.
    left("without", &["inputs/data/t.csv"]);
    left("beside", &[".lock-setup", "inputs/data/t.csv", "inputs/notes.txt"]);
    left("other", &[".lock-setup", "inputs/mine/t.csv"]);
    for out in ["ours", "part"] {
        place.run(&format!("{words} --out {out}")).ok();
        assert_eq!(place.read(&format!("{out}/inputs/data/t.csv")), place.read("t.csv"));
    }
    for (out, file) in [("without", "data/t.csv"), ("beside", "notes.txt"), ("other", "mine/t.csv")] {
        place.run(&format!("{words} --out {out}")).stops(2, &[out, "it holds inputs"]);
        assert_eq!(place.read(&format!("{out}/inputs/{file}")), "a part");
    }
}
