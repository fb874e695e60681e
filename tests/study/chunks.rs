//! Chunks: results survive the round trip however they are split, and damage is detected.

use crate::fake::{self, Fake, contents, curve_value, finished, info, outcome, spec, sweep, train, weight};
use gpu_sweep::engine::{Batch, Mapping, Outcome, Sink};
use gpu_sweep::results::CurveKind;
use gpu_sweep::study::{ProgressObserver, Study, TrialRange};
use gpu_sweep::sweep::{CurvesKept, Sweep};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Trials of the only cell.
fn span(trials: Range<u64>) -> TrialRange {
    TrialRange { cell: 0, trials }
}

#[test]
fn every_result_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let study = finished(folder.path(), Sweep { curves: CurvesKept::First(13), ..sweep() }, 5);
    let cell_spec = &study.spec().cells[0];
    let (trials, record, parameters) = (&cell_spec.trials, &cell_spec.record, cell_spec.shape.parameters());
    let (mut seen, mut kept) = (0, 0);
    for chunk in study.chunks() {
        let chunk = chunk.unwrap();
        let models = chunk.models().unwrap();
        assert_eq!((models.range(), models.first), (chunk.span().trials.clone(), seen));
        let curves = CurveKind::ALL.map(|kind| chunk.curves(kind).unwrap());
        let weights = [chunk.initial_weights().unwrap(), chunk.final_weights().unwrap()];
        let width = record.epochs.len();
        assert_eq!(weights.each_ref().map(Vec::len), [models.outcomes.len() * parameters; 2]);
        assert_eq!(curves.each_ref().map(Vec::len), [record.curves_in(&models.range()) * width; 4]);
        for (row, index) in models.range().enumerate() {
            let trial = trials.get(index);
            let expected = outcome(&trial, true);
            assert_eq!(models.outcomes[row], expected);
            for (p, (initial, last)) in
                weights[0][row * parameters..].iter().zip(&weights[1][row * parameters..]).take(parameters).enumerate()
            {
                assert_eq!((*initial, *last), (weight(&trial, p, false), weight(&trial, p, true)));
            }
            if index < 13 {
                kept += 1;
                for (k, curve) in curves.iter().enumerate() {
                    for (r, epoch) in record.epochs.iter().enumerate() {
                        let value = curve_value(&trial, &expected, k, *epoch) as f32;
                        assert_eq!(
                            curve[row * width + r].to_bits(),
                            if value.is_nan() { f32::NAN } else { value }.to_bits()
                        );
                    }
                }
            }
            seen += 1;
        }
    }
    assert_eq!((seen, kept, trials.get(29).seed), (30, 13, u64::MAX));
}

#[test]
fn the_engines_cuts_change_no_byte() {
    let whole = tempfile::tempdir().unwrap();
    finished(whole.path(), sweep(), 1000);
    let expected = contents(whole.path());
    let names: Vec<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();
    let chunks = ["chunks/000000.chunk", "chunks/000001.chunk", "chunks/000002.chunk", "chunks/000003.chunk"];
    let tables = ["curves.npz", "distributions.csv", "engine.json", "models.csv", "models.parquet"];
    assert_eq!(names, [&chunks[..], &tables, &["summary.csv", "sweep.toml", "variance.csv", "weights.npz"]].concat());
    for batch in [1, 7, 8, 16] {
        let folder = tempfile::tempdir().unwrap();
        finished(folder.path(), sweep(), batch);
        assert!(contents(folder.path()) == expected, "batches of {batch}");
    }
}

#[test]
fn removed_cut_and_changed_chunks_are_made_again_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = |n: u32| folder.path().join(format!("chunks/{n:06}.chunk"));
    finished(folder.path(), sweep(), 7);
    let expected = contents(folder.path());
    let bytes = std::fs::read(path(0)).unwrap();
    std::fs::remove_file(path(3)).unwrap();
    std::fs::write(path(1), &bytes[..bytes.len() / 2]).unwrap();
    let mut changed = std::fs::read(path(2)).unwrap();
    changed[200] ^= 4;
    std::fs::write(path(2), &changed).unwrap();
    let mut study = Study::open(folder.path(), spec(sweep()), false).unwrap();
    assert_eq!((study.missing(), study.finished_models()), (vec![span(8..30)], 8));
    let damaged: Vec<String> = study.damaged().iter().map(ToString::to_string).collect();
    assert_eq!(damaged.len(), 2, "{damaged:?}");
    assert!(damaged[0].contains("000001.chunk: damaged: ") && damaged[1].contains("000002.chunk: damaged: "));
    assert!(study.write_tables().unwrap_err().to_string().contains("8 of 30 models are trained"));
    let mut engine = Fake::new(5);
    train(&mut study, &mut engine, &()).unwrap();
    study.write_tables().unwrap();
    assert_eq!(engine.trained, 22);
    assert!(contents(folder.path()) == expected);
    drop(study);
    assert!(Study::open(folder.path(), spec(sweep()), false).unwrap().missing().is_empty());
}

#[test]
fn a_chunk_of_another_place_or_sweep_is_not_taken() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    finished(folder.path(), sweep(), 7);
    finished(other.path(), Sweep { epochs: 11, ..sweep() }, 7);
    let chunk = |of: &tempfile::TempDir, n: u32| of.path().join(format!("chunks/{n:06}.chunk"));
    std::fs::copy(chunk(&folder, 0), chunk(&folder, 1)).unwrap();
    std::fs::copy(chunk(&other, 2), chunk(&folder, 2)).unwrap();
    let study = Study::open(folder.path(), spec(sweep()), false).unwrap();
    assert_eq!(study.missing(), [span(8..24)]);
    let damaged: Vec<String> = study.damaged().iter().map(ToString::to_string).collect();
    assert!(damaged[0].contains("first is 0, not 8") && damaged[1].contains("digest is "), "{damaged:?}");
}

/// Another study replaced a chunk of this one while it was open.
#[test]
fn a_chunk_that_was_replaced_since_does_not_get_into_the_tables() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let study = finished(folder.path(), sweep(), 7);
    let before = contents(folder.path());
    finished(other.path(), Sweep { epochs: 12, ..sweep() }, 7);
    let chunk = |of: &tempfile::TempDir| of.path().join("chunks/000001.chunk");
    std::fs::copy(chunk(&other), chunk(&folder)).unwrap();
    let message = study.write_tables().unwrap_err().to_string();
    assert!(message.contains("000001.chunk: damaged: ") && message.contains("digest is "), "{message}");
    let tables = |files: Vec<(String, Vec<u8>)>| {
        files.into_iter().filter(|(name, _)| !name.starts_with("chunks/")).collect::<Vec<_>>()
    };
    assert!(tables(contents(folder.path())) == tables(before), "the tables from before are still whole");
}

/// Observer that stops the training after a number of saved chunks.
struct Stopper {
    after: usize,
    saved: Mutex<Vec<Range<u64>>>,
    worked: AtomicU64,
}

impl ProgressObserver for Stopper {
    fn worked(&self, model_epochs: u64) {
        self.worked.fetch_add(model_epochs, Ordering::Relaxed);
    }

    fn saved(&self, range: Range<u64>, outcomes: &[Outcome]) {
        assert_eq!(outcomes.len() as u64, range.end - range.start);
        self.saved.lock().unwrap().push(range);
    }

    fn stop(&self) -> bool {
        self.saved.lock().unwrap().len() >= self.after
    }
}

#[test]
fn a_stopped_training_goes_on_where_it_was() {
    let (folder, whole) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut study = Study::open(folder.path(), spec(sweep()), false).unwrap();
    let stopper = Stopper { after: 2, saved: Mutex::default(), worked: AtomicU64::new(0) };
    train(&mut study, &mut Fake::new(3), &stopper).unwrap();
    // The third chunk has begun: it is finished if that is immediate, else dropped.
    let saved = stopper.saved.into_inner().unwrap();
    assert!(saved[..2] == [0..8, 8..16] && saved.len() < 4, "{saved:?}");
    let kept = 8 * saved.len() as u64;
    assert!(stopper.worked.into_inner() >= kept * 10);
    assert_eq!(study.missing(), [span(kept..30)]);
    drop(study);
    finished(folder.path(), sweep(), 3);
    finished(whole.path(), sweep(), 3);
    assert!(contents(folder.path()) == contents(whole.path()));
}

#[test]
fn results_in_the_wrong_place_or_of_the_wrong_size_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let plain = Sweep { curves: CurvesKept::None, save_weights: false, ..sweep() };
    let mut study = Study::open(folder.path(), spec(plain.clone()), false).unwrap();
    study.use_engine(&info(), &[Mapping::Reference]).unwrap();
    let trials = study.spec().cells[0].trials.clone();
    let batch = |first: u64, n: u64| Batch {
        first,
        outcomes: (first..first + n).map(|i| outcome(&trials.get(i % 30), true)).collect(),
        ..Batch::default()
    };
    let mut with_curves = batch(0, 1);
    (with_curves.curves.models, with_curves.curves.train_loss) = (1, vec![0.0; 4]);
    for (wrong, word) in
        [(batch(1, 2), "expected trial 0, got 1"), (batch(0, 31), "does not exist"), (with_curves, "curves")]
    {
        let message = study.sink(&span(0..30), &()).accept(wrong).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    }
    assert!(study.sink(&span(0..30), &()).accept(batch(0, 30)).is_ok());
    assert!(study.missing().is_empty());
}

#[test]
fn chosen_curves_are_those_of_the_models_named() {
    let folder = tempfile::tempdir().unwrap();
    let study = finished(folder.path(), sweep(), 7);
    let cell_spec = &study.spec().cells[0];
    let curves = study.curves(CurveKind::TestLoss, 9).unwrap();
    assert_eq!(curves.iter().map(|c| c.trial.index).collect::<Vec<_>>(), [0, 1, 2, 12, 13, 14, 27, 28, 29]);
    for curve in &curves {
        let trial = cell_spec.trials.get(curve.trial.index);
        assert_eq!((curve.cell, curve.trial, curve.values.len()), (0, trial, cell_spec.record.epochs.len()));
        let expected = curve_value(&trial, &outcome(&trial, true), 2, 0) as f32;
        assert!(curve.values[0] == expected || (curve.values[0].is_nan() && expected.is_nan()));
    }
    let none = tempfile::tempdir().unwrap();
    let without = finished(none.path(), Sweep { curves: CurvesKept::None, ..fake::sweep() }, 7);
    assert_eq!(without.curves(CurveKind::TrainLoss, 5).unwrap(), []);
    assert!(!none.path().join("curves.npz").exists());
}
