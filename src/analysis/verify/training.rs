//! Checks single steps and whole trainings: shapes, optimizers, schedules, mini-batches.

use super::Check;
use super::verify_case::{EngineUnderTest, VerifyCase, moved, points, weights, worst};
use crate::dataset::{Points, Targets};
use crate::engine::reference::Network;
use crate::error::Result;
use crate::math::{Activation, Loss, Optimizer};
use crate::model::NetworkShape;
use crate::sweep::{
    BatchSpec, Hyperparameter, Hyperparameters, InitialWeights, RowOrder, Schedule, ScheduleKind, TrainSpec,
};
use std::sync::Arc;
use strum::VariantArray;

/// Features, hidden layers and points of the trainings: zero to four hidden layers, widths 1 to 64, incomplete tiles.
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

/// Points and epochs of all trainings that do not vary the shape.
const ROWS: usize = 45;
const EPOCHS: u32 = 12;
/// Relative tolerance for losses of smooth networks after few epochs.
const TOLERANCE: f64 = 3e-6;
const WHY: &str = "relative, losses; rounding costs 5e-7 in a dozen epochs, the driver's division and roots some more";

/// Runs every check of this file.
pub fn checks(bench: &mut EngineUnderTest) -> Result<Vec<Check>> {
    let mut checks = vec![one_step(bench)?];
    for (features, hidden, rows) in SHAPES {
        let shape = NetworkShape::new(features, hidden)?;
        if !bench.takes(&VerifyCase::plain(&shape, points(rows, features, 0), Vec::new(), 0))? {
            checks.push(Check::left_out(format!("training {shape}, points: {rows}")));
            continue;
        }
        checks.push(gradients(bench, &shape, rows)?);
        checks.push(training(bench, &shape, rows)?);
    }
    checks.push(no_biases(bench)?);
    for optimizer in Optimizer::ALL {
        checks.push(optimizers(bench, *optimizer)?);
    }
    for kind in ScheduleKind::VARIANTS.iter().filter(|kind| **kind != ScheduleKind::Constant) {
        checks.push(schedules(bench, *kind)?);
    }
    checks.push(classes(bench, 3)?);
    checks.push(classes(bench, 10)?);
    for loss in [Loss::Mse, Loss::Mae, Loss::Huber] {
        checks.push(numbers(bench, loss)?);
    }
    let given = (0..EPOCHS).flat_map(|epoch| (0..ROWS as u32).map(move |n| (n * 7 + epoch) % ROWS as u32));
    checks.push(mini_batches(bench, "shared", RowOrder::Shared { seed: 9 })?);
    checks.push(mini_batches(bench, "per-seed", RowOrder::PerSeed)?);
    checks.push(mini_batches(bench, "given", RowOrder::Given(Arc::new(given.collect())))?);
    Ok(checks)
}

/// Checks the parameters after one ordinary update.
pub fn one_step(bench: &mut EngineUnderTest) -> Result<Check> {
    let (shape, set) = (NetworkShape::new(2, &[3])?, points(50, 2, 2));
    let trials: Vec<_> = (0..30).map(|i| (0.01 * f64::from(i), i as u64)).collect();
    let (ours, exact) = bench.train_both(&VerifyCase::plain(&shape, set, trials, 1))?;
    let error = worst(&weights(&ours).last, &weights(&exact).last, |ours, exact| (ours - exact).abs());
    Ok(Check::new("one step", error, 1e-6, "absolute, parameters below 1: 3e-7 of the gradient, and rounding once"))
}

/// Checks the initial gradient, in units of one point's mean gradient.
pub fn gradients(bench: &mut EngineUnderTest, shape: &NetworkShape, rows: usize) -> Result<Check> {
    let (set, train_spec) = (points(rows, shape.features(), 3), TrainSpec::plain());
    let drawn = (0..6).flat_map(|seed| train_spec.init.parameters(shape, seed, 1.0)).map(f64::from);
    let starts: Vec<f64> = drawn.collect();
    let ours = bench.train(&VerifyCase::gradient(shape, set.clone(), starts.clone()))?;
    let mut error = 0.0f64;
    for (initial, moved) in starts.chunks(shape.parameters()).zip(moved(&ours).chunks(shape.parameters())) {
        let (exact, scale) = gradient(shape, initial, &set);
        let scaled = |values: &[f64]| -> Vec<f64> { values.iter().zip(&scale).map(|(v, s)| v / s).collect() };
        error = error.max(worst(&scaled(moved), &scaled(&exact), |ours, exact| (ours - exact).abs()));
    }
    let name = format!("gradient {shape}, points: {rows}");
    Ok(Check::new(name, error, 1e-5, "of one point's mean gradient in that layer; sums of up to 300 terms in f32"))
}

/// Returns the reference's gradient and, for each parameter, the scale of its error: the mean magnitude of a single
/// point's gradient, the largest in the parameter's layer, since a unit that is barely active has almost none; 1 where
/// that is 0.
fn gradient(shape: &NetworkShape, parameters: &[f64], points: &Points) -> (Vec<f64>, Vec<f64>) {
    let network = Network::new(shape, &TrainSpec::plain(), parameters.to_vec());
    let mut scale = vec![0.0; parameters.len()];
    for n in 0..points.len() {
        let gradient = network.gradient(points, &[n]).unwrap_or_else(|| vec![f64::NAN; scale.len()]);
        scale.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g.abs() / points.len() as f64);
    }
    for layer in shape.layers() {
        let own = &mut scale[layer.weights..layer.end()];
        let largest = own.iter().copied().fold(0.0, f64::max);
        own.fill(if largest > 0.0 { largest } else { 1.0 });
    }
    let all: Vec<usize> = (0..points.len()).collect();
    (network.gradient(points, &all).unwrap_or_default(), scale)
}

/// Checks the losses of all epochs of whole trainings.
pub fn training(bench: &mut EngineUnderTest, shape: &NetworkShape, rows: usize) -> Result<Check> {
    let trials: Vec<_> = (0..8).map(|i| ([0.01, 0.1][i % 2], i as u64 / 2)).collect();
    let case = VerifyCase::plain(shape, points(rows, shape.features(), 4), trials, 30);
    let why = "relative, losses; rounding costs 1e-6, a point beyond a kink of ReLU up to 1e-4";
    bench.compare(format!("training {shape}, points: {rows}"), &[case], 1e-4, why)
}

/// Returns ten small networks without kinks, with a value for each of `hyperparameters`.
fn smooth(shape: &NetworkShape, train_spec: TrainSpec, hyperparameters: &[Hyperparameter]) -> VerifyCase {
    let divides = train_spec.optimizer.reads().contains(&"epsilon");
    let trial = |n: u32| {
        let unit = f64::from(n * 7 % 10) / 10.0;
        let value = |hyperparameter: &Hyperparameter| match hyperparameter {
            Hyperparameter::Lr => hyperparameter.moderate(unit) * if divides { 0.01 } else { 0.05 },
            other => other.moderate(unit),
        };
        (hyperparameters.iter().fold(Hyperparameters::default(), |t, s| t.with(*s, value(s))), u64::from(n))
    };
    VerifyCase {
        shape: shape.clone(),
        train_spec: TrainSpec { activation: Activation::Tanh, ..train_spec },
        points: points(ROWS, shape.features(), 7),
        others: None,
        trials: (0..10).map(trial).collect(),
        initial: InitialWeights::Drawn,
        epochs: EPOCHS,
    }
}

pub fn no_biases(bench: &mut EngineUnderTest) -> Result<Check> {
    let case = smooth(&NetworkShape::new(2, &[4, 3])?.without_bias(), TrainSpec::plain(), &[Hyperparameter::Lr]);
    bench.compare("training 2-4-3-1 without biases".into(), &[case], TOLERANCE, WHY)
}

/// Checks an optimizer with its defaults, and with all its hyper-parameters: decay, clipping, the first layer's rate.
pub fn optimizers(bench: &mut EngineUnderTest, optimizer: Optimizer) -> Result<Check> {
    let (shape, train_spec) = (NetworkShape::new(2, &[4])?, TrainSpec { optimizer, ..TrainSpec::plain() });
    let own = Hyperparameter::ALL.into_iter().filter(|hyperparameter| hyperparameter.optimizers().contains(&optimizer));
    let cases = [
        smooth(&shape, train_spec.clone(), &[Hyperparameter::Lr]),
        smooth(&shape, train_spec, &own.collect::<Vec<_>>()),
    ];
    bench.compare(format!("optimizer {optimizer}, also with all its hyper-parameters"), &cases, TOLERANCE, WHY)
}

pub fn schedules(bench: &mut EngineUnderTest, kind: ScheduleKind) -> Result<Check> {
    let schedule = Schedule::new(kind, EPOCHS, None, None, Some(EPOCHS / 3))?;
    let case =
        smooth(&NetworkShape::new(2, &[4])?, TrainSpec { schedule, ..TrainSpec::plain() }, &[Hyperparameter::Lr]);
    bench.compare(format!("schedule {kind}"), &[case], TOLERANCE, WHY)
}

/// Checks batches of 7 rows and an incomplete one, with an optimizer without state and with one that counts updates.
pub fn mini_batches(bench: &mut EngineUnderTest, name: &str, order: RowOrder) -> Result<Check> {
    let batches = BatchSpec { size: 7, order };
    let case = |optimizer| -> Result<VerifyCase> {
        let train_spec = TrainSpec { optimizer, batches: batches.clone(), ..TrainSpec::plain() };
        Ok(smooth(&NetworkShape::new(2, &[4])?, train_spec, &[Hyperparameter::Lr]))
    };
    let cases = [case(Optimizer::Sgd)?, case(Optimizer::Adam)?];
    bench.compare(format!("batches of 7 points, {name} order"), &cases, TOLERANCE, WHY)
}

/// Checks softmax with this many classes: plain; and with weighted classes, smoothed labels and mini-batches.
pub fn classes(bench: &mut EngineUnderTest, classes: usize) -> Result<Check> {
    let shape = NetworkShape::new(2, &[4])?.with_outputs(classes);
    let labels = (0..ROWS).map(|n| (n * 7 % classes) as u32).collect();
    let targets = Targets::Classes { classes, labels };
    let case = |train_spec: TrainSpec, hyperparameters: &[Hyperparameter]| {
        let case = smooth(&shape, TrainSpec { loss: Loss::Softmax, ..train_spec }, hyperparameters);
        VerifyCase { points: Points { targets: targets.clone(), ..case.points }, ..case }
    };
    let weights = (0..classes).map(|class| 0.5 + class as f64 / classes as f64).collect();
    let batches = BatchSpec { size: 7, order: RowOrder::PerSeed };
    let special = TrainSpec { class_weights: Some(weights), batches, ..TrainSpec::plain() };
    let cases = [
        case(TrainSpec::plain(), &[Hyperparameter::Lr]),
        case(special, &[Hyperparameter::Lr, Hyperparameter::LabelSmoothing]),
    ];
    bench.compare(format!("{classes} classes, also weighted and smoothed"), &cases, TOLERANCE, WHY)
}

/// Checks one target and two that are numbers, with full batches and mini-batches.
pub fn numbers(bench: &mut EngineUnderTest, loss: Loss) -> Result<Check> {
    let batches = BatchSpec { size: 7, order: RowOrder::PerSeed };
    let case = |outputs: usize, train_spec: TrainSpec| -> Result<VerifyCase> {
        let shape = NetworkShape::new(2, &[4])?.with_outputs(outputs);
        let case = smooth(&shape, TrainSpec { loss, ..train_spec }, &[Hyperparameter::Lr]);
        let values = (0..ROWS * outputs).map(|i| (i * 37 % 101) as f64 / 32.0).collect();
        Ok(VerifyCase { points: Points { targets: Targets::Real { outputs, values }, ..case.points }, ..case })
    };
    let cases = [case(1, TrainSpec::plain())?, case(2, TrainSpec { batches, ..TrainSpec::plain() })?];
    bench.compare(format!("targets that are numbers, {loss}"), &cases, TOLERANCE, WHY)
}

/// Returns a small case for an optimizer with all its hyper-parameters, and mini-batches in a separate order per seed.
pub fn everything(optimizer: Optimizer) -> Result<VerifyCase> {
    let batches = BatchSpec { size: 7, order: RowOrder::PerSeed };
    let own = Hyperparameter::ALL.into_iter().filter(|hyperparameter| hyperparameter.optimizers().contains(&optimizer));
    let train_spec = TrainSpec { optimizer, batches, ..TrainSpec::plain() };
    Ok(VerifyCase { epochs: 3, ..smooth(&NetworkShape::new(2, &[4])?, train_spec, &own.collect::<Vec<_>>()) })
}
