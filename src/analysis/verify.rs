//! Checks an engine on the user's own device, needing no file: random numbers, loss, gradient, one step and whole
//! trainings against the f64 reference, and that models don't disturb each other.

mod setup;

use crate::dataset::Points;
use crate::engine::reference::ReferenceEngine;
use crate::engine::{Batch, Engine, Score};
use crate::error::Result;
use crate::math::Loss;
use crate::math::init::Init;
use crate::model::Shape;
use crate::sweep::{Initial, Recipe};
use setup::{Bench, points, worst};

/// One thing checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What was checked.
    pub name: String,
    /// The largest error; infinite where something was not a number.
    pub error: f64,
    /// The largest error allowed; 0: bit for bit.
    pub tolerance: f64,
    /// Missing where the mapping that was forced can't take the shape.
    pub passed: Option<bool>,
    /// What the error is measured in, and where the tolerance comes from.
    pub why: &'static str,
}

impl Check {
    fn new(name: impl Into<String>, error: f64, tolerance: f64, why: &'static str) -> Self {
        // A NaN must not pass.
        Self { name: name.into(), error, tolerance, passed: Some(error <= tolerance), why }
    }

    /// A row that says what was not checked.
    fn left_out(name: String) -> Self {
        Self { name, error: 0.0, tolerance: 0.0, passed: None, why: "the forced mapping can't take this shape" }
    }
}

/// Features, hidden layers and points of the trainings: no to four hidden layers, widths 1 to 64, ragged tiles.
const SHAPES: [(usize, &[usize], usize); 12] = [
    (2, &[1], 200),
    (1, &[], 1),
    (40, &[], 65),
    (2, &[3], 63),
    (3, &[8], 64),
    (2, &[16, 16], 200),
    (5, &[7, 9], 129),
    (30, &[16], 300),
    (2, &[64], 33),
    (4, &[5, 3, 2], 100),
    (2, &[4, 4, 4, 4], 17),
    (7, &[64, 33, 12, 3], 90),
];

/// Checks `engine` with the mapping given, or with the one that it chooses for each shape.
///
/// # Errors
/// Where the engine itself fails, as for [`Engine::train`]. A failed check is no error.
pub fn verify(engine: &mut dyn Engine, mapping: Option<&str>) -> Result<Vec<Check>> {
    let mut bench = Bench::new(engine, mapping);
    let mut checks = vec![initial_weights(&mut bench)?, losses(&mut bench)?, tiny_losses(&mut bench)?];
    checks.extend([accuracy(&mut bench)?, loss_gradients(&mut bench)?, one_step(&mut bench)?]);
    for (features, hidden, rows) in SHAPES {
        let shape = Shape::new(features, hidden)?;
        if !bench.takes(&shape, rows)? {
            checks.push(Check::left_out(format!("training {shape}, points: {rows}")));
            continue;
        }
        checks.push(gradients(&mut bench, &shape, rows)?);
        checks.push(training(&mut bench, &shape, rows)?);
    }
    checks.extend([solo(&mut bench)?, neighbours(&mut bench)?, divergence(&mut bench)?]);
    Ok(checks)
}

/// Philox and the scaling, against the host's.
fn initial_weights(bench: &mut Bench) -> Result<Check> {
    let seeds = [0, 1, 12_345, u64::from(u32::MAX) + 1, u64::MAX];
    let mut wrong = 0;
    for shape in [Shape::new(2, &[1])?, Shape::new(30, &[16, 5])?] {
        if !bench.takes(&shape, 3)? {
            continue;
        }
        let batch = bench.train(&shape, points(3, shape.features(), 0), seeds.map(|seed| (0.1, seed)).into(), 0)?;
        let expected: Vec<f64> =
            seeds.iter().flat_map(|seed| Init::TORCH.parameters(&shape, *seed, 1.0)).map(f64::from).collect();
        wrong += differing(&weights(&batch).initial, &expected);
    }
    Ok(Check::new("initial weights", wrong as f64, 0.0, "numbers whose bits differ"))
}

/// Logits from 0 to 80 of either sign, a little below each power of √2 and 2.
fn logits() -> Vec<f64> {
    let magnitudes = (-40..13).map(|i| f64::from(2f32.powf(i as f32 / 2.0))).chain([0.0, 5.5, 17.25, 70.0, 80.0]);
    magnitudes.flat_map(|z| [z, -z]).collect()
}

/// A logistic regression on one feature for each logit: with x = 1 the weight is the logit.
fn with_logits(logits: &[f64]) -> Vec<f64> {
    logits.iter().flat_map(|z| [*z, 0.0]).collect()
}

fn one_point(y: bool) -> Points {
    Points { features: 1, x: vec![1.0], y: vec![y] }
}

/// Losses of single points with these logits, and those of the reference.
fn point_losses(bench: &mut Bench, logits: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
    let (shape, parameters) = (Shape::new(1, &[])?, with_logits(logits));
    let loss = |score: &Option<Score>| score.map_or(f64::NAN, |score| score.loss);
    let mut reference = ReferenceEngine::default();
    let (mut ours, mut exact) = (Vec::new(), Vec::new());
    for y in [false, true] {
        ours.extend(bench.scores(&shape, &parameters, one_point(y))?.iter().map(loss));
        exact.extend(reference.evaluate(&shape, &Recipe::plain(), &parameters, &one_point(y))?.iter().map(loss));
    }
    Ok((ours, exact))
}

fn losses(bench: &mut Bench) -> Result<Check> {
    let (ours, exact) = point_losses(bench, &logits())?;
    let error = worst(&ours, &exact, |ours, exact| (ours - exact).abs() / exact);
    Ok(Check::new("loss, logits to ±80", error, 1e-6, "relative; 3.5 ulp of f32, and the driver's division"))
}

fn tiny_losses(bench: &mut Bench) -> Result<Check> {
    let beyond = [81.0, 87.0, 88.0, 100.0, 1000.0, 1e30];
    let logits: Vec<f64> = beyond.into_iter().flat_map(|z| [z, -z].map(|z| f64::from(z as f32))).collect();
    let (ours, exact) = point_losses(bench, &logits)?;
    let error = worst(&ours, &exact, |ours, exact| (ours - exact).abs() / exact.max(1e-24));
    Ok(Check::new("loss, logits beyond", error, 1e-6, "relative, but a loss below 1e-30 may be anything below that"))
}

/// Points right, of points at, above and below logit 0.
fn accuracy(bench: &mut Bench) -> Result<Check> {
    let shape = Shape::new(2, &[])?;
    let mut set = points(257, 2, 1);
    (0..10).for_each(|n| (set.x[2 * n], set.x[2 * n + 1]) = (0.0, 0.0));
    // Weights and points in steps of 1/16 and 1/4096: every logit is exact in f32.
    let parameters: Vec<f64> = (0..60).map(|i| f64::from(i * 7 % 33 - 16) / 16.0 * f64::from(i % 3 % 2 + 1)).collect();
    let parameters: Vec<f64> = parameters.chunks(2).flat_map(|w| [w[0], w[1], 0.0]).collect();
    let count = |score: &Option<Score>| score.map_or(f64::NAN, |score| f64::from(score.correct));
    let ours: Vec<f64> = bench.scores(&shape, &parameters, set.clone())?.iter().map(count).collect();
    let exact = ReferenceEngine::default().evaluate(&shape, &Recipe::plain(), &parameters, &set)?;
    let error = worst(&ours, &exact.iter().map(count).collect::<Vec<_>>(), |a, b| (a - b).abs());
    Ok(Check::new("accuracy", error, 0.0, "points"))
}

/// A learning rate at which one update is almost nothing but the gradient: rounding it costs 6e-8.
const GRADIENT_LR: f64 = (1 << 20) as f64;

/// sigmoid(z) − y, as the update of a bias that starts at 0.
fn loss_gradients(bench: &mut Bench) -> Result<Check> {
    let (shape, logits) = (Shape::new(1, &[])?, logits());
    let (mut ours, mut exact) = (Vec::new(), Vec::new());
    for y in [false, true] {
        let initial = Initial::Given(with_logits(&logits));
        let batch = bench.train_from(initial, &shape, one_point(y), vec![(GRADIENT_LR, 0); logits.len()], 1)?;
        ours.extend(weights(&batch).last.iter().skip(1).step_by(2).map(|bias| -bias / GRADIENT_LR));
        let label = f64::from(u8::from(y));
        exact.extend(logits.iter().map(|z| Loss::Bce.gradient(*z, label)));
    }
    let error = worst(&ours, &exact, |ours, exact| (ours - exact).abs() / exact.abs());
    Ok(Check::new("loss gradient, logits to ±80", error, 1e-6, "relative; 2.5 ulp of f32, and the driver's division"))
}

/// Parameters after one ordinary update.
fn one_step(bench: &mut Bench) -> Result<Check> {
    let (shape, set) = (Shape::new(2, &[3])?, points(50, 2, 2));
    let trials: Vec<_> = (0..30).map(|i| (0.01 * f64::from(i), i as u64)).collect();
    let (ours, exact) = bench.train_both(&shape, set, trials, 1)?;
    let error = worst(&weights(&ours).last, &weights(&exact).last, |ours, exact| (ours - exact).abs());
    Ok(Check::new("one step", error, 1e-6, "absolute, parameters below 1: 3e-7 of the gradient, and rounding once"))
}

/// The gradient at the start, in units of one point's mean gradient.
fn gradients(bench: &mut Bench, shape: &Shape, rows: usize) -> Result<Check> {
    let set = points(rows, shape.features(), 3);
    let trials: Vec<_> = (0..6).map(|seed| (GRADIENT_LR, seed)).collect();
    let ours = bench.train(shape, set.clone(), trials, 1)?;
    let parameters = shape.parameters();
    let mut error = 0.0f64;
    for (initial, last) in weights(&ours).initial.chunks(parameters).zip(weights(&ours).last.chunks(parameters)) {
        let moved: Vec<f64> = initial.iter().zip(last).map(|(p0, p1)| (p0 - p1) / GRADIENT_LR).collect();
        let (exact, scale) = setup::gradient(shape, initial, &set);
        let scaled = |values: &[f64]| -> Vec<f64> { values.iter().zip(&scale).map(|(v, s)| v / s).collect() };
        error = error.max(worst(&scaled(&moved), &scaled(&exact), |ours, exact| (ours - exact).abs()));
    }
    let name = format!("gradient {shape}, points: {rows}");
    Ok(Check::new(name, error, 1e-5, "of one point's mean gradient in that layer; sums of up to 300 terms in f32"))
}

/// Losses of all epochs of whole trainings.
fn training(bench: &mut Bench, shape: &Shape, rows: usize) -> Result<Check> {
    let trials: Vec<_> = (0..8).map(|i| ([0.01, 0.1][i % 2], i as u64 / 2)).collect();
    let (ours, exact) = bench.train_both(shape, points(rows, shape.features(), 4), trials, 30)?;
    let error =
        worst(&ours.curves.train_loss, &exact.curves.train_loss, |ours, exact| (ours - exact).abs() / exact.abs());
    let name = format!("training {shape}, points: {rows}");
    Ok(Check::new(name, error, 1e-4, "relative, losses; rounding costs 1e-6, a point beyond a kink of ReLU up to 1e-4"))
}

/// Each model alone and in a batch of a hundred.
fn solo(bench: &mut Bench) -> Result<Check> {
    let (shape, set) = (Shape::new(2, &[4])?, points(70, 2, 5));
    let trials: Vec<_> = (0..100).map(|i| (0.01 * f64::from(i % 9), i as u64)).collect();
    let batch = bench.train(&shape, set.clone(), trials.clone(), 20)?;
    let mut wrong = 0;
    for model in [0, 1, 33, 64, 99] {
        let alone = bench.train(&shape, set.clone(), vec![trials[model]], 20)?;
        let row = model * shape.parameters()..(model + 1) * shape.parameters();
        wrong += differing(&weights(&alone).last, &weights(&batch).last[row]);
        wrong += differing(&alone.curves.train_loss, &batch.curves.train_loss[model * 21..(model + 1) * 21]);
    }
    Ok(Check::new("alone as in a batch", wrong as f64, 0.0, "numbers whose bits differ"))
}

/// Models between ones that diverge.
fn neighbours(bench: &mut Bench) -> Result<Check> {
    let (shape, set) = (Shape::new(2, &[4])?, points(70, 2, 6));
    let calm: Vec<_> = (0..60).map(|i| (0.01 * f64::from(i % 9), i as u64)).collect();
    let wild = calm.iter().enumerate().map(|(i, (lr, seed))| (if i % 4 == 1 { 1e35 } else { *lr }, *seed));
    let wild = bench.train(&shape, set.clone(), wild.collect(), 20)?;
    let calm = bench.train(&shape, set, calm, 20)?;
    let rows = |batch: &Batch| -> Vec<f64> {
        let models = weights(batch).last.chunks(shape.parameters()).enumerate();
        models.filter(|(i, _)| i % 4 != 1).flat_map(|(_, last)| last.to_vec()).collect()
    };
    let wrong = differing(&rows(&wild), &rows(&calm));
    Ok(Check::new("beside diverging models", wrong as f64, 0.0, "numbers whose bits differ"))
}

/// The epoch of a divergence by a huge step, by a bad logit, and of none.
fn divergence(bench: &mut Bench) -> Result<Check> {
    let shape = Shape::new(1, &[])?;
    let set = Points { features: 1, x: vec![1.0, -0.5, 1e300], y: vec![true, false, true] };
    let tame = Points { x: vec![1.0, -0.5, 2.0], ..set.clone() };
    let step = bench.train(&shape, tame, vec![(1e32, 0), (0.1, 0), (1e37, 1)], 3)?;
    let given = Initial::Given([1e30, 0.0].repeat(3));
    let logit = bench.train_from(given, &shape, set, vec![(0.1, 0); 3], 0)?;
    let epochs = |batch: &Batch| batch.outcomes.iter().map(|o| o.diverged).collect::<Vec<_>>();
    let right = [epochs(&step) == [Some(0), None, Some(0)], epochs(&logit) == [Some(0); 3]];
    let finite = step.outcomes.iter().map(|o| o.train.is_some()).eq([false, true, false]);
    let wrong = right.into_iter().chain([finite]).filter(|right| !right).count();
    Ok(Check::new("divergence", wrong as f64, 0.0, "cases wrong"))
}

fn weights(batch: &Batch) -> &crate::engine::Weights {
    batch.weights.as_ref().expect("the bench records weights")
}

/// How many numbers differ in their bits; all, if there are not as many.
fn differing(a: &[f64], b: &[f64]) -> usize {
    let pairs = a.iter().zip(b);
    if a.len() != b.len() { a.len().max(b.len()) } else { pairs.filter(|(a, b)| a.to_bits() != b.to_bits()).count() }
}

#[cfg(test)]
#[path = "verify/tests.rs"]
mod tests;
