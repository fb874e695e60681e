//! The reference engine: f64, one model at a time, loops that a student can read. It defines right.

mod network;

pub use network::{Measure, Network};

use super::collect::{self, History, Trained};
use super::{Engine, EngineInfo, Job, Outcome, Phase, Score, Sink};
use crate::dataset::Points;
use crate::error::{Error, Result};
use crate::math::optimizer::Rates;
use crate::math::rng;
use crate::math::shuffle::{half_bits, order_key, shuffled};
use crate::model::Shape;
use crate::sweep::{Order, Recipe, Trial};
use std::ops::{ControlFlow, Range};
use std::time::{Duration, Instant};

/// The only mapping: one model after the other.
const MAPPING: &str = "scalar";
/// A batch is handed over after so much time or so many models.
const BATCH_TIME: Duration = Duration::from_millis(250);
const BATCH_MODELS: usize = 1024;

/// Trains in f64, one model after the other.
#[derive(Debug)]
pub struct ReferenceEngine {
    info: EngineInfo,
    training: Duration,
}

impl Default for ReferenceEngine {
    fn default() -> Self {
        let info = EngineInfo {
            engine: "reference".into(),
            device: std::env::consts::ARCH.into(),
            driver: "f64, one model at a time".into(),
            software: false,
        };
        Self { info, training: Duration::ZERO }
    }
}

impl Engine for ReferenceEngine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn choose_mapping(&self, _shape: &Shape, _recipe: &Recipe, _rows: usize, _models: u64) -> Result<String> {
        Ok(MAPPING.into())
    }

    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        if job.mapping != MAPPING {
            return Err(Error::setting("--mapping", &job.mapping, format!("{MAPPING} on the reference engine")));
        }
        let (mut first, mut models, mut begun) = (range.start, Vec::new(), Instant::now());
        for index in range.clone() {
            models.push(train_model(job, &job.trials.get(index)));
            if sink.progress(u64::from(job.epochs)).is_break() {
                return Ok(());
            }
            let unit_ends = job.record.histograms && (index + 1).is_multiple_of(sink.unit());
            if begun.elapsed() < BATCH_TIME && models.len() < BATCH_MODELS && index + 1 < range.end && !unit_ends {
                continue;
            }
            self.training += begun.elapsed();
            let batch = collect::batch(job, first, std::mem::take(&mut models));
            if sink.accept(batch)? == ControlFlow::Break(()) {
                return Ok(());
            }
            (first, begun) = (index + 1, Instant::now());
        }
        Ok(())
    }

    fn evaluate(
        &mut self,
        shape: &Shape,
        recipe: &Recipe,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>> {
        let models = parameters.chunks_exact(shape.parameters());
        Ok(models.map(|model| score(&Network::new(shape, recipe, model.to_vec()).measure(points))).collect())
    }

    fn phases(&self) -> Vec<Phase> {
        vec![Phase { name: "train", seconds: self.training.as_secs_f64() }]
    }
}

/// The score, unless a logit was not finite.
fn score(measure: &Measure) -> Option<Score> {
    measure.finite.then_some(Score {
        loss: measure.loss,
        correct: measure.correct,
        correct_positive: measure.correct_positive,
    })
}

/// One training from the first epoch to the last, or to the divergence.
fn train_model(job: &Job, trial: &Trial) -> Trained {
    let initial = collect::initial(job, trial);
    let mut network = Network::new(&job.shape, &job.recipe, initial.clone());
    let rates = trial.hyperparameters.rates(job.recipe.optimizer);
    let recorded = collect::recorded(job, trial.index);
    let (mut train, mut test) = (History::new(job, recorded.len()), History::new(job, recorded.len()));
    let (mut diverged, mut first_loss, mut late_loss) = (None, None, None);
    let loss = |network: &Network| score(&network.measure(&job.data.train)).map(|score| score.loss);
    for epoch in 0..job.epochs {
        if epoch == 0 {
            first_loss = loss(&network);
        }
        if epoch == job.late() {
            late_loss = loss(&network);
        }
        if recorded.contains(&epoch) {
            record(job, &network, &mut train, &mut test);
        }
        if !train_epoch(job, trial, &mut network, &rates, epoch) {
            diverged = Some(epoch);
            break;
        }
    }
    let mut outcome = Outcome { diverged, ..Outcome::default() };
    if diverged.is_none() {
        if recorded.contains(&job.epochs) {
            record(job, &network, &mut train, &mut test);
        }
        outcome = conclude(job, &network);
    }
    (outcome.first_loss, outcome.late_loss) = (first_loss, late_loss);
    outcome.silent = outcome.train.is_some() && job.is_silent(&network.parameters);
    train.end(recorded.len());
    test.end(recorded.len());
    Trained { outcome, train, test, initial, last: network.parameters }
}

/// An update for each batch; says whether the model is still sound.
fn train_epoch(job: &Job, trial: &Trial, network: &mut Network, rates: &Rates<f64>, epoch: u32) -> bool {
    let (points, batches) = (&job.data.train, &job.recipe.batches);
    let rates = rates.scheduled(job.recipe.schedule.multiplier(epoch));
    let order: Vec<usize> = (0..points.len()).map(|place| row(job, trial, epoch, place)).collect();
    order.chunks(batches.size.min(points.len())).all(|batch| match network.gradient(points, batch) {
        Some(gradient) => network.update(gradient, &rates),
        None => false,
    })
}

/// The row at `place` of an epoch.
fn row(job: &Job, trial: &Trial, epoch: u32, place: usize) -> usize {
    let rows = job.data.train.len();
    let drawn = |seed: u64| {
        let key = order_key(rng::key(seed), epoch);
        shuffled(key, place as u32, rows as u32, half_bits(rows as u32)) as usize
    };
    match &job.recipe.batches.order {
        _ if job.recipe.batches.is_full(rows) => place,
        Order::Shared { seed } => drawn(*seed),
        Order::PerSeed => drawn(trial.seed),
        Order::Given(order) => order[epoch as usize * rows + place] as usize,
    }
}

/// Adds the present loss and accuracy to the curves.
fn record(job: &Job, network: &Network, train: &mut History, test: &mut History) {
    let push = |history: &mut History, points: &Points| {
        let measure = network.measure(points);
        history.push(measure.loss, f64::from(measure.correct) / points.len() as f64, measure.finite);
    };
    push(train, &job.data.train);
    if let Some(points) = job.data.test.as_ref().filter(|_| job.record.test) {
        push(test, points);
    }
}

/// The result of a model that went through all epochs.
fn conclude(job: &Job, network: &Network) -> Outcome {
    match score(&network.measure(&job.data.train)) {
        None => Outcome { diverged: Some(job.epochs), ..Outcome::default() },
        train => {
            let of = |points: &Option<Points>| points.as_ref().and_then(|points| score(&network.measure(points)));
            let (validation, test) = (of(&job.data.validation), of(&job.data.test));
            Outcome { train, validation, test, ..Outcome::default() }
        }
    }
}
