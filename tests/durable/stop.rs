//! Ctrl-C and `kill`.
#![cfg(unix)]

use crate::support::Place;
use crate::{STUDY, chunks, same_tables, start, wait};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

fn signal(child: &Child, name: &str) {
    // The shell's own: a program of that name is not everywhere.
    let words = format!("kill -s {name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &words]).status().unwrap().success());
}

fn stopped(name: &str, code: i32, more: &str) {
    let place = Place::new();
    let mut child = start(&place.path(""), &format!("{STUDY} {more} --out out"));
    wait("a chunk", || chunks(&place.path("out")) > 0);
    signal(&child, name);
    assert_eq!(child.wait().unwrap().code(), Some(code));
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    let last = err.lines().last().unwrap_or_default();
    assert!(last.starts_with("stopped ") && last.ends_with("to go on: gpu-sweep resume out"), "{err}");
    let kept = chunks(&place.path("out"));
    assert!((1..250).contains(&kept) && !place.path("out/models.csv").exists(), "{kept}");
    let run = place.run("resume out").ok();
    assert!(run.err.contains(&format!("{} of 5000 models are already trained", 20 * kept)), "{}", run.err);
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
fn a_chunk_that_takes_long_is_dropped_and_a_second_signal_ends_at_once() {
    let place = Place::new();
    let long = "--device cpu --models 40 --hidden 64,64,64,64 --epochs 1000000";
    let mut child = start(&place.path(""), &format!("{long} --out out"));
    wait("an engine", || place.path("out/engine.json").exists());
    let begun = Instant::now();
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let took = begun.elapsed();
    assert!((0.9..10.0).contains(&took.as_secs_f64()), "{took:?}");
    let mut child = start(&place.path(""), "resume out");
    // It listens before it says anything.
    let mut said = BufReader::new(child.stderr.take().unwrap());
    said.read_line(&mut String::new()).unwrap();
    signal(&child, "TERM");
    std::thread::sleep(Duration::from_millis(100));
    let begun = Instant::now();
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert!(begun.elapsed() < Duration::from_secs(5));
}
