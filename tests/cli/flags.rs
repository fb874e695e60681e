//! Command-line flags, their values and effects.

use crate::support::{Place, SMALL};

#[test]
fn help_and_version_are_shown_on_stdout() {
    let place = Place::new();
    let version = place.run("--version").ok();
    assert_eq!(version.out, format!("gpu-sweep {}\n", env!("CARGO_PKG_VERSION")));
    let (short, long) = (place.run("-h").ok().out, place.run("--help").ok().out);
    assert!(short.len() < long.len() && long.contains("Examples:"));
    for heading in ["Data:", "Network:", "Training:", "Which models:", "What to keep:", "Running:"] {
        assert!(short.contains(heading) && long.contains(heading), "{heading}");
    }
    for command in ["verify", "devices"] {
        assert!(place.run_args(&[command, "--help"]).ok().out.contains("--json"), "{command}");
    }
}

#[test]
fn defaults_in_the_help_are_those_of_the_library() {
    let help = Place::new().run("--help").out.split_whitespace().collect::<Vec<_>>().join(" ");
    let sweep = gpu_sweep::sweep::Sweep::default();
    let (lr, models) = (sweep.lr.to_string(), gpu_sweep::sweep::Sweep::DEFAULT_MODELS.to_string());
    let (epochs, hidden) = (sweep.epochs.to_string(), sweep.hidden.to_string());
    let flags = [("--lr", lr), ("--models", models), ("--epochs", epochs)];
    let others =
        [("--hidden", hidden.to_string()), ("--blur", sweep.blur.to_string()), ("--seed", sweep.seed.to_string())];
    for (flag, default) in flags.into_iter().chain(others) {
        let from = help.find(&format!("{flag} <")).unwrap_or_else(|| panic!("{flag}"));
        let shown = help[from..].split("[default: ").nth(1).unwrap().split(']').next().unwrap();
        assert_eq!(shown, default, "{flag}");
    }
}

#[test]
fn a_bad_flag_is_one_line_with_exit_code_2() {
    let place = Place::new();
    for (words, parts) in [
        ("--epochs x", ["--epochs must be", "whole number"]),
        ("--epochs", ["--epochs", "needs a value"]),
        ("--epochs -1", ["--epochs must be", "whole number"]),
        ("--modles 3", ["has no flag --modles", "did you mean --models?"]),
        ("--models 0", ["--models must be", "from 1"]),
        ("--seeds 0", ["--seeds must be", "from 1"]),
        ("--models 3 --seeds 4", ["--models", "--seeds"]),
        ("--lr -0.1", ["--lr must be", "linspace:START:STOP:COUNT"]),
        ("--lr linspace:0:1", ["--lr must be", "logspace:"]),
        ("--hidden 16,65", ["--hidden must be", "1 to 64"]),
        ("--hidden 1,1,1,1,1", ["--hidden must be", "up to 4"]),
        ("--test-fraction 0.95", ["--test-fraction must be", "0.9"]),
        ("--success-threshold 70", ["--success-threshold must be", "from 0 to 1"]),
        ("--blur nan", ["--blur must be", "0 to 1e30"]),
        ("--record loss", ["--record must be", "accuracy, test or both"]),
        ("--record test", ["--record has test curves", "--test-fraction"]),
        ("--record-every 0", ["--record-every must be", "from 1"]),
        ("--curves some", ["--curves must be", "auto, all, none"]),
        ("--label y", ["--label", "--data"]),
        ("--seed 18446744073709551616", ["--seed must be", "2^64 - 1"]),
        ("--seed 18446744073709551615 --seeds 2", ["--seed must be", "below 2^64"]),
        ("--save-weights=perhaps", ["--save-weights must be", "true or false"]),
        ("--config none.toml", ["none.toml", "can't be opened"]),
        ("--data none.csv", ["none.csv", "can't be opened"]),
        ("nonsense", ["nonsense", "--help"]),
        ("verify --epochs 3", ["has no flag --epochs", "--help"]),
    ] {
        let run = place.run(words).stops(2, &parts);
        assert_eq!(run.err.lines().count(), 1, "{words}: {run:?}");
    }
    assert!(!place.path("gpu-sweep-out").exists(), "refused settings leave nothing behind");
}

#[test]
fn an_unknown_device_or_mapping_is_refused_with_what_there_is() {
    let place = Place::new();
    place.run("--device abacus --models 2 --epochs 1").stops(2, &["abacus", "cpu", "reference"]);
    place.run("--device 99 --models 2 --epochs 1").stops(2, &["99", "cpu"]);
    place.run("--device cpu --mapping sideways --models 2 --epochs 1").stops(2, &["sideways"]);
    assert!(!place.path("gpu-sweep-out").exists(), "a refused device or mapping leaves nothing behind");
}

#[test]
fn threads_and_instruction_sets_are_the_cpu_engines_own() {
    let place = Place::new();
    for (words, parts) in [
        ("--threads 0", &["--threads", "1 to 4096"][..]),
        ("--device cpu --isa mmx", &["--isa", "mmx", "portable"]),
        ("--device reference --isa portable", &["--isa", "--device cpu", "reference"]),
        ("--device reference --threads 2", &["--threads", "--device cpu", "reference"]),
        ("--device cpu --isa portable --mapping fused-tile64", &["--mapping must be", "fused-tile64", "plain-tileN"]),
    ] {
        place.run(words).stops(2, parts);
    }
    let listed = place.run("devices --json").ok().out;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    for set in listed["instruction_sets"].as_array().unwrap() {
        let set = set.as_str().unwrap();
        let (all, one) =
            (format!("{SMALL} --isa {set} --out all"), format!("{SMALL} --isa {set} --threads 1 --out one"));
        place.run(&all).ok();
        assert!(place.run(&one).ok().err.contains("threads: 1"), "{set}");
        assert_eq!(place.read("all/models.csv"), place.read("one/models.csv"), "{set}");
        ["all", "one"].iter().for_each(|folder| std::fs::remove_dir_all(place.path(folder)).unwrap());
    }
}

#[test]
fn the_last_seed_may_be_ragged() {
    let place = Place::new();
    place.run(&format!("{SMALL} --lr 0.01,0.02,0.03 --models 7").replace("--lr 0.01,0.1 --models 8", "")).ok();
    let models = place.read("gpu-sweep-out/latest/models.csv");
    let pairs: Vec<Vec<&str>> = models.lines().skip(1).map(|row| row.split(',').skip(1).take(2).collect()).collect();
    let expected =
        [("0.01", "0"), ("0.02", "0"), ("0.03", "0"), ("0.01", "1"), ("0.02", "1"), ("0.03", "1"), ("0.01", "2")];
    assert_eq!(pairs, expected.map(|(lr, seed)| vec![lr, seed]));
}

#[test]
fn a_file_of_trials_replaces_the_grid() {
    let place = Place::new();
    place.write("search.csv", "seed,lr\n7,0.5\n9,0.25\n7,0.125\n");
    place.run("--device cpu --epochs 2 --trials search.csv").ok();
    let models = place.read("gpu-sweep-out/latest/models.csv");
    let starts: Vec<String> =
        models.lines().skip(1).map(|r| r.split(',').take(3).collect::<Vec<_>>().join(",")).collect();
    assert_eq!(starts, ["0,0.5,7", "1,0.25,9", "2,0.125,7"]);
    place.write("bad.csv", "lr,seed\n0.5,1\nfast,2\n");
    place.run("--device cpu --trials bad.csv --out other").stops(2, &["bad.csv, line 3, column 1", "fast"]);
}

#[test]
fn weights_saved_by_one_run_start_the_next() {
    let place = Place::new();
    place.run(&format!("{SMALL} --save-weights --out first")).ok();
    let again = format!("{SMALL} --seed 99 --save-weights --init-from first/weights.npz --out second");
    place.run(&again).ok();
    let rows = |name: &str| -> Vec<String> {
        let text = place.read(&format!("{name}/models.csv"));
        let from_loss = |row: &str| row.split(',').skip(3).collect::<Vec<_>>().join(",");
        text.lines().skip(1).map(from_loss).collect()
    };
    assert_eq!(rows("first").len(), 8);
    assert_eq!(rows("first"), rows("second"), "the same initial weights train alike, whatever the seed");
    place
        .run(&format!("{SMALL} --hidden 2 --init-from first/weights.npz --out third"))
        .stops(2, &["weights.npz", "init_w1"]);
}

#[test]
fn a_diverged_model_is_a_result() {
    let place = Place::new();
    let run = place.run("--device cpu --lr 0.1,1e30 --seeds 3 --epochs 20 --json").ok();
    assert_eq!(run.json()["all"]["diverged"], 3, "{run:?}");
    let summary = place.read("gpu-sweep-out/latest/summary.csv");
    assert_eq!(summary.lines().count(), 3);
    assert!(place.read("gpu-sweep-out/latest/models.csv").contains(",diverged,"));
}

#[test]
fn explain_tells_the_plan_and_trains_nothing() {
    let place = Place::new();
    let text = place.run("--device gpu --models 1000 --explain").ok().out;
    for part in ["mapping ", "2-1-1 ReLU", "loop iterations", "min. time ", "instructions"] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
    let two = place.run("--device gpu --hidden 1/16,16 --mapping streamed-64-8 --explain").ok().out;
    assert!(two.contains("2 of 2: 2-16-16-1") && two.matches("streamed-64-8: ").count() == 2, "{two}");
    assert!(place.run("--device cpu --explain").ok().out.contains("mapping   "));
    assert!(!place.path("gpu-sweep-out").exists());
}

#[test]
fn the_fastest_mapping_is_found_once_and_obeyed_in_a_folder() {
    let place = Place::new();
    // Long enough that timing pays off on any device; `--explain` trains only a moment of it.
    let long = "--device gpu --hidden 4 --models 100000 --epochs 100000 --explain";
    let first = place.run(long).ok().out;
    assert!(first.contains("(timed here: "), "{first}");
    let fastest = |text: &str| text.split("fastest   ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let again = place.run(long).ok().out;
    assert!(again.contains("as timed by an earlier run") && fastest(&again) == fastest(&first), "{again}");
    assert!(!place.run(&format!("{long} --no-tune")).ok().out.contains("fastest"));
    // The mapping saved in a folder is used again.
    place.run("--device gpu --models 8 --epochs 5 --mapping workgroup-4-64 --quiet").ok();
    let run = |words: &str| place.run(&format!("--device gpu --models 8 --epochs 5 --json {words}")).ok().out;
    assert!(run("").contains("workgroup-4-64"));
}

#[test]
fn checks_of_kernels_may_be_kept_and_change_nothing() {
    let place = Place::new();
    for (out, flag) in [("checked", "--checked"), ("plain", "")] {
        place.run(&format!("--device gpu --models 80 --epochs 20 --mapping thread-64 --quiet --out {out} {flag}")).ok();
    }
    assert_eq!(place.read("checked/models.csv"), place.read("plain/models.csv"));
    place.run("--device cpu --checked --models 8").stops(2, &["--checked", "only applies to --device gpu"]);
}
