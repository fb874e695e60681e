//! Optimizers by PyTorch's update rules. Twin of `shaders/optimizer.wgsl`. To add one, add its line to the list below and
//! its step here and there.

use super::Real;
use super::optimizer_state::{ParameterStates, StepOptions};

/// Makes the enum and its dispatch from a line per optimizer: its name, its step, the numbers that it keeps of each
/// parameter, and the [`Rates`] that it reads beside the learning rates and weight decay.
macro_rules! optimizers {
    ($($(#[$doc:meta])* $variant:ident: $step:ident, $numbers:literal, [$($rate:ident),*];)*) => {
        /// How parameters follow their gradients.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
        #[serde(rename_all = "kebab-case")]
        pub enum Optimizer { $($(#[$doc])* $variant),* }

        impl Optimizer {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Name of the WGSL function.
            pub fn function(self) -> &'static str {
                match self { $(Self::$variant => stringify!($step)),* }
            }

            /// Numbers kept of each parameter from update to update: 0, 1 or 2.
            pub fn state_numbers(self) -> usize {
                match self { $(Self::$variant => $numbers),* }
            }

            /// Fields of [`Rates`] that its step reads beside `weight_decay`.
            pub fn reads(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$(stringify!($rate)),*]),* }
            }

            /// One update of one parameter.
            #[inline(always)]
            pub fn step<R: Real>(self, state: ParameterState<R>, gradient: R, lr: R, rates: &Rates<R>, correction: BiasCorrection<R>) -> ParameterState<R> {
                match self { $(Self::$variant => $step(state, gradient, lr, rates, correction)),* }
            }

            /// One update of each of `slots`, given the sums of their gradients; decides once, so that the loop is a plain
            /// one. Returns the largest magnitude among the parameters.
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
    Sgd: sgd_step, 0, [];
    /// Gradient descent with momentum.
    Momentum: momentum_step, 1, [momentum];
    /// The same, looking ahead.
    #[value(alias = "nag")]
    Nesterov: nesterov_step, 1, [momentum];
    /// Adam (Kingma and Ba, arXiv 1412.6980).
    Adam: adam_step, 2, [beta1, one_minus_beta1, half_decay_rate1, beta2, one_minus_beta2, half_decay_rate2, epsilon];
    /// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).
    Adamw: adamw_step, 2, [beta1, one_minus_beta1, half_decay_rate1, beta2, one_minus_beta2, half_decay_rate2, epsilon];
    /// RMSprop, not centred, without momentum.
    Rmsprop: rmsprop_step, 1, [alpha, one_minus_alpha, epsilon];
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

/// A parameter and what its optimizer remembers of it, at first 0.
#[derive(Debug, Clone, Copy, Default)]
pub struct ParameterState<R> {
    /// The weight or bias itself.
    pub parameter: R,
    /// Velocity, RMSprop's mean square or Adam's mean gradient.
    pub first: R,
    /// Adam's mean square.
    pub second: R,
}

/// What updates need to know of a model's hyper-parameters, in forms that lose nothing when they are rounded to f32.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rates<R> {
    /// Learning rates of the first layer and of the others, before the schedule.
    pub lr_first: R,
    /// Of the layers after the first, before the schedule.
    pub lr: R,
    /// None: no weight decay.
    pub weight_decay: Option<R>,
    /// Largest norm of a model's gradient; None: any.
    pub clip: Option<R>,
    /// μ: what momentum and Nesterov keep of their velocity.
    pub momentum: R,
    /// β₁, 1 - β₁ and -ln(β₁) / 2.
    pub beta1: R,
    /// 1 - β₁.
    pub one_minus_beta1: R,
    /// -ln(β₁) / 2, which [`bias_correction`] takes.
    pub half_decay_rate1: R,
    /// The same for β₂.
    pub beta2: R,
    /// 1 - β₂.
    pub one_minus_beta2: R,
    /// -ln(β₂) / 2, which [`bias_correction`] takes.
    pub half_decay_rate2: R,
    /// α and 1 - α.
    pub alpha: R,
    /// 1 - α.
    pub one_minus_alpha: R,
    /// ε, added to the roots that steps are divided by.
    pub epsilon: R,
}

impl Rates<f64> {
    /// Every field by its name in the shader.
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
    /// Rates whose every number `make` gives, told where to find it; those that not all models have are in if so asked.
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

    /// With the learning rates of an epoch whose schedule says `multiplier`.
    #[inline(always)]
    pub fn scheduled(self, multiplier: R) -> Self {
        Self { lr_first: self.lr_first * multiplier, lr: self.lr * multiplier, ..self }
    }
}

/// How far an average with weights β, 1 - β has come from its start at 0 after `updates` updates: 1 - β^updates, from
/// `half_decay_rate` = -ln(β) / 2. The plain power would cancel where β is near 1.
#[inline(always)]
pub fn bias_correction<R: Real>(half_decay_rate: R, updates: R) -> R {
    let t = (half_decay_rate * updates).tanh_positive();
    R::splat(2.0) * t / (R::splat(1.0) + t)
}

/// [`bias_correction`] of both averages at one update; 1 where they are not corrected.
#[derive(Debug, Clone, Copy)]
pub struct BiasCorrection<R> {
    /// Of the mean gradient.
    pub first: R,
    /// Of the mean square.
    pub second: R,
}

/// min(1, limit / (norm + 1e-6)): by what a gradient of this norm is multiplied.
#[inline(always)]
pub fn clip_factor<R: Real>(norm: R, limit: R) -> R {
    let (one, factor) = (R::splat(1.0), limit / (norm + R::splat(1e-6)));
    (factor - one).if_negative(factor, one)
}

/// The gradient of loss and decay together.
#[inline(always)]
pub fn decayed<R: Real>(gradient: R, parameter: R, rates: &Rates<R>) -> R {
    match rates.weight_decay {
        Some(decay) => decay.fma(parameter, gradient),
        None => gradient,
    }
}

/// p - lr g.
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

/// v = μ v + g; p - lr v.
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

/// v = μ v + g; p - lr (g + μ v).
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

/// m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², both divided by their bias correction; p - lr m / (√v + ε).
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

/// p shrinks by lr × decay of itself, then as [`adam_step`] with the gradient of the loss alone.
#[inline(always)]
pub fn adamw_step<R: Real>(
    state: ParameterState<R>,
    gradient: R,
    lr: R,
    rates: &Rates<R>,
    correction: BiasCorrection<R>,
) -> ParameterState<R> {
    let parameter = match rates.weight_decay {
        Some(decay) => state.parameter * (R::splat(1.0) - lr * decay),
        None => state.parameter,
    };
    moments_step(ParameterState { parameter, ..state }, gradient, lr, rates, correction)
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

/// v = α v + (1 - α) g²; p - lr g / (√v + ε).
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
