//! Folders that vanish and damaged chunks.
#![cfg(unix)]

use crate::support::{Place, Program};
use crate::{CHUNKS, STUDY, chunks, held_at_work, same_tables};
use std::path::Path;

/// Asserts that the run ends with one clear error about `out` or a file in it, and with the command that resumes it.
#[track_caller]
fn ends_clearly(child: Program) {
    child.signal("CONT");
    let (ended, err) = child.end();
    let errors: Vec<&str> = err.lines().filter(|line| line.starts_with("gpu-sweep: error: ")).collect();
    assert_eq!((ended.code(), errors.len()), (Some(1), 1), "{err}");
    // The path is the folder, the next file, or the folder of a file that had just been renamed.
    assert!(errors[0].contains(": error: out") && errors[0].contains(": cannot "), "{err}");
    assert!(errors[0].contains("No such file or directory"), "{err}");
    assert!(!err.contains("panicked"), "{err}");
    let advice = |line: &str| line.starts_with("failed ") && line.ends_with("to go on: gpu-sweep resume out");
    assert!(err.lines().any(advice), "{err}");
}

#[test]
fn a_folder_or_its_chunks_moved_away_end_the_run_and_nothing_is_lost() {
    let place = Place::new();
    place.run(&format!("{STUDY} --quiet --out calm")).ok();
    let child = held_at_work(&place, STUDY);
    std::fs::rename(place.path("out"), place.path("moved")).unwrap();
    ends_clearly(child);
    assert!(!place.path("out").exists(), "half a study in the old place");
    assert!((1..CHUNKS).contains(&chunks(&place.path("moved"))));
    place.run("resume moved --quiet").ok();
    same_tables(&place.path("calm"), &place.path("moved"));

    let child = held_at_work(&place, STUDY);
    std::fs::rename(place.path("out/chunks"), place.path("gone")).unwrap();
    ends_clearly(child);
    assert!(!place.path("out/models.csv").exists() && !place.path("out/chunks").exists());
    place.run("resume out --quiet").ok();
    same_tables(&place.path("calm"), &place.path("out"));
}

#[test]
fn a_folder_that_is_removed_ends_the_run_and_stays_away() {
    let place = Place::new();
    let child = held_at_work(&place, STUDY);
    // Renamed in one step, because the program keeps adding files.
    std::fs::rename(place.path("out"), place.path("gone")).unwrap();
    std::fs::remove_dir_all(place.path("gone")).unwrap_or_else(|e| panic!("nobody writes there any more: {e}"));
    ends_clearly(child);
    assert!(!place.path("out").exists());
    place.run("resume out --quiet").stops(2, &["out: no such folder"]);
}

/// Modifies the bytes of a file.
fn spoil(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn damaged_chunks_are_said_line_by_line_and_trained_again() {
    let place = Place::new();
    let words = "--device cpu --lr 0.1,0.2 --models 60 --epochs 5 --chunk-models 10 --curves 20 --save-weights";
    place.run(&format!("{words} --quiet --out calm")).ok();
    place.run(&format!("{words} --quiet --out out")).ok();
    let chunk = |n: u32| place.path(&format!("out/chunks/{n:06}.chunk"));
    spoil(&chunk(0), |bytes| bytes[100] ^= 1);
    spoil(&chunk(2), |bytes| bytes.truncate(bytes.len() / 2));
    spoil(&chunk(3), Vec::clear);
    // Longer than before, as if a second writer had appended.
    spoil(&chunk(5), |bytes| bytes.extend_from_slice(b"more"));
    for name in ["models.csv", "curves.npz", "weights.npz"] {
        std::fs::remove_file(place.path("out").join(name)).unwrap();
    }
    let run = place.run(&format!("{words} --out out")).ok();
    let warnings: Vec<&str> = run.err.lines().filter(|line| line.starts_with("warning")).collect();
    assert_eq!(warnings.len(), 4, "{}", run.err);
    for (line, n) in warnings.iter().zip([0, 2, 3, 5]) {
        let said = line.contains(&format!("out/chunks/{n:06}.chunk: damaged: ")) && line.contains("trained again");
        assert!(said, "{line}");
    }
    assert!(run.err.contains("20 of 60 models are already trained"), "{}", run.err);
    same_tables(&place.path("calm"), &place.path("out"));
}
