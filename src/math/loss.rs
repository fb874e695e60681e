//! Losses of a point with logit z and label y in {0, 1}, and their gradients by z. Twin of `shaders/loss.wgsl`.

use super::Real;

/// What the training makes small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Logistic loss (binary cross-entropy) max(z, 0) - z y + log(1 + exp(-|z|)).
    #[value(aliases = ["cross-entropy", "binary-cross-entropy", "binary-crossentropy", "bce-with-logits", "log-loss"])]
    Bce,
    /// Squared error (z - y)² of the raw output.
    #[value(aliases = ["mean-squared-error", "squared-error"])]
    Mse,
}

impl Loss {
    /// Both parts at logit `z` for label `y`, exactly 0 or 1.
    #[inline(always)]
    pub fn terms<R: Real>(self, z: R, y: R) -> LossTerms<R> {
        match self {
            Self::Bce => bce_terms(z, y),
            Self::Mse => mse_terms(z, y),
        }
    }

    /// Loss of one point.
    #[inline(always)]
    pub fn value<R: Real>(self, z: R, y: R) -> R {
        let terms = self.terms(z, y);
        terms.linear + terms.e.log1p_positive()
    }

    /// Derivative of the loss of one point by its logit.
    #[inline(always)]
    pub fn gradient<R: Real>(self, z: R, y: R) -> R {
        self.terms(z, y).gradient
    }

    /// Outputs above this stand for label 1.
    pub fn threshold(self) -> f64 {
        match self {
            Self::Bce => 0.0,
            Self::Mse => 0.5,
        }
    }

    /// Name of the WGSL function.
    pub fn function(self) -> &'static str {
        match self {
            Self::Bce => "bce_terms",
            Self::Mse => "mse_terms",
        }
    }
}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        super::write_name(self, f)
    }
}

/// What loss and gradient share at one point: the loss is `linear` + log(1 + `e`).
#[derive(Debug, Clone, Copy)]
pub struct LossTerms<R> {
    /// Derivative of the loss by the logit.
    pub gradient: R,
    /// The loss without its logarithm.
    pub linear: R,
    /// What the logarithm adds to 1: exp(-|z|), or 0 where the loss has no logarithm.
    pub e: R,
}

/// sigmoid(z) - y; max(t, 0) and exp(-|z|). With t = (1 - 2y) z the gradient is (1 - 2y) sigmoid(t), which nothing
/// cancels in.
#[inline(always)]
pub fn bce_terms<R: Real>(z: R, y: R) -> LossTerms<R> {
    let (zero, one) = (R::splat(0.0), R::splat(1.0));
    let sign = one - R::splat(2.0) * y;
    let t = sign * z;
    let e = (-z.abs()).exp_negative();
    let sigmoid = t.if_negative(e, one) / (one + e);
    LossTerms { gradient: sign * sigmoid, linear: t.at_least(zero), e }
}

/// 2 (z - y); (z - y)² and no logarithm.
#[inline(always)]
pub fn mse_terms<R: Real>(z: R, y: R) -> LossTerms<R> {
    let error = z - y;
    LossTerms { gradient: R::splat(2.0) * error, linear: error * error, e: R::splat(0.0) }
}

/// A sum of losses with one logarithm for many points; starts at all zeros.
#[derive(Debug, Clone, Copy, Default)]
pub struct LossSum<R> {
    /// Sum of linear parts since the last flush.
    pub linear: R,
    /// Product of (1 + e) since the last flush, less 1: small e are not forgotten.
    pub product: R,
    /// Loss up to the last flush.
    pub total: R,
}

/// Adds a point. Flush after at most 64: the product may reach 2^64.
#[inline(always)]
pub fn loss_gather<R: Real>(sum: LossSum<R>, point: LossTerms<R>) -> LossSum<R> {
    let product = point.e.fma(R::splat(1.0) + sum.product, sum.product);
    LossSum { linear: sum.linear + point.linear, product, total: sum.total }
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
    use crate::math::elementary::tests::{floats, ulps, worst};

    #[test]
    fn loss_and_gradient_are_right_to_a_few_ulp() {
        let logits = || floats(80.0, 997).flat_map(|z| [z, -z]).flat_map(|z| [(z, 0.0f32), (z, 1.0)]);
        let loss = |(z, y): (f32, f32)| ulps(Loss::Bce.value(z, y), Loss::Bce.value(f64::from(z), f64::from(y)));
        let gradient =
            |(z, y): (f32, f32)| ulps(Loss::Bce.gradient(z, y), Loss::Bce.gradient(f64::from(z), f64::from(y)));
        // log1p (2.5), to which exp adds less than its own ulp, and a sum (1/2); exp (1), a sum, a quotient.
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

    #[test]
    fn gathering_64_points_costs_no_accuracy() {
        for centre in [0.0f64, 0.01, 1.0, 10.0, 20.0, 60.0] {
            let points: Vec<_> = (0..64).map(|i| (centre + 0.01 * i as f64, f64::from(i % 2))).collect();
            let exact: f64 = points.iter().map(|(z, y)| Loss::Bce.value(f64::from(*z as f32), *y)).sum();
            let gather = |sum, (z, y): &(f64, f64)| loss_gather(sum, bce_terms(*z as f32, *y as f32));
            let sum = loss_flush(points.iter().fold(LossSum::<f32>::default(), gather));
            // 64 additions of positive numbers, at most half an ulp (6e-8) each and seldom all one way.
            assert!((f64::from(sum.total) / exact - 1.0).abs() <= 1e-6, "{centre}: {} {exact}", sum.total);
        }
    }

    #[test]
    fn small_losses_are_gathered_too() {
        let point = bce_terms(70.0f32, 1.0);
        let sum = loss_flush((0..64).fold(LossSum::<f32>::default(), |sum, _| loss_gather(sum, point)));
        assert!((f64::from(sum.total) / (64.0 * (-70f64).exp()) - 1.0).abs() <= 1e-6);
    }
}
