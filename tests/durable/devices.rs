//! Several devices of one machine: equal results, messages during work, leftovers.

use crate::support::Place;
use crate::{STUDY, same_tables, start};
use std::io::Read;

/// Asserts that two engines of a kind write the same tables as one.
fn shared_out(one: &str, more: &str) {
    let place = Place::new();
    let run = place.run(&format!("{more} --device {one},{one} --out both")).ok();
    assert!(run.err.starts_with(&format!("device    2 × {one}")), "{}", run.err);
    place.run(&format!("{more} --device {one} --out one")).ok();
    same_tables(&place.path("both"), &place.path("one"));
}

const STUDY_OF_ANY: &str = "--models 400 --epochs 50 --chunk-models 20 --curves 100 --save-weights --no-tune";

#[test]
fn two_cpu_engines_leave_what_one_leaves() {
    shared_out("cpu", STUDY_OF_ANY);
}

#[test]
fn two_gpu_devices_leave_what_one_leaves() {
    shared_out("gpu", STUDY_OF_ANY);
}

#[test]
fn devices_of_different_kinds_and_gpus_that_are_not_there_are_refused() {
    let place = Place::new();
    place.run(&format!("{STUDY_OF_ANY} --device cpu,reference")).stops(2, &["--device", "results may differ"]);
    place.run(&format!("{STUDY_OF_ANY} --device cpu,99")).stops(2, &["--device", "99"]);
    place.run("verify --device cpu,cpu").stops(2, &["--device", "a single device here"]);
    assert!(!place.path("gpu-sweep-out").exists());
}

#[test]
fn a_study_leaves_word_of_how_far_it_is() {
    let place = Place::new();
    let read = |name: &str| serde_json::from_str::<serde_json::Value>(&place.read(name)).unwrap();
    let mut child = start(&place.path(""), "--device cpu --models 5000 --epochs 100000000 --out out");
    assert!(child.reaches(|| place.path("out/progress.json").exists()));
    let begun = read("out/progress.json");
    assert_eq!(
        (&begun["state"], &begun["models"], &begun["process"]),
        (&"training".into(), &5000.into(), &child.id().into())
    );
    child.kill().unwrap();
    child.wait().unwrap();
    place.run(&format!("{STUDY} --out short")).ok();
    let done = read("short/progress.json");
    assert_eq!((&done["state"], &done["kept"]), (&"done".into(), &5000.into()), "{done}");
    place.run(&format!("{STUDY} --shard 1/2 --out shards")).ok();
    let shard = read("shards/progress-1-of-2.json");
    assert_eq!((&shard["state"], &shard["kept"]), (&"shard".into(), &2500.into()), "{shard}");
}

#[test]
fn a_log_for_programs_is_an_object_a_line() {
    let place = Place::new();
    let object = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    let mut child = start(&place.path(""), &format!("{STUDY} --log-format json"));
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert!(child.wait().unwrap().success());
    let lines: Vec<_> = err.lines().map(object).collect();
    assert!(lines.iter().all(|line| line["time"].is_string() && line["level"] == "info"), "{err}");
    let about: Vec<_> = lines.iter().map(|line| line["about"].as_str().unwrap()).collect();
    assert!(about.starts_with(&["device", "folder", "models"]) && about.contains(&"progress"), "{about:?}");
    for words in ["--models 0 --log-format=json", "--nonsense --log-format json"] {
        let run = place.run(words);
        let error = object(run.err.trim_end());
        assert_eq!((run.code, &error["level"], &error["exit_code"]), (2, &"error".into(), &2.into()), "{error}");
    }
    place.run("--log-format xml").stops(2, &["--log-format", "json"]);
}
