//! Optimizers with PyTorch's update rules. Twin of `shaders/optimizer.wgsl`. To add one, add a line to the list below
//! and its step in both files.

use super::Real;
use super::optimizer_state::{ParameterStates, StepOptions};

/// Generates the enum and its dispatch from one line per optimizer: its name, its step, the numbers of state per
/// parameter, and the [`Rates`] that it reads besides the learning rates and weight decay.
macro_rules! optimizers {
    ($($(#[$doc:meta])* $variant:ident: $step:ident, $numbers:literal, [$($rate:ident),*], $beta2:literal, $decay:expr;)*) => {
        /// How parameters follow their gradients.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
        #[serde(rename_all = "kebab-case")]
        pub enum Optimizer { $($(#[$doc])* $variant),* }

        impl Optimizer {
            /// Every optimizer.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the name of the WGSL function.
            pub fn function(self) -> &'static str {
                match self { $(Self::$variant => stringify!($step)),* }
            }

            /// Returns the numbers of optimizer state per parameter: 0, 1 or 2.
            pub fn state_numbers(self) -> usize {
                match self { $(Self::$variant => $numbers),* }
            }

            /// Returns the fields of [`Rates`] that the step reads besides the learning rates and `weight_decay`.
            pub fn reads(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$(stringify!($rate)),*]),* }
            }

            /// Default of β₂, which only some optimizers read.
            pub fn beta2(self) -> f64 {
                match self { $(Self::$variant => $beta2),* }
            }

            /// Default weight decay; `None`: no decay.
            pub fn weight_decay(self) -> Option<f64> {
                match self { $(Self::$variant => $decay),* }
            }

            /// Updates one parameter once.
            #[inline(always)]
            pub fn step<R: Real>(self, state: ParameterState<R>, gradient: R, lr: R, rates: &Rates<R>, correction: BiasCorrection<R>) -> ParameterState<R> {
                match self { $(Self::$variant => $step(state, gradient, lr, rates, correction)),* }
            }

            /// Updates each of `slots` once, given the sums of their gradients. Matches the variant once, outside the
            /// loop. Returns the bits of the largest magnitude among the parameters.
            #[inline(always)]
            pub fn step_each<R: Real>(
                self,
                mut slots: ParameterStates<'_, R>,
                gradients: &[R],
                stride: &StepOptions<R>,
                rates: &Rates<R>,
                correction: BiasCorrection<R>,
            ) -> R::Bits {
                let mut worst = R::default().magnitude_bits();
                match self {
                    $(Self::$variant => for (n, gradient) in gradients.iter().enumerate() {
                        let before = slots.get::<$numbers>(n);
                        let after = $step(before, *gradient * stride.scale, stride.lr, rates, correction);
                        let parameter = stride.moving.if_positive(after.parameter, before.parameter);
                        worst = R::larger(worst, parameter.magnitude_bits());
                        slots.set::<$numbers>(n, ParameterState { parameter, ..after });
                    }),*
                }
                worst
            }
        }
    };
}

optimizers! {
    /// Gradient descent.
    Sgd: sgd_step, 0, [], 0.999, None;
    /// Gradient descent with momentum.
    Momentum: momentum_step, 1, [momentum], 0.999, None;
    /// The same, looking ahead.
    #[value(alias = "nag")]
    Nesterov: nesterov_step, 1, [momentum], 0.999, None;
    /// Adam (Kingma and Ba, arXiv 1412.6980).
    Adam: adam_step, 2, [beta1, one_minus_beta1, half_decay_rate1, beta2, one_minus_beta2, half_decay_rate2, epsilon], 0.999, None;
    /// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).
    Adamw: adamw_step, 2, [beta1, one_minus_beta1, half_decay_rate1, beta2, one_minus_beta2, half_decay_rate2, epsilon], 0.999, Some(0.01);
    /// Lion: steps of one size along the sign of its momentum, with decoupled weight decay (Chen et al., arXiv
    /// 2302.06675).
    Lion: lion_step, 1, [beta1, one_minus_beta1, beta2, one_minus_beta2], 0.99, None;
    /// RMSprop, not centred, without momentum.
    Rmsprop: rmsprop_step, 1, [alpha, one_minus_alpha, epsilon], 0.999, None;
}

impl Optimizer {
    /// Whether its averages are corrected for their start at 0, see [`BiasCorrection`].
    pub fn corrects_bias(self) -> bool {
        self.reads().contains(&"half_decay_rate1")
    }
}

impl std::fmt::Display for Optimizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        super::write_name(self, f)
    }
}

/// A parameter with its optimizer state, which starts at 0.
#[derive(Debug, Clone, Copy, Default)]
pub struct ParameterState<R> {
    /// Weight or bias.
    pub parameter: R,
    /// Velocity, RMSprop's mean square or Adam's mean gradient.
    pub first: R,
    /// Adam's mean square.
    pub second: R,
}

/// Hyper-parameters of a model's updates, in forms that keep their precision when rounded to f32.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rates<R> {
    /// Learning rate of the first layer, before the schedule.
    pub lr_first: R,
    /// Learning rate of all other layers, before the schedule.
    pub lr: R,
    /// Weight decay; `None`: none.
    pub weight_decay: Option<R>,
    /// Upper limit for the norm of a model's gradient; `None`: no limit.
    pub clip: Option<R>,
    /// μ: the fraction of the velocity that momentum and Nesterov keep.
    pub momentum: R,
    /// β₁, Adam's decay rate of the mean gradient.
    pub beta1: R,
    /// 1 - β₁.
    pub one_minus_beta1: R,
    /// -ln(β₁) / 2, the argument of [`bias_correction`].
    pub half_decay_rate1: R,
    /// β₂, Adam's decay rate of the mean square.
    pub beta2: R,
    /// 1 - β₂.
    pub one_minus_beta2: R,
    /// -ln(β₂) / 2, the argument of [`bias_correction`].
    pub half_decay_rate2: R,
    /// α, RMSprop's decay rate of the mean square.
    pub alpha: R,
    /// 1 - α.
    pub one_minus_alpha: R,
    /// ε, added to the square roots that steps are divided by.
    pub epsilon: R,
}

impl Rates<f64> {
    /// Returns every field with its name in the shader.
    pub fn fields(&self) -> [(&'static str, f64); 14] {
        [
            ("lr_first", self.lr_first),
            ("lr", self.lr),
            ("weight_decay", self.weight_decay.unwrap_or(0.0)),
            ("clip", self.clip.unwrap_or(f64::INFINITY)),
            ("momentum", self.momentum),
            ("beta1", self.beta1),
            ("one_minus_beta1", self.one_minus_beta1),
            ("half_decay_rate1", self.half_decay_rate1),
            ("beta2", self.beta2),
            ("one_minus_beta2", self.one_minus_beta2),
            ("half_decay_rate2", self.half_decay_rate2),
            ("alpha", self.alpha),
            ("one_minus_alpha", self.one_minus_alpha),
            ("epsilon", self.epsilon),
        ]
    }
}

impl<R: Real> Rates<R> {
    /// Builds rates by calling `make` with an accessor for each field. `weight_decay` is `None` unless `decays`, `clip`
    /// unless `clips`.
    pub fn of(decays: bool, clips: bool, make: impl Fn(fn(&Rates<f64>) -> f64) -> R) -> Self {
        Self {
            lr_first: make(|r| r.lr_first),
            lr: make(|r| r.lr),
            weight_decay: decays.then(|| make(|r| r.weight_decay.unwrap_or(0.0))),
            clip: clips.then(|| make(|r| r.clip.unwrap_or(f64::INFINITY))),
            momentum: make(|r| r.momentum),
            beta1: make(|r| r.beta1),
            one_minus_beta1: make(|r| r.one_minus_beta1),
            half_decay_rate1: make(|r| r.half_decay_rate1),
            beta2: make(|r| r.beta2),
            one_minus_beta2: make(|r| r.one_minus_beta2),
            half_decay_rate2: make(|r| r.half_decay_rate2),
            alpha: make(|r| r.alpha),
            one_minus_alpha: make(|r| r.one_minus_alpha),
            epsilon: make(|r| r.epsilon),
        }
    }

    /// Multiplies the learning rates by an epoch's `multiplier` of the schedule.
    #[inline(always)]
    pub fn scheduled(self, multiplier: R) -> Self {
        Self { lr_first: self.lr_first * multiplier, lr: self.lr * multiplier, ..self }
    }
}

/// Returns the total weight 1 - β^updates of an average with weights β and 1 - β that starts at 0, after `updates`
/// updates. Takes `half_decay_rate` = -ln(β) / 2 and uses tanh, because the plain power cancels for β near 1.
#[inline(always)]
pub fn bias_correction<R: Real>(half_decay_rate: R, updates: R) -> R {
    let t = (half_decay_rate * updates).tanh_positive();
    R::splat(2.0) * t / (R::splat(1.0) + t)
}

/// [`bias_correction`] of both averages at one update; 1 for an optimizer without correction.
#[derive(Debug, Clone, Copy)]
pub struct BiasCorrection<R> {
    /// Correction of the mean gradient.
    pub first: R,
    /// Correction of the mean square.
    pub second: R,
}

/// Returns min(1, limit / (norm + 1e-6)), the factor that clips a gradient of this norm.
#[inline(always)]
pub fn clip_factor<R: Real>(norm: R, limit: R) -> R {
    let (one, factor) = (R::splat(1.0), limit / (norm + R::splat(1e-6)));
    (factor - one).if_negative(factor, one)
}

/// Returns the gradient of the loss plus weight decay.
#[inline(always)]
pub fn decayed<R: Real>(gradient: R, parameter: R, rates: &Rates<R>) -> R {
    match rates.weight_decay {
        Some(decay) => decay.fma(parameter, gradient),
        None => gradient,
    }
}

/// Computes p - lr g.
#[inline(always)]
pub fn sgd_step<R: Real>(
    state: ParameterState<R>,
    gradient: R,
    lr: R,
    rates: &Rates<R>,
    _correction: BiasCorrection<R>,
) -> ParameterState<R> {
    ParameterState { parameter: (-lr).fma(decayed(gradient, state.parameter, rates), state.parameter), ..state }
}

/// Computes v = μ v + g; p - lr v.
#[inline(always)]
pub fn momentum_step<R: Real>(
    state: ParameterState<R>,
    gradient: R,
    lr: R,
    rates: &Rates<R>,
    _correction: BiasCorrection<R>,
) -> ParameterState<R> {
    let velocity = rates.momentum.fma(state.first, decayed(gradient, state.parameter, rates));
    ParameterState { parameter: (-lr).fma(velocity, state.parameter), first: velocity, ..state }
}

/// Computes v = μ v + g; p - lr (g + μ v).
#[inline(always)]
pub fn nesterov_step<R: Real>(
    state: ParameterState<R>,
    gradient: R,
    lr: R,
    rates: &Rates<R>,
    _correction: BiasCorrection<R>,
) -> ParameterState<R> {
    let gradient = decayed(gradient, state.parameter, rates);
    let velocity = rates.momentum.fma(state.first, gradient);
    ParameterState {
        parameter: (-lr).fma(rates.momentum.fma(velocity, gradient), state.parameter),
        first: velocity,
        ..state
    }
}

/// Computes m = β₁ m + (1 - β₁) g and v = β₂ v + (1 - β₂) g², divides both by their bias correction; p - lr m / (√v +
/// ε).
#[inline(always)]
pub fn adam_step<R: Real>(
    state: ParameterState<R>,
    gradient: R,
    lr: R,
    rates: &Rates<R>,
    correction: BiasCorrection<R>,
) -> ParameterState<R> {
    let gradient = decayed(gradient, state.parameter, rates);
    moments_step(state, gradient, lr, rates, correction)
}

/// Shrinks p by lr × decay × p, then computes [`adam_step`] with the gradient of the loss alone.
#[inline(always)]
pub fn adamw_step<R: Real>(
    state: ParameterState<R>,
    gradient: R,
    lr: R,
    rates: &Rates<R>,
    correction: BiasCorrection<R>,
) -> ParameterState<R> {
    let parameter = shrunk(state.parameter, lr, rates);
    moments_step(ParameterState { parameter, ..state }, gradient, lr, rates, correction)
}

/// Returns the parameter after decoupled weight decay.
#[inline(always)]
fn shrunk<R: Real>(parameter: R, lr: R, rates: &Rates<R>) -> R {
    match rates.weight_decay {
        Some(decay) => parameter * (R::splat(1.0) - lr * decay),
        None => parameter,
    }
}

#[inline(always)]
fn moments_step<R: Real>(
    state: ParameterState<R>,
    gradient: R,
    lr: R,
    rates: &Rates<R>,
    correction: BiasCorrection<R>,
) -> ParameterState<R> {
    let first = rates.beta1.fma(state.first, rates.one_minus_beta1 * gradient);
    let second = rates.beta2.fma(state.second, rates.one_minus_beta2 * gradient * gradient);
    let size = (second / correction.second).sqrt() + rates.epsilon;
    ParameterState { parameter: (-lr).fma(first / correction.first / size, state.parameter), first, second }
}

/// p -= lr (sign(β₁ m + (1 - β₁) g) + decay p), then m = β₂ m + (1 - β₂) g.
#[inline(always)]
pub fn lion_step<R: Real>(
    state: ParameterState<R>,
    gradient: R,
    lr: R,
    rates: &Rates<R>,
    _correction: BiasCorrection<R>,
) -> ParameterState<R> {
    let (zero, one) = (R::splat(0.0), R::splat(1.0));
    let mixed = rates.beta1.fma(state.first, rates.one_minus_beta1 * gradient);
    let sign = mixed.if_positive(one, mixed.if_negative(-one, zero));
    let first = rates.beta2.fma(state.first, rates.one_minus_beta2 * gradient);
    ParameterState { parameter: (-lr).fma(sign, shrunk(state.parameter, lr, rates)), first, ..state }
}

/// Computes v = α v + (1 - α) g²; p - lr g / (√v + ε).
#[inline(always)]
pub fn rmsprop_step<R: Real>(
    state: ParameterState<R>,
    gradient: R,
    lr: R,
    rates: &Rates<R>,
    _correction: BiasCorrection<R>,
) -> ParameterState<R> {
    let gradient = decayed(gradient, state.parameter, rates);
    let square = rates.alpha.fma(state.first, rates.one_minus_alpha * gradient * gradient);
    ParameterState {
        parameter: (-lr).fma(gradient / (square.sqrt() + rates.epsilon), state.parameter),
        first: square,
        ..state
    }
}

#[cfg(test)]
mod tests;
