//! Runs every input of the fuzzers' corpora (seeds and findings) through the same functions.

use crate::fuzz::{self, TARGETS, chunk};
use std::path::{Path, PathBuf};

/// Minimum number of inputs per target: an empty corpus would pass, too.
const FEWEST: usize = 5;

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target)
}

fn survive(name: &str) {
    let (_, target) = TARGETS.into_iter().find(|(target, _)| *target == name).unwrap();
    let files: Vec<PathBuf> = std::fs::read_dir(corpus(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= FEWEST, "{name} has {} inputs", files.len());
    for file in files {
        // Printed because the panic does not name the file.
        println!("{}", file.display());
        fuzz::run(target, &std::fs::read(&file).unwrap());
    }
}

#[test]
fn csv_inputs_are_survived() {
    survive("csv");
}

#[test]
fn table_inputs_are_survived() {
    survive("table");
}

#[test]
fn npz_inputs_are_survived() {
    survive("npz");
}

#[test]
fn config_inputs_are_survived() {
    survive("config");
}

#[test]
fn axis_inputs_are_survived() {
    survive("axis");
}

#[test]
fn chunk_inputs_are_survived() {
    survive("chunk");
}

/// The chunk corpus contains a chunk of the current layout; `GPU_SWEEP_WRITE_SEED=1` rewrites it after a change.
#[test]
fn the_seed_of_chunks_is_a_chunk_as_it_is_written_today() {
    let (path, sound) = (corpus("chunk").join("sound"), chunk::sound());
    if std::env::var_os("GPU_SWEEP_WRITE_SEED").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &sound).unwrap();
    }
    assert!(std::fs::read(&path).unwrap() == sound, "GPU_SWEEP_WRITE_SEED=1 writes {}", path.display());
    assert!(chunk::open(&sound).unwrap().models().is_ok());
}
