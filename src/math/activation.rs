//! Activations of the hidden layers. Twin of `shaders/activation.wgsl`.

use super::Real;

/// ReLU. NaN stays NaN.
#[inline(always)]
pub fn activate<R: Real>(z: R) -> R {
    z.if_negative(R::splat(0.0), z)
}

/// Derivative at pre-activation `z`, where the activation was `a`; 0 at the kink, as in PyTorch.
#[inline(always)]
pub fn activation_derivative<R: Real>(z: R, _a: R) -> R {
    z.if_positive(R::splat(1.0), R::splat(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relu_and_its_derivative() {
        for (z, a, slope) in [(-2.0, 0.0, 0.0), (0.0, 0.0, 0.0), (3.0, 3.0, 1.0), (f32::INFINITY, f32::INFINITY, 1.0)] {
            assert_eq!((activate(z), activation_derivative(z, a)), (a, slope), "{z}");
        }
        assert!(activate(f32::NAN).is_nan() && activate(f64::NAN).is_nan());
    }
}
