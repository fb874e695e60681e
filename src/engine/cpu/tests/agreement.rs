//! Results against those of the reference engine.

use super::*;

/// The largest difference between two lists, relative to 1 + |b|; NaN equals only NaN.
fn difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let difference = |(a, b): (&f64, &f64)| match a.is_nan() && b.is_nan() {
        true => 0.0,
        false => (a - b).abs() / (1.0 + b.abs()),
    };
    a.iter().zip(b).map(difference).fold(0.0, |worst, d| if d <= worst || worst.is_nan() { worst } else { d })
}

/// Checks that every instruction set agrees with the reference on this job.
fn agree(shape: &NetworkShape, train_spec: &TrainSpec, rows: usize) {
    let job = job(shape, train_spec, rows, 4);
    let right = train(&mut ReferenceEngine::default(), &job);
    for mut engine in engines() {
        let what = format!("{} {shape} {train_spec:?}", engine.info().driver);
        agrees(&train(&mut engine, &job), &right, shape, &what);
    }
}

fn agrees(fast: &Batch, right: &Batch, shape: &NetworkShape, what: &str) {
    // Up to 4 × 50 updates, each with a dozen operations rounded to 6e-8; together they move a parameter by the order
    // of 1. A kink crossed on one side only would move a parameter by about lr / rows more, which these jobs don't
    // show.
    let curves = difference(&fast.curves.train_loss, &right.curves.train_loss);
    assert!(curves <= 2e-5, "{curves}: {what}");
    let weights = |batch: &Batch| batch.weights.as_ref().unwrap().last.clone();
    let (fast_weights, right_weights) = (weights(fast), weights(right));
    let models = fast_weights.chunks(shape.parameters()).zip(right_weights.chunks(shape.parameters()));
    let mut sound = 0;
    for (model, (one, other)) in models.enumerate() {
        let (a, b) = (fast.outcomes[model], right.outcomes[model]);
        assert_eq!(a.diverged, b.diverged, "model {model}: {what}");
        // A diverged model may have overflowed in f32.
        if let (Some(a), Some(b)) = (a.train, b.train) {
            let last = difference(one, other);
            assert!(last <= 1e-4, "model {model}, {last}: {what}");
            // A logit at the threshold may be on either side.
            assert!(a.correct.abs_diff(b.correct) <= 1, "model {model}: {a:?}, {b:?}: {what}");
            sound += 1;
        }
    }
    assert!(sound >= 30, "{sound} models: {what}");
}

#[test]
fn all_train_specs_agree_with_the_reference() {
    for shape in shapes() {
        train_specs(50, 4).iter().for_each(|train_spec| agree(&shape, train_spec, 50));
    }
}

#[test]
fn mini_batches_of_any_size_agree_with_the_reference() {
    let shape = NetworkShape::new(3, &[5, 3]).unwrap();
    for order in [RowOrder::Shared { seed: 4 }, RowOrder::PerSeed] {
        for size in [1, 7, 49, 50] {
            agree(&shape, &batches(size, order.clone()), 50);
        }
    }
}
