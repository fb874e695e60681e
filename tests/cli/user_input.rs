//! User input: numbers, names, ranges, settings files, trial files, and paths that are not UTF-8.

use crate::support::{Place, SMALL};

/// First columns of the rows of `models.csv`, before the results.
fn starts(place: &Place, folder: &str, columns: usize) -> Vec<String> {
    let text = place.read(&format!("{folder}/models.csv"));
    text.lines().skip(1).map(|row| row.split(',').take(columns).collect::<Vec<_>>().join(",")).collect()
}

fn config(place: &Place, words: &str) -> String {
    place.run(&format!("{words} --print-config")).ok().out
}

#[test]
fn numbers_and_names_are_read_as_people_type_them_and_written_one_way() {
    let place = Place::new();
    let typed = "--models 1.5k --epochs 1e3 --optimizer Adam,RMSprop --activation ReLU,leaky_relu,Swish \
                 --init glorot-uniform,he_normal --dataset MOONS --schedule Warmup_Cosine --loss MSE --hidden 16 \
                 --batch-size Full,1e1 --curves 2k --shuffle PER_SEED";
    let plain = "--models 1500 --epochs 1000 --optimizer adam,rmsprop --activation relu,leaky-relu,silu \
                 --init xavier-uniform,kaiming-normal --dataset moons --schedule warmup-cosine --loss mse --hidden 16 \
                 --batch-size full,10 --curves 2000 --shuffle per-seed";
    let text = config(&place, typed);
    assert_eq!(text, config(&place, plain));
    assert!(text.contains("init = \"xavier-uniform,kaiming-normal\"") && text.contains("curves = 2000"), "{text}");
    assert_eq!(config(&place, "--preset Init_Std"), config(&place, "--preset init-std"));
}

#[test]
fn record_both_is_accuracy_and_test() {
    let place = Place::new();
    let words = "--test-fraction 0.5 --record";
    let both = config(&place, &format!("{words} both"));
    assert_eq!(both, config(&place, &format!("{words} accuracy,test")));
    assert_eq!(both, config(&place, &format!("{words} Test,Accuracy")));
    place.write("c.toml", both);
    assert!(config(&place, "--config c.toml").contains("record = [\"accuracy\", \"test\"]"));
}

#[test]
fn a_geometric_range_has_a_short_form_and_is_saved_in_full() {
    let place = Place::new();
    let short = config(&place, "--lr 1e-4..1");
    assert_eq!(short, config(&place, "--lr geomspace:1e-4:1:20"));
    assert!(short.contains("lr = \"geomspace:1e-4:1:20\""), "{short}");
    place.run("--device cpu --epochs 1 --lr geomspace:0.001:0.1:3 --seeds 1 --out out").ok();
    assert_eq!(starts(&place, "out", 2), ["0,0.001", "1,0.01", "2,0.1"]);
}

#[test]
fn what_was_probably_not_meant_is_noted_in_one_line() {
    let place = Place::new();
    let note = |words: &str| {
        let run = place.run(&format!("--device cpu --seeds 1 --epochs 1 {words}")).ok();
        let notes: Vec<&str> = run.err.lines().filter(|line| line.starts_with("note ")).collect();
        notes.join("|")
    };
    let lines = [
        ("--lr logspace:0.0001:0.1:5", "runs from 1.00023028502 to 1.25892541179", "type --lr geomspace:0.0001:0.1:5"),
        ("--lr 0,01", "is read as the values 0 and 1", "type a point: --lr 0.01"),
    ];
    place.write("c.toml", "lr = \"logspace:0.0001:0.1:5\"\n");
    let from_file = ("--config c.toml", "the ends of logspace are powers of 10", "--lr geomspace:0.0001:0.1:5");
    for (words, what, advice) in lines.into_iter().chain([from_file]) {
        let note = note(words);
        assert!(note.contains(what) && note.ends_with(advice) && !note.contains('|'), "{note}");
    }
    assert_eq!(note("--lr logspace:-4:-1:5"), "");
}

#[test]
fn a_list_with_blanks_is_shown_as_it_was_typed() {
    let place = Place::new();
    for (flag, value) in [("--lr", "0.1 0.2"), ("--optimizer", "sgd adam"), ("--batch-size", "8 16")] {
        let parts = [&format!("not \"{value}\"; commas go between values, not blanks")[..]];
        place.run_args(&[flag, value]).stops(2, &parts);
    }
    let run = place
        .run_args(&[
            "--lr",
            "0.1 , 0.2",
            "--optimizer",
            "rms-prop",
            "--init",
            "GlorotUniform,HeNormal",
            "--print-config",
        ])
        .ok();
    for line in ["lr = \"0.1,0.2\"", "optimizer = \"rmsprop\"", "init = \"xavier-uniform,kaiming-normal\""] {
        assert!(run.out.contains(line), "{}", run.out);
    }
}

#[test]
fn lr_find_notes_what_a_sweep_notes() {
    let words = "lr-find --device cpu --seeds 1 --steps 50 --optimizer momentum --momentum logspace:0.1:0.9:1";
    let run = Place::new().run(words).ok();
    assert!(run.err.contains("note ") && run.err.contains("type --momentum geomspace:0.1:0.9:1"), "{}", run.err);
}

#[test]
fn equal_points_are_refused_wherever_they_are_given() {
    let place = Place::new();
    for (words, value) in [
        ("--lr 0.1,0.1,0.1,0.1 --seeds 10", "--lr has 0.1"),
        ("--weight-decay 0,0.0", "--weight-decay has 0"),
        ("--lr linspace:0.1:0.1:3", "--lr has 0.1"),
        ("--offset-a=-1,-1.0", "--offset-a has -1"),
    ] {
        place.run(words).stops(2, &[value, "more than once; give each value only once"]);
    }
    place.write("dup.csv", "lr,seed\n0.1,1\n0.1,2\n1e-1,1.0\n");
    let parts = [
        "dup.csv, line 4, column 1: the same model as in line 2; each combination of values and seed must be there only once",
    ];
    place.run("--trials dup.csv").stops(2, &parts);
    place.write("c.toml", "lr = [0.1, 0.1]\n");
    place.run("--config c.toml").stops(2, &["c.toml, line 1, column 6: lr has 0.1 more than once"]);
    assert!(!place.path("gpu-sweep-out").exists());
}

#[test]
fn a_flag_with_one_value_is_every_trials() {
    let place = Place::new();
    place.write("rows.csv", "lr,seed\n0.5,7.0\n0.25,9.0\n");
    let words = "--device cpu --epochs 2 --trials rows.csv";
    place.run(&format!("{words} --optimizer momentum --momentum 0.5 --weight-decay 0.01 --clip 2 --out flags")).ok();
    place.write("columns.csv", "lr,seed,momentum,weight_decay,clip\n0.5,7,0.5,0.01,2\n0.25,9,0.5,0.01,2\n");
    place.run("--device cpu --epochs 2 --optimizer momentum --trials columns.csv --out columns").ok();
    assert_eq!(place.read("flags/models.csv"), place.read("columns/models.csv"));
    place.write("seeds.csv", "seed\n7\n9\n");
    place.run("--device cpu --epochs 2 --trials seeds.csv --lr 0.5 --out rate").ok();
    assert_eq!(starts(&place, "rate", 3), ["0,0.5,7", "1,0.5,9"]);
    // The saved settings describe the same study.
    place.run("--config flags/sweep.toml --device cpu --out flags").ok();
    for (more, parts) in [
        ("--momentum 0.5,0.9 --optimizer momentum", ["--momentum has 2 values", "a column momentum"]),
        ("--lr 0.5", ["--lr can't be used together with the column lr of --trials", "leave one of them out"]),
        ("--lr 0.5,0.6", ["--lr has several values", "one value for all rows"]),
        ("--lr linspace:0.001:0.1:40", ["--lr has several values", "one value for all rows"]),
    ] {
        place.run(&format!("{words} {more}")).stops(2, &parts);
    }
    place.run("--trials seeds.csv").stops(2, &["--lr has 40 values", "a column lr"]);
    // The trial file overrides the preset's values.
    place.run("--preset momentum --device cpu --epochs 2 --trials rows.csv --out preset").ok();
}

#[test]
fn settings_files_hold_numbers_and_lists() {
    let place = Place::new();
    let flags = config(&place, "--lr 0.1,0.2 --seeds 2 --epochs 5 --hidden 16,16 --optimizer sgd,adam");
    for text in [
        "lr = [0.1, 0.2]\nseeds = 2\nepochs = 5\nhidden = [16, 16]\noptimizer = [\"sgd\", \"adam\"]\n",
        "lr = [\"0.1\", 0.2]\nseeds = \"2\"\nepochs = 5e0\nhidden = [[16, 16]]\noptimizer = \"SGD,Adam\"\n",
    ] {
        place.write("c.toml", text);
        assert_eq!(config(&place, "--config c.toml"), flags, "{text}");
    }
    place.write("c.toml", "lr = 0.1\nhidden = 16\n");
    assert_eq!(config(&place, "--config c.toml"), config(&place, "--lr 0.1 --hidden 16"));
}

#[test]
fn a_bad_value_is_named_before_a_folder_of_other_results() {
    let place = Place::new();
    place.run("--device cpu --lr 0.1 --seeds 1 --epochs 1 --out taken").ok();
    place.run("--device cpu --lr 0.1 --seeds 1 --epochs 2 --out taken").stops(2, &["taken", "epochs: 1 there, 2 here"]);
    for (words, line) in [
        ("--lr fast", "--lr must be"),
        ("--momentum 0.5", "--momentum has no effect"),
        ("--mapping sideways", "--mapping must be"),
        ("--shard 3/3", "--shard must be"),
        ("--chunk-models 1e12", "--chunk-models must be"),
        ("--data none.csv", "none.csv: can't be opened"),
        ("--threads 5000", "--threads must be"),
    ] {
        place.run(&format!("--device cpu --seeds 1 --epochs 2 --out taken {words}")).stops(2, &[line]);
    }
}

#[test]
fn help_has_each_command_once_and_is_a_command() {
    let place = Place::new();
    let help = place.run("--help").ok().out;
    assert_eq!(help.matches("The loss over a plane").count(), 1, "{help}");
    assert_eq!(place.run("help lr-find").ok().out, place.run("lr-find --help").ok().out);
    assert!(place.run("help").ok().out.contains("lr-find"));
}

#[test]
fn a_folder_may_have_any_name() {
    let place = Place::new();
    place.run(&format!("{SMALL} --out=-x")).ok();
    place.run("resume -- -x").ok();
    place.run(&format!("{SMALL} --chunk-models 4 --out part --shard 0/2")).ok();
    let run = place.run("merge part --out=-y --allow-gaps").ok();
    assert!(run.err.contains("to go on: gpu-sweep resume ./-y"), "{}", run.err);
    place.run("resume ./-y").ok();
}

#[cfg(unix)]
#[test]
fn paths_may_be_other_bytes_than_text_and_nothing_else_may() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let (out, other) = (OsStr::from_bytes(b"out\xff"), OsStr::from_bytes(b"other\xfe"));
    let run = |words: &str, path: &OsStr| {
        let words =
            words.split_whitespace().map(|word| if word == "@" { path.to_owned() } else { OsString::from(word) });
        place.run_os(&words.collect::<Vec<_>>())
    };
    run(&format!("{SMALL} --json --out @"), out).ok();
    run("resume --json @", out).ok();
    run("report --json @", out).ok();
    run("replay --json --model 1 @", out).ok();
    let merged = [OsStr::new("merge"), out, OsStr::new("--out"), other].map(OsStr::to_owned);
    place.run_os(&merged).ok();
    std::fs::write(place.path("plain.csv"), "a,y\n1,0\n2,1\n").unwrap();
    std::fs::copy(place.path("plain.csv"), place.path("").join(OsStr::from_bytes(b"d\xff.csv"))).unwrap();
    let refused = run("--data @ --device cpu", OsStr::from_bytes(b"d\xff.csv"));
    refused.stops(2, &["--data", "is not UTF-8, which sweep.toml can't hold; rename the file"]);
    // A path that is saved in the folder must be UTF-8.
    let kept = run(&format!("{SMALL} --data plain.csv --out @"), OsStr::from_bytes(b"third\xff"));
    kept.stops(2, &["its name is not UTF-8", "choose another --out"]);
    let map = ["map", "--out"].map(OsString::from).into_iter().chain([out.to_owned(), "--x".into()]);
    let map: Vec<OsString> = map.chain([OsStr::from_bytes(b"lr=\xff").to_owned()]).collect();
    place.run_os(&map).stops(2, &["the argument \"lr=\u{fffd}\" of --x is not UTF-8 text"]);
    run("--device @", OsStr::from_bytes(b"bad\xff")).stops(2, &["bad", "is not UTF-8 text"]);
    for words in ["--label @ --data x.csv", "--lr @", "--epochs @", "lr-find --optimizer @"] {
        run(words, OsStr::from_bytes(b"bad\xff")).stops(2, &["must be UTF-8 text, not \"bad\u{fffd}\""]);
    }
}
