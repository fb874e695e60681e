//! Estimated against actual disk use of a study, and where the estimate is printed.

use crate::support::{Place, SMALL};
use gpu_sweep::study::Study;
use std::path::Path;

/// Total bytes of all files below a folder.
fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { bytes(&path) } else { path.metadata().unwrap().len() }).sum()
}

#[test]
fn the_estimate_is_within_a_factor_of_two_of_real_folders() {
    let place = Place::new();
    for (n, words) in [
        "--models 1000 --epochs 100",
        "--models 30000 --epochs 4 --curves none",
        "--models 2000 --epochs 100 --hidden 16 --save-weights --record accuracy,test --test-fraction 0.25 --chunk-models 500",
        "--models 20000 --epochs 60 --curves 400",
        "--lr linspace:0.001:0.1:1000 --seeds 5 --epochs 10",
        "--optimizer sgd,adam --hidden 4/8 --models 4000 --epochs 40",
    ]
    .into_iter()
    .enumerate()
    {
        let out = format!("study-{n}");
        place.run(&format!("--device cpu --quiet --out {out} {words}")).ok();
        let (study, _) = Study::found(&place.path(&out)).unwrap();
        let (size, disk) = (study.size(), bytes(&place.path(&out)) as f64);
        assert!((0.5..2.0).contains(&(size.disk / disk)), "{words}: {disk} bytes, not {size:?}");
        let chunks = std::fs::read_dir(place.path(&out).join("chunks")).unwrap();
        let largest = chunks.map(|chunk| chunk.unwrap().metadata().unwrap().len()).max().unwrap() as f64;
        // A chunk has about 4 kB of overhead.
        assert!((0.4..2.5).contains(&(size.chunk / (largest - 4e3).max(1e3))), "{words}: {largest} bytes, not {size:?}");
    }
}

#[test]
fn time_memory_and_disk_are_explained_and_said_before_a_big_job_alone() {
    let place = Place::new();
    let explained = place.run(&format!("{SMALL} --explain")).ok().out;
    for subject in ["time      seconds", "memory    about ", "disk      about 4.0 MB when all is done"] {
        assert!(explained.contains(subject), "no {subject:?} in {explained}");
    }
    let big = place.run("--device reference --epochs 1000000 --explain").ok().out;
    assert!(big.contains(" h ") && big.contains("by counted instructions"), "{big}");
    let small = place.run(SMALL).ok().err;
    assert!(!small.contains("memory") && !small.contains("\ntime"), "{small}");
}
