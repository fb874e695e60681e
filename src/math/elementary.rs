//! Elementary functions that WGSL leaves too loose to compare engines by. Twin of `shaders/elementary.wgsl`: f32 does the
//! shaders' own arithmetic; f64 takes the standard library's functions, or those of `libm`.

use super::real::Single;

const LOG2_E: f32 = std::f32::consts::LOG2_E;
/// ln 2 in two parts; the first has 11 bits, so that its product with a small whole number is exact.
const LN2_HIGH: f32 = 0.692_871_1;
const LN2_LOW: f32 = 0.000_276_086_82;

/// exp(r) = 1 + r + r² (EXP[0] + EXP[1] r + ...) for |r| ≤ ln 2 / 2: minimax coefficients.
const EXP: [f32; 5] = [0.499_999_94, 0.166_665_2, 0.041_668_404, 0.008_368_899, 0.001_381_422_2];
/// 2 atanh(s) = 2s + s³ (LOG[0] + LOG[1] s² + ...) for |s| ≤ 0.172: minimax coefficients.
const LOG: [f32; 3] = [0.666_667_8, 0.399_766_12, 0.298_986_55];

/// exp(x) for x ≤ 0, below −87 that of −87 (1.6e-38). x = n ln 2 + r, then a minimax polynomial in r (relative error
/// 3e-9; all in all 1.1 ulp at most).
#[inline(always)]
pub fn exp_negative<S: Single>(x: S) -> S {
    let c = |x: f32| S::splat(f64::from(x));
    let clamped = (x + c(87.0)).if_negative(c(-87.0), x);
    let (n, power) = (clamped * c(LOG2_E)).nearest_power();
    let r = (clamped - n * c(LN2_HIGH)) - n * c(LN2_LOW);
    let tail = (((c(EXP[4]) * r + c(EXP[3])) * r + c(EXP[2])) * r + c(EXP[1])) * r + c(EXP[0]);
    (c(1.0) + (r + r * r * tail)) * power
}

/// log(1 + q) for 0 ≤ q ≤ 2^64. 1 + q = 2^k (1 + f), then 2 atanh(f / (2 + f)) by a minimax polynomial (relative error
/// 1e-9; all in all 2.5 ulp at most). For k = 0, f is q itself: 1 + q has forgotten a small q.
#[inline(always)]
pub fn log1p_positive<S: Single>(q: S) -> S {
    let c = |x: f32| S::splat(f64::from(x));
    let (k, rest) = (c(1.0) + q).mantissa();
    let f = k.if_positive(rest - c(1.0), q);
    let s = f / (c(2.0) + f);
    let square = s * s;
    let tail = ((c(LOG[2]) * square + c(LOG[1])) * square + c(LOG[0])) * square;
    k * c(LN2_HIGH) + (k * c(LN2_LOW) + (f - s * (f - tail)))
}

/// tanh(x) for x ≥ 0.
#[inline(always)]
pub fn tanh_positive<S: Single>(x: S) -> S {
    let one = S::splat(1.0);
    let e = exp_negative(S::splat(-2.0) * x);
    (one - e) / (one + e)
}

/// The upper tail of the standard normal distribution, erfc(x / √2) / 2, for x ≥ 0.
#[inline(always)]
pub fn normal_tail<S: Single>(x: S) -> S {
    let c = S::splat;
    let t = c(1.0) / (c(1.0) + c(0.2316419) * x);
    let series =
        ((((c(1.330274429) * t - c(1.821255978)) * t + c(1.781477937)) * t - c(0.356563782)) * t + c(0.319381530)) * t;
    c(0.398_942_280_4) * exp_negative(c(-0.5) * x * x) * series
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Distance in units of the last place of `exact` rounded to f32.
    pub fn ulps(value: f32, exact: f64) -> f64 {
        let near = exact as f32;
        let ulp = f64::from(near.abs().next_up()) - f64::from(near.abs());
        (f64::from(value) - exact).abs() / ulp
    }

    /// The largest of `errors`; a NaN counts as infinite.
    pub fn worst(errors: impl Iterator<Item = f64>) -> f64 {
        errors.fold(0.0, |worst, error| {
            if error <= worst {
                worst
            } else if error.is_nan() {
                f64::INFINITY
            } else {
                error
            }
        })
    }

    /// Every `step`-th f32 from 0 to `end`.
    pub fn floats(end: f32, step: usize) -> impl Iterator<Item = f32> {
        (0..=end.to_bits()).step_by(step).map(f32::from_bits)
    }

    #[test]
    fn exp_negative_is_right_to_one_ulp() {
        // Half an ulp from each of the last sum and the reduction, 3e-9 from the polynomial.
        let error = worst(floats(87.0, 97).map(|x| ulps(exp_negative(-x), f64::from(-x).exp())));
        assert!(error <= 1.1, "{error}");
        assert_eq!((exp_negative(0.0), exp_negative(-0.0)), (1.0, 1.0));
    }

    #[test]
    fn exp_negative_beyond_its_range_is_tiny_and_nan_stays_nan() {
        for x in [-87.1, -1e30, f32::NEG_INFINITY] {
            assert!((1e-38..2e-38).contains(&exp_negative(x)), "{x}");
        }
        assert!(exp_negative(f32::NAN).is_nan());
    }

    #[test]
    fn log1p_positive_is_right_to_two_and_a_half_ulp() {
        // Rounding 1 + q costs 6e-8, 2 ulp of a result just above log √2; the last sum half an ulp.
        let error = worst(floats(2f32.powi(64), 97).map(|q| ulps(log1p_positive(q), f64::from(q).ln_1p())));
        assert!(error <= 2.5, "{error}");
    }
}
