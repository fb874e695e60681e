//! Optimizers with PyTorch's update rules. Twin of `shaders/optimizer.wgsl`. To add one, add a line to the list below
//! and its step in both files.

use super::Real;
use super::choice_enum::choice_enum;
use super::optimizer_state::{ParameterState, ParameterStates};

pub use super::update_params::UpdateParams;

/// Generates the enum and its dispatch from one line per optimizer: its name, its step, the numbers of state per
/// parameter, and the [`UpdateParams`] that it reads besides the learning rates and weight decay.
macro_rules! optimizers {
    ($($(#[$doc:meta])* $variant:ident: $step:ident, $numbers:literal, [$($rate:ident),*], $beta2:literal, $decay:expr;)*) => {
        choice_enum! {
            /// How parameters follow their gradients.
            pub enum Optimizer { $($(#[$doc])* $variant),* }
        }

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

            /// Returns the fields of [`UpdateParams`] that the step reads besides learning rates and `weight_decay`.
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
            pub fn step<R: Real>(self, state: ParameterState<R>, gradient: R, at: StepParams<R>) -> ParameterState<R> {
                match self { $(Self::$variant => $step(state, gradient, at)),* }
            }

            /// Updates each of `states` once, given the sums of their gradients and the factor `scale` from a sum to
            /// the gradient. Models where `moving` is not positive stay as they are. Matches the variant once, outside
            /// the loop. Returns the bits of the largest magnitude among the parameters.
            #[inline(always)]
            pub fn step_each<R: Real>(
                self,
                mut states: ParameterStates<'_, R>,
                gradients: &[R],
                [scale, moving]: [R; 2],
                at: StepParams<R>,
            ) -> R::Bits {
                let mut worst = R::default().magnitude_bits();
                match self {
                    $(Self::$variant => for (n, gradient) in gradients.iter().enumerate() {
                        let before = states.get::<$numbers>(n);
                        let after = $step(before, *gradient * scale, at);
                        let parameter = moving.if_positive(after.parameter, before.parameter);
                        worst = R::larger(worst, parameter.magnitude_bits());
                        states.set::<$numbers>(n, ParameterState { parameter, ..after });
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
    #[strum(to_string = "nesterov", serialize = "nag")]
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

/// What a step needs besides a parameter's state and gradient.
#[derive(Debug, Clone, Copy)]
pub struct StepParams<'a, R> {
    /// Learning rate of the parameter's layer in this epoch.
    pub lr: R,
    /// The model's hyper-parameters.
    pub rates: &'a UpdateParams<R>,
    /// The update's bias correction.
    pub correction: BiasCorrection<R>,
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

impl<R: Real> BiasCorrection<R> {
    /// Returns the correction of an optimizer after `updates` updates.
    #[inline(always)]
    pub fn of(optimizer: Optimizer, rates: &UpdateParams<R>, updates: R) -> Self {
        match optimizer.corrects_bias() {
            true => Self {
                first: bias_correction(rates.half_decay_rate1, updates),
                second: bias_correction(rates.half_decay_rate2, updates),
            },
            false => Self { first: R::splat(1.0), second: R::splat(1.0) },
        }
    }
}

/// Returns min(1, limit / (norm + 1e-6)), the factor that clips a gradient of this norm.
#[inline(always)]
pub fn clip_factor<R: Real>(norm: R, limit: R) -> R {
    let (one, factor) = (R::splat(1.0), limit / (norm + R::splat(1e-6)));
    (factor - one).if_negative(factor, one)
}

/// Returns the gradient of the loss plus weight decay.
#[inline(always)]
pub fn add_weight_decay<R: Real>(gradient: R, parameter: R, rates: &UpdateParams<R>) -> R {
    match rates.weight_decay {
        Some(decay) => decay.fma(parameter, gradient),
        None => gradient,
    }
}

/// Computes p - lr g.
#[inline(always)]
pub fn sgd_step<R: Real>(state: ParameterState<R>, gradient: R, at: StepParams<R>) -> ParameterState<R> {
    ParameterState {
        parameter: (-at.lr).fma(add_weight_decay(gradient, state.parameter, at.rates), state.parameter),
        ..state
    }
}

/// Computes v = μ v + g; p - lr v.
#[inline(always)]
pub fn momentum_step<R: Real>(state: ParameterState<R>, gradient: R, at: StepParams<R>) -> ParameterState<R> {
    let velocity = at.rates.momentum.fma(state.first, add_weight_decay(gradient, state.parameter, at.rates));
    ParameterState { parameter: (-at.lr).fma(velocity, state.parameter), first: velocity, ..state }
}

/// Computes v = μ v + g; p - lr (g + μ v).
#[inline(always)]
pub fn nesterov_step<R: Real>(state: ParameterState<R>, gradient: R, at: StepParams<R>) -> ParameterState<R> {
    let gradient = add_weight_decay(gradient, state.parameter, at.rates);
    let velocity = at.rates.momentum.fma(state.first, gradient);
    ParameterState {
        parameter: (-at.lr).fma(at.rates.momentum.fma(velocity, gradient), state.parameter),
        first: velocity,
        ..state
    }
}

/// Computes m = β₁ m + (1 - β₁) g and v = β₂ v + (1 - β₂) g², divides both by their bias correction; p - lr m / (√v +
/// ε).
#[inline(always)]
pub fn adam_step<R: Real>(state: ParameterState<R>, gradient: R, at: StepParams<R>) -> ParameterState<R> {
    let gradient = add_weight_decay(gradient, state.parameter, at.rates);
    moments_step(state, gradient, at)
}

/// Shrinks p by lr × decay × p, then computes [`adam_step`] with the gradient of the loss alone.
#[inline(always)]
pub fn adamw_step<R: Real>(state: ParameterState<R>, gradient: R, at: StepParams<R>) -> ParameterState<R> {
    let parameter = shrunk(state.parameter, at.lr, at.rates);
    moments_step(ParameterState { parameter, ..state }, gradient, at)
}

/// Returns the parameter after decoupled weight decay.
#[inline(always)]
fn shrunk<R: Real>(parameter: R, lr: R, rates: &UpdateParams<R>) -> R {
    match rates.weight_decay {
        Some(decay) => parameter * (R::splat(1.0) - lr * decay),
        None => parameter,
    }
}

#[inline(always)]
fn moments_step<R: Real>(state: ParameterState<R>, gradient: R, at: StepParams<R>) -> ParameterState<R> {
    let first = at.rates.beta1.fma(state.first, at.rates.one_minus_beta1 * gradient);
    let second = at.rates.beta2.fma(state.second, at.rates.one_minus_beta2 * gradient * gradient);
    let size = (second / at.correction.second).sqrt() + at.rates.epsilon;
    ParameterState { parameter: (-at.lr).fma(first / at.correction.first / size, state.parameter), first, second }
}

/// p -= lr (sign(β₁ m + (1 - β₁) g) + decay p), then m = β₂ m + (1 - β₂) g.
#[inline(always)]
pub fn lion_step<R: Real>(state: ParameterState<R>, gradient: R, at: StepParams<R>) -> ParameterState<R> {
    let (zero, one) = (R::splat(0.0), R::splat(1.0));
    let mixed = at.rates.beta1.fma(state.first, at.rates.one_minus_beta1 * gradient);
    let sign = mixed.if_positive(one, mixed.if_negative(-one, zero));
    let first = at.rates.beta2.fma(state.first, at.rates.one_minus_beta2 * gradient);
    ParameterState { parameter: (-at.lr).fma(sign, shrunk(state.parameter, at.lr, at.rates)), first, ..state }
}

/// Computes v = α v + (1 - α) g²; p - lr g / (√v + ε).
#[inline(always)]
pub fn rmsprop_step<R: Real>(state: ParameterState<R>, gradient: R, at: StepParams<R>) -> ParameterState<R> {
    let gradient = add_weight_decay(gradient, state.parameter, at.rates);
    let square = at.rates.alpha.fma(state.first, at.rates.one_minus_alpha * gradient * gradient);
    ParameterState {
        parameter: (-at.lr).fma(gradient / (square.sqrt() + at.rates.epsilon), state.parameter),
        first: square,
        ..state
    }
}

#[cfg(test)]
mod tests;
