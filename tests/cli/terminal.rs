//! Which output goes to stdout and which to stderr.

use crate::support::{Place, SMALL};
use std::io::Read;
use std::process::{Command, Stdio};

#[test]
fn quiet_is_silent() {
    let run = Place::new().run(&format!("{SMALL} --quiet")).ok();
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
}

#[test]
fn quiet_still_tells_errors() {
    Place::new().run("--quiet --models 0").stops(2, &["--models"]);
}

#[test]
fn json_is_one_object_and_nothing_else() {
    let run = Place::new().run(&format!("{SMALL} --json")).ok();
    let object = run.json();
    assert!(object.is_object());
    assert_eq!((&object["all"]["n"], &object["engine"]["engine"]), (&8.into(), &"cpu".into()), "{object}");
    assert_eq!(object["groups"].as_array().unwrap().len(), 2);
    assert_eq!((&object["baseline"], object["near_best"].as_array().unwrap().len()), (&0.5.into(), 1), "{object}");
    // The best rate is the middle of the near-best range; both are absent together.
    assert_eq!(object["best"].get("lr").unwrap_or(&serde_json::Value::Null), &object["near_best"][0]["value"]);
    assert!(object["files"].as_array().unwrap().iter().any(|file| file == "summary.csv"));
}

#[test]
fn without_a_terminal_there_is_no_bar_and_no_colour() {
    let run = Place::new().run(SMALL).ok();
    for text in [&run.out, &run.err] {
        assert!(!text.contains(['\x1b', '\r']), "{text:?}");
    }
    assert!(!run.err.contains("models/s"), "{}", run.err);
    assert!(run.err.lines().count() <= 6, "a few notes: {}", run.err);
}

#[test]
fn the_first_lines_say_who_trains_what() {
    let run = Place::new().run("--device cpu --lr linspace:0.01:0.1:4 --seeds 2 --epochs 5 --hidden 3,2").ok();
    assert!(run.err.lines().next().unwrap().contains("cpu"), "{}", run.err);
    for part in
        ["8 models: 4 learning rates × 2 seeds", "2-3-2-1 ReLU", "200 points", "5 epochs", "curves of all 8 models"]
    {
        assert!(run.err.contains(part), "no {part:?} in {}", run.err);
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let place = Place::new();
    for words in ["--help".to_owned(), SMALL.to_owned()] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gpu-sweep"));
        command
            .args(words.split_whitespace())
            .current_dir(place.path(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert!(child.wait().unwrap().success(), "{words}: {errors}");
        assert!(!errors.contains("panicked"), "{words}: {errors}");
    }
}

#[test]
fn devices_lists_the_engines_and_json_is_one_object() {
    let place = Place::new();
    let text = place.run("devices").ok().out;
    assert!(text.contains("cpu") && text.contains("reference"), "{text}");
    let object = place.run("devices --json").ok().json();
    assert!(object["adapters"].is_array() && object["engines"].as_array().unwrap().len() >= 2, "{object}");
}

#[test]
fn verify_passes_on_the_cpu_row_by_row() {
    let place = Place::new();
    let run = place.run("verify --device cpu").ok();
    assert!(run.out.lines().count() > 10 && run.out.contains("pass") && !run.out.contains("FAIL"), "{}", run.out);
    let object = place.run("verify --device cpu --json").ok().json();
    let checks = object["checks"].as_array().unwrap();
    assert!(checks.len() > 10 && checks.iter().all(|check| check["pass"] == true), "{object}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_behind_stdout_is_told() {
    let place = Place::new();
    for words in ["--help", "--version", "devices", "--print-data", crate::support::SMALL] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gpu-sweep"));
        command.args(words.split_whitespace()).current_dir(place.path("")).env("XDG_CACHE_HOME", place.path("cache"));
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = command.stdout(full).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        let last = err.lines().last().unwrap_or_default();
        assert_eq!(output.status.code(), Some(1), "{words}: {err}");
        assert!(last.contains("standard output: cannot write: No space left on device"), "{words}: {err}");
    }
}
