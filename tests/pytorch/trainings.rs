//! Complete trainings: the loss of every epoch, final weights, accuracy.

use crate::case::Case;
use crate::common::{is_reference, relative, train, worst};
use gpu_sweep::dataset::Points;
use gpu_sweep::engine::{Batch, Engine};

pub fn compare(engine: &mut dyn Engine, case: &Case) {
    let job = case.job(engine);
    let batch = train(engine, &job);
    // The step sizes of Adam and RMSprop don't depend on the gradient's size: a weight whose f32 gradient is rounding
    // noise (in one model, four of 337 weights start with a gradient below 1e-6) takes random steps, which hardly
    // affect the loss.
    let adaptive = job.train_spec.optimizer.reads().contains(&"epsilon");
    let blurred = if adaptive && !is_reference(engine) { case.shape.parameters() / 100 } else { 0 };
    for model in 0..case.models() {
        // Ten times PyTorch's own float32 deviation, since sums round differently. f64: rounding at 1e-16 over 200
        // epochs.
        let tolerance = if is_reference(engine) { 1e-10 } else { (10.0 * case.deviation[model]).max(2e-5) };
        compare_model(case, &batch, model, tolerance, blurred);
    }
}

/// `blurred` weights may deviate by more.
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
    // 200 random steps are small compared with a weight's total change.
    assert!(worst(errors.iter().copied()) <= tolerance.max(1e-3), "model {model}: weights {:?}", &errors[..4]);
    let outcome = &batch.outcomes[model];
    assert_eq!(outcome.diverged, None);
    let score = outcome.train.unwrap();
    if let Some(percents) = &case.accuracy {
        assert_eq!(score.correct, (percents[model] / 100.0 * case.points().len() as f64).round() as u32);
    }
    if let Some(r2) = &case.r2 {
        // PyTorch's is the mean over the targets; of a single target it follows from the mean squared error.
        let (mean, variance) = moments(case.points());
        let found = 1.0 - score.errors.unwrap().squared / variance;
        assert!(case.shape.outputs() > 1 || (found - r2[model]).abs() <= tolerance, "{found} {} {mean}", r2[model]);
    }
}

/// Mean and population variance of the first target.
fn moments(points: &Points) -> (f64, f64) {
    let n = points.len() as f64;
    let mean = (0..points.len()).map(|row| points.target(row)).sum::<f64>() / n;
    (mean, (0..points.len()).map(|row| (points.target(row) - mean).powi(2)).sum::<f64>() / n)
}
