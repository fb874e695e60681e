//! A million models: fast, and in memory that does not grow with their number.

use crate::fake::{Fake, spec, sweep, train};
use gpu_sweep::study::Study;
use gpu_sweep::sweep::{CurvesKept, Sweep};
use std::time::Instant;

#[test]
fn a_million_models_pass_through_in_flat_memory() {
    let folder = tempfile::tempdir().unwrap();
    let many = Sweep {
        models: Some(1_000_000),
        seed: 0,
        curves: CurvesKept::None,
        record: vec![],
        save_weights: false,
        chunk_models: None,
        epochs: 1000,
        ..sweep()
    };
    let mut study = Study::open(folder.path(), spec(many.clone()), false).unwrap();
    let before = peak_mebibytes();
    let clock = Instant::now();
    train(&mut study, &mut Fake::new(10_000), &()).unwrap();
    let chunks = clock.elapsed();
    let tables = study.write_tables().unwrap();
    let written = clock.elapsed();
    drop(study);
    let found = Study::open(folder.path(), spec(many), false).unwrap();
    let (all, after) = (clock.elapsed(), peak_mebibytes());
    println!("chunks {chunks:?}, tables {written:?}, found again {all:?}, memory {before:?} then {after:?} MiB");
    assert_eq!((found.finished_models(), tables.summary.total().n), (1_000_000, 1_000_000));
    assert!(!folder.path().join("models.csv").exists() && folder.path().join("models.parquet").is_file());
    // All outcomes together would take more than 100 MiB; a chunk here is 65,535 models. The measured growth was 72
    // MiB, most of it scores by seed, which are kept for at most 100,000 models.
    if let (Some(before), Some(after)) = (before, after) {
        assert!(after - before < 90.0, "{before} MiB, then {after} MiB");
    }
}

/// Peak memory of this process, on Linux. (Other tests in the process add a little.)
fn peak_mebibytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok()? / 1024.0)
}
