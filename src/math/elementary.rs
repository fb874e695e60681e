//! Elementary functions that WGSL specifies too loosely to compare engines. Twin of `shaders/elementary.wgsl`: f32 uses
//! the shaders' arithmetic; f64 uses the functions of the standard library or of `libm`.

use super::real::Single;

const LOG2_E: f32 = std::f32::consts::LOG2_E;
/// ln 2 in two parts; the first has 11 bits, so that its product with a small integer is exact.
const LN2_HIGH: f32 = 0.692_871_1;
const LN2_LOW: f32 = 0.000_276_086_82;

/// exp(r) = 1 + r + r² (EXP[0] + EXP[1] r + ...) for |r| ≤ ln 2 / 2: minimax coefficients.
const EXP: [f32; 5] = [0.499_999_94, 0.166_665_2, 0.041_668_404, 0.008_368_899, 0.001_381_422_2];
/// 2 atanh(s) = 2s + s³ (LOG[0] + LOG[1] s² + ...) for |s| ≤ 0.172: minimax coefficients.
const LOG: [f32; 3] = [0.666_667_8, 0.399_766_12, 0.298_986_55];
/// r coth(r) = COTH[0] + COTH[1] r² + ... for |r| ≤ ln 2 / 4: minimax coefficients.
const COTH: [f32; 3] = [1.0, 0.333_332_5, -0.022_134_094];
/// ln 2 / 2, to 1e-9.
const LN2_HALF: f32 = std::f32::consts::LN_2 / 2.0;
/// Upper clamp of the argument of tanh, which is 1 in f32 from 9.011.
const TANH_END: f32 = 10.0;
/// exp(-t / 2) / √(2π) = REST[0] + REST[1] t + ... for 0 ≤ t ≤ 0.102: minimax coefficients.
const REST: [f32; 4] = [0.398_942_3, -0.199_471_19, 0.049_861_696, -0.008_148_827];
/// Density divided by upper tail of the normal distribution, minus x, = (TAIL_P[0] + TAIL_P[1] x + ...) / (TAIL_Q[0] +
/// ...) for 0 ≤ x ≤ 13: minimax coefficients.
const TAIL_P: [f32; 4] = [0.797_884_5, 0.395_201_5, 0.101_569_876, 0.011_342_153];
const TAIL_Q: [f32; 5] = [1.0, 0.950_738_7, 0.423_696_52, 0.101_186_275, 0.011_352_864];
/// Point beyond which density and tail are set to 0; both are close to the smallest normal f32 there.
const NORMAL_END: f32 = 13.0;

/// Returns c[0] + c[1] x + ..., by Horner's rule.
#[inline(always)]
fn polynomial<S: Single, const N: usize>(coefficients: [f32; N], x: S) -> S {
    let mut sum = S::splat(f64::from(coefficients[N - 1]));
    for coefficient in coefficients[..N - 1].iter().rev() {
        sum = sum.fma(x, S::splat(f64::from(*coefficient)));
    }
    sum
}

/// Returns exp(x) for x ≤ 0; below −87, exp(−87) = 1.6e-38. Writes x = n ln 2 + r, then uses a minimax polynomial in r
/// (relative error 3e-9). Total error at most 1.1 ulp.
#[inline(always)]
pub fn exp_negative<S: Single>(x: S) -> S {
    let c = |x: f32| S::splat(f64::from(x));
    let clamped = x.at_least(c(-87.0));
    let (n, power) = clamped.nearest_whole(LOG2_E);
    let r = n.fma(c(-LN2_LOW), n.fma(c(-LN2_HIGH), clamped));
    let tail = polynomial(EXP, r);
    (c(1.0) + (r * r).fma(tail, r)).times_power(power)
}

/// Returns log(1 + q) for 0 ≤ q ≤ 2^64. Writes 1 + q = 2^k (1 + f), then uses a minimax polynomial for 2 atanh(f / (2 +
/// f)) (relative error 1e-9). Total error at most 2.5 ulp. For k = 0, f is q itself, because 1 + q rounds a small q
/// away.
#[inline(always)]
pub fn log1p_positive<S: Single>(q: S) -> S {
    let c = |x: f32| S::splat(f64::from(x));
    let (k, rest) = (c(1.0) + q).mantissa();
    let f = k.if_positive(rest - c(1.0), q);
    let s = f / (c(2.0) + f);
    let square = s * s;
    let tail = polynomial(LOG, square) * square;
    k.fma(c(LN2_HIGH), k.fma(c(LN2_LOW), s.fma(tail - f, f)))
}

/// Returns tanh(x) for x ≥ 0. Writes x = n ln 2 / 2 + r. The tanh of these two terms is (2^n - 1) / (2^n + 1) and r / C
/// with C = r coth(r), by a minimax polynomial (relative error 2e-9). By the addition theorem they combine to p / (p +
/// C - r) with p = h (C + r) + r and h = (2^n - 1) / 2. The error of a large p cancels in the quotient: at most 2.7
/// ulp, 1.5 for x ≥ 1. The result never exceeds 1, and for small x it is x exactly.
#[inline(always)]
pub fn tanh_positive<S: Single>(x: S) -> S {
    let c = |x: f32| S::splat(f64::from(x));
    let near = x.at_most(c(TANH_END));
    let (n, power) = near.nearest_whole(2.0 * LOG2_E);
    let r = n.fma(c(-LN2_HALF), near);
    let ratio = polynomial(COTH, r * r);
    let h = c(0.5).times_power(power) - c(0.5);
    let p = h.fma(ratio + r, r);
    p / (p + (ratio - r))
}

/// Returns the density exp(-x² / 2) / √(2π) of the standard normal distribution for x ≥ 0, and 0 beyond 13 (8e-38).
/// Splits x² / 2 into h² / 2, exact for h of 12 bits, and a rest of at most 0.051, for whose exponential a cubic
/// suffices (relative error 3e-8, mostly from rounding the first coefficient). Error at most 2.7 ulp.
#[inline(always)]
pub fn normal_density<S: Single>(x: S) -> S {
    let c = |x: f32| S::splat(f64::from(x));
    let h = x.high_half();
    let t = (x - h) * (x + h);
    (c(NORMAL_END) - x).if_negative(c(0.0), exp_negative(c(-0.5) * h * h) * polynomial(REST, t))
}

/// Returns the upper tail of the standard normal distribution, erfc(x / √2) / 2, for x ≥ 0, and 0 beyond 13 (6e-39):
/// the density times q / (x q + p) with minimax polynomials p and q (relative error 5e-8). All terms are positive, and
/// errors of q and p matter less as x grows. Error at most 5.5 ulp.
#[inline(always)]
pub fn normal_tail<S: Single>(x: S) -> S {
    let c = |x: f32| S::splat(f64::from(x));
    let (p, q) = (polynomial(TAIL_P, x), polynomial(TAIL_Q, x));
    // For very large x both polynomials overflow.
    (c(NORMAL_END) - x).if_negative(c(0.0), normal_density(x) * (q / x.fma(q, p)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Distance in units in the last place of `exact` rounded to f32.
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
        // Half an ulp each from the last sum and the range reduction, 3e-9 from the polynomial.
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
        // Rounding 1 + q costs 6e-8, 2 ulp of a result just above log √2; the last sum costs half an ulp.
        let error = worst(floats(2f32.powi(64), 97).map(|q| ulps(log1p_positive(q), f64::from(q).ln_1p())));
        assert!(error <= 2.5, "{error}");
    }

    #[test]
    fn tanh_positive_is_right_to_three_ulp() {
        // C, C + r, p, the denominator and the quotient are each rounded by half an ulp, up to 1 ulp of a result with a
        // larger mantissa. The first three count almost fully where p is small against C.
        let error = worst(floats(f32::MAX, 499).map(|x| ulps(tanh_positive(x), f64::from(x).tanh())));
        assert!(error <= 2.7, "{error}");
        let error = worst(floats(10.0, 97).filter(|x| *x >= 1.0).map(|x| ulps(tanh_positive(x), f64::from(x).tanh())));
        assert!(error <= 1.5, "{error}");
        assert!(tanh_positive(f32::NAN).is_nan());
    }

    #[test]
    fn tanh_positive_ends_at_1_and_starts_as_its_argument() {
        let near_1 = || floats(f32::INFINITY, 97).filter(|x| *x >= 8.0);
        assert!(near_1().all(|x| tanh_positive(x) <= 1.0));
        assert!(near_1().filter(|x| *x > 9.02).all(|x| tanh_positive(x) == 1.0));
        assert_eq!(tanh_positive(f32::INFINITY), 1.0);
        assert!(floats(1e-4, 997).all(|x| tanh_positive(x) == x));
    }

    #[test]
    fn normal_density_is_right_to_three_ulp() {
        // Errors in ulp: exp 1.1, the cubic 1/2 plus 0.8 from its first coefficient, their product 1/2.
        let exact = |x: f32| (-0.5 * f64::from(x).powi(2)).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let error = worst(floats(13.0, 499).map(|x| ulps(normal_density(x), exact(x))));
        assert!(error <= 2.7, "{error}");
    }

    #[test]
    fn normal_tail_is_right_to_a_few_ulp() {
        // Errors in ulp: the density 2.7, the polynomials up to 1 each, a sum, a quotient and a product 1/2 each.
        let exact = |x: f32| 0.5 * libm::erfc(f64::from(x) * std::f64::consts::FRAC_1_SQRT_2);
        let normal = || floats(13.0, 499).filter(|x| exact(*x) >= f64::from(f32::MIN_POSITIVE));
        let error = worst(normal().map(|x| ulps(normal_tail(x), exact(x))));
        assert!(error <= 5.5, "{error}");
        assert!(normal().last().unwrap() > 12.8);
    }

    #[test]
    fn beyond_13_nothing_is_left_and_nan_stays_nan() {
        for function in [normal_density::<f32>, normal_tail] {
            assert!((0.0..1e-37).contains(&function(13.0)));
            for x in [13.0f32.next_up(), 100.0, 1e10, 1e30, f32::MAX, f32::INFINITY] {
                assert_eq!(function(x), 0.0, "{x}");
            }
            for bits in [0x7FC0_0000, 0x7F80_0001, 0xFFFF_FFFF] {
                assert!(function(f32::from_bits(bits)).is_nan(), "{bits:x}");
            }
        }
    }
}
