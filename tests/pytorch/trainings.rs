//! Whole trainings: the loss of every epoch, final weights, accuracy.

use crate::case::Case;
use crate::common::{is_reference, relative, train, worst};
use gpu_sweep::engine::{Batch, Engine};

pub fn compare(engine: &mut dyn Engine, case: &Case) {
    let job = case.job(engine);
    let batch = train(engine, &job);
    for model in 0..case.models() {
        // What float32 costs PyTorch, times ten: other sums round otherwise. f64: 200 epochs of rounding at 1e-16.
        let tolerance = if is_reference(engine) { 1e-10 } else { (10.0 * case.deviation[model]).max(2e-5) };
        compare_model(case, &batch, model, tolerance);
    }
}

fn compare_model(case: &Case, batch: &Batch, model: usize, tolerance: f64) {
    let error = worst(relative(case.of(&batch.curves.train_loss, model), case.of(&case.losses, model)));
    assert!(error <= tolerance, "model {model}: losses {error}");
    let expected = case.of(&case.last, model);
    let largest = worst(expected.iter().map(|w| w.abs()));
    let last = case.of(&batch.weights.as_ref().unwrap().last, model);
    let error = worst(last.iter().zip(expected).map(|(w, e)| (w - e).abs() / largest));
    assert!(error <= tolerance, "model {model}: weights {error}");
    let (outcome, percent) = (&batch.outcomes[model], case.accuracy[model]);
    assert_eq!(outcome.train.unwrap().correct, (percent / 100.0 * case.points().len() as f64).round() as u32);
    assert_eq!(outcome.diverged, None);
}
