//! Random train specs, trained completely and compared with the reference.

use crate::common::{reference, train, worst};
use crate::random_case::{RandomCase, Size};
use gpu_sweep::engine::{Batch, Engine, EngineKind, MeanErrors};
use gpu_sweep::math::{Activation, Loss, Optimizer};
use gpu_sweep::sweep::Hyperparameters;

/// Random specs per engine; fewer on the GPU, because a software adapter compiles kernels for each.
const CASES: u64 = 60;
const GPU_QUESTIONS: u64 = 20;

pub fn random_cases(engine: &mut dyn Engine) {
    // Wide layers are slow on it, too.
    let (cases, size) = match engine.info().engine {
        EngineKind::Gpu => (GPU_QUESTIONS, Size { rows: 24, models: 5, epochs: 8, widest: 6, features: 5 }),
        EngineKind::Cpu | EngineKind::Reference => {
            (CASES, Size { rows: 70, models: 20, epochs: 15, widest: 16, features: 40 })
        }
    };
    let (mut compared, mut models) = (0, 0);
    for seed in 0..cases {
        let case = RandomCase::random(seed, &size);
        let (ours, exact) = (case.job(engine), case.job(&*reference()));
        let (ours, exact) = (train(engine, &ours), train(&mut *reference(), &exact));
        compared += losses(&case, seed, &ours, &exact);
        models += case.trials.len();
        evaluated(engine, &case, &ours);
    }
    assert!(compared * 20 >= models * 19, "{compared} of {models} models are calm");
}

/// Relative error of a loss; losses below 1e-3 count as 1e-3, since there only rounding is left.
fn error(ours: f64, exact: f64) -> f64 {
    (ours - exact).abs() / exact.abs().max(1e-3)
}

fn errors(ours: &[f64], exact: &[f64]) -> f64 {
    assert_eq!(ours.len(), exact.len());
    worst(ours.iter().zip(exact).map(|(ours, exact)| error(*ours, *exact)))
}

/// Compares the losses of all epochs, model by model; returns the number of models stable enough to compare.
fn losses(case: &RandomCase, seed: u64, ours: &Batch, exact: &Batch) -> usize {
    let mut exact_engine = reference();
    let job = case.shaken(&*exact_engine, f64::from(f32::EPSILON));
    let shaken = train(&mut *exact_engine, &job);
    let epochs = case.epochs as usize + 1;
    let train_spec = &case.train_spec;
    let kinked = matches!(train_spec.activation, Activation::Relu | Activation::LeakyRelu)
        || matches!(train_spec.loss, Loss::Hinge | Loss::Mae);
    // Rounding may turn the sign of an average near 0, and with it a whole step of Lion.
    let flips = train_spec.optimizer == Optimizer::Lion;
    let floor = if flips {
        1e-3
    } else if kinked {
        5e-5
    } else {
        2e-5
    };
    let compare = |model: &usize| {
        let of = |batch: &Batch| batch.curves.train_loss[*model * epochs..][..epochs].to_vec();
        // Tolerance: the effect of rounding everything once at the start, measured for this training, times ten for the
        // roundings of later updates. On top, optimizers that divide by the gradient's size magnify rounding of small
        // gradients (1.5e-5 in a thousand updates), and a point may cross a kink (some 5e-5).
        let sensitivity = errors(&of(&shaken), &of(exact));
        let calm = sensitivity <= 1e-4;
        if !calm {
            return false;
        }
        let error = errors(&of(ours), &of(exact));
        assert!(error <= floor + 10.0 * sensitivity, "seed {seed}, {case}, model {model}: {error}");
        true
    };
    (0..case.trials.len()).filter(compare).count()
}

/// The training's final scores equal an evaluation of its final parameters.
fn evaluated(engine: &mut dyn Engine, case: &RandomCase, batch: &Batch) {
    let last = &batch.weights.as_ref().unwrap().last;
    let scores = match case.train_spec.has_loss_params() {
        false => engine.evaluate(&case.shape, &case.train_spec, last, &case.points).unwrap(),
        // Each model has its own loss.
        true => {
            let models = last.chunks(case.shape.parameters()).zip(&case.trials);
            let of = |(model, (trial, _)): (&[f64], &(Hyperparameters, u64))| {
                engine.evaluate(&case.shape, &case.train_spec.with_loss_of(trial), model, &case.points).unwrap()
            };
            models.flat_map(of).collect()
        }
    };
    assert_eq!(scores.len(), batch.outcomes.len());
    for (outcome, score) in batch.outcomes.iter().zip(scores) {
        let (Some(ours), Some(evaluated)) = (outcome.train, score) else {
            assert_eq!(outcome.train, score, "{case}");
            continue;
        };
        assert_eq!((ours.correct, ours.correct_positive), (evaluated.correct, evaluated.correct_positive), "{case}");
        assert_eq!(ours.errors.is_some(), case.points.is_regression(), "{case}");
        for (ours, evaluated) in ours.errors.into_iter().zip(evaluated.errors) {
            let of = |errors: MeanErrors| [errors.squared, errors.absolute];
            assert!(self::errors(&of(ours), &of(evaluated)) <= 2e-6, "{case}: {ours:?} {evaluated:?}");
        }
        // The same sums, perhaps in other tiles.
        assert!(error(ours.loss, evaluated.loss) <= 2e-6, "{case}: {} {}", ours.loss, evaluated.loss);
    }
}
