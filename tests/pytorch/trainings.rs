//! Whole trainings: the loss of every epoch, final weights, accuracy.

use crate::case::Case;
use crate::common::{is_reference, relative, train, worst};
use gpu_sweep::engine::{Batch, Engine};

pub fn compare(engine: &mut dyn Engine, case: &Case) {
    let job = case.job(engine);
    let batch = train(engine, &job);
    // Adam's and RMSprop's steps don't depend on a gradient's size: where a weight's gradient is rounding noise in f32 (four
    // weights of 337 begin with one below 1e-6 in one of the models), so are its steps, while the loss does not care.
    let adaptive = job.recipe.optimizer.reads().contains(&"epsilon");
    let blurred = if adaptive && !is_reference(engine) { case.shape.parameters() / 100 } else { 0 };
    for model in 0..case.models() {
        // What float32 costs PyTorch, times ten: other sums round otherwise. f64: 200 epochs of rounding at 1e-16.
        let tolerance = if is_reference(engine) { 1e-10 } else { (10.0 * case.deviation[model]).max(2e-5) };
        compare_model(case, &batch, model, tolerance, blurred);
    }
}

/// Of the weights, `blurred` may be off by more.
fn compare_model(case: &Case, batch: &Batch, model: usize, tolerance: f64, blurred: usize) {
    let error = worst(relative(case.of(&batch.curves.train_loss, model), case.of(&case.losses, model)));
    assert!(error <= tolerance, "model {model}: losses {error}");
    let expected = case.of(&case.last, model);
    let largest = worst(expected.iter().map(|w| w.abs()));
    let last = case.of(&batch.weights.as_ref().unwrap().last, model);
    let mut errors: Vec<f64> = last.iter().zip(expected).map(|(w, e)| (w - e).abs() / largest).collect();
    errors.sort_by(|a, b| b.total_cmp(a));
    assert_eq!(errors.len(), case.shape.parameters());
    assert!(worst(errors[blurred..].iter().copied()) <= tolerance, "model {model}: weights {:?}", &errors[..4]);
    // 200 steps of noise, in no direction, are a small part of a weight's way.
    assert!(worst(errors.iter().copied()) <= tolerance.max(1e-3), "model {model}: weights {:?}", &errors[..4]);
    let (outcome, percent) = (&batch.outcomes[model], case.accuracy[model]);
    assert_eq!(outcome.train.unwrap().correct, (percent / 100.0 * case.points().len() as f64).round() as u32);
    assert_eq!(outcome.diverged, None);
}
