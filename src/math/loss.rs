//! Losses of a point with logit z and label y in {0, 1}, and their gradients with respect to z. Twin of
//! `shaders/loss.wgsl`.

use super::Real;
use super::choice_enum::choice_enum;

/// Defines the enum and its dispatch from one line per loss: its terms, the threshold of its outputs, the outputs that
/// it aims at, its name in sentences, its smallest mean over constant outputs, its curvature and its cost.
macro_rules! losses {
    ($(
        $(#[$doc:meta])*
        $variant:ident: $terms:ident, $threshold:literal, $targets:expr, $words:literal, $constant:expr, $curvature:expr,
            $cost:expr;
    )*) => {
        choice_enum! {
            /// The quantity that training minimises.
            pub enum Loss { $($(#[$doc])* $variant),* }
        }

        impl Loss {
            /// All losses.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns both parts at logit `z` for label `y`, exactly 0 or 1.
            #[inline(always)]
            pub fn terms<R: Real>(self, z: R, y: R) -> LossTerms<R> {
                match self { $(Self::$variant => $terms(z, y)),* }
            }

            /// Outputs above this mean label 1.
            pub fn threshold(self) -> f64 {
                match self { $(Self::$variant => $threshold),* }
            }

            /// Outputs that training aims at for labels 0 and 1; `None` where outputs are log-odds, whose logistic
            /// function is a probability.
            pub fn targets(self) -> Option<[f64; 2]> {
                match self { $(Self::$variant => $targets),* }
            }

            /// Name of the WGSL function.
            pub fn function(self) -> &'static str {
                match self { $(Self::$variant => stringify!($terms)),* }
            }

            /// What a mean of it is called in sentences and on axes.
            pub fn words(self) -> &'static str {
                match self { $(Self::$variant => $words),* }
            }

            /// Returns the smallest mean loss of a constant output where `share` of the labels are 1: that of a model
            /// that knows the shares of the classes and nothing else.
            pub fn of_constant(self, share: f64) -> f64 {
                let of: fn(f64) -> f64 = match self { $(Self::$variant => $constant),* };
                of(share)
            }

            /// Returns the second derivative of one point's loss by its logit.
            pub fn curvature(self, z: f64) -> f64 {
                let of: fn(f64) -> f64 = match self { $(Self::$variant => $curvature),* };
                of(z)
            }

            /// Instructions and floating-point operations of loss, gradient and the logit's finiteness check, counted
            /// in `loss.wgsl`; an exponential takes 17 instructions, a division 3.
            pub fn cost(self) -> (f64, f64) {
                match self { $(Self::$variant => $cost),* }
            }
        }
    };
}

losses! {
    /// Logistic loss (binary cross-entropy) max(z, 0) - z y + log(1 + exp(-|z|)).
    #[strum(to_string = "bce", serialize = "cross-entropy", serialize = "binary-cross-entropy")]
    #[strum(serialize = "binary-crossentropy", serialize = "bce-with-logits", serialize = "log-loss")]
    Bce: bce_terms, 0.0, None, "mean binary cross-entropy", entropy, logistic_curvature, (32.0, 29.0);
    /// Squared error (z - y)² of the raw output.
    #[strum(to_string = "mse", serialize = "mean-squared-error", serialize = "squared-error")]
    Mse: mse_terms, 0.5, Some([0.0, 1.0]), "mean squared error", |share| share * (1.0 - share), |_| 2.0, (7.0, 4.0);
    /// Hinge loss max(0, 1 - s z) of a support vector machine, with s = 1 for label 1 and -1 for label 0.
    #[strum(to_string = "hinge", serialize = "svm")]
    Hinge: hinge_terms, 0.0, Some([-1.0, 1.0]), "mean hinge loss", |share| 2.0 * share.min(1.0 - share), |_| 0.0,
        (9.0, 5.0);
}

impl Loss {
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
}

/// Entropy of the labels in nats: the logistic loss of always predicting their share.
fn entropy(share: f64) -> f64 {
    let part = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
    part(share) + part(1.0 - share)
}

/// s (1 - s) with s = sigmoid(z), even in z.
fn logistic_curvature(z: f64) -> f64 {
    let e = (-z.abs()).exp();
    e / ((1.0 + e) * (1.0 + e))
}

/// Terms shared by loss and gradient at one point: the loss is `linear` + log(1 + `e`).
#[derive(Debug, Clone, Copy)]
pub struct LossTerms<R> {
    /// Derivative of the loss with respect to the logit.
    pub gradient: R,
    /// Loss without its logarithm.
    pub linear: R,
    /// exp(-|z|), or 0 if the loss has no logarithm.
    pub e: R,
}

/// Returns sigmoid(z) - y, max(t, 0) and exp(-|z|), with t = (1 - 2y) z. The gradient is computed as (1 - 2y)
/// sigmoid(t), which has no cancellation.
#[inline(always)]
pub fn bce_terms<R: Real>(z: R, y: R) -> LossTerms<R> {
    let (zero, one) = (R::splat(0.0), R::splat(1.0));
    let sign = one - R::splat(2.0) * y;
    let t = sign * z;
    let e = (-z.abs()).exp_negative();
    let sigmoid = t.if_negative(e, one) / (one + e);
    LossTerms { gradient: sign * sigmoid, linear: t.at_least(zero), e }
}

/// Returns 2 (z - y), (z - y)² and no logarithm.
#[inline(always)]
pub fn mse_terms<R: Real>(z: R, y: R) -> LossTerms<R> {
    let error = z - y;
    LossTerms { gradient: R::splat(2.0) * error, linear: error * error, e: R::splat(0.0) }
}

/// With s = 2y - 1: -s and 1 - s z within the margin s z < 1, else 0; no logarithm.
#[inline(always)]
pub fn hinge_terms<R: Real>(z: R, y: R) -> LossTerms<R> {
    let (zero, one) = (R::splat(0.0), R::splat(1.0));
    let sign = one - R::splat(2.0) * y;
    let margin = one + sign * z;
    LossTerms { gradient: margin.if_positive(sign, zero), linear: margin.at_least(zero), e: zero }
}

/// Sum of losses that needs one logarithm for many points; starts at all zeros.
#[derive(Debug, Clone, Copy, Default)]
pub struct LossSum<R> {
    /// Sum of the linear parts since the last flush.
    pub linear: R,
    /// Product of (1 + e) since the last flush, minus 1, so that a small e is not rounded away.
    pub product: R,
    /// Loss up to the last flush.
    pub total: R,
}

/// Adds a point. At most 64 points may come before a flush: the product may reach 2^64.
#[inline(always)]
pub fn loss_gather<R: Real>(sum: LossSum<R>, point: LossTerms<R>) -> LossSum<R> {
    let product = point.e.fma(R::splat(1.0) + sum.product, sum.product);
    LossSum { linear: sum.linear + point.linear, product, total: sum.total }
}

/// Moves the gathered terms into the total.
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
        // log1p (2.5), to whose error exp adds less than its own ulp, and a sum (1/2); exp (1), a sum, a quotient.
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
            // 64 additions of positive numbers with at most half an ulp (6e-8) each, which rarely all have the same
            // sign.
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
