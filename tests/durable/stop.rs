//! Ctrl-C, `kill` and a closed terminal.
#![cfg(unix)]

use crate::support::{Place, Program};
use crate::{CHUNKS, STUDY, chunks, held_at_work, same_tables, start};
use std::io::{BufRead, BufReader, Read};
use std::process::Command;

/// A model that takes days.
const ENDLESS: &str = "--models 1 --hidden 64,64,64,64 --epochs 100000000";

fn stopped(name: &str, code: i32, more: &str) {
    let place = Place::new();
    let child = held_at_work(&place, &format!("{STUDY} {more}"));
    child.signal(name);
    child.signal("CONT");
    let (ended, err) = child.end();
    assert_eq!(ended.code(), Some(code), "{err}");
    let last = err.lines().last().unwrap_or_default();
    assert!(last.starts_with("stopped ") && last.ends_with("to go on: gpu-sweep resume out"), "{err}");
    let kept = chunks(&place.path("out"));
    // All chunks only if the rest had already been trained when the signal came.
    assert!((1..=CHUNKS).contains(&kept), "{kept}");
    let progress: serde_json::Value = serde_json::from_str(&place.read("out/progress.json")).unwrap();
    assert_eq!((&progress["state"], &progress["kept"]), (&"stopped".into(), &(20 * kept).into()));
    let run = place.run("resume out").ok();
    let there = format!("{} of 5000 models are already trained", 20 * kept);
    assert!(kept == CHUNKS || run.err.contains(&there), "{}", run.err);
    place.run(&format!("{STUDY} {more} --quiet --out calm")).ok();
    same_tables(&place.path("calm"), &place.path("out"));
}

#[test]
fn ctrl_c_keeps_what_is_finished() {
    stopped("INT", 130, "");
}

#[test]
fn kill_does_too() {
    stopped("TERM", 143, "--hidden 4");
}

#[test]
fn a_closed_terminal_does_too() {
    stopped("HUP", 129, "");
}

#[test]
fn nohup_goes_on_when_the_terminal_is_closed() {
    let place = Place::new();
    let words = format!("trap '' HUP; exec {} {STUDY} --quiet --out out", env!("CARGO_BIN_EXE_gpu-sweep"));
    let mut command = Command::new("sh");
    let command = command.args(["-c", &words]).current_dir(place.path("")).env("XDG_CACHE_HOME", place.path("cache"));
    let mut child = Program::spawn(command);
    assert!(child.reaches(|| chunks(&place.path("out")) > 0));
    if child.try_wait().unwrap().is_none() {
        child.signal("HUP");
    }
    let (ended, err) = child.end();
    assert_eq!(ended.code(), Some(0), "{err}");
    assert_eq!(chunks(&place.path("out")), CHUNKS);
}

/// Stops during a model that takes days and must be dropped: otherwise the test does not end.
fn dropped(words: &str) {
    let place = Place::new();
    let mut child = start(&place.path(""), &format!("{words} {ENDLESS} --out out"));
    let progress = || std::fs::read_to_string(place.path("out/progress.json")).unwrap_or_default();
    assert!(child.reaches(|| !progress().is_empty()));
    // Progress is reported while a model is trained.
    for _ in 0..2 {
        let before = progress();
        assert!(child.reaches(|| progress() != before));
    }
    child.signal("INT");
    let (ended, err) = child.end();
    assert_eq!((ended.code(), chunks(&place.path("out"))), (Some(130), 0), "{err}");
    assert!(err.lines().last().unwrap_or_default().ends_with("to go on: gpu-sweep resume out"), "{err}");
}

#[test]
fn a_model_that_takes_long_is_dropped_by_the_cpu_engine() {
    dropped("--device cpu");
}

#[test]
fn a_model_that_takes_long_is_dropped_by_the_reference_engine() {
    dropped("--device reference");
}

/// A single epoch takes many seconds.
#[test]
fn an_epoch_that_takes_long_is_dropped_by_the_reference_engine() {
    dropped("--device reference --points 100000");
}

#[test]
fn a_model_that_takes_long_is_dropped_by_the_gpu_engine() {
    dropped("--device gpu --no-tune");
}

/// The first signal waits up to a second for a chunk and prints how to resume; the second does neither.
#[test]
fn a_second_signal_ends_at_once() {
    let place = Place::new();
    let at_once = (0..50).any(|n| {
        let mut child = start(&place.path(""), &format!("--device cpu {ENDLESS} --out out{n}"));
        // The signal handlers are installed before the first message.
        let mut said = BufReader::new(child.stderr.take().unwrap());
        said.read_line(&mut String::new()).unwrap();
        while child.try_wait().unwrap().is_none() {
            child.signal("TERM");
        }
        assert_eq!(child.wait().unwrap().code(), Some(143));
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        !rest.contains("to go on")
    });
    assert!(at_once, "the second signal never came before the end of the first");
}
