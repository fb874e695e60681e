//! Chunks: the bytes are packed and get a valid checksum, as an attacker would do, and are read as chunk 0 of a small
//! study.

use super::seal::{DIGITS, sealed};
use gpu_sweep::engine::{Batch, Curves, EngineInfo, EngineKind, Mapping, Outcome, Score, Sink, Weights};
use gpu_sweep::results::{CurveKind, StudySpec};
use gpu_sweep::statistics::LossCounts;
use gpu_sweep::study::{ChunkFile, Study, TrialRange};
use gpu_sweep::sweep::{Axis, Choices, CurvesKept, ExtraCurve, Inputs, Sweep};
use std::cell::OnceCell;
use std::io::{Read, Write};
use std::path::Path;
use tempfile::TempDir;

/// Number of models of the study, all in one chunk.
pub const MODELS: u64 = 6;

/// A sweep whose chunks have every kind of column.
pub fn sweep() -> Sweep {
    Sweep {
        lr: Axis::parse("--lr", "0.1,0.2").unwrap(),
        models: Some(MODELS),
        epochs: 4,
        points: 20,
        record_every: Some(2),
        test_fraction: 0.2,
        record: vec![ExtraCurve::Accuracy, ExtraCurve::Test],
        curves: CurvesKept::First(4),
        save_weights: true,
        hidden: Choices::parse("--hidden", "2").unwrap(),
        chunk_models: Some(MODELS),
        ..Sweep::default()
    }
}

/// A study in `folder` whose only chunk is finished.
pub fn study(folder: &Path) -> Study {
    let sweep = sweep();
    let spec = StudySpec::of(&sweep, &Inputs::load(&sweep).unwrap());
    let mut study = Study::open(folder, spec, false).unwrap();
    let info = EngineInfo {
        engine: EngineKind::Reference,
        device: "none".into(),
        driver: "none".into(),
        threads: None,
        software: false,
    };
    study.use_engine(&info, &[Mapping::Reference]).unwrap();
    let batch = batch(&study);
    if !study.missing().is_empty() {
        let _ = study.sink(&TrialRange { cell: 0, trials: 0..MODELS }, &()).accept(batch).unwrap();
    }
    study
}

/// Results of all models; the last one has diverged.
fn batch(study: &Study) -> Batch {
    let part = &study.spec().cells[0];
    let points = part.record.epochs.len();
    let score = |i: u64| {
        Some(Score { loss: i as f64 / 3.0, correct: i as u32 % 4, correct_positive: i as u32 % 2, errors: None })
    };
    let outcome = |i: u64| match i {
        5 => Outcome { diverged: Some(3), ..Outcome::default() },
        _ => Outcome {
            train: score(i),
            test: score(i + 1),
            late_loss: Some(0.5).filter(|_| i > 1),
            dead: i == 2,
            ..Outcome::default()
        },
    };
    let curve = |k: usize| (0..4 * points).map(|i| (i * k) as f64 / 7.0).collect::<Vec<f64>>();
    let mut losses = LossCounts::new(2, points);
    (0..MODELS as usize).for_each(|i| (0..points).for_each(|slot| losses.add(i % 2, slot, i as f64 / 5.0)));
    let weights = |k: usize| (0..MODELS as usize * part.shape.parameters()).map(|i| (i * k) as f64 / 11.0).collect();
    Batch {
        first: 0,
        outcomes: (0..MODELS).map(outcome).collect(),
        curves: Curves {
            models: 4,
            train_loss: curve(1),
            train_accuracy: Some(curve(2)),
            test_loss: Some(curve(3)),
            test_accuracy: Some(curve(4)),
        },
        losses: Some(losses),
        weights: Some(Weights { initial: weights(1), last: weights(2) }),
    }
}

/// A valid chunk, unpacked and without its checksum: a line of labels, then numbers.
pub fn sound() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    drop(study(folder.path()));
    let bytes = std::fs::read(folder.path().join("chunks/000000.chunk")).unwrap();
    let (mut plain, packed) = parts(&bytes[..bytes.len() - DIGITS]);
    snap::read::FrameDecoder::new(packed).read_to_end(&mut plain).unwrap();
    plain
}

/// The line of labels, and the numbers.
fn parts(bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let (line, rest) = bytes.split_at(labels(bytes));
    (line.to_vec(), rest)
}

/// Length of the line of labels.
pub fn labels(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1)
}

/// Packs the numbers and leaves room for a checksum.
pub fn packed(bytes: &[u8]) -> Vec<u8> {
    let (line, numbers) = parts(bytes);
    let mut encoder = snap::write::FrameEncoder::new(line);
    encoder.write_all(numbers).unwrap();
    [encoder.into_inner().unwrap(), vec![0; DIGITS]].concat()
}

/// Packs the bytes, gives them a valid checksum and opens them as the study's chunk.
pub fn open(bytes: &[u8]) -> gpu_sweep::Result<ChunkFile> {
    open_packed(packed(bytes))
}

/// The same with packed bytes and perhaps a wrong checksum.
pub fn open_packed(bytes: Vec<u8>) -> gpu_sweep::Result<ChunkFile> {
    thread_local! {
        static STUDY: OnceCell<(Study, TempDir)> = const { OnceCell::new() };
    }
    let begin = || {
        let folder = tempfile::tempdir().unwrap();
        (study(&folder.path().join("study")), folder)
    };
    STUDY.with(|place| {
        let (study, folder) = place.get_or_init(begin);
        let path = folder.path().join("hostile.chunk");
        std::fs::write(&path, sealed(bytes)).unwrap();
        study.chunk_at(0, &path)
    })
}

/// Opens the bytes and reads everything.
pub fn chunk(bytes: &[u8]) {
    open(bytes).iter().for_each(read);
}

/// Reads everything.
pub fn read(chunk: &ChunkFile) {
    if let Ok(models) = chunk.models() {
        assert_eq!(models.outcomes.len() as u64, MODELS);
    }
    for kind in CurveKind::ALL {
        if let Ok(curves) = chunk.curves(kind) {
            assert_eq!(curves.len(), 4 * 3);
        }
    }
    if let Ok(counts) = chunk.loss_counts() {
        assert_eq!(counts.len() % (2 * 3), 0);
    }
    for weights in [chunk.initial_weights(), chunk.final_weights()].into_iter().flatten() {
        assert_eq!(weights.len(), MODELS as usize * 9);
    }
}
