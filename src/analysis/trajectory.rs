//! One model trained again, alone, with everything along its way: losses and accuracies from the engine, epoch by epoch;
//! parameters at some epochs, the engine's own bits too, from trainings that end there; and at these parameters the gradient
//! norm and the sharpness, in f64.

mod bit_equality;
pub mod sharpness;

pub use bit_equality::{another, differences, same_end};

use crate::engine::reference::Network;
use crate::engine::{Batch, Engine, InMemorySink, Job, Outcome, Record};
use crate::error::{Error, Result};
use crate::npz::NpzWriter;
use crate::sweep::{Hyperparameter, Trial};
use rayon::prelude::*;
use sharpness::{Sharpness, gradient_norm};
use std::path::Path;

/// Most epochs whose losses are recorded: all of them up to here, else so many evenly chosen ones.
const MOST_RECORDED: u32 = 2000;

/// A model's way.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// Which model it is.
    pub trial: Trial,
    /// How it ended.
    pub outcome: Outcome,
    /// Epochs `[R]` before which losses were recorded, ascending; the last one is the end.
    pub epochs: Vec<u32>,
    /// Mean loss and share right of the training points, `[R]`; NaN from a divergence on.
    pub train_loss: Vec<f64>,
    /// Share right of the training points, `[R]`.
    pub train_accuracy: Vec<f64>,
    /// The same of the test points, where there are any.
    pub test_loss: Option<Vec<f64>>,
    /// Share right of the test points, `[R]`.
    pub test_accuracy: Option<Vec<f64>>,
    /// Where the parameters were, by epoch; none after a divergence.
    pub states: Vec<TrajectoryPoint>,
    /// After the last update, or at the divergence, `[parameters]`.
    pub last: Vec<f64>,
}

/// A model before one of its epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct TrajectoryPoint {
    /// Epochs trained so far.
    pub epoch: u32,
    /// `[parameters]` in [`crate::model::NetworkShape`]'s order; the engine's own, to the bit.
    pub parameters: Vec<f64>,
    /// Euclidean norm of the gradient of the mean loss over all training points, before clipping and weight decay.
    /// `None`, here and below: a logit is not finite.
    pub gradient_norm: Option<f64>,
    /// Of the same loss.
    pub sharpness: Option<Sharpness>,
    /// The learning rate of this epoch, by the schedule (of the first layer, another one where it was given).
    pub lr: f64,
    /// Whether that is the rate of all weights, as they are kept: no layer has its own, and none is scaled.
    pub one_rate: bool,
}

impl TrajectoryPoint {
    /// 2/lr, above which gradient descent is unstable; infinite where the learning rate is 0, and where there is not one for all weights.
    pub fn edge(&self) -> f64 {
        if self.one_rate { 2.0 / self.lr } else { f64::INFINITY }
    }

    /// Whether it is sharper than that.
    pub fn is_beyond_edge(&self) -> bool {
        self.sharpness.is_some_and(|sharpness| sharpness.value > self.edge())
    }
}

/// Trains trial `index` of `job` alone and looks at its parameters before each epoch of `wanted` that it lives to see; `tell` hears
/// what is being done. The training is run again up to each of them.
///
/// # Errors
/// As for [`Engine::train`]; [`Error::Device`] where a training that ends earlier goes another way.
pub fn follow(
    engine: &mut dyn Engine,
    job: &Job,
    index: u64,
    wanted: &[u32],
    tell: &mut dyn FnMut(&str),
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
    tell("the whole training");
    let whole = InMemorySink::train(engine, &job, index..index + 1)?;
    let (outcome, last) = (whole.outcomes.first().copied(), whole.weights.as_ref().map(|weights| weights.last.clone()));
    let (Some(outcome), Some(last)) = (outcome, last) else { return Err(nothing(index)) };
    let trial = job.trials.get(index);
    let end = outcome.diverged.unwrap_or(job.epochs);
    let mut epochs: Vec<u32> = wanted.iter().copied().filter(|epoch| *epoch <= end).chain([end]).collect();
    epochs.sort_unstable();
    epochs.dedup();
    let mut parameters = Vec::new();
    for epoch in epochs {
        tell(&format!("parameters before epoch {epoch} of {}", job.epochs));
        parameters.push((epoch, at(engine, &job, &whole, index, epoch)?));
    }
    tell("gradients and sharpness");
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

/// Up to `count` epochs from 0 to the last one of `epochs`, evenly spaced, both ends among them.
fn evenly(epochs: u32, count: u32) -> Vec<u32> {
    crate::statistics::evenly(u64::from(epochs) + 1, count.max(2).into()).map(|epoch| epoch as u32).collect()
}

/// About `count` epochs from 0 to the last one of `epochs`: half of them evenly spaced, half geometrically, since most happens early.
pub fn spaced(epochs: u32, count: u32) -> Vec<u32> {
    let half = count.div_ceil(2);
    let power = |j: u32| f64::from(epochs).powf(f64::from(j) / f64::from(half)).round() as u32;
    let mut all = [evenly(epochs, half), (0..half).map(power).filter(|epoch| *epoch <= epochs).collect()].concat();
    all.sort_unstable();
    all.dedup();
    all
}

/// The epochs whose losses are recorded: many, the wanted ones, and those of the job, with which they are compared.
fn recorded(job: &Job, wanted: &[u32]) -> Vec<u32> {
    let mut epochs = evenly(job.epochs, MOST_RECORDED + 1);
    epochs.extend(wanted.iter().copied().filter(|epoch| *epoch <= job.epochs));
    epochs.extend(&job.record.epochs);
    epochs.sort_unstable();
    epochs.dedup();
    epochs
}

/// The parameters before `epoch`: those at the end of a training of so many epochs. The schedule, the order of the rows and all else
/// of the recipe stay those of the whole training, and so must the losses.
fn at(engine: &mut dyn Engine, job: &Job, whole: &Batch, index: u64, epoch: u32) -> Result<Vec<f64>> {
    let before = job.record.epochs.partition_point(|recorded| *recorded < epoch);
    let epochs: Vec<u32> = job.record.epochs[..before].iter().copied().chain([epoch]).collect();
    let job = Job { epochs: epoch, record: Record { epochs, auc: false, ..job.record.clone() }, ..job.clone() };
    let prefix = InMemorySink::train(engine, &job, index..index + 1)?;
    let bits = |batch: &Batch| batch.curves.train_loss.iter().take(before).map(|v| v.to_bits()).collect::<Vec<_>>();
    let (own, same) = (bits(&prefix), bits(whole));
    if own.len() != before || own != same {
        let what = format!("trial {index} trained for {epoch} epochs does not begin as the whole training does");
        return Err(Error::Device(what));
    }
    prefix.weights.map(|weights| weights.last).ok_or_else(|| nothing(index))
}

fn state(job: &Job, trial: &Trial, epoch: u32, parameters: Vec<f64>) -> TrajectoryPoint {
    let network = Network::new(&job.shape, &job.recipe, parameters);
    let (gradient_norm, sharpness) =
        (gradient_norm(&network, &job.data.train), sharpness::sharpness(&network, &job.data.train));
    // After the last epoch there is none to come: the rate is that of the last one.
    let scheduled = epoch.min(job.epochs.saturating_sub(1));
    let lr = trial.lr() * job.recipe.schedule.multiplier(scheduled);
    let one_rate = job.recipe.init.scaling.is_standard() && !job.recipe.has(Hyperparameter::LrFirst);
    TrajectoryPoint { epoch, parameters: network.parameters, gradient_norm, sharpness, lr, one_rate }
}

impl Trajectory {
    /// Writes an npz file: `epoch [R]`, `train_loss`, `train_acc`, `test_loss`, `test_acc` `[R]` (NaN from a divergence on), and before
    /// the epochs `state_epoch [S]` the `parameters [S, P]` (layer after layer the weights `[out, in]`, then the biases `[out]`),
    /// `gradient_norm [S]`, `sharpness [S]` (NaN where a logit is not finite) and `lr [S]`.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(&self, path: &Path) -> Result<()> {
        let (recorded, states) = (self.epochs.len(), self.states.len());
        let mut npz = NpzWriter::create(path)?;
        npz.array("epoch", &[recorded], self.epochs.iter().map(|e| i64::from(*e)))?;
        let curves = [
            ("train_loss", Some(&self.train_loss)),
            ("train_acc", Some(&self.train_accuracy)),
            ("test_loss", self.test_loss.as_ref()),
            ("test_acc", self.test_accuracy.as_ref()),
        ];
        for (name, curve) in curves {
            if let Some(curve) = curve {
                npz.array(name, &[recorded], curve.iter().copied())?;
            }
        }
        npz.array("state_epoch", &[states], self.states.iter().map(|s| i64::from(s.epoch)))?;
        let parameters = self.states.iter().flat_map(|s| s.parameters.iter().copied());
        npz.array("parameters", &[states, self.last.len()], parameters)?;
        npz.array("gradient_norm", &[states], self.states.iter().map(|s| s.gradient_norm.unwrap_or(f64::NAN)))?;
        npz.array("sharpness", &[states], self.states.iter().map(|s| s.sharpness.map_or(f64::NAN, |s| s.value)))?;
        npz.array("lr", &[states], self.states.iter().map(|s| s.lr))?;
        npz.finish()
    }
}

#[cfg(test)]
mod tests;
