//! Logistic loss max(z, 0) − z·y + log(1 + exp(−|z|)) and its gradient sigmoid(z) − y. Twin of `shaders/loss.wgsl`.
//! f32 does the shaders' own arithmetic; f64 takes the standard library's `exp` and `ln_1p`.

use super::Real;
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

/// What loss and gradient share at one point.
#[derive(Debug, Clone, Copy)]
pub struct Logistic<R> {
    /// sigmoid(z) − y.
    pub gradient: R,
    /// max(t, 0), t = z for y = 0 and −z for y = 1: the loss without its logarithm.
    pub margin: R,
    /// exp(−|z|).
    pub e: R,
}

/// Both parts at logit `z` for label `y`, exactly 0 or 1. With t = (1 − 2y) z the gradient is (1 − 2y) sigmoid(t), which
/// nothing cancels in.
#[inline(always)]
pub fn logistic<R: Real>(z: R, y: R) -> Logistic<R> {
    let (zero, one) = (R::splat(0.0), R::splat(1.0));
    let sign = one - R::splat(2.0) * y;
    let t = sign * z;
    let e = (-z.abs()).exp_negative();
    let sigmoid = t.if_negative(e, one) / (one + e);
    Logistic { gradient: sign * sigmoid, margin: t.if_negative(zero, t), e }
}

/// Loss of one point.
#[inline(always)]
pub fn logistic_loss<R: Real>(z: R, y: R) -> R {
    let point = logistic(z, y);
    point.margin + point.e.log1p_positive()
}

/// Derivative of the loss of one point by its logit.
#[inline(always)]
pub fn logistic_gradient<R: Real>(z: R, y: R) -> R {
    logistic(z, y).gradient
}

/// A sum of losses with one logarithm for many points; starts at all zeros.
#[derive(Debug, Clone, Copy, Default)]
pub struct LossSum<R> {
    /// Sum of margins since the last flush.
    pub linear: R,
    /// Product of (1 + e) since the last flush, less 1: small e are not forgotten.
    pub product: R,
    /// Loss up to the last flush.
    pub total: R,
}

/// Adds a point. Flush after at most 64: the product may reach 2^64.
#[inline(always)]
pub fn loss_gather<R: Real>(sum: LossSum<R>, point: Logistic<R>) -> LossSum<R> {
    let product = sum.product + point.e * (R::splat(1.0) + sum.product);
    LossSum { linear: sum.linear + point.margin, product, total: sum.total }
}

/// Moves what was gathered to the total.
#[inline(always)]
pub fn loss_flush<R: Real>(sum: LossSum<R>) -> LossSum<R> {
    let zero = R::splat(0.0);
    LossSum { linear: zero, product: zero, total: sum.total + (sum.linear + sum.product.log1p_positive()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance in units of the last place of `exact` rounded to f32.
    fn ulps(value: f32, exact: f64) -> f64 {
        let near = exact as f32;
        let ulp = f64::from(near.abs().next_up()) - f64::from(near.abs());
        (f64::from(value) - exact).abs() / ulp
    }

    /// The largest of `errors`; a NaN counts as infinite.
    fn worst(errors: impl Iterator<Item = f64>) -> f64 {
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
    fn floats(end: f32, step: usize) -> impl Iterator<Item = f32> {
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

    #[test]
    fn loss_and_gradient_are_right_to_a_few_ulp() {
        let logits = || floats(80.0, 997).flat_map(|z| [z, -z]).flat_map(|z| [(z, 0.0f32), (z, 1.0)]);
        let loss = |(z, y): (f32, f32)| ulps(logistic_loss(z, y), logistic_loss(f64::from(z), f64::from(y)));
        let gradient =
            |(z, y): (f32, f32)| ulps(logistic_gradient(z, y), logistic_gradient(f64::from(z), f64::from(y)));
        // log1p (2.5), to which exp adds less than its own ulp, and a sum (1/2); exp (1), a sum, a quotient.
        assert!(worst(logits().map(loss)) <= 3.5, "{}", worst(logits().map(loss)));
        assert!(worst(logits().map(gradient)) <= 2.5, "{}", worst(logits().map(gradient)));
    }

    #[test]
    fn f64_agrees_with_the_textbook() {
        for (z, y) in [(0.0f64, 0.0), (3.0, 1.0), (-2.5, 1.0), (0.7, 0.0)] {
            let sigmoid = 1.0 / (1.0 + (-z).exp());
            let textbook = -(y * sigmoid.ln() + (1.0 - y) * (1.0 - sigmoid).ln());
            assert!((logistic_loss(z, y) - textbook).abs() <= 1e-15);
            assert!((logistic_gradient(z, y) - (sigmoid - y)).abs() <= 1e-15);
        }
    }

    #[test]
    fn beyond_80_the_loss_is_exact_to_1e_30_and_never_hides_nan() {
        for z in [80.5f32, 100.0, 1e30] {
            assert_eq!((logistic_loss(z, 0.0), logistic_loss(-z, 1.0)), (z, z));
            assert!(logistic_loss(z, 1.0) <= 1e-30 && logistic_gradient(z, 1.0).abs() <= 1e-30);
            assert_eq!((logistic_gradient(z, 0.0), logistic_gradient(-z, 1.0)), (1.0, -1.0));
        }
        assert!(logistic_loss(f32::NAN, 0.0).is_nan() && logistic_gradient(f32::NAN, 1.0).is_nan());
    }

    #[test]
    fn gathering_64_points_costs_no_accuracy() {
        for centre in [0.0f64, 0.01, 1.0, 10.0, 20.0, 60.0] {
            let points: Vec<_> = (0..64).map(|i| (centre + 0.01 * i as f64, f64::from(i % 2))).collect();
            let exact: f64 = points.iter().map(|(z, y)| logistic_loss(f64::from(*z as f32), *y)).sum();
            let gather = |sum, (z, y): &(f64, f64)| loss_gather(sum, logistic(*z as f32, *y as f32));
            let sum = loss_flush(points.iter().fold(LossSum::<f32>::default(), gather));
            // 64 additions of positive numbers, at most half an ulp (6e-8) each and seldom all one way.
            assert!((f64::from(sum.total) / exact - 1.0).abs() <= 1e-6, "{centre}: {} {exact}", sum.total);
        }
    }

    #[test]
    fn small_losses_are_gathered_too() {
        let point = logistic(70.0f32, 1.0);
        let sum = loss_flush((0..64).fold(LossSum::<f32>::default(), |sum, _| loss_gather(sum, point)));
        assert!((f64::from(sum.total) / (64.0 * (-70f64).exp()) - 1.0).abs() <= 1e-6);
    }

    #[test]
    fn lanes_do_what_f32_does() {
        use crate::math::Lanes;
        let z: Vec<f32> = floats(90.0, 9_999_991).flat_map(|z| [z, -z]).chain([f32::INFINITY, f32::NAN]).collect();
        for z in z.chunks_exact(8) {
            let lanes = logistic(Lanes::<8>(z.try_into().unwrap()), Lanes::all(1.0));
            for (lane, z) in z.iter().enumerate() {
                let alone = logistic(*z, 1.0f32);
                assert_eq!(lanes.gradient.0[lane].to_bits(), alone.gradient.to_bits(), "{z}");
                assert_eq!(lanes.e.log1p_positive().0[lane].to_bits(), alone.e.log1p_positive().to_bits(), "{z}");
            }
        }
    }
}
