use super::*;
use crate::math::elementary::tests::{floats, ulps, worst};

#[test]
fn loss_and_gradient_are_right_to_a_few_ulp() {
    let logits = || floats(80.0, 997).flat_map(|z| [z, -z]).flat_map(|z| [(z, 0.0f32), (z, 1.0)]);
    let loss = |(z, y): (f32, f32)| ulps(Loss::Bce.value(z, y), Loss::Bce.value(f64::from(z), f64::from(y)));
    let gradient = |(z, y): (f32, f32)| ulps(Loss::Bce.gradient(z, y), Loss::Bce.gradient(f64::from(z), f64::from(y)));
    // Loss: log1p (2.5) with exp's error below one ulp in it, and a sum (1/2). Gradient: exp (1), a sum, a quotient.
    assert!(worst(logits().map(loss)) <= 3.5, "{}", worst(logits().map(loss)));
    assert!(worst(logits().map(gradient)) <= 2.5, "{}", worst(logits().map(gradient)));
}

#[test]
fn f64_agrees_with_the_textbook() {
    for (z, y) in [(0.0f64, 0.0), (3.0, 1.0), (-2.5, 1.0), (0.7, 0.0)] {
        let sigmoid = 1.0 / (1.0 + (-z).exp());
        let textbook = -(y * sigmoid.ln() + (1.0 - y) * (1.0 - sigmoid).ln());
        assert!((Loss::Bce.value(z, y) - textbook).abs() <= 1e-15);
        assert!((Loss::Bce.gradient(z, y) - (sigmoid - y)).abs() <= 1e-15);
    }
}

#[test]
fn beyond_80_the_loss_is_exact_to_1e_30_and_never_hides_nan() {
    for z in [80.5f32, 100.0, 1e30] {
        assert_eq!((Loss::Bce.value(z, 0.0), Loss::Bce.value(-z, 1.0)), (z, z));
        assert!(Loss::Bce.value(z, 1.0) <= 1e-30 && Loss::Bce.gradient(z, 1.0).abs() <= 1e-30);
        assert_eq!((Loss::Bce.gradient(z, 0.0), Loss::Bce.gradient(-z, 1.0)), (1.0, -1.0));
    }
    assert!(Loss::Bce.value(f32::NAN, 0.0).is_nan() && Loss::Bce.gradient(f32::NAN, 1.0).is_nan());
}

/// PyTorch's definition for classes with log-probabilities l: -(1 - s) l_y - s / 2 (l_0 + l_1).
#[test]
fn smoothed_labels_are_pytorchs() {
    let params = |s: f64| Some(LossParams::of(|_| Some(s)).unwrap());
    for (z, y, s) in [(0.3f64, 1.0, 0.1), (-4.0, 1.0, 0.5), (2.5, 0.0, 0.9), (7.0, 0.0, 0.25), (0.0, 1.0, 0.0)] {
        let log = [-(1.0 + z.exp()).ln(), -(1.0 + (-z).exp()).ln()];
        let exact = -(1.0 - s) * log[y as usize] - s / 2.0 * (log[0] + log[1]);
        let value = |z: f64| Loss::Bce.terms_with(z, y, params(s)).value();
        assert!((value(z) - exact).abs() <= 1e-14, "{z} {y} {s}: {} {exact}", value(z));
        // Targets of the squared error: (1 - s) y + s / 2.
        let square = Loss::Mse.terms_with(z, y, params(s));
        assert!((square.value() - (z - ((1.0 - s) * y + s / 2.0)).powi(2)).abs() <= 1e-14);
        for loss in [Loss::Bce, Loss::Mse] {
            let at = |z: f64| loss.terms_with(z, y, params(s));
            // Differences: truncation h² f'''/6 ~ 1e-11, rounding 1e-16 / h ~ 1e-11.
            let slope = (at(z + 1e-5).value() - at(z - 1e-5).value()) / 2e-5;
            assert!((at(z).gradient - slope).abs() <= 1e-9, "{loss} {z} {y} {s}");
            let curvature = (at(z + 1e-5).gradient - at(z - 1e-5).gradient) / 2e-5;
            assert!((loss.curvature(z, y) - curvature).abs() <= 1e-9, "{loss} {z} {y} {s}");
        }
    }
}

#[test]
fn the_best_constant_is_better_than_its_neighbours() {
    for (loss, share, s) in [(Loss::Bce, 0.3, 0.2), (Loss::Mse, 0.3, 0.2), (Loss::Bce, 0.5, 0.0)] {
        let params = LossParams::of(|_| Some(s));
        let mean = |z: f64| {
            share * loss.terms_with(z, 1.0, params).value() + (1.0 - share) * loss.terms_with(z, 0.0, params).value()
        };
        let least = (-4000..4000).map(|i| mean(f64::from(i) / 1000.0)).fold(f64::INFINITY, f64::min);
        // The nearest of these outputs is at most 5e-4 away, and the curvature at most 2.
        assert!((least - loss.of_constant(share, params)).abs() <= 3e-7, "{loss} {share} {s}");
    }
}

#[test]
fn gathering_64_points_costs_no_accuracy() {
    for centre in [0.0f64, 0.01, 1.0, 10.0, 20.0, 60.0] {
        let points: Vec<_> = (0..64).map(|i| (centre + 0.01 * i as f64, f64::from(i % 2))).collect();
        let exact: f64 = points.iter().map(|(z, y)| Loss::Bce.value(f64::from(*z as f32), *y)).sum();
        let gather = |sum, (z, y): &(f64, f64)| loss_gather(sum, bce_terms(*z as f32, *y as f32));
        let sum = loss_flush(points.iter().fold(LossSum::<f32>::default(), gather));
        // 64 additions of positive numbers with at most half an ulp (6e-8) each, which rarely all have the same
        // sign.
        assert!((f64::from(sum.total) / exact - 1.0).abs() <= 1e-6, "{centre}: {} {exact}", sum.total);
    }
}

#[test]
fn small_losses_are_gathered_too() {
    let point = bce_terms(70.0f32, 1.0);
    let sum = loss_flush((0..64).fold(LossSum::<f32>::default(), |sum, _| loss_gather(sum, point)));
    assert!((f64::from(sum.total) / (64.0 * (-70f64).exp()) - 1.0).abs() <= 1e-6);
}
