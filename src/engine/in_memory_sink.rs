//! Combines single trained models into a [`Batch`], and batches into one.

use super::{Batch, Curves, Engine, Job, Outcome, Score, Sink, Weights};
use crate::error::Result;
use crate::math::convergence::Convergence;
use crate::statistics::{LossCounts, RowCounts};
use crate::sweep::{InitialWeights, Trial};
use std::ops::{ControlFlow, Range};

/// Curves of one model on one set of points, one value per recorded epoch.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub loss: Vec<f64>,
    /// Accuracy as a fraction, or R²; `None` if not recorded.
    pub accuracy: Option<Vec<f64>>,
}

impl History {
    /// Returns empty curves with room for `epochs` values.
    pub fn new(job: &Job, epochs: usize) -> Self {
        let accuracy = job.record.accuracy.then(|| Vec::with_capacity(epochs));
        Self { loss: Vec::with_capacity(epochs), accuracy }
    }

    /// Appends a recorded epoch's mean loss, and accuracy or R² on `rows`. Both become NaN if the loss is not finite or
    /// if `sound` is false, that is, a logit is not finite.
    pub fn push(&mut self, score: Score, rows: RowCounts, sound: bool) {
        let known = sound && score.loss.is_finite();
        self.loss.push(if known { score.loss } else { f64::NAN });
        if let Some(all) = &mut self.accuracy {
            all.push(score.measure(rows).filter(|_| known).unwrap_or(f64::NAN));
        }
    }

    /// Pads the curves to `epochs` values with NaN, after a divergence.
    pub fn end(&mut self, epochs: usize) {
        self.loss.resize(epochs, f64::NAN);
        if let Some(all) = &mut self.accuracy {
            all.resize(epochs, f64::NAN);
        }
    }
}

/// One trained model.
#[derive(Debug, Clone)]
pub struct TrainedModel {
    pub outcome: Outcome,
    pub train: History,
    pub test: History,
    pub initial: Vec<f64>,
    pub last: Vec<f64>,
}

/// Returns the initial parameters of `trial`, `[parameters]`.
pub fn initial(job: &Job, trial: &Trial) -> Vec<f64> {
    match &job.initial {
        InitialWeights::Drawn => job.train_spec.initial(&job.shape, trial).into_iter().map(f64::from).collect(),
        InitialWeights::Given(values) => {
            let parameters = job.shape.parameters();
            values[trial.index as usize * parameters..][..parameters].to_vec()
        }
    }
}

/// Returns the epochs at which the curves of trial `index` are recorded; empty if they are not.
pub fn recorded(job: &Job, index: u64) -> &[u32] {
    if job.record.records(index) { &job.record.epochs } else { &[] }
}

/// Counts histograms of the models' recorded losses; `first` is the first model's trial index.
fn losses(job: &Job, first: u64, models: &[TrainedModel]) -> LossCounts {
    let combinations = job.record.combinations(&job.trials);
    let mut counts = LossCounts::new(combinations as usize, job.record.epochs.len());
    for (index, model) in (first..).zip(models) {
        let combination = (index % combinations) as usize;
        model.train.loss.iter().enumerate().for_each(|(slot, loss)| counts.add(combination, slot, *loss));
    }
    counts
}

/// Whether test curves are to be recorded.
pub fn records_test(job: &Job) -> bool {
    job.record.test && job.data.test.is_some()
}

/// Computes convergence statistics from the losses before each epoch, with [`super::Record::convergence`].
fn convergence(job: &Job, model: &TrainedModel) -> Option<Convergence> {
    job.record.convergence.then(|| Convergence::of(&model.train.loss[..job.epochs as usize]))
}

/// Combines consecutive models, from trial `first` on, into a batch.
pub fn batch(job: &Job, first: u64, models: Vec<TrainedModel>) -> Batch {
    let outcomes =
        models.iter().map(|model| Outcome { convergence: convergence(job, model), ..model.outcome }).collect();
    let losses = job.record.histograms.then(|| losses(job, first, &models));
    let kept = &models[..job.record.curves_in(&(first..first + models.len() as u64))];
    let joined = |curve: fn(&TrainedModel) -> &[f64]| kept.iter().flat_map(|m| curve(m).iter().copied()).collect();
    let (accuracy, test) = (job.record.accuracy, records_test(job));
    let curves = Curves {
        models: kept.len(),
        train_loss: joined(|m| &m.train.loss),
        train_accuracy: accuracy.then(|| joined(|m| m.train.accuracy.as_deref().unwrap_or_default())),
        test_loss: test.then(|| joined(|m| &m.test.loss)),
        test_accuracy: (test && accuracy).then(|| joined(|m| m.test.accuracy.as_deref().unwrap_or_default())),
    };
    let weights = job.record.weights.then(|| Weights {
        initial: models.iter().flat_map(|m| m.initial.iter().copied()).collect(),
        last: models.iter().flat_map(|m| m.last.iter().copied()).collect(),
    });
    Batch { first, outcomes, curves, losses, weights }
}

/// Keeps all results in memory, as one batch.
#[derive(Debug, Default)]
pub struct InMemorySink {
    /// Results so far; `None` before the first batch.
    pub batch: Option<Batch>,
    /// Model epochs reported as progress.
    pub model_epochs: u64,
}

impl InMemorySink {
    /// Trains the trials in `range` and returns all results as one batch; an empty range gives an empty batch.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    pub fn train(engine: &mut dyn Engine, job: &Job, range: Range<u64>) -> Result<Batch> {
        let mut collect = Self::default();
        super::train(engine, job, range.clone(), &mut collect)?;
        Ok(collect.into_batch(range.start))
    }

    /// Returns all results as one batch, which is empty and begins at trial `first` if there are none.
    pub(super) fn into_batch(self, first: u64) -> Batch {
        self.batch.unwrap_or(Batch { first, ..Batch::default() })
    }
}

impl Sink for InMemorySink {
    fn accept(&mut self, next: Batch) -> Result<ControlFlow<()>> {
        match &mut self.batch {
            None => self.batch = Some(next),
            Some(batch) => append(batch, next),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn progress(&mut self, model_epochs: u64) -> ControlFlow<()> {
        self.model_epochs += model_epochs;
        ControlFlow::Continue(())
    }
}

/// Appends `next` to `batch`.
///
/// # Panics
/// If `next` does not follow `batch` without a gap.
fn append(batch: &mut Batch, next: Batch) {
    assert_eq!(next.first, batch.first + batch.outcomes.len() as u64, "batches come in order and without gaps");
    batch.outcomes.extend(next.outcomes);
    batch.curves.models += next.curves.models;
    batch.curves.train_loss.extend(next.curves.train_loss);
    let optional = |curve: &mut Option<Vec<f64>>, next: Option<Vec<f64>>| {
        curve.iter_mut().for_each(|curve| curve.extend(next.iter().flatten()));
    };
    optional(&mut batch.curves.train_accuracy, next.curves.train_accuracy);
    optional(&mut batch.curves.test_loss, next.curves.test_loss);
    optional(&mut batch.curves.test_accuracy, next.curves.test_accuracy);
    if let (Some(losses), Some(next)) = (&mut batch.losses, &next.losses) {
        losses.merge(next);
    }
    if let (Some(weights), Some(next)) = (&mut batch.weights, next.weights) {
        weights.initial.extend(next.initial);
        weights.last.extend(next.last);
    }
}
