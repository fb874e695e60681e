//! Losses of a point with logit z and label y in {0, 1}, and their gradients with respect to z. Twin of
//! `shaders/loss.wgsl`.

use super::choice_enum::choice_enum;
use super::{LossRates, Real};

/// Defines the enum and its dispatch from one line per loss: its terms, also with smoothed labels if it has such, the
/// threshold of its outputs, the outputs that it aims at, its name in sentences, its smallest mean over constant outputs
/// for a share of label 1 and a label smoothing, its curvature, which smoothing leaves as it is, and its cost.
macro_rules! losses {
    ($(
        $(#[$doc:meta])*
        $variant:ident: $terms:ident $(or $smoothed:ident)?, $threshold:literal, $targets:expr, $words:literal, $constant:expr, $curvature:expr,
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

            /// Returns both parts for a model with these numbers of the loss; `None`: [`Loss::terms`]. A loss that cannot
            /// use them ignores them.
            #[inline(always)]
            pub fn terms_with<R: Real>(self, z: R, y: R, rates: Option<LossRates<R>>) -> LossTerms<R> {
                match (self, rates) {
                    $($((Self::$variant, Some(rates)) => $smoothed(z, y, rates),)?)*
                    _ => self.terms(z, y),
                }
            }

            /// Name of the WGSL function for smoothed labels; `None` if the loss has no such.
            pub fn smoothed_function(self) -> Option<&'static str> {
                match self { $(Self::$variant => [$(stringify!($smoothed))?].first().copied()),* }
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
            pub fn of_constant(self, share: f64, rates: Option<LossRates<f64>>) -> f64 {
                let of: fn(f64, f64) -> f64 = match self { $(Self::$variant => $constant),* };
                of(share, rates.unwrap_or(LossRates::NEUTRAL).label_smoothing)
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
    Bce: bce_terms or smoothed_bce_terms, 0.0, None, "mean binary cross-entropy",
        |share, s| entropy(share * (1.0 - s) + 0.5 * s), logistic_curvature, (32.0, 29.0);
    /// Squared error (z - y)² of the raw output.
    #[strum(to_string = "mse", serialize = "mean-squared-error", serialize = "squared-error")]
    Mse: mse_terms or smoothed_mse_terms, 0.5, Some([0.0, 1.0]), "mean squared error",
        |share, s| share * (1.0 - share) * (1.0 - s) * (1.0 - s), |_| 2.0, (7.0, 4.0);
    /// Hinge loss max(0, 1 - s z) of a support vector machine, with s = 1 for label 1 and -1 for label 0.
    #[strum(to_string = "hinge", serialize = "svm")]
    Hinge: hinge_terms, 0.0, Some([-1.0, 1.0]), "mean hinge loss", |share, _| 2.0 * share.min(1.0 - share), |_| 0.0,
        (9.0, 5.0);
}

impl Loss {
    /// Loss of one point.
    #[inline(always)]
    pub fn value<R: Real>(self, z: R, y: R) -> R {
        self.terms(z, y).value()
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

impl<R: Real> LossTerms<R> {
    /// Loss of the point.
    #[inline(always)]
    pub fn value(self) -> R {
        self.linear + self.e.log1p_positive()
    }
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

/// [`bce_terms`] for the target p = y (1 - s) + s / 2 instead of the label y, with the smoothing s: PyTorch's
/// cross-entropy for two classes with `label_smoothing`. The loss is log(1 + exp(z)) - p z, that of the label less
/// s / 2 t, and the gradient is sigmoid(z) - p, that of the label less s / 2 (1 - 2y).
#[inline(always)]
pub fn smoothed_bce_terms<R: Real>(z: R, y: R, rates: LossRates<R>) -> LossTerms<R> {
    let plain = bce_terms(z, y);
    let sign = R::splat(1.0) - R::splat(2.0) * y;
    let share = R::splat(0.5) * rates.label_smoothing * sign;
    LossTerms { gradient: plain.gradient - share, linear: plain.linear - share * z, e: plain.e }
}

/// Returns 2 (z - y), (z - y)² and no logarithm.
#[inline(always)]
pub fn mse_terms<R: Real>(z: R, y: R) -> LossTerms<R> {
    let error = z - y;
    LossTerms { gradient: R::splat(2.0) * error, linear: error * error, e: R::splat(0.0) }
}

/// [`mse_terms`] for the target y (1 - s) + s / 2, with the smoothing s.
#[inline(always)]
pub fn smoothed_mse_terms<R: Real>(z: R, y: R, rates: LossRates<R>) -> LossTerms<R> {
    mse_terms(z, y + rates.label_smoothing * (R::splat(0.5) - y))
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

    /// PyTorch's definition for classes with log-probabilities l: -(1 - s) l_y - s / 2 (l_0 + l_1).
    #[test]
    fn smoothed_labels_are_pytorchs() {
        let rates = |s: f64| Some(LossRates::of(|_| Some(s)).unwrap());
        for (z, y, s) in [(0.3f64, 1.0, 0.1), (-4.0, 1.0, 0.5), (2.5, 0.0, 0.9), (7.0, 0.0, 0.25), (0.0, 1.0, 0.0)] {
            let log = [-(1.0 + z.exp()).ln(), -(1.0 + (-z).exp()).ln()];
            let exact = -(1.0 - s) * log[y as usize] - s / 2.0 * (log[0] + log[1]);
            let value = |z: f64| Loss::Bce.terms_with(z, y, rates(s)).value();
            assert!((value(z) - exact).abs() <= 1e-14, "{z} {y} {s}: {} {exact}", value(z));
            // Targets of the squared error: (1 - s) y + s / 2.
            let square = Loss::Mse.terms_with(z, y, rates(s));
            assert!((square.value() - (z - ((1.0 - s) * y + s / 2.0)).powi(2)).abs() <= 1e-14);
            for loss in [Loss::Bce, Loss::Mse] {
                let at = |z: f64| loss.terms_with(z, y, rates(s));
                // Differences: truncation h² f'''/6 ~ 1e-11, rounding 1e-16 / h ~ 1e-11.
                let slope = (at(z + 1e-5).value() - at(z - 1e-5).value()) / 2e-5;
                assert!((at(z).gradient - slope).abs() <= 1e-9, "{loss} {z} {y} {s}");
                let curvature = (at(z + 1e-5).gradient - at(z - 1e-5).gradient) / 2e-5;
                assert!((loss.curvature(z) - curvature).abs() <= 1e-9, "{loss} {z} {y} {s}");
            }
        }
    }

    #[test]
    fn the_best_constant_is_better_than_its_neighbours() {
        for (loss, share, s) in [(Loss::Bce, 0.3, 0.2), (Loss::Mse, 0.3, 0.2), (Loss::Bce, 0.5, 0.0)] {
            let rates = LossRates::of(|_| Some(s));
            let mean = |z: f64| {
                share * loss.terms_with(z, 1.0, rates).value() + (1.0 - share) * loss.terms_with(z, 0.0, rates).value()
            };
            let least = (-4000..4000).map(|i| mean(f64::from(i) / 1000.0)).fold(f64::INFINITY, f64::min);
            // The nearest of these outputs is at most 5e-4 away, and the curvature at most 2.
            assert!((least - loss.of_constant(share, rates)).abs() <= 3e-7, "{loss} {share} {s}");
        }
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
