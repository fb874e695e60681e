//! Label smoothing: values by PyTorch's formula, and trainings as those of the reference.

use crate::common::{Random, dataset, job_of, reference, relative, train, worst};
use gpu_sweep::dataset::{Dataset, Points, Targets};
use gpu_sweep::engine::{Engine, Job};
use gpu_sweep::math::{Activation, Loss};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::statistics::RowSet;
use gpu_sweep::sweep::{BatchSpec, Hyperparameter, Hyperparameters, InitialWeights, RowOrder, TrainSpec, Trials};

fn smoothed(loss: Loss) -> TrainSpec {
    TrainSpec { loss, given: vec![Hyperparameter::Lr, Hyperparameter::LabelSmoothing], ..TrainSpec::plain() }
}

fn trial(lr: f64, smoothing: f64) -> Hyperparameters {
    Hyperparameters::lr(lr).with(Hyperparameter::LabelSmoothing, smoothing)
}

/// Loss and gradient of a point by PyTorch's definition, from the log-probabilities of both classes: the loss is
/// -(1 - s) log p_y - s / 2 (log p_0 + log p_1), its gradient (1 - s) (p_1 - y) + s / 2 (p_1 - (1 - p_1)). For squared
/// errors, s / 2 of the target goes to either class.
fn exact(loss: Loss, z: f64, y: bool, s: f64) -> (f64, f64) {
    let (label, p) = (f64::from(u8::from(y)), 1.0 / (1.0 + (-z).exp()));
    let target = (1.0 - s / 2.0) * label + s / 2.0 * (1.0 - label);
    let log = [-z.exp().ln_1p(), -(-z).exp().ln_1p()];
    match loss {
        Loss::Mse => ((z - target).powi(2), 2.0 * (z - target)),
        _ => {
            let of_label = -(1.0 - s) * log[usize::from(y)];
            (of_label - s / 2.0 * (log[0] + log[1]), (1.0 - s) * (p - label) + s / 2.0 * (2.0 * p - 1.0))
        }
    }
}

/// Losses before and gradients in the first update of logistic regressions with the weight as logit.
pub fn smoothed_losses_are_pytorchs(engine: &mut dyn Engine) {
    let logits = [-20.0, -3.5, -0.75, -0.0625, 0.0, 0.25, 1.0, 2.5, 9.0, 60.0];
    let smoothings = [0.0, 0.1, 0.25, 0.5, 0.96875];
    let models: Vec<(f64, f64)> = logits.iter().flat_map(|z| smoothings.map(|s| (*z, s))).collect();
    let trials = Trials::List(models.iter().map(|(_, s)| (trial(1.0, *s), 0)).collect());
    let shape = NetworkShape::new(1, &[]).unwrap();
    for (loss, y) in [(Loss::Bce, false), (Loss::Bce, true), (Loss::Mse, false), (Loss::Mse, true)] {
        let points = Points { features: 1, x: vec![1.0], targets: Targets::Binary(vec![y]) };
        let job = job_of(engine, &shape, &smoothed(loss), points, trials.clone(), 1);
        let initial = models.iter().flat_map(|(z, _)| [*z, 0.0]).collect();
        let batch = train(engine, &Job { initial: InitialWeights::Given(initial), ..job });
        let last = batch.weights.unwrap().last;
        assert_eq!((batch.curves.train_loss.len(), last.len()), (2 * models.len(), 2 * models.len()));
        for (n, (z, s)) in models.iter().enumerate() {
            let (value, gradient) = exact(loss, *z, y, *s);
            let (ours, moved) = (batch.curves.train_loss[2 * n], -last[2 * n + 1]);
            let what = format!("{loss} {y} {z} {s}: {ours} {value}, {moved} {gradient}");
            // Ten roundings of f32, 6e-8 each; a gradient may be a difference of numbers up to 1, and losses below 1e-3
            // count absolutely, since they are differences of larger terms.
            assert!((ours - value).abs() <= 6e-7 * value.max(1e-3), "{what}");
            assert!((moved - gradient).abs() <= 6e-7 * gradient.abs().max(1.0), "{what}");
        }
    }
}

/// Whole trainings, with all rows at once and in mini-batches, of the smallest networks, which the cpu engine trains in
/// kernels of their own, and of others; with the scores of held-out rows and of [`Engine::evaluate`].
pub fn smoothed_trainings_are_the_references(engine: &mut dyn Engine) {
    let mut random = Random::new(31);
    let sets = [2, 3].map(|features| [70, 23, 19].map(|rows| random.points(rows, features)));
    let batches = BatchSpec { size: 16, order: RowOrder::PerSeed };
    for (n, activation) in
        [Activation::Relu, Activation::Tanh, Activation::Sigmoid, Activation::Gelu].iter().enumerate()
    {
        for loss in [Loss::Bce, Loss::Mse] {
            // The small network with all activations, since there is a kernel for each.
            let (features, hidden): (usize, &[usize]) = if n < 3 { (2, &[1]) } else { (3, &[5]) };
            let train_spec = TrainSpec { activation: *activation, ..smoothed(loss) };
            let train_spec = if n % 2 == 0 { train_spec } else { TrainSpec { batches: batches.clone(), ..train_spec } };
            let [points, validation, test] = sets[features - 2].clone();
            let trials: Vec<_> =
                (0..20).map(|i| (trial(0.05, 0.049 * f64::from(i)), u64::from(i as u32 / 3))).collect();
            let shape = NetworkShape::new(features, hidden).unwrap();
            let data =
                Dataset { validation: Some(validation.clone()), ..(*dataset(points.clone(), Some(test))).clone() };
            let job = |engine: &dyn Engine| Job {
                data: data.clone().into(),
                ..job_of(engine, &shape, &train_spec, points.clone(), Trials::List(trials.clone()), 6)
            };
            let (our_job, exact_job) = (job(engine), job(&*reference()));
            let (ours, exact) = (train(engine, &our_job), train(&mut *reference(), &exact_job));
            let what = format!("{} {activation} {loss}", our_job.mapping_text());
            // Six epochs of a few updates: some ten rounding errors of 6e-8, more at a kink of ReLU.
            let error = worst(relative(&ours.curves.train_loss, &exact.curves.train_loss));
            assert!(error <= 5e-6, "{what}: {error}");
            let last = &ours.weights.as_ref().unwrap().last;
            for (n, (model, (hyper, _))) in last.chunks(shape.parameters()).zip(&trials).enumerate() {
                for set in RowSet::ALL {
                    let loss = |outcome: &gpu_sweep::engine::Outcome| outcome.score(set).unwrap().loss;
                    let (ours, exact) = (loss(&ours.outcomes[n]), loss(&exact.outcomes[n]));
                    assert!((ours / exact - 1.0).abs() <= 5e-6, "{what}, model {n}: {ours} {exact}");
                }
                if n % 7 == 0 {
                    let train_spec = train_spec.with_loss_of(hyper);
                    let score = engine.evaluate(&shape, &train_spec, model, &validation).unwrap()[0].unwrap();
                    let known = ours.outcomes[n].validation.unwrap();
                    assert!((score.loss / known.loss - 1.0).abs() <= 1e-6, "{what}: {score:?} {known:?}");
                    let plain = TrainSpec { activation: *activation, loss, ..TrainSpec::plain() };
                    let plain = engine.evaluate(&shape, &plain, model, &validation).unwrap()[0].unwrap();
                    assert_eq!(n == 0, (plain.loss / known.loss - 1.0).abs() <= 1e-6, "smoothing shows: {what} {n}");
                }
            }
        }
    }
}
