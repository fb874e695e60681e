//! Reference engine: f64, one model at a time, readable loops. It defines the correct results.

mod network;

pub use network::{LossAndCertainty, Network};

use super::in_memory_sink::{self, History, TrainedModel};
use super::{Engine, EngineInfo, EngineKind, Job, Mapping, Outcome, Phase, Score, Sink};
use crate::clock::Instant;
use crate::dataset::Points;
use crate::error::Result;
use crate::math::optimizer::UpdateParams;
use crate::math::rng;
use crate::math::shuffle::{half_bits, order_key, shuffled};
use crate::model::NetworkShape;
use crate::parallel::*;
use crate::statistics::{RowCounts, RowSet};
use crate::sweep::{RowOrder, TrainSpec, Trial};
use std::ops::{ControlFlow, Range};
use std::time::Duration;

/// A batch is delivered after this much time or this many models.
const BATCH_TIME: Duration = Duration::from_millis(250);
const BATCH_MODELS: usize = 1024;
/// Interval between progress reports, also within an epoch.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// Trains in f64, one model after the other.
#[derive(Debug)]
pub struct ReferenceEngine {
    info: EngineInfo,
    training: Duration,
}

impl Default for ReferenceEngine {
    fn default() -> Self {
        let info = EngineInfo {
            engine: EngineKind::Reference,
            device: std::env::consts::ARCH.into(),
            driver: "f64, one model at a time".into(),
            threads: None,
            software: false,
        };
        Self { info, training: Duration::ZERO }
    }
}

impl Engine for ReferenceEngine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn choose_mapping(&self, _: &Job, _models: u64) -> Result<Mapping> {
        Ok(Mapping::Reference)
    }

    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        match job.mapping {
            Some(Mapping::Reference) => {}
            Some(Mapping::Gpu(_) | Mapping::Cpu(_)) | None => {
                return Err(job.refuse_mapping(format!("{} on the reference engine", Mapping::Reference)));
            }
        }
        let (mut first, mut models, mut begun) = (range.start, Vec::new(), Instant::now());
        let mut pulse = ProgressPulse { sink, epochs: 0, last_report: Instant::now(), stopped: false };
        for index in range.clone() {
            let model = train_model(job, &job.trials.get(index), &mut pulse);
            if pulse.stopped {
                return Ok(());
            }
            models.push(model);
            let unit_ends = job.record.histograms && (index + 1).is_multiple_of(pulse.sink.chunk_models());
            if begun.elapsed() < BATCH_TIME && models.len() < BATCH_MODELS && index + 1 < range.end && !unit_ends {
                continue;
            }
            self.training += begun.elapsed();
            let batch = in_memory_sink::batch(job, first, std::mem::take(&mut models));
            if pulse.sink.accept(batch)? == ControlFlow::Break(()) {
                return Ok(());
            }
            (first, begun) = (index + 1, Instant::now());
        }
        // All models are trained: a stop has no effect.
        let _ = pulse.sink.progress(pulse.epochs);
        Ok(())
    }

    fn evaluate(
        &mut self,
        shape: &NetworkShape,
        train_spec: &TrainSpec,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>> {
        let models = parameters.chunks_exact(shape.parameters());
        Ok(models.map(|model| score(&Network::new(shape, train_spec, model.to_vec()).measure(points))).collect())
    }

    fn logits(&mut self, job: &Job, parameters: &[f64], points: &Points) -> Result<Vec<f64>> {
        let models = parameters.par_chunks_exact(job.shape.parameters());
        let network = |model: &[f64]| Network::new(&job.shape, &job.train_spec, model.to_vec());
        let of = |model| {
            let network = network(model);
            (0..points.len()).flat_map(move |n| network.outputs(points.row(n)))
        };
        Ok(models.flat_map_iter(of).collect())
    }

    fn phases(&self) -> Vec<Phase> {
        vec![Phase { name: "train", seconds: self.training.as_secs_f64() }]
    }
}

/// Reports progress to the sink, which answers whether to go on.
struct ProgressPulse<'a> {
    sink: &'a mut dyn Sink,
    /// Epochs not yet reported to the sink.
    epochs: u64,
    last_report: Instant,
    /// Whether the sink asked to stop; the unfinished model is then dropped.
    stopped: bool,
}

impl ProgressPulse<'_> {
    /// Reports progress if it is due; returns whether to go on.
    fn report_if_due(&mut self) -> bool {
        if !self.stopped && self.last_report.elapsed() >= PROGRESS_INTERVAL {
            self.stopped = self.sink.progress(std::mem::take(&mut self.epochs)).is_break();
            self.last_report = Instant::now();
        }
        !self.stopped
    }
}

/// Returns the score; `None` if a logit was not finite.
fn score(measure: &LossAndCertainty) -> Option<Score> {
    measure.finite.then_some(score_in_any_case(measure))
}

fn score_in_any_case(measure: &LossAndCertainty) -> Score {
    let LossAndCertainty { loss, correct, correct_positive, errors, .. } = *measure;
    Score { loss, correct, correct_positive, errors }
}

/// Trains one model to the last epoch or to its divergence. The result is invalid if the pulse has stopped.
fn train_model(job: &Job, trial: &Trial, pulse: &mut ProgressPulse) -> TrainedModel {
    let initial = in_memory_sink::initial(job, trial);
    let train_spec = job.train_spec.with_loss_of(&trial.hyperparameters);
    let mut network = Network::new(&job.shape, &train_spec, initial.clone());
    let rates = trial.hyperparameters.rates(job.train_spec.optimizer);
    let recorded = in_memory_sink::recorded(job, trial.index);
    let empty = || History::new(job, recorded.len());
    let mut history = ModelHistory { train: empty(), test: empty(), rows: job.row_counts() };
    let (mut diverged, mut first_loss, mut late_loss) = (None, None, None);
    let loss = |network: &Network, pulse: &mut ProgressPulse| {
        score(&measure(network, &job.data.train, pulse)).map(|score| score.loss)
    };
    for epoch in 0..job.epochs {
        if epoch == 0 {
            first_loss = loss(&network, pulse);
        }
        if epoch == job.late_loss_epoch() {
            late_loss = loss(&network, pulse);
        }
        if recorded.contains(&epoch) {
            record(job, &network, &mut history, pulse);
        }
        if !train_epoch(job, trial, &mut network, &rates, epoch, pulse) {
            diverged = Some(epoch);
            pulse.epochs += u64::from(job.epochs - epoch);
            break;
        }
        pulse.epochs += 1;
    }
    let mut outcome = Outcome { diverged, ..Outcome::default() };
    if diverged.is_none() {
        if recorded.contains(&job.epochs) {
            record(job, &network, &mut history, pulse);
        }
        outcome = conclude(job, &network, pulse);
    }
    (outcome.first_loss, outcome.late_loss) = (first_loss, late_loss);
    outcome.dead = outcome.train.is_some() && job.is_dead(&network.parameters);
    let ModelHistory { mut train, mut test, .. } = history;
    train.end(recorded.len());
    test.end(recorded.len());
    TrainedModel { outcome, train, test, initial, last: network.parameters }
}

/// Makes one update per batch; returns false if the model diverged or the pulse stopped.
fn train_epoch(
    job: &Job,
    trial: &Trial,
    network: &mut Network,
    rates: &UpdateParams<f64>,
    epoch: u32,
    pulse: &mut ProgressPulse,
) -> bool {
    let (points, batches) = (&job.data.train, &job.train_spec.batches);
    let rates = rates.scheduled(job.train_spec.schedule.multiplier(epoch));
    let order: Vec<usize> = (0..points.len()).map(|place| row(job, trial, epoch, place)).collect();
    order.chunks(batches.size.min(points.len())).all(|batch| {
        match network.gradient_while(points, batch, &mut || pulse.report_if_due()) {
            Some(gradient) => network.update(gradient, &rates),
            None => false,
        }
    })
}

/// Returns the row at `place` of an epoch's order.
fn row(job: &Job, trial: &Trial, epoch: u32, place: usize) -> usize {
    let rows = job.data.train.len();
    let drawn = |seed: u64| {
        let key = order_key(rng::key(seed), epoch);
        shuffled(key, place as u32, rows as u32, half_bits(rows as u32)) as usize
    };
    match &job.train_spec.batches.order {
        _ if job.train_spec.batches.is_full(rows) => place,
        RowOrder::Shared { seed } => drawn(*seed),
        RowOrder::PerSeed => drawn(trial.seed),
        RowOrder::Given(order) => order[epoch as usize * rows + place] as usize,
    }
}

/// Curves of one model, and the rows that they are scored on.
struct ModelHistory {
    train: History,
    test: History,
    rows: [RowCounts; 3],
}

/// Appends the current loss and accuracy to the curves.
fn record(job: &Job, network: &Network, history: &mut ModelHistory, pulse: &mut ProgressPulse) {
    let ModelHistory { train, test, rows } = history;
    let mut push = |history: &mut History, points: &Points, set: RowSet| {
        let measure = measure(network, points, pulse);
        history.push(score_in_any_case(&measure), rows[set as usize], measure.finite);
    };
    push(train, &job.data.train, RowSet::Train);
    if let Some(points) = job.data.test.as_ref().filter(|_| job.record.test) {
        push(test, points, RowSet::Test);
    }
}

/// Measures loss and accuracy; incomplete if the pulse stops.
fn measure(network: &Network, points: &Points, pulse: &mut ProgressPulse) -> LossAndCertainty {
    network.measure_while(points, &mut || pulse.report_if_due())
}

/// Returns the result of a model that went through all epochs.
fn conclude(job: &Job, network: &Network, pulse: &mut ProgressPulse) -> Outcome {
    match score(&measure(network, &job.data.train, pulse)) {
        None => Outcome { diverged: Some(job.epochs), ..Outcome::default() },
        train => {
            let mut of =
                |points: &Option<Points>| points.as_ref().and_then(|points| score(&measure(network, points, pulse)));
            let (validation, test) = (of(&job.data.validation), of(&job.data.test));
            Outcome { train, validation, test, ..Outcome::default() }
        }
    }
}
