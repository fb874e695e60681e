//! When a training is given up. Twin of `shaders/divergence.wgsl`.

use super::Real;

/// The largest parameter that a model may have.
pub const LARGEST_PARAMETER: f64 = 1e30;

/// Bits of |x|. They order as the magnitudes do, NaN above all, so that the largest over many numbers keeps the worst.
#[inline(always)]
pub fn magnitude_bits<R: Real>(x: R) -> R::Bits {
    x.magnitude_bits()
}

/// Whether a logit, or one of those that `bits` is the largest of, is not finite.
#[inline(always)]
pub fn bad_logit<R: Real>(bits: R::Bits) -> R::Mask {
    R::beyond(bits, R::LARGEST)
}

/// Whether a parameter, or one of those that `bits` is the largest of, is not finite or beyond 1e30.
#[inline(always)]
pub fn bad_parameter<R: Real>(bits: R::Bits) -> R::Mask {
    R::beyond(bits, LARGEST_PARAMETER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<R: Real<Mask = bool>>(x: f64, logit: bool, parameter: bool) {
        let bits = R::larger(magnitude_bits(R::splat(1.0)), magnitude_bits(R::splat(x)));
        assert_eq!((bad_logit::<R>(bits), bad_parameter::<R>(bits)), (logit, parameter), "{x}");
    }

    #[test]
    fn infinities_and_nans_are_bad_and_so_are_huge_parameters() {
        for (x, logit, parameter) in [
            (0.0, false, false),
            (-1e30, false, false),
            (1.0001e30, false, true),
            (-3e38, false, true),
            (f64::INFINITY, true, true),
            (f64::NEG_INFINITY, true, true),
            (f64::NAN, true, true),
            (-f64::NAN, true, true),
        ] {
            check::<f32>(x, logit, parameter);
            check::<f64>(x, logit, parameter);
        }
        assert_eq!((LARGEST_PARAMETER as f32).to_bits(), 0x7149_F2CA);
    }
}
