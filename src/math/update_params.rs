//! The numbers that a model's updates need.

use super::Real;

/// Generates [`UpdateParams`] from one line per plain field; weight decay and the clipping limit may be
/// absent and come first.
macro_rules! update_params {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        /// Hyper-parameters of a model's updates, in forms that keep their precision when rounded to f32.
        #[derive(Debug, Clone, Copy, Default, PartialEq)]
        pub struct UpdateParams<R> {
            /// Weight decay; `None`: none.
            pub weight_decay: Option<R>,
            /// Upper limit for the norm of a model's gradient; `None`: no limit.
            pub clip: Option<R>,
            $($(#[$doc])* pub $name: R,)*
        }

        impl UpdateParams<f64> {
            /// Returns every field with its name in the shader.
            pub fn fields(&self) -> Vec<(&'static str, f64)> {
                vec![
                    ("weight_decay", self.weight_decay.unwrap_or(0.0)),
                    ("clip", self.clip.unwrap_or(f64::INFINITY)),
                    $((stringify!($name), self.$name)),*
                ]
            }
        }

        impl<R: Real> UpdateParams<R> {
            /// Builds rates by calling `make` with an accessor for each field. `weight_decay` is `None` unless
            /// `decays`, `clip` unless `clips`.
            pub fn of(decays: bool, clips: bool, make: impl Fn(fn(&UpdateParams<f64>) -> f64) -> R) -> Self {
                Self {
                    weight_decay: decays.then(|| make(|r| r.weight_decay.unwrap_or(0.0))),
                    clip: clips.then(|| make(|r| r.clip.unwrap_or(f64::INFINITY))),
                    $($name: make(|r| r.$name),)*
                }
            }
        }
    };
}

update_params! {
    /// Learning rate of the first layer, before the schedule.
    lr_first;
    /// Learning rate of all other layers, before the schedule.
    lr;
    /// μ: the fraction of the velocity that momentum and Nesterov keep.
    momentum;
    /// β₁, the decay rate of the mean gradient.
    beta1;
    /// 1 - β₁.
    one_minus_beta1;
    /// -ln(β₁) / 2, the argument of [`bias_correction`](super::optimizer::bias_correction).
    half_decay_rate1;
    /// β₂, the decay rate of Adam's mean square and of Lion's mean gradient.
    beta2;
    /// 1 - β₂.
    one_minus_beta2;
    /// -ln(β₂) / 2, the argument of [`bias_correction`](super::optimizer::bias_correction).
    half_decay_rate2;
    /// α, RMSprop's decay rate of the mean square.
    alpha;
    /// 1 - α.
    one_minus_alpha;
    /// ε, added to the square roots that steps are divided by.
    epsilon;
}

impl<R: Real> UpdateParams<R> {
    /// Multiplies the learning rates by an epoch's `multiplier` of the schedule.
    #[inline(always)]
    pub fn scheduled(self, multiplier: R) -> Self {
        Self { lr_first: self.lr_first * multiplier, lr: self.lr * multiplier, ..self }
    }
}
