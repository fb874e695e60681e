//! Loss, gradient and score of a point by all outputs of its network.

use super::loss::{Loss, LossTerms};
use super::softmax::{
    Greatest, SoftmaxSums, same_class, smoothed_softmax_loss, softmax_add, softmax_gradient, softmax_greatest,
    softmax_loss, softmax_power, softmax_shift,
};
use super::{LossParams, Real};

/// Loss of networks with any number of outputs.
#[derive(Debug, Clone, Copy)]
pub struct OutputLoss<'a> {
    /// Loss of an output; for softmax, of all.
    pub loss: Loss,
    /// Number of outputs.
    pub outputs: usize,
    /// Weight of each class's points, `[classes]`; `None`: 1.
    pub class_weights: Option<&'a [f64]>,
}

/// Score of a point.
#[derive(Debug, Clone, Copy, Default)]
pub struct PointScore<R> {
    /// 1 if the predicted class is the point's, else 0; 0 for regression.
    pub correct: R,
}

impl OutputLoss<'_> {
    /// Whether every output has a target of its own, as in regression.
    #[inline(always)]
    pub fn has_targets(&self) -> bool {
        self.outputs == 1 || self.loss != Loss::Softmax
    }

    /// Replaces the outputs of a point, at 0, `step`, 2 `step`, ... of `z`, by the derivatives of its loss by them.
    /// `target(k)` is the target of output k, or with softmax, for any k, the index of the point's class. Returns the
    /// loss, without a gradient, and the score. The loss of several targets is the mean over them, as in PyTorch.
    #[inline(always)]
    pub fn replace<R: Real>(
        &self,
        z: &mut [R],
        step: usize,
        target: impl Fn(usize) -> R,
        params: Option<LossParams<R>>,
    ) -> (LossTerms<R>, PointScore<R>) {
        let (terms, score) = match self.has_targets() {
            true => self.replace_each(z, step, &target, params),
            false => self.replace_softmax(z, step, target(0), params),
        };
        let Some(weights) = self.class_weights else { return (terms, score) };
        let mut weight = R::splat(0.0);
        for (k, of_class) in weights.iter().enumerate() {
            weight = weight + same_class(target(0), R::splat(k as f64)) * R::splat(*of_class);
        }
        for k in 0..self.outputs {
            z[k * step] = z[k * step] * weight;
        }
        // A weighted loss has a logarithm of its own.
        (LossTerms { linear: weight * terms.value(), e: R::splat(0.0), ..terms }, score)
    }

    /// Returns the Hessian of a point's loss by its outputs `z`, times the vector `change`. `target` is as for
    /// [`OutputLoss::replace`]. With softmax the Hessian is diag(p) - p pᵀ, whatever the smoothing.
    pub fn curvature_times(&self, z: &[f64], target: impl Fn(usize) -> f64, change: &[f64]) -> Vec<f64> {
        let weight = self.class_weights.map_or(1.0, |weights| weights[target(0) as usize]);
        if self.has_targets() {
            let share = weight / self.outputs as f64;
            let of = |k: usize| share * self.loss.curvature(z[k], target(k)) * change[k];
            return (0..self.outputs).map(of).collect();
        }
        let greatest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers: Vec<f64> = z.iter().map(|z| (z - greatest).exp()).collect();
        let total: f64 = powers.iter().sum();
        let mean: f64 = powers.iter().zip(change).map(|(power, change)| power * change / total).sum();
        powers.iter().zip(change).map(|(power, change)| weight * power / total * (change - mean)).collect()
    }

    #[inline(always)]
    fn replace_each<R: Real>(
        &self,
        z: &mut [R],
        step: usize,
        target: &impl Fn(usize) -> R,
        params: Option<LossParams<R>>,
    ) -> (LossTerms<R>, PointScore<R>) {
        let (zero, share) = (R::splat(0.0), R::splat(1.0 / self.outputs as f64));
        let mut sum = LossTerms { gradient: zero, linear: zero, e: zero };
        for k in 0..self.outputs {
            let terms = self.loss.terms_with(z[k * step], target(k), params);
            z[k * step] = terms.gradient * share;
            // Losses of several targets have no logarithm.
            sum = LossTerms { gradient: zero, linear: sum.linear + terms.linear * share, e: terms.e };
        }
        (sum, PointScore { correct: zero })
    }

    #[inline(always)]
    fn replace_softmax<R: Real>(
        &self,
        z: &mut [R],
        step: usize,
        label: R,
        params: Option<LossParams<R>>,
    ) -> (LossTerms<R>, PointScore<R>) {
        let (index, classes) = (|k: usize| R::splat(k as f64), R::splat(self.outputs as f64));
        let mut greatest = Greatest { logit: z[0], class: R::splat(0.0) };
        for k in 1..self.outputs {
            greatest = softmax_greatest(greatest, z[k * step], index(k));
        }
        let mut sums = SoftmaxSums::default();
        for k in 0..self.outputs {
            let power = softmax_power(greatest, z[k * step]);
            sums = softmax_add(sums, greatest, z[k * step], power, index(k), label);
            z[k * step] = power;
        }
        for k in 0..self.outputs {
            z[k * step] = softmax_gradient(sums, greatest, z[k * step], index(k), label);
        }
        // No closure on an `Option` here: the compiler may call it, compiled without SIMD.
        let mut terms = softmax_loss(sums);
        if let Some(params) = params {
            for k in 0..self.outputs {
                z[k * step] = z[k * step] + softmax_shift(params, index(k), label, classes);
            }
            terms = smoothed_softmax_loss(sums, params, classes);
        }
        (terms, PointScore { correct: same_class(greatest.class, label) })
    }
}
