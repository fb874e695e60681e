//! Softmax cross-entropy of a point with a logit for each of several classes, in steps that read one logit at a time:
//! [`softmax_greatest`] over all logits, then [`softmax_add`], then [`softmax_gradient`]. Twin of
//! `shaders/softmax.wgsl`.
//!
//! The loss is log Σ exp(z_k) - z_y = log(1 + `e`) + (m - z_y) with the greatest logit m and `e` = Σ exp(z_k - m) over
//! the others: no exponential overflows, and a small `e` is not rounded away.

use super::loss::LossTerms;
use super::{LossParams, Real};

/// Greatest logit of a point so far; starts with that of class 0.
#[derive(Debug, Clone, Copy)]
pub struct Greatest<R> {
    /// The logit.
    pub logit: R,
    /// Index of its class; of equal logits the lowest. It is the prediction.
    pub class: R,
}

/// Sums over the logits of a point so far; start at 0.
#[derive(Debug, Clone, Copy, Default)]
pub struct SoftmaxSums<R> {
    /// Σ exp(z_k - m), without the greatest logit.
    pub e: R,
    /// m - z of the point's class.
    pub own: R,
    /// Σ (m - z_k).
    pub spread: R,
}

/// Returns 1 if the class indices `a` and `b` are equal, else 0.
#[inline(always)]
pub fn same_class<R: Real>(a: R, b: R) -> R {
    (R::splat(0.5) - (a - b).abs()).if_positive(R::splat(1.0), R::splat(0.0))
}

/// Adds the logit `z` of class `k`.
#[inline(always)]
pub fn softmax_greatest<R: Real>(found: Greatest<R>, z: R, k: R) -> Greatest<R> {
    let more = z - found.logit;
    Greatest { logit: more.if_positive(z, found.logit), class: more.if_positive(k, found.class) }
}

/// Returns the index of the greatest logit, the first of equal ones; 0 without any. Outside hot loops.
pub fn predicted_class(logits: impl IntoIterator<Item = f64>) -> usize {
    let start = Greatest { logit: f64::NEG_INFINITY, class: 0.0 };
    let greatest = |found, (k, z)| softmax_greatest(found, z, k as f64);
    logits.into_iter().enumerate().fold(start, greatest).class as usize
}

/// Returns exp(z - m).
#[inline(always)]
pub fn softmax_power<R: Real>(greatest: Greatest<R>, z: R) -> R {
    (z - greatest.logit).exp_negative()
}

/// Adds the logit `z` of class `k` and its [`softmax_power`]; `label` is the point's class.
#[inline(always)]
pub fn softmax_add<R: Real>(
    sums: SoftmaxSums<R>,
    greatest: Greatest<R>,
    z: R,
    power: R,
    k: R,
    label: R,
) -> SoftmaxSums<R> {
    let below = greatest.logit - z;
    SoftmaxSums {
        e: sums.e + same_class(greatest.class, k).if_positive(R::splat(0.0), power),
        own: sums.own + same_class(label, k).if_positive(below, R::splat(0.0)),
        spread: sums.spread + below,
    }
}

/// Returns the derivative by the logit of class `k`, given its [`softmax_power`]: p_k, less 1 for the point's class.
/// For a prediction that is right, that is -`e` / (1 + `e`), which has no cancellation.
#[inline(always)]
pub fn softmax_gradient<R: Real>(sums: SoftmaxSums<R>, greatest: Greatest<R>, power: R, k: R, label: R) -> R {
    let one = R::splat(1.0);
    let total = one + sums.e;
    let own = same_class(greatest.class, k).if_positive(-sums.e, power - total);
    same_class(label, k).if_positive(own, power) / total
}

/// Returns how much label smoothing adds to the derivative by the logit of class `k`: the target p is
/// (1 - s) [k = y] + s / `classes`, as PyTorch defines it.
#[inline(always)]
pub fn softmax_shift<R: Real>(params: LossParams<R>, k: R, label: R, classes: R) -> R {
    params.label_smoothing * (same_class(label, k) - R::splat(1.0) / classes)
}

/// Returns the loss, without a gradient.
#[inline(always)]
pub fn softmax_loss<R: Real>(sums: SoftmaxSums<R>) -> LossTerms<R> {
    LossTerms { gradient: R::splat(0.0), linear: sums.own, e: sums.e }
}

/// Returns the loss with smoothed labels: -Σ p_k log softmax_k = log(1 + `e`) + Σ p_k (m - z_k).
#[inline(always)]
pub fn smoothed_softmax_loss<R: Real>(sums: SoftmaxSums<R>, params: LossParams<R>, classes: R) -> LossTerms<R> {
    let shift = params.label_smoothing * (sums.spread / classes - sums.own);
    LossTerms { gradient: R::splat(0.0), linear: sums.own + shift, e: sums.e }
}

#[cfg(test)]
mod tests {
    use super::super::outputs::OutputLoss;
    use super::*;
    use crate::math::Loss;
    use crate::math::loss::{LossSum, loss_flush, loss_gather, points_per_logarithm};

    const LOGITS: [[f64; 4]; 5] =
        [[0.3, -1.0, 2.0, 0.1], [0.0; 4], [-700.0, 3.0, 2.9, 1.0], [5.0, 5.0, -5.0, 5.0], [40.0, -40.0, 1.0, 0.0]];

    fn value(z: [f64; 4], label: usize, params: Option<LossParams<f64>>) -> (f64, [f64; 4], f64) {
        let mut z = z;
        let loss = OutputLoss { loss: Loss::Softmax, outputs: 4, class_weights: None };
        let (terms, score) = loss.replace(&mut z, 1, |_| label as f64, params);
        (terms.value(), z, score.correct)
    }

    #[test]
    fn loss_and_gradient_are_the_textbooks() {
        for z in LOGITS {
            for label in 0..4 {
                for s in [None, Some(0.1), Some(1.0)] {
                    let params = LossParams::of(|_| s);
                    let (loss, gradient, correct) = value(z, label, params);
                    let top = z.iter().copied().fold(f64::MIN, f64::max);
                    let log_sum = top + z.iter().map(|z| (z - top).exp()).sum::<f64>().ln();
                    let s = s.unwrap_or(0.0);
                    let target = |k: usize| (1.0 - s) * f64::from(u8::from(k == label)) + s / 4.0;
                    let exact: f64 = (0..4).map(|k| target(k) * (log_sum - z[k])).sum();
                    assert!((loss - exact).abs() <= 1e-13 * exact.abs().max(1.0), "{z:?} {label} {s}: {loss} {exact}");
                    for k in 0..4 {
                        let exact = (z[k] - log_sum).exp() - target(k);
                        assert!((gradient[k] - exact).abs() <= 1e-15, "{z:?} {label} {k}: {} {exact}", gradient[k]);
                    }
                    let first = z.iter().position(|z| *z == top).unwrap();
                    assert_eq!(correct, f64::from(u8::from(first == label)), "{z:?} {label}");
                }
            }
        }
    }

    #[test]
    fn a_certain_and_right_prediction_keeps_its_small_loss_and_gradient() {
        let (loss, gradient, _) = value([40.0, -40.0, 1.0, 0.0], 0, None);
        let e = (-39f64).exp() + (-40f64).exp() + (-80f64).exp();
        assert!((loss / e - 1.0).abs() <= 1e-14 && (gradient[0] / -e - 1.0).abs() <= 1e-14, "{loss} {gradient:?}");
    }

    #[test]
    fn as_many_points_share_a_logarithm_as_f32_can_hold() {
        assert_eq!([1, 2, 3, 4, 5, 16, 17, 128].map(points_per_logarithm), [64, 64, 32, 32, 16, 16, 8, 8]);
        for classes in [2usize, 3, 4, 5, 16, 17, 128] {
            let point = softmax_loss(SoftmaxSums { e: classes as f32 - 1.0, ..SoftmaxSums::default() });
            let sum = (0..points_per_logarithm(classes)).fold(LossSum::default(), |sum, _| loss_gather(sum, point));
            let exact = points_per_logarithm(classes) as f64 * (classes as f64).ln();
            assert!((f64::from(loss_flush(sum).total) / exact - 1.0).abs() <= 1e-6, "{classes}");
        }
    }
}
