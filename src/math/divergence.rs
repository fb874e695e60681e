//! Divergence test: when training of a model stops early. Twin of `shaders/divergence.wgsl`.

use super::Real;

/// Largest magnitude of a parameter in a model that has not diverged.
pub const LARGEST_PARAMETER: f64 = 1e30;

/// Returns the bits of |x|. They sort as the magnitudes do, with NaN on top, so that a maximum over many keeps the
/// worst.
#[inline(always)]
pub fn magnitude_bits<R: Real>(x: R) -> R::Bits {
    x.magnitude_bits()
}

/// Whether the logit with these magnitude bits is not finite; `bits` may be the maximum over several logits.
#[inline(always)]
pub fn bad_logit<R: Real>(bits: R::Bits) -> R::Mask {
    R::beyond(bits, R::LARGEST)
}

/// Whether the parameter with these magnitude bits is not finite or beyond 1e30; `bits` may be a maximum over several.
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
