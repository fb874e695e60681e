//! Complete trainings: the loss of every epoch, final weights, accuracy.

use crate::case::Case;
use crate::common::{is_reference, relative, train, worst};
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
    let (outcome, percent) = (&batch.outcomes[model], case.accuracy[model]);
    assert_eq!(outcome.train.unwrap().correct, (percent / 100.0 * case.points().len() as f64).round() as u32);
    assert_eq!(outcome.diverged, None);
}
