//! Trains one model again, alone, and follows its trajectory: losses and accuracies from the engine, epoch by epoch;
//! parameters at some epochs, bit for bit the engine's, from trainings that end there; and at these parameters the
//! gradient norm and the sharpness, in f64.

mod bit_equality;
pub mod sharpness;
#[cfg(feature = "native")]
mod trajectory_npz;

pub use bit_equality::{differences, replay_mismatch, same_end};

use crate::engine::reference::Network;
use crate::engine::{Batch, Engine, Job, Outcome, ProgressCallback, Record, begin_step, train_reporting};
use crate::error::{Error, Result};
use crate::parallel::*;
use crate::sweep::{Hyperparameter, Trial};
use sharpness::{Sharpness, gradient_norm};

/// Maximum number of epochs whose losses are recorded: all up to this number, otherwise evenly spaced ones.
const MOST_RECORDED: u32 = 2000;

/// Trajectory of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// Index, hyper-parameters and seed.
    pub trial: Trial,
    /// Final outcome.
    pub outcome: Outcome,
    /// Epochs `[R]` before which losses were recorded, ascending; the last one is the end.
    pub epochs: Vec<u32>,
    /// Mean training loss, `[R]`; NaN from a divergence on.
    pub train_loss: Vec<f64>,
    /// Share of correct training points, `[R]`; NaN from a divergence on.
    pub train_accuracy: Vec<f64>,
    /// Mean test loss, `[R]`; `None` without test points.
    pub test_loss: Option<Vec<f64>>,
    /// Share of correct test points, `[R]`.
    pub test_accuracy: Option<Vec<f64>>,
    /// Parameters by epoch, none after a divergence.
    pub states: Vec<TrajectoryPoint>,
    /// Parameters after the last update, or at the divergence, `[parameters]`.
    pub last: Vec<f64>,
}

/// State of a model before an epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct TrajectoryPoint {
    /// Epochs trained so far.
    pub epoch: u32,
    /// `[parameters]` in the order of [`crate::model::NetworkShape`], bit for bit the engine's.
    pub parameters: Vec<f64>,
    /// Euclidean norm of the gradient of the mean loss over all training points, before clipping and weight decay.
    /// `None`, here and below, if a logit is not finite.
    pub gradient_norm: Option<f64>,
    /// Sharpness of the same loss.
    pub sharpness: Option<Sharpness>,
    /// Learning rate of this epoch by the schedule; the first layer may have another one.
    pub lr: f64,
    /// Whether this is the rate of all weights as stored: no layer has another one, and none is scaled.
    pub one_rate: bool,
}

impl TrajectoryPoint {
    /// Returns 2/lr, above which gradient descent is unstable; infinite if the learning rate is 0 or not the same for
    /// all weights.
    pub fn edge(&self) -> f64 {
        if self.one_rate { 2.0 / self.lr } else { f64::INFINITY }
    }

    /// Whether the sharpness is above [`Self::edge`].
    pub fn is_beyond_edge(&self) -> bool {
        self.sharpness.is_some_and(|sharpness| sharpness.value > self.edge())
    }
}

/// Trains trial `index` of `job` alone and computes its state before each epoch of `wanted`, without those after a
/// divergence, and at its end, by training again up to each of them.
///
/// # Errors
/// As for [`Engine::train`]; [`Error::Stopped`] by the callback; [`Error::Device`] if a shorter training deviates from
/// the whole one.
pub fn trace_trajectory(
    engine: &mut dyn Engine,
    job: &Job,
    index: u64,
    wanted: &[u32],
    callback: &mut ProgressCallback<'_>,
) -> Result<Trajectory> {
    let record = Record {
        auc: job.record.auc,
        epochs: recorded(job, wanted),
        curves_below: index + 1,
        histograms: false,
        accuracy: true,
        test: true,
        weights: true,
        convergence: false,
    };
    let job = Job { record, ..job.clone() };
    begin_step(callback, "the whole training")?;
    let whole = train_reporting(engine, &job, index..index + 1, callback)?;
    let (outcome, last) = (whole.outcomes.first().copied(), whole.weights.as_ref().map(|weights| weights.last.clone()));
    let (Some(outcome), Some(last)) = (outcome, last) else { return Err(nothing(index)) };
    let trial = job.trials.get(index);
    let end = outcome.diverged.unwrap_or(job.epochs);
    let mut epochs: Vec<u32> = wanted.iter().copied().filter(|epoch| *epoch <= end).chain([end]).collect();
    epochs.sort_unstable();
    epochs.dedup();
    let mut parameters = Vec::new();
    for epoch in epochs {
        begin_step(callback, &format!("parameters before epoch {epoch} of {}", job.epochs))?;
        parameters.push((epoch, at(engine, &job, &whole, epoch, callback)?));
    }
    begin_step(callback, "gradients and sharpness")?;
    let states = parameters.into_par_iter().map(|(epoch, parameters)| state(&job, &trial, epoch, parameters)).collect();
    let curves = whole.curves;
    let (train_accuracy, missing) = (curves.train_accuracy.unwrap_or_default(), || nothing(index));
    if curves.train_loss.len() != job.record.epochs.len() || train_accuracy.len() != job.record.epochs.len() {
        return Err(missing());
    }
    let (train_loss, test_loss, test_accuracy) = (curves.train_loss, curves.test_loss, curves.test_accuracy);
    Ok(Trajectory {
        trial,
        outcome,
        epochs: job.record.epochs,
        train_loss,
        train_accuracy,
        test_loss,
        test_accuracy,
        states,
        last,
    })
}

fn nothing(index: u64) -> Error {
    Error::Device(format!("the engine returned nothing for trial {index}"))
}

/// Returns up to `count` (at least 2) evenly spaced epochs from 0 to `epochs`, both included.
fn evenly(epochs: u32, count: u32) -> Vec<u32> {
    crate::statistics::evenly(u64::from(epochs) + 1, count.max(2).into()).map(|epoch| epoch as u32).collect()
}

/// Returns about `count` epochs from 0 to `epochs`: half of them evenly spaced, half geometrically, since most changes
/// happen early.
pub fn spaced(epochs: u32, count: u32) -> Vec<u32> {
    let half = count.div_ceil(2);
    let power = |j: u32| f64::from(epochs).powf(f64::from(j) / f64::from(half)).round() as u32;
    let mut all = [evenly(epochs, half), (0..half).map(power).filter(|epoch| *epoch <= epochs).collect()].concat();
    all.sort_unstable();
    all.dedup();
    all
}

/// Returns the epochs whose losses are recorded: many, the wanted ones, and those of the job, for comparison with the
/// study.
fn recorded(job: &Job, wanted: &[u32]) -> Vec<u32> {
    let mut epochs = evenly(job.epochs, MOST_RECORDED + 1);
    epochs.extend(wanted.iter().copied().filter(|epoch| *epoch <= job.epochs));
    epochs.extend(&job.record.epochs);
    epochs.sort_unstable();
    epochs.dedup();
    epochs
}

/// Returns the parameters before `epoch`: those at the end of a training of that many epochs. The schedule, the row
/// order and the rest of the training spec stay those of the whole training; the losses are checked to be the same too.
fn at(
    engine: &mut dyn Engine,
    job: &Job,
    whole: &Batch,
    epoch: u32,
    callback: &mut ProgressCallback<'_>,
) -> Result<Vec<f64>> {
    let index = whole.first;
    let before = job.record.epochs.partition_point(|recorded| *recorded < epoch);
    let epochs: Vec<u32> = job.record.epochs[..before].iter().copied().chain([epoch]).collect();
    let job = Job { epochs: epoch, record: Record { epochs, auc: false, ..job.record.clone() }, ..job.clone() };
    let prefix = train_reporting(engine, &job, index..index + 1, callback)?;
    let bits = |batch: &Batch| batch.curves.train_loss.iter().take(before).map(|v| v.to_bits()).collect::<Vec<_>>();
    let (own, same) = (bits(&prefix), bits(whole));
    if own.len() != before || own != same {
        let what =
            format!("trial {index} trained for {epoch} epochs differs from the whole training in its first epochs");
        return Err(Error::Device(what));
    }
    prefix.weights.map(|weights| weights.last).ok_or_else(|| nothing(index))
}

fn state(job: &Job, trial: &Trial, epoch: u32, parameters: Vec<f64>) -> TrajectoryPoint {
    let train_spec = job.train_spec.with_loss_of(&trial.hyperparameters);
    let network = Network::new(&job.shape, &train_spec, parameters);
    let (gradient_norm, sharpness) =
        (gradient_norm(&network, &job.data.train), sharpness::sharpness(&network, &job.data.train));
    // No epoch follows the last one, so its own rate is used.
    let scheduled = epoch.min(job.epochs.saturating_sub(1));
    let lr = trial.lr() * job.train_spec.schedule.multiplier(scheduled);
    let one_rate = job.train_spec.init.scaling.is_standard() && !job.train_spec.has(Hyperparameter::LrFirst);
    TrajectoryPoint { epoch, parameters: network.parameters, gradient_norm, sharpness, lr, one_rate }
}

#[cfg(test)]
mod tests;
