//! Extreme numbers: learning rates of 0, 1e-30 and 1e30, a single point, contradictory points, features of 1e30.

use crate::common::{Random, job, job_of, reference, train};
use crate::{is_reference, model_bits, shape};
use gpu_sweep::dataset::{Points, Targets};
use gpu_sweep::engine::{Batch, Engine, Job};
use gpu_sweep::math::Optimizer;
use gpu_sweep::sweep::{BatchSpec, InitialWeights, RowOrder, TrainSpec, Trials};
use std::f64::consts::LN_2;

/// Points with one feature, and their labels.
fn line(x: &[f64], y: &[bool]) -> Points {
    Points { features: 1, x: x.into(), targets: Targets::Binary(y.into()) }
}

/// The same job with all initial weights and biases 0.
fn from_zeros(job: Job) -> Job {
    let zeros = vec![0.0; job.trials.len() as usize * job.shape.parameters()];
    Job { initial: InitialWeights::Given(zeros), ..job }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Epoch of divergence and whether there is a score, per model.
fn ends(batch: &Batch) -> Vec<(Option<u32>, bool)> {
    batch.outcomes.iter().map(|outcome| (outcome.diverged, outcome.train.is_some())).collect()
}

/// No optimizer changes a weight at a learning rate of 0, nor at 1e-30, where rounding absorbs the steps; the loss
/// stays, too.
pub fn rates_of_nothing(engine: &mut dyn Engine) {
    const EPOCHS: usize = 4;
    for optimizer in Optimizer::ALL {
        let train_spec = TrainSpec {
            optimizer: *optimizer,
            batches: BatchSpec { size: 8, order: RowOrder::Shared { seed: 4 } },
            ..TrainSpec::plain()
        };
        let trials = Trials::pairs((0..12).map(|n| ([0.0, 1e-30, 0.5][n % 3], n as u64 / 3)).collect());
        let job = job_of(engine, &shape(2, &[3]), &train_spec, Random::new(41).points(20, 2), trials, EPOCHS as u32);
        let batch = train(engine, &job);
        let weights = batch.weights.unwrap();
        let width = job.shape.parameters();
        for model in 0..12 {
            let [first, last] = [&weights.initial, &weights.last].map(|all| bits(&all[model * width..][..width]));
            let curve = bits(&batch.curves.train_loss[model * (EPOCHS + 1)..][..=EPOCHS]);
            let still = model % 3 < 2;
            assert_eq!(first == last, still, "{optimizer}, model {model}");
            assert_eq!(curve.iter().all(|loss| *loss == curve[0]), still, "{optimizer}, model {model}");
            assert_eq!(f64::from_bits(curve[EPOCHS]), batch.outcomes[model].train.unwrap().loss);
        }
    }
}

/// Steps of known size at a learning rate of 1e30: a parameter of exactly 1e30 is allowed, a larger one ends the
/// training in that epoch, and neighbouring models are unaffected.
pub fn rates_of_1e30(engine: &mut dyn Engine) {
    let run = |engine: &mut dyn Engine, points: &Points, rates: &[f64]| {
        let trials = rates.iter().map(|rate| (*rate, 0)).collect();
        let job = from_zeros(job(engine, &shape(1, &[]), points.clone(), trials, 5));
        let batch = train(engine, &job);
        let models: Vec<String> = (0..rates.len()).map(|model| model_bits(&job, &batch, model)).collect();
        (batch, models)
    };
    // First gradients: 1, after which all points are right; 4, beyond 1e30; 0.75, with one of four points wrong, and
    // 1.5 in the third epoch.
    let one = line(&[2.0, -2.0], &[true, false]);
    let four = line(&[8.0, -8.0], &[true, false]);
    let later = line(&[3.0, 3.0, 3.0, -3.0], &[true, true, false, false]);
    for (points, end) in [(one, (None, true)), (four, (Some(0), false)), (later, (Some(2), false))] {
        let (wild, models) = run(engine, &points, &[0.1, 1e30, 0.2, 1e30, 0.0]);
        assert_eq!(ends(&wild), [(None, true), end, (None, true), end, (None, true)]);
        let known = end.0.map_or(6, |epoch| epoch as usize + 1);
        let curve = &wild.curves.train_loss[6..12];
        assert!(curve.iter().enumerate().all(|(epoch, loss)| loss.is_finite() == (epoch < known)), "{curve:?}");
        let (_, calm) = run(engine, &points, &[0.1, 0.2, 0.0]);
        assert_eq!([&models[0], &models[2], &models[4]], [&calm[0], &calm[1], &calm[2]]);
        if end.0.is_none() {
            let score = wild.outcomes[1].train.unwrap();
            // The engines' exp stops at the smallest normal f32.
            assert!(score.loss <= 2e-38 && score.correct == 2, "a parameter of just 1e30 is one: {score:?}");
        }
    }
}

/// A single point of either class, full-batch and in a larger batch: its loss goes to 0.
pub fn one_point(engine: &mut dyn Engine) {
    for size in [usize::MAX, 32] {
        for label in [false, true] {
            let batches = if size == 32 { BatchSpec { size, order: RowOrder::PerSeed } } else { BatchSpec::FULL };
            let train_spec = TrainSpec { batches, ..TrainSpec::plain() };
            let points = Points { features: 2, x: vec![1.0, -0.5], targets: Targets::Binary(vec![label]) };
            let trials = || Trials::pairs((0..5).map(|seed| (0.5, seed)).collect());
            let learn = |engine: &mut dyn Engine| {
                let job = job_of(engine, &shape(2, &[3]), &train_spec, points.clone(), trials(), 200);
                train(engine, &job)
            };
            let (ours, exact) = (learn(engine), learn(&mut *reference()));
            for (ours, exact) in ours.outcomes.iter().zip(&exact.outcomes) {
                let (ours, exact) = (ours.train.unwrap(), exact.train.unwrap());
                // 200 updates in f32, each rounding every parameter once.
                assert!((ours.loss - exact.loss).abs() <= 1e-5 && exact.loss < 0.02, "{ours:?} {exact:?}");
                assert_eq!((ours.correct, exact.correct), (1, 1));
            }
        }
    }
}

/// Two identical points with different labels: a loss of ln 2, and one of them right.
pub fn twin_points(engine: &mut dyn Engine) {
    let points = Points { features: 2, x: [0.75, -0.5].repeat(2), targets: Targets::Binary(vec![true, false]) };
    let trials = (0..6).map(|seed| (0.5, seed)).collect();
    let job = job(engine, &shape(2, &[]), points, trials, 400);
    for outcome in train(engine, &job).outcomes {
        let score = outcome.train.unwrap();
        // The error is quadratic in the remaining logit; one ulp of f32 is 6e-8 here.
        assert!((score.loss - LN_2).abs() <= 1e-7 && score.correct == 1, "{score:?}");
    }
}

/// A feature that is always 0, like a standardised constant: its weights keep their initial values.
pub fn constant_features(engine: &mut dyn Engine) {
    let mut points = Random::new(42).points(30, 3);
    points.x.iter_mut().skip(1).step_by(3).for_each(|x| *x = 0.0);
    let job = job(engine, &shape(3, &[4]), points, vec![(0.3, 1), (0.1, 2)], 20);
    let batch = train(engine, &job);
    assert_eq!(ends(&batch), [(None, true); 2]);
    let (weights, width) = (batch.weights.unwrap(), job.shape.parameters());
    for model in 0..2 {
        for index in 0..12 {
            let [first, last] = [&weights.initial, &weights.last].map(|all| all[model * width + index].to_bits());
            assert!(index % 3 != 1 || first == last, "weight {index} of a feature that is always 0 moved");
        }
    }
    assert_ne!(bits(&weights.initial), bits(&weights.last));
}

/// Features of 1e30. Losses of 1e29 are ordinary numbers where weights hardly move; where logits or parameters overflow
/// the engine's number type, the model diverges and has no score.
pub fn features_of_1e30(engine: &mut dyn Engine) {
    let points = line(&[1e30, -1e30, 1e30, 5.0], &[false, true, true, false]);
    let trials = || vec![(0.0, 0), (1e-32, 0), (0.1, 1), (1e10, 0), (1e-35, 1)];
    let learn = |engine: &mut dyn Engine| {
        let job = job(engine, &shape(1, &[]), points.clone(), trials(), 3);
        train(engine, &job)
    };
    let (ours, exact) = (learn(engine), learn(&mut *reference()));
    for batch in [&ours, &exact] {
        let scored = |outcome: &gpu_sweep::engine::Outcome| outcome.train.is_none_or(|score| score.loss.is_finite());
        assert!(batch.outcomes.iter().all(scored), "{:?}", batch.outcomes);
        assert!(batch.outcomes.iter().all(|o| o.train.is_none() == o.diverged.is_some()), "{:?}", batch.outcomes);
    }
    let ok = (None, true);
    // A first step of 1e39 exceeds every bound.
    for (model, expected) in [(0, ok), (1, ok), (3, (Some(0), false)), (4, ok)] {
        assert_eq!((ends(&ours)[model], ends(&exact)[model]), (expected, expected), "model {model}");
        if let (Some(ours), Some(exact)) = (ours.outcomes[model].train, exact.outcomes[model].train) {
            // The f32 sum of two terms of 1e29.
            assert!(
                (ours.loss / exact.loss - 1.0).abs() <= 1e-5 && ours.correct == exact.correct,
                "{ours:?} {exact:?}"
            );
        }
    }
    // A weight of 1e28 and a logit of 1e58, which f64 holds and f32 does not.
    let expected = if is_reference(engine) { ok } else { (Some(1), false) };
    assert_eq!(ends(&ours)[2], expected);
}
