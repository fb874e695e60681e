//! Losses of a point with output z and target y, and their gradients with respect to z. Where there are two classes, z
//! is the logit and y the label, 0 or 1. Twin of `shaders/loss.wgsl`; `softmax` has the loss of several classes.

use super::choice_enum::choice_enum;
use super::{LossParams, Real};

/// Defines the enum and its dispatch from one line per loss: its terms, also for shifted targets if it supports them,
/// the threshold of its outputs, the outputs that it aims at, its name in sentences, its smallest mean over constant
/// outputs for a share of label 1 and both labels' targets, its curvature, and its cost for each output.
macro_rules! losses {
    ($(
        $(#[$doc:meta])*
        $variant:ident: $terms:ident $(or $shifted:ident)?, $threshold:literal, $targets:expr, $words:literal,
            $constant:expr, $curvature:expr, $cost:expr;
    )*) => {
        choice_enum! {
            /// The quantity that training minimises.
            pub enum Loss { $($(#[$doc])* $variant),* }
        }

        impl Loss {
            /// All losses.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns both parts at output `z` for target `y`: a number, or a label, exactly 0 or 1.
            #[inline(always)]
            pub fn terms<R: Real>(self, z: R, y: R) -> LossTerms<R> {
                match self { $(Self::$variant => $terms(z, y)),* }
            }

            /// Returns both parts for a model with these numbers of the loss; `None`: [`Loss::terms`]. A loss that
            /// can't use them ignores them.
            #[inline(always)]
            pub fn terms_with<R: Real>(self, z: R, y: R, params: Option<LossParams<R>>) -> LossTerms<R> {
                match (self, params) {
                    $($((Self::$variant, Some(params)) => $shifted(z, y, params.target_shift(y)),)?)*
                    _ => self.terms(z, y),
                }
            }

            /// Name of the WGSL function for shifted targets; `None` if the loss has none.
            pub fn shifted_function(self) -> Option<&'static str> {
                match self { $(Self::$variant => [$(stringify!($shifted))?].first().copied()),* }
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
            pub fn of_constant(self, share: f64, params: Option<LossParams<f64>>) -> f64 {
                let of: fn(f64, [f64; 2]) -> f64 = match self { $(Self::$variant => $constant),* };
                of(share, [0.0, 1.0].map(|y| y + params.map_or(0.0, |params| params.target_shift(y))))
            }

            /// Returns the second derivative of one point's loss by its output `z`, for target `y`.
            pub fn curvature(self, z: f64, y: f64) -> f64 {
                let of: fn(f64, f64) -> f64 = match self { $(Self::$variant => $curvature),* };
                of(z, y)
            }

            /// Instructions and floating-point operations per output of loss, gradient and the check that the output is
            /// finite, counted in `loss.wgsl`; an exponential takes 17 instructions, a division 3.
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
    Bce: bce_terms or shifted_bce_terms, 0.0, None, "mean binary cross-entropy",
        |share, [low, high]| entropy(low + share * (high - low)), |z, _| logistic_curvature(z), (32.0, 29.0);
    /// Squared error (z - y)² of the raw output.
    #[strum(to_string = "mse", serialize = "mean-squared-error", serialize = "squared-error")]
    Mse: mse_terms or shifted_mse_terms, 0.5, Some([0.0, 1.0]), "mean squared error",
        |share, [low, high]| share * (1.0 - share) * (high - low) * (high - low), |_, _| 2.0, (7.0, 4.0);
    /// Hinge loss max(0, 1 - s z) of a support vector machine, with s = 1 for label 1 and -1 for label 0.
    #[strum(to_string = "hinge", serialize = "svm")]
    Hinge: hinge_terms, 0.0, Some([-1.0, 1.0]), "mean hinge loss", |share, _| 2.0 * share.min(1.0 - share),
        |_, _| 0.0, (9.0, 5.0);
    /// Softmax cross-entropy of several classes, each with a logit: log Σ exp(z_k) - z_y. With a single output, that of
    /// class 1 where class 0 has the logit 0, which is the logistic loss.
    #[strum(to_string = "softmax", serialize = "categorical-crossentropy", serialize = "cross-entropy-softmax")]
    Softmax: bce_terms or shifted_bce_terms, 0.0, None, "mean cross-entropy",
        |share, [low, high]| entropy(low + share * (high - low)), |z, _| logistic_curvature(z), (34.0, 26.0);
    /// Absolute error |z - y|.
    #[strum(to_string = "mae", serialize = "mean-absolute-error", serialize = "l1", serialize = "absolute-error")]
    Mae: mae_terms, 0.5, Some([0.0, 1.0]), "mean absolute error", |share, _| share.min(1.0 - share), |_, _| 0.0,
        (8.0, 4.0);
    /// Huber's loss: (z - y)² / 2 where the error is at most 1, else |z - y| - 1/2. Huber, "Robust estimation of a
    /// location parameter", Annals of Mathematical Statistics 35, 1964.
    #[strum(to_string = "huber", serialize = "smooth-l1")]
    Huber: huber_terms, 0.5, Some([0.0, 1.0]), "mean Huber loss", |share, _| share * (1.0 - share) / 2.0,
        |z, y| f64::from(u8::from((z - y).abs() <= 1.0)), (10.0, 7.0);
}

impl Loss {
    /// Runs `kernel` with this loss as a constant, so that its loops have no branches on it. For the common losses of
    /// one output alone; the others take the branches.
    #[inline(always)]
    pub fn run_common<K: LossKernel>(self, kernel: K) -> K::Output {
        match self {
            Self::Bce => kernel.run(Self::Bce),
            Self::Mse => kernel.run(Self::Mse),
            other => kernel.run(other),
        }
    }

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

/// Work that is compiled for some losses on their own, see [`Loss::run_common`].
pub trait LossKernel {
    /// Result of the work.
    type Output;

    /// Does the work for this loss; should be `#[inline(always)]`.
    fn run(self, loss: Loss) -> Self::Output;
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

/// [`bce_terms`] for the target p = y + `shift` instead of the label y: the loss is log(1 + exp(z)) - p z, that of the
/// label less `shift` z, and the gradient is sigmoid(z) - p, that of the label less `shift`.
#[inline(always)]
pub fn shifted_bce_terms<R: Real>(z: R, y: R, shift: R) -> LossTerms<R> {
    let plain = bce_terms(z, y);
    LossTerms { gradient: plain.gradient - shift, linear: plain.linear - shift * z, e: plain.e }
}

/// Returns 2 (z - y), (z - y)² and no logarithm.
#[inline(always)]
pub fn mse_terms<R: Real>(z: R, y: R) -> LossTerms<R> {
    let error = z - y;
    LossTerms { gradient: R::splat(2.0) * error, linear: error * error, e: R::splat(0.0) }
}

/// [`mse_terms`] for the target y + `shift` instead of the label y.
#[inline(always)]
pub fn shifted_mse_terms<R: Real>(z: R, y: R, shift: R) -> LossTerms<R> {
    mse_terms(z, y + shift)
}

/// With s = 2y - 1: -s and 1 - s z within the margin s z < 1, else 0; no logarithm.
#[inline(always)]
pub fn hinge_terms<R: Real>(z: R, y: R) -> LossTerms<R> {
    let (zero, one) = (R::splat(0.0), R::splat(1.0));
    let sign = one - R::splat(2.0) * y;
    let margin = one + sign * z;
    LossTerms { gradient: margin.if_positive(sign, zero), linear: margin.at_least(zero), e: zero }
}

/// The sign of z - y, 0 at 0, and |z - y|; no logarithm.
#[inline(always)]
pub fn mae_terms<R: Real>(z: R, y: R) -> LossTerms<R> {
    let (zero, one) = (R::splat(0.0), R::splat(1.0));
    let error = z - y;
    let gradient = error.if_positive(one, error.if_negative(-one, zero));
    LossTerms { gradient, linear: error.abs(), e: zero }
}

/// The error z - y, limited to ±1, and its loss: with the limited size m, m (|error| - m / 2); no logarithm.
#[inline(always)]
pub fn huber_terms<R: Real>(z: R, y: R) -> LossTerms<R> {
    let one = R::splat(1.0);
    let error = z - y;
    let size = error.abs();
    let limited = size.at_most(one);
    let gradient = error.if_negative(-limited, limited);
    LossTerms { gradient, linear: limited * (size - R::splat(0.5) * limited), e: R::splat(0.0) }
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

/// Adds a point. At most [`points_per_logarithm`] points may come before a flush: the product may reach 2^64.
#[inline(always)]
pub fn loss_gather<R: Real>(sum: LossSum<R>, point: LossTerms<R>) -> LossSum<R> {
    let product = point.e.fma(R::splat(1.0) + sum.product, sum.product);
    LossSum { linear: sum.linear + point.linear, product, total: sum.total }
}

/// Returns the number of points with losses that may share one logarithm, for networks with this many outputs: 1 + `e`
/// is at most 2 for one output, and at most the number of classes for more.
pub const fn points_per_logarithm(outputs: usize) -> usize {
    let factor = if outputs < 2 { 1 } else { outputs.next_power_of_two().trailing_zeros() as usize };
    64 / factor.next_power_of_two()
}

/// Moves the gathered terms into the total.
#[inline(always)]
pub fn loss_flush<R: Real>(sum: LossSum<R>) -> LossSum<R> {
    let zero = R::splat(0.0);
    LossSum { linear: zero, product: zero, total: sum.total + (sum.linear + sum.product.log1p_positive()) }
}

#[cfg(test)]
mod tests;
