//! Gradients at the initial weights.

use crate::case::Case;
use crate::common::{is_reference, job_of, train, worst};
use gpu_sweep::engine::Engine;
use gpu_sweep::engine::reference::Network;
use gpu_sweep::sweep::{Hyperparameter, Hyperparameters, InitialWeights, TrainSpec, Trials};

/// After one plain update with a learning rate of 2^20, the change of the weights is almost exactly the gradient.
pub fn compare(engine: &mut dyn Engine, case: &Case) {
    let lr = f64::from(1 << 20);
    let TrainSpec { activation, loss, class_weights, .. } = case.train_spec.clone();
    let train_spec = TrainSpec { activation, loss, class_weights, ..TrainSpec::plain() };
    let smoothing = Hyperparameter::LabelSmoothing;
    let trial = |given: &Hyperparameters| {
        let plain = Hyperparameters::lr(lr);
        (given.get(smoothing).map_or(plain, |value| plain.with(smoothing, value)), 0)
    };
    let trials = Trials::List(case.trials.iter().map(trial).collect());
    let mut job = job_of(engine, &case.shape, &train_spec, case.first_batch(), trials, 1);
    job.initial = InitialWeights::Given(case.initial.clone());
    let weights = train(engine, &job).weights.unwrap();
    assert_eq!(weights.initial, case.initial);
    // f32: sums of 200 terms, each accurate to a few 1e-7; f64: the same at 1e-16.
    let tolerance = if is_reference(engine) { 1e-13 } else { 1e-5 };
    for model in 0..case.models() {
        let initial = case.of(&case.initial, model);
        let moved = initial.iter().zip(case.of(&weights.last, model)).map(|(before, after)| (before - after) / lr);
        let scale = mean_magnitudes(case, &train_spec.with_loss_of(&case.trials[model]), initial);
        let errors = moved.zip(case.of(&case.gradient, model)).zip(scale).map(|((g, expected), scale)| {
            // A weight that affects no point has a gradient of exactly 0.
            if scale == 0.0 { (g - expected).abs() / f64::MIN_POSITIVE } else { (g - expected).abs() / scale }
        });
        let error = worst(errors);
        assert!(error <= tolerance, "model {model}: gradient {error}");
    }
}

/// Scale of a single point's gradient for each parameter: the mean magnitude over the points, then the maximum over the
/// layer, since a barely active unit has hardly any gradient; 0 where every point's gradient is 0.
fn mean_magnitudes(case: &Case, train_spec: &TrainSpec, parameters: &[f64]) -> Vec<f64> {
    let (network, points) = (Network::new(&case.shape, train_spec, parameters.to_vec()), case.first_batch());
    let mut sums = vec![0.0; parameters.len()];
    for n in 0..points.len() {
        let gradient = network.gradient(&points, &[n]).unwrap();
        sums.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g.abs() / points.len() as f64);
    }
    for layer in case.shape.layers() {
        let own = &mut sums[layer.weights..layer.end()];
        let largest = worst(own.iter().copied());
        own.iter_mut().filter(|sum| **sum > 0.0).for_each(|sum| *sum = largest);
    }
    sums
}
