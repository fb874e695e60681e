//! Checks the functions that trainings consist of: random numbers, activations, losses.

use super::Check;
use super::verify_case::{EngineUnderTest, VerifyCase, differing, moved, one_point, points, weights, worst};
use crate::engine::reference::ReferenceEngine;
use crate::engine::{Engine, Score};
use crate::error::Result;
use crate::math::init::{Init, Scheme};
use crate::math::{Activation, Loss};
use crate::model::NetworkShape;
use crate::sweep::{Hyperparameter, Hyperparameters, TrainSpec};
use strum::VariantArray;

/// Runs every check of this file.
pub fn checks(bench: &mut EngineUnderTest) -> Result<Vec<Check>> {
    let mut checks = vec![initial_weights(bench)?, losses(bench)?, tiny_losses(bench)?, loss_gradients(bench)?];
    checks.extend([squares(bench)?, accuracy(bench)?]);
    for activation in Activation::ALL {
        checks.push(activations(bench, *activation)?);
    }
    Ok(checks)
}

/// Compares Philox and the scaling with the host's: every scheme, with and without initial biases, scaled and unscaled.
pub fn initial_weights(bench: &mut EngineUnderTest) -> Result<Check> {
    let seeds = [0, 1, 12_345, u64::from(u32::MAX) + 1, u64::MAX];
    let mut wrong = 0;
    for (n, scheme) in Scheme::VARIANTS.iter().enumerate() {
        let init = Init { scheme: *scheme, zero_biases: n % 2 == 1, scaling: Default::default() };
        let shape = if n % 3 == 0 { NetworkShape::new(30, &[16, 5])? } else { NetworkShape::new(2, &[3])? };
        let scales = |model: usize| (n % 3 == 1).then_some([0.5, 1.0, 0.37, 2.5, 0.0][model]);
        let trial = |(model, seed): (usize, &u64)| {
            let trial = Hyperparameters::lr(0.1);
            (scales(model).map_or(trial, |scale| trial.with(Hyperparameter::InitScale, scale)), *seed)
        };
        let case = VerifyCase::plain(&shape, points(3, shape.features(), 0), Vec::new(), 0);
        let trials = seeds.iter().enumerate().map(trial).collect();
        let case = VerifyCase { train_spec: TrainSpec { init, ..TrainSpec::plain() }, trials, ..case };
        if !bench.takes(&case)? {
            continue;
        }
        let drawn = |(trial, seed): &(Hyperparameters, u64)| init.parameters(&shape, *seed, trial.init_scale());
        let expected: Vec<f64> = case.trials.iter().flat_map(drawn).map(f64::from).collect();
        wrong += differing(&weights(&bench.train(&case)?).initial, &expected);
    }
    Ok(Check::new("initial weights, every scheme", wrong as f64, 0.0, "numbers whose bits differ"))
}

/// Logits from 0 to 80 of either sign, including the powers of √2 from 2^-20 to 2^6.
fn logits() -> Vec<f64> {
    let magnitudes = (-40..13).map(|i| f64::from(2f32.powf(i as f32 / 2.0))).chain([0.0, 5.5, 17.25, 70.0, 80.0]);
    magnitudes.flat_map(|z| [z, -z]).collect()
}

/// Returns a logistic regression on one feature for each logit: with x = 1 the weight is the logit.
fn with_logits(logits: &[f64]) -> Vec<f64> {
    logits.iter().flat_map(|z| [*z, 0.0]).collect()
}

/// Returns the losses of single points with these logits, from the engine and from the reference.
fn point_losses(bench: &mut EngineUnderTest, logits: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
    let (shape, parameters) = (NetworkShape::new(1, &[])?, with_logits(logits));
    let loss = |score: &Option<Score>| score.map_or(f64::NAN, |score| score.loss);
    let (mut ours, mut exact) = (Vec::new(), Vec::new());
    for y in [false, true] {
        ours.extend(bench.scores(&shape, &parameters, one_point(y))?.iter().map(loss));
        exact.extend(logits.iter().map(|z| Loss::Bce.value(*z, label(y))));
    }
    Ok((ours, exact))
}

fn label(y: bool) -> f64 {
    f64::from(u8::from(y))
}

pub fn losses(bench: &mut EngineUnderTest) -> Result<Check> {
    let (ours, exact) = point_losses(bench, &logits())?;
    let error = worst(&ours, &exact, |ours, exact| (ours - exact).abs() / exact);
    Ok(Check::new("loss, logits to ±80", error, 1e-6, "relative; 3.5 ulp of f32, and the driver's division"))
}

pub fn tiny_losses(bench: &mut EngineUnderTest) -> Result<Check> {
    let beyond = [81.0, 87.0, 88.0, 100.0, 1000.0, 1e30];
    let logits: Vec<f64> = beyond.into_iter().flat_map(|z| [z, -z].map(|z| f64::from(z as f32))).collect();
    let (ours, exact) = point_losses(bench, &logits)?;
    let error = worst(&ours, &exact, |ours, exact| (ours - exact).abs() / exact.max(1e-24));
    Ok(Check::new("loss, logits beyond", error, 1e-6, "relative, but a loss below 1e-30 may be anything below that"))
}

/// Checks sigmoid(z) − y, from the update of a bias that starts at 0.
pub fn loss_gradients(bench: &mut EngineUnderTest) -> Result<Check> {
    let (shape, logits) = (NetworkShape::new(1, &[])?, logits());
    let (mut ours, mut exact) = (Vec::new(), Vec::new());
    for y in [false, true] {
        let batch = bench.train(&VerifyCase::gradient(&shape, one_point(y), with_logits(&logits)))?;
        ours.extend(moved(&batch).iter().skip(1).step_by(2));
        exact.extend(logits.iter().map(|z| Loss::Bce.gradient(*z, label(y))));
    }
    let error = worst(&ours, &exact, |ours, exact| (ours - exact).abs() / exact.abs());
    Ok(Check::new("loss gradient, logits to ±80", error, 1e-6, "relative; 2.5 ulp of f32, and the driver's division"))
}

/// Checks the squared error, and its gradient from the update of a bias that starts at 0.
pub fn squares(bench: &mut EngineUnderTest) -> Result<Check> {
    let (shape, outputs) = (NetworkShape::new(1, &[])?, logits());
    let (mut ours, mut exact) = (Vec::new(), Vec::new());
    for y in [false, true] {
        let case = VerifyCase::gradient(&shape, one_point(y), with_logits(&outputs));
        let batch =
            bench.train(&VerifyCase { train_spec: TrainSpec { loss: Loss::Mse, ..TrainSpec::plain() }, ..case })?;
        ours.extend(batch.curves.train_loss.iter().step_by(2));
        ours.extend(moved(&batch).iter().skip(1).step_by(2));
        exact.extend(outputs.iter().map(|z| Loss::Mse.value(*z, label(y))));
        exact.extend(outputs.iter().map(|z| Loss::Mse.gradient(*z, label(y))));
    }
    let error =
        worst(&ours, &exact, |ours, exact| if ours == exact { 0.0 } else { (ours - exact).abs() / exact.abs() });
    Ok(Check::new("squared error and its gradient", error, 5e-7, "relative; three roundings of f32"))
}

/// Checks the numbers of correct points, and of those with label 1, for points at, above and below each loss's
/// threshold.
pub fn accuracy(bench: &mut EngineUnderTest) -> Result<Check> {
    let (shape, mut error) = (NetworkShape::new(2, &[])?, 0.0f64);
    for loss in Loss::VARIANTS {
        let train_spec = TrainSpec { loss: *loss, ..TrainSpec::plain() };
        let mut set = points(257, 2, 1);
        (0..10).for_each(|n| (set.x[2 * n], set.x[2 * n + 1]) = (0.0, 0.0));
        // Weights are multiples of 1/16, points of 1/2048: every logit is exact in f32.
        let weight = |i: i32| f64::from(i * 7 % 33 - 16) / 16.0 * f64::from(i % 3 % 2 + 1);
        let parameters = (0..30).flat_map(|i| [weight(2 * i), weight(2 * i + 1), loss.threshold()]).collect::<Vec<_>>();
        let count = |score: &Option<Score>| {
            score.map_or([f64::NAN; 2], |score| [score.correct, score.correct_positive].map(f64::from))
        };
        let case = VerifyCase::gradient(&shape, set.clone(), parameters.clone());
        let batch = bench.train(&VerifyCase { epochs: 0, train_spec: train_spec.clone(), ..case })?;
        let ours: Vec<f64> = batch.outcomes.iter().flat_map(|outcome| count(&outcome.train)).collect();
        let exact = ReferenceEngine::default().evaluate(&shape, &train_spec, &parameters, &set)?;
        error = error.max(worst(&ours, &exact.iter().flat_map(count).collect::<Vec<_>>(), |a, b| (a - b).abs()));
    }
    Ok(Check::new("accuracy", error, 0.0, "points"))
}

/// Checks an activation and its slope with networks 1-1-1 whose output is the activation at `z`: for label 0 the
/// squared error is its square; the gradient of the first weight is 2 (activation − label) × slope.
pub fn activations(bench: &mut EngineUnderTest, activation: Activation) -> Result<Check> {
    let (shape, train_spec) =
        (NetworkShape::new(1, &[1])?, TrainSpec { activation, loss: Loss::Mse, ..TrainSpec::plain() });
    let near = (1..100).flat_map(|i| [f64::from(i) / 16.0, f64::from(-i) / 16.0]);
    let z: Vec<f64> = logits().into_iter().chain(near).collect();
    let starts: Vec<f64> = z.iter().flat_map(|z| [*z, 0.0, 1.0, 0.0]).collect();
    let (mut ours, mut exact) = (Vec::new(), Vec::new());
    for y in [false, true] {
        let case = VerifyCase::gradient(&shape, one_point(y), starts.clone());
        let batch = bench.train(&VerifyCase { train_spec: train_spec.clone(), ..case })?;
        for (model, z) in z.iter().enumerate() {
            let a = activation.activate(*z);
            if !y {
                let floor = a.abs().max(1e-6);
                ours.push(batch.curves.train_loss[2 * model].sqrt() / floor);
                exact.push(a.abs() / floor);
            }
            // Uses the label farther from the activation: a small difference would magnify the error.
            if (a < 0.5) == y {
                ours.push(moved(&batch)[4 * model] / (2.0 * (a - label(y))));
                exact.push(activation.slope(*z, a));
            }
        }
    }
    let error = worst(&ours, &exact, |ours, exact| (ours - exact).abs());
    let why = "value relative, but to 1e-6 at least; slope absolute: where z (1 − s) cancels, 1e-6";
    Ok(Check::new(format!("activation {activation} and its slope"), error, 3e-6, why))
}
