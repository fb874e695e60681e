//! Features that maps need: real-valued targets, scaled weights, offset initial weights, and convergence measures.

use crate::common::{Random, dataset, is_reference, job_of, reference, relative, train, worst};
use gpu_sweep::dataset::{Points, Targets};
use gpu_sweep::engine::{Batch, Engine, InMemorySink, Job, Mapping, Record};
use gpu_sweep::math::init::{Init, Scheme};
use gpu_sweep::math::{Activation, Loss, Optimizer, WeightScaling};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::sweep::{Hyperparameter, Hyperparameters, TrainSpec, Trials};

const FEATURES: usize = 4;
const UNITS: usize = 9;

/// Random points with real-valued targets.
fn points(rows: usize) -> Points {
    let mut random = Random::new(77);
    let mut draw = |n: usize| -> Vec<f64> { (0..n).map(|_| f64::from((4.0 * random.unit() - 2.0) as f32)).collect() };
    let (x, targets) = (draw(rows * FEATURES), draw(rows));
    Points { features: FEATURES, x, targets: Targets::Real { outputs: 1, values: targets } }
}

fn train_spec(optimizer: Optimizer) -> TrainSpec {
    let init = Init { scheme: Scheme::Normal, zero_biases: true, scaling: WeightScaling::MeanField };
    TrainSpec { activation: Activation::Tanh, loss: Loss::Mse, optimizer, init, ..TrainSpec::plain() }
}

fn shape() -> NetworkShape {
    NetworkShape::new(FEATURES, &[UNITS]).unwrap().without_bias()
}

/// Reference implementation: momentum with weight decay on the raw weights w of out = (1/n) w2 · tanh((1/√m) W1 x),
/// with m inputs and n units. Returns the scaled weights u.
fn raw_descent(start: &[f64], points: &Points, [lr_first, lr, momentum, decay]: [f64; 4], epochs: u32) -> Vec<f64> {
    let scales = [1.0 / (FEATURES as f64).sqrt(), 1.0 / UNITS as f64];
    let scale = |p: usize| scales[usize::from(p >= FEATURES * UNITS)];
    let mut raw: Vec<f64> = start.iter().enumerate().map(|(p, u)| u / scale(p)).collect();
    let mut velocity = vec![0.0; raw.len()];
    for _ in 0..epochs {
        let mut gradient = vec![0.0; raw.len()];
        for n in 0..points.len() {
            let x = points.row(n);
            let sums = |o: usize| (0..FEATURES).map(|i| raw[o * FEATURES + i] * x[i]).sum::<f64>();
            let a: Vec<f64> = (0..UNITS).map(|o| (scales[0] * sums(o)).tanh()).collect();
            let w2 = FEATURES * UNITS;
            let out = scales[1] * (0..UNITS).map(|o| raw[w2 + o] * a[o]).sum::<f64>();
            let error = 2.0 * (out - points.target(n)) / points.len() as f64;
            for o in 0..UNITS {
                gradient[w2 + o] += error * scales[1] * a[o];
                let delta = error * scales[1] * raw[w2 + o] * (1.0 - a[o] * a[o]);
                (0..FEATURES).for_each(|i| gradient[o * FEATURES + i] += delta * scales[0] * x[i]);
            }
        }
        for p in 0..raw.len() {
            velocity[p] = momentum * velocity[p] + gradient[p] + decay * raw[p];
            raw[p] -= if p < FEATURES * UNITS { lr_first } else { lr } * velocity[p];
        }
    }
    raw.iter().enumerate().map(|(p, w)| w * scale(p)).collect()
}

/// Training the scaled weights is equivalent to training the raw ones.
pub fn mean_field(engine: &mut dyn Engine) {
    let rates = [0.7, 3.0, 0.5, 0.02];
    let trial = Hyperparameters::lr(rates[1]).with(Hyperparameter::LrFirst, rates[0]);
    let trial = trial.with(Hyperparameter::Momentum, rates[2]).with(Hyperparameter::WeightDecay, rates[3]);
    let trials = Trials::List(vec![(trial, 5), (trial, 6)]);
    let (data, epochs) = (points(37), 25);
    let job = job_of(engine, &shape(), &train_spec(Optimizer::Momentum), data.clone(), trials, epochs);
    let weights = train(engine, &job).weights.unwrap();
    let size = job.shape.parameters();
    for (start, last) in weights.initial.chunks(size).zip(weights.last.chunks(size)) {
        let expected = raw_descent(start, &data, rates, epochs);
        // f64 sums in another order; f32 rounds each of 25 updates.
        let tolerance = if is_reference(engine) { 1e-12 } else { 1e-5 };
        let largest = worst(expected.iter().copied());
        let error = worst(last.iter().zip(&expected).map(|(ours, exact)| (ours - exact).abs() / largest));
        assert!(error <= tolerance, "{error:e} {last:?} {expected:?}");
        // Some weight must have moved by more than half.
        assert!(worst(relative(start, last)) > 0.5);
    }
}

/// Normal weights of standard deviation 1/√m and 1/n, moved by an offset of the given relative length; the two offsets
/// have different directions.
pub fn moved_starts(engine: &mut dyn Engine) {
    let with = |offsets: [f64; 2]| {
        let trial = Hyperparameters::lr(0.1)
            .with(Hyperparameter::OffsetA, offsets[0])
            .with(Hyperparameter::OffsetB, offsets[1]);
        (trial, 3)
    };
    let trials = Trials::List([[0.0, 0.0], [0.5, 0.0], [-0.5, 0.0], [0.0, 0.5]].map(with).into());
    let job = job_of(engine, &shape(), &train_spec(Optimizer::Sgd), points(5), trials, 0);
    let weights = train(engine, &job).weights.unwrap().initial;
    let models: Vec<&[f64]> = weights.chunks(job.shape.parameters()).collect();
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    for part in [0..FEATURES * UNITS, FEATURES * UNITS..job.shape.parameters()] {
        let length = norm(&mut models[0][part.clone()].iter().copied());
        let step = |n: usize| part.clone().map(move |p| (p, n)).map(|(p, n)| models[n][p] - models[0][p]);
        // Each weight is rounded once, by 6e-8 relative.
        for n in 1..4 {
            assert!((norm(&mut step(n)) / length - 0.5).abs() < 1e-6, "offset {n}");
        }
        assert!(step(1).zip(step(2)).all(|(there, back)| (there + back).abs() < 1e-6), "the other way");
        assert!(step(1).zip(step(3)).any(|(a, b)| (a - b).abs() > 0.05 * length), "another direction");
    }
    let plain = Init { scheme: Scheme::Normal, zero_biases: true, scaling: WeightScaling::Standard };
    let raw = plain.parameters(&job.shape, 3, 1.0);
    let scale = |p: usize| if p < FEATURES * UNITS { 0.5 } else { 1.0 / UNITS as f64 };
    let scaled = raw.iter().enumerate().map(|(p, w)| f64::from(*w) * scale(p)).collect::<Vec<_>>();
    // Both the raw and the scaled weight are rounded once.
    assert!(worst(relative(models[0], &scaled)) <= 1.3e-7);
}

/// A map of two learning rates, from hardly any movement to immediate divergence.
fn map_job(engine: &dyn Engine, pixels: usize) -> Job {
    let rates = |low: f64, high: f64| -> Vec<f64> {
        (0..pixels).map(|i| 10f64.powf(low + (high - low) * i as f64 / (pixels - 1) as f64)).collect()
    };
    let axes = vec![(Hyperparameter::Lr, rates(-1.0, 3.0)), (Hyperparameter::LrFirst, rates(-1.0, 3.0))];
    let count = (pixels * pixels) as u64;
    let trials = Trials::Grid { axes, first_seed: 8, independent_seeds: false, count };
    let job = job_of(engine, &shape(), &train_spec(Optimizer::Sgd), points(45), trials, 60);
    let record = Record { convergence: true, epochs: job.record.epochs.clone(), ..Record::default() };
    Job { record, ..job }
}

/// Convergence measures agree with the reference's, except where rounding decides: next to a pixel that ends otherwise.
/// They do not depend on how trials are split.
pub fn convergence(engine: &mut dyn Engine) {
    let pixels = 20;
    let job = map_job(engine, pixels);
    let (ours, exact) = (train(engine, &job), train(&mut *reference(), &map_job(&*reference(), pixels)));
    let converged = |batch: &Batch, m: usize| batch.outcomes[m].convergence.unwrap().is_converged();
    let all: Vec<bool> = (0..pixels * pixels).map(|m| converged(&exact, m)).collect();
    let share = all.iter().filter(|c| **c).count() as f64 / all.len() as f64;
    assert!((0.2..0.8).contains(&share), "{share} converge: a map of nothing");
    let near = |m: usize| {
        let around = |at: usize| at.saturating_sub(1)..=(at + 1).min(pixels - 1);
        around(m / pixels).any(|row| around(m % pixels).any(|column| all[row * pixels + column] != all[m]))
    };
    let (mut away, mut agree, mut errors) = (0, 0, Vec::new());
    for m in (0..all.len()).filter(|m| !near(*m)) {
        away += 1;
        agree += usize::from(converged(&ours, m) == all[m]);
        if all[m] {
            let [found, expected] = [&ours, &exact].map(|batch| batch.outcomes[m].convergence.unwrap());
            errors.push((found.loss_sum / expected.loss_sum - 1.0).abs());
        }
    }
    assert!(agree * 100 >= away * 99 && away * 2 > all.len(), "{agree} of {away} agree");
    // A sum of 60 losses of 45 points, each rounded by some 1e-7; half of the trainings are stable enough not to
    // magnify that.
    errors.sort_by(f64::total_cmp);
    assert!(errors[errors.len() / 2] < 1e-5, "{errors:?}");
    let mut cut = InMemorySink::default();
    for range in [0..7, 7..150, 150..(pixels * pixels) as u64] {
        engine.train(&job, range, &mut cut).unwrap();
    }
    assert_eq!(cut.batch.unwrap().outcomes, ours.outcomes);
}

/// With numbers as targets there is no accuracy, but the mean errors of the outputs.
pub fn errors_of_numbers(engine: &mut dyn Engine) {
    let (data, test) = (points(60), points(7));
    let trials = Trials::pairs((0..5).map(|seed| (0.05, seed)).collect());
    let job = job_of(engine, &shape(), &train_spec(Optimizer::Sgd), data.clone(), trials, 3);
    let job = Job { data: dataset(data, Some(test)), ..job };
    let exact = train(&mut *reference(), &Job { mapping: Some(Mapping::Reference), ..job.clone() });
    for (ours, exact) in train(engine, &job).outcomes.iter().zip(&exact.outcomes) {
        for (ours, exact, rows) in [(ours.train, exact.train, 60.0), (ours.test, exact.test, 7.0)] {
            let (ours, exact) = (ours.unwrap(), exact.unwrap());
            let (errors, exact_errors) = (ours.errors.unwrap(), exact.errors.unwrap());
            assert_eq!((ours.correct, exact.correct, exact.loss), (0, 0, exact_errors.squared));
            // Sums of up to 60 terms after three updates.
            assert!((errors.squared / exact_errors.squared - 1.0).abs() < 1e-5, "{rows}: {errors:?} {exact_errors:?}");
            assert!(
                (errors.absolute / exact_errors.absolute - 1.0).abs() < 1e-5,
                "{rows}: {errors:?} {exact_errors:?}"
            );
        }
    }
}
