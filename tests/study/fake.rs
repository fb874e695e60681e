//! An engine whose results are a function of the trial alone, and helpers to run it.

use gpu_sweep::dataset::{Dataset, Points, Targets};
use gpu_sweep::engine::{
    Batch, Curves, Engine, EngineInfo, EngineKind, Job, Mapping, Outcome, Phase, Record, Score, Sink, Weights,
};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::results::{CellSpec, StudySpec};
use gpu_sweep::statistics::{LossCounts, RowCounts};
use gpu_sweep::study::{ProgressObserver, Study};
use gpu_sweep::sweep::{Axis, Choices, ExtraCurve, Hyperparameter, InitialWeights, Sweep, TrainSpec, Trial, Trials};
use gpu_sweep::{Error, Result};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Barrier};

pub const TRAIN: u32 = 40;
pub const VALIDATION: u32 = 14;
pub const TEST: u32 = 10;

/// Half of the training rows have label 1, a third of the other rows.
pub fn rows(points: u32) -> RowCounts {
    RowCounts::binary(points, if points == TRAIN { points / 2 } else { points / 3 })
}

/// A small sweep: 3 learning rates, 8 models per chunk, 30 models, all curves and weights.
pub fn sweep() -> Sweep {
    Sweep {
        lr: Axis::parse("--lr", "0.001,0.1,0.30000000000000004").unwrap(),
        models: Some(30),
        seed: u64::MAX - 9,
        epochs: 10,
        record_every: Some(4),
        test_fraction: 0.2,
        record: vec![ExtraCurve::Accuracy, ExtraCurve::Test],
        save_weights: true,
        hidden: Choices::parse("--hidden", "3,2").unwrap(),
        chunk_models: Some(8),
        ..Sweep::default()
    }
}

pub fn spec(sweep: Sweep) -> StudySpec {
    let set_apart = |fraction: f64, points: u32| rows(if fraction > 0.0 { points } else { 0 });
    let (validation, test) = (set_apart(sweep.validation_fraction, VALIDATION), set_apart(sweep.test_fraction, TEST));
    let digest = format!("{sweep:?}").replace(|c: char| !c.is_ascii(), "");
    let (mut first, mut cells) = (0, Vec::new());
    let count = sweep.cells().len() as u64;
    for cell in sweep.cells() {
        let used =
            |(hyperparameter, _): &(Hyperparameter, &Axis)| hyperparameter.optimizers().contains(&cell.optimizer);
        let axes = sweep.axes().into_iter().filter(used).map(|(s, a)| (s, a.values().to_vec())).collect();
        let trials = Trials::grid(&sweep, axes, sweep.models.unwrap() / count).unwrap();
        let record = Record::of(&sweep, &trials, first, 1.0 / count as f64);
        let shape = NetworkShape::new(2, &cell.hidden.0).unwrap();
        let next = first + trials.len();
        let epoch_flop = 1e4;
        cells.push(CellSpec {
            first,
            choices: cell,
            trials,
            shape,
            loss: gpu_sweep::math::Loss::Bce,
            epoch_flop,
            record,
            train: rows(TRAIN),
            validation,
            test,
        });
        first = next;
    }
    StudySpec { sweep, cells, digest }
}

pub fn info() -> EngineInfo {
    EngineInfo {
        engine: EngineKind::Reference,
        device: "none".into(),
        driver: "none".into(),
        threads: Some(1),
        software: false,
    }
}

/// The fake engine's outcome of a trial: one in seven diverges, one in five has no test score.
pub fn outcome(trial: &Trial, tested: bool) -> Outcome {
    let i = trial.index;
    if i % 7 == 3 {
        return Outcome { diverged: Some(i as u32 % 11), ..Outcome::default() };
    }
    let loss = (trial.seed % 1000) as f64 / 3.0 + trial.lr();
    let train = score(i, loss, TRAIN, 13);
    let test = (tested && !i.is_multiple_of(5)).then(|| score(i, loss * std::f64::consts::PI, TEST, 7));
    let late_loss = (!i.is_multiple_of(3)).then_some(loss * (1.0 + 0.02 * (i % 2) as f64));
    Outcome { train: Some(train), test, late_loss, dead: i % 4 == 1, ..Outcome::default() }
}

/// The outcome with a validation score, unless the model diverged.
pub fn validated(trial: &Trial, outcome: Outcome) -> Outcome {
    let validation = outcome.train.map(|train| score(trial.index, train.loss * std::f64::consts::E, VALIDATION, 5));
    Outcome { validation, ..outcome }
}

/// Correct rows of each class, from none to all, as a function of the trial's index.
fn score(index: u64, loss: f64, points: u32, k: u64) -> Score {
    let rows = rows(points);
    let right = |k: u64, of: u32| (k * index % u64::from(of + 1)) as u32;
    let [positive, negative] = [right(k, rows.positives), right(k + 4, rows.negatives())];
    Score { loss, correct: positive + negative, correct_positive: positive, errors: None }
}

/// Value of curve number `k`; NaN from the divergence on.
pub fn curve_value(trial: &Trial, outcome: &Outcome, k: usize, epoch: u32) -> f64 {
    match outcome.diverged {
        Some(diverged) if epoch >= diverged => f64::NAN,
        _ => trial.index as f64 + 0.1 * k as f64 + 1e-3 * f64::from(epoch),
    }
}

pub fn weight(trial: &Trial, p: usize, last: bool) -> f64 {
    trial.lr() / (1.0 + p as f64) + trial.index as f64 + if last { 0.5 } else { 0.0 }
}

pub struct Fake {
    pub batch: u64,
    pub info: EngineInfo,
    /// Number of trials trained so far.
    pub trained: u64,
    /// Trials at which the device fails.
    pub breaks: fn(u64) -> bool,
    /// Barrier at which all devices meet before their first batch, so that each of them has work.
    pub meeting: Option<Arc<Barrier>>,
}

impl Fake {
    pub fn new(batch: u64) -> Self {
        Self { batch, info: info(), trained: 0, breaks: |_| false, meeting: None }
    }
}

fn curves(trials: &[Trial], outcomes: &[Outcome], record: &Record) -> Curves {
    let models = trials.iter().filter(|t| t.index < record.curves_below).count();
    let of = |k: usize| {
        let rows = trials[..models].iter().zip(outcomes);
        let values = rows.flat_map(|(t, o)| record.epochs.iter().map(move |e| curve_value(t, o, k, *e)));
        values.collect::<Vec<f64>>()
    };
    Curves {
        models,
        train_loss: of(0),
        train_accuracy: record.accuracy.then(|| of(1)),
        test_loss: record.test.then(|| of(2)),
        test_accuracy: (record.accuracy && record.test).then(|| of(3)),
    }
}

pub fn loss_counts(job: &Job, trials: &[Trial], outcomes: &[Outcome]) -> LossCounts {
    let combinations = job.record.combinations(&job.trials);
    let mut counts = LossCounts::new(combinations as usize, job.record.epochs.len());
    for (trial, outcome) in trials.iter().zip(outcomes) {
        for (slot, epoch) in job.record.epochs.iter().enumerate() {
            let loss = curve_value(trial, outcome, 0, *epoch);
            counts.add((trial.index % combinations) as usize, slot, loss);
        }
    }
    counts
}

impl Engine for Fake {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn choose_mapping(&self, _: &Job, _: u64) -> Result<Mapping> {
        Ok(Mapping::Reference)
    }

    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        if let Some(meeting) = self.meeting.take() {
            meeting.wait();
        }
        let mut first = range.start;
        while first < range.end {
            // A histogram covers at most one chunk.
            let unit = if job.record.histograms { sink.chunk_models() - first % sink.chunk_models() } else { u64::MAX };
            let trials: Vec<Trial> =
                (first..range.end.min(first + self.batch.min(unit))).map(|i| job.trials.get(i)).collect();
            if let Some(trial) = trials.iter().find(|trial| (self.breaks)(trial.index)) {
                return Err(Error::Device(format!("broken at {}", trial.index)));
            }
            let ended = |t: &Trial| match (outcome(t, job.data.test.is_some()), &job.data.validation) {
                (outcome, Some(_)) => validated(t, outcome),
                (outcome, None) => outcome,
            };
            let outcomes: Vec<Outcome> = trials.iter().map(ended).collect();
            let parameters = job.shape.parameters();
            let all = |last| trials.iter().flat_map(|t| (0..parameters).map(move |p| weight(t, p, last))).collect();
            let weights = job.record.weights.then(|| Weights { initial: all(false), last: all(true) });
            let losses = job.record.histograms.then(|| loss_counts(job, &trials, &outcomes));
            let curves = curves(&trials, &outcomes, &job.record);
            let count = trials.len() as u64;
            if sink.progress(count * u64::from(job.epochs)).is_break() {
                return Ok(());
            }
            (self.trained, first) = (self.trained + count, first + count);
            if sink.accept(Batch { first: first - count, outcomes, curves, losses, weights })?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, _: &NetworkShape, _: &TrainSpec, _: &[f64], _: &Points) -> Result<Vec<Option<Score>>> {
        unreachable!("a study evaluates nothing")
    }

    fn logits(&mut self, _: &Job, _: &[f64], _: &Points) -> Result<Vec<f64>> {
        unreachable!("nothing is ranked")
    }

    fn phases(&self) -> Vec<Phase> {
        vec![Phase { name: "train", seconds: 0.5 }]
    }
}

pub fn job(spec: &StudySpec, cell_spec: &CellSpec) -> Job {
    let points = |rows: RowCounts| Points {
        features: 2,
        x: vec![0.0; 2 * rows.points as usize],
        targets: Targets::Binary((0..rows.points).map(|n| n < rows.positives).collect()),
    };
    let data = Dataset {
        name: "made up".into(),
        validation: (cell_spec.validation.points > 0).then(|| points(cell_spec.validation)),
        test: (cell_spec.test.points > 0).then(|| points(cell_spec.test)),
        ..Dataset::of("", points(cell_spec.train))
    };
    Job {
        shape: cell_spec.shape.clone(),
        data: data.into(),
        trials: cell_spec.trials.clone(),
        initial: InitialWeights::Drawn,
        train_spec: TrainSpec::plain(),
        epochs: spec.sweep.epochs,
        record: cell_spec.record.clone(),
        mapping: Some(Mapping::Reference),
    }
}

/// One job per cell.
pub fn jobs(spec: &StudySpec) -> Vec<Job> {
    spec.cells.iter().map(|cell_spec| job(spec, cell_spec)).collect()
}

/// The fake engine's mapping for every cell.
pub fn mappings(spec: &StudySpec) -> Vec<Mapping> {
    vec![Mapping::Reference; spec.cells.len()]
}

/// Trains all missing trials.
pub fn train(study: &mut Study, engine: &mut Fake, observer: &dyn ProgressObserver) -> Result<()> {
    study.use_engine(&engine.info.clone(), &mappings(study.spec()))?;
    let jobs = jobs(study.spec());
    for span in study.missing() {
        engine.train(&jobs[span.cell], span.trials.clone(), &mut study.sink(&span, observer))?;
    }
    Ok(())
}

/// A finished study with its tables.
pub fn finished(folder: &Path, sweep: Sweep, batch: u64) -> Study {
    let mut study = Study::open(folder, spec(sweep), false).unwrap();
    train(&mut study, &mut Fake::new(batch), &()).unwrap();
    assert!(study.missing().is_empty());
    study.write_tables().unwrap();
    study
}

/// Relative path and bytes of every file under `folder` except locks, in order.
pub fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.starts_with(".lock") {
            continue;
        }
        if path.is_dir() {
            files.extend(contents(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            files.push((name, std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}
