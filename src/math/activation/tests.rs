use super::*;
use crate::math::elementary::tests::{floats, ulps, worst};

/// Every 2999th f32 of either sign, up to the largest.
fn numbers() -> impl Iterator<Item = f32> {
    floats(f32::MAX, 2999).flat_map(|z| [z, -z])
}

/// The slope in f32 as training computes it, from the output in f32.
fn slope(activation: Activation, z: f32) -> f64 {
    f64::from(activation.slope(z, activation.activate(z)))
}

/// The slope in f64.
fn exact_slope(activation: Activation, z: f32) -> f64 {
    let z = f64::from(z);
    activation.slope(z, activation.activate(z))
}

/// The largest error of an activation in ulp, over numbers from `start`.
fn output_error(activation: Activation, start: f32) -> f64 {
    let numbers = numbers().filter(|z| *z >= start);
    worst(numbers.map(|z| ulps(activation.activate(z), activation.activate(f64::from(z)))))
}

#[test]
fn outputs_are_right_to_a_few_ulp() {
    use Activation::*;
    // In order: exact; one product and the rounding of 0.01; tanh; tanh, a sum and a quotient; exp (1.1), a sum and a
    // quotient; Φ (5.5) and a product; a sigmoid and a product.
    let limits = [
        (Relu, 0.0),
        (Identity, 0.0),
        (LeakyRelu, 1.0),
        (Tanh, 2.7),
        (Elu, 3.7),
        (Sigmoid, 2.5),
        (Gelu, 6.0),
        (Silu, 3.0),
    ];
    assert_eq!(limits.len(), Activation::ALL.len());
    for (activation, limit) in limits {
        // Below, the sigmoid's exp saturates, and Φ is subnormal.
        let start = match activation {
            Sigmoid | Silu => -80.0,
            Gelu => -12.8,
            _ => f32::MIN,
        };
        let error = output_error(activation, start);
        assert!(error <= limit, "{activation}: {error}");
    }
}

#[test]
fn slopes_are_right_absolutely() {
    use Activation::*;
    // A slope is a factor of a gradient whose other factors have size 1, so its error counts relative to the largest
    // slope, about 1 (sigmoid 1/4). tanh: 1.5 ulp (9e-8) of an output near 1, twice, and the rounding of the square;
    // ELU: 3.7 ulp (2.2e-7) of an output near -1, and the rounding of the sum; sigmoid: 2.5 ulp of the output.
    let limits = [
        (Relu, 0.0),
        (Identity, 0.0),
        (LeakyRelu, 1e-9),
        (Tanh, 2.1e-7),
        (Elu, 2.8e-7),
        (Sigmoid, 1e-7),
        (Gelu, 2e-7),
        (Silu, 2e-7),
    ];
    assert_eq!(limits.len(), Activation::ALL.len());
    for (activation, limit) in limits {
        let error = worst(numbers().map(|z| (slope(activation, z) - exact_slope(activation, z)).abs()));
        assert!(error <= limit, "{activation}: {error}");
    }
}

#[test]
fn small_slopes_are_right_relatively_where_nothing_cancels() {
    // Below -3 both terms of either slope are at most twice their difference: 6 ulp each.
    for (activation, ends) in [(Activation::Gelu, -12.0..-3.0), (Activation::Silu, -80.0..-3.0f32)] {
        let numbers = numbers().filter(|z| ends.contains(z));
        let error = worst(numbers.map(|z| (slope(activation, z) / exact_slope(activation, z) - 1.0).abs()));
        assert!(error <= 1e-6, "{activation}: {error}");
    }
}

#[test]
fn far_out_nothing_small_becomes_large() {
    // The smallest value of f32's exp (1.6e-38) times the largest f32 would be 5.
    for z in numbers().filter(|z| *z < -88.0) {
        for activation in [Activation::Sigmoid, Activation::Gelu, Activation::Silu] {
            assert!(activation.activate(z).abs() <= 2e-35, "{activation} {z}");
            assert!(slope(activation, z).abs() <= 2e-35 && slope(activation, -z) <= 1.0, "{activation} {z}");
        }
    }
}

/// Error of the derivative against central differences, on a scale of 1.
fn difference_error(activation: Activation, z: f64) -> f64 {
    let h = 1e-5;
    let difference = (activation.activate(z + h) - activation.activate(z - h)) / (2.0 * h);
    (activation.slope(z, activation.activate(z)) - difference).abs()
}

#[test]
fn slopes_are_the_derivatives() {
    // h² / 6 times a third derivative of at most 2, plus rounding of 1e-16 / h.
    for activation in Activation::ALL {
        let error = worst((-400..400).map(|n| difference_error(*activation, f64::from(n) * 0.02 + 0.01)));
        assert!(error <= 1e-9, "{activation}: {error}");
    }
}

#[test]
fn f64_is_what_pytorch_computes() {
    use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};
    for n in -2000..=2000 {
        let z = f64::from(n) * 0.01;
        let below = 0.5 * (1.0 + libm::erf(z * FRAC_1_SQRT_2));
        let density = 0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2 * (-0.5 * z * z).exp();
        let s = 1.0 / (1.0 + (-z).exp());
        let expected = [
            (Activation::Sigmoid, s, s * (1.0 - s)),
            (Activation::Tanh, z.tanh(), 1.0 - z.tanh() * z.tanh()),
            (Activation::Gelu, z * below, below + z * density),
            (Activation::Silu, z * s, s * (1.0 + z * (1.0 - s))),
        ];
        for (activation, output, slope) in expected {
            let (a, scale) = (activation.activate(z), 1.0 + z.abs());
            // A few roundings of numbers up to |z|.
            assert!((a - output).abs() <= 4e-16 * scale, "{activation} {z}");
            assert!((activation.slope(z, a) - slope).abs() <= 4e-16 * scale, "{activation} {z}");
        }
    }
}

#[test]
fn at_the_kink_the_slope_is_that_below() {
    for zero in [0.0f32, -0.0] {
        assert_eq!((relu(zero), relu_slope(zero, 0.0)), (0.0, 0.0));
        assert_eq!((leaky_relu(zero), leaky_relu_slope(zero, 0.0)), (0.0, 0.01));
    }
    for (z, a, slope) in [(-2.0, 0.0, 0.0), (3.0, 3.0, 1.0), (f32::INFINITY, f32::INFINITY, 1.0)] {
        assert_eq!((relu(z), relu_slope(z, a)), (a, slope), "{z}");
    }
    assert_eq!((leaky_relu(-2.0f64), leaky_relu_slope(-2.0f64, -0.02)), (-0.02, 0.01));
}

#[test]
fn nan_stays_nan() {
    for activation in Activation::ALL {
        assert!(activation.activate(f32::NAN).is_nan() && activation.activate(f64::NAN).is_nan(), "{activation}");
    }
}

#[test]
fn slopes_follow_from_outputs_where_the_list_says_so() {
    for activation in Activation::ALL.iter().filter(|activation| activation.slope_of_output()) {
        for z in floats(100.0, 9973).flat_map(|z| [z, -z]) {
            let a = activation.activate(z);
            assert_eq!(activation.slope(a, a), activation.slope(z, a), "{activation} {z}");
        }
    }
}

#[test]
fn many_at_once_are_what_each_is_alone() {
    let z: Vec<f32> = floats(20.0, 99_991).flat_map(|z| [z, -z]).collect();
    for activation in Activation::ALL {
        let (mut a, mut slopes) = (z.clone(), if activation.slope_of_output() { vec![] } else { vec![0.0; z.len()] });
        activation.activate_all(&mut a, &mut slopes);
        let mut delta = vec![3.0; z.len()];
        activation.times_slopes(if slopes.is_empty() { &a } else { &slopes }, &mut delta);
        for (n, z) in z.iter().enumerate() {
            assert_eq!(a[n], activation.activate(*z), "{activation} {z}");
            assert_eq!(delta[n], 3.0 * activation.slope(*z, a[n]), "{activation} {z}");
        }
    }
}
