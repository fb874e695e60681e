//! The numbers of a model's loss, which are hyper-parameters. To add one, add a line to the list below, say below it
//! what it does, and do both in `shaders/loss.wgsl`.

use super::Real;

/// Generates [`LossParams`] from one line per number: its name, that of the hyper-parameter, and its default.
macro_rules! loss_params {
    ($($(#[$doc:meta])* $name:ident = $default:literal;)*) => {
        /// Hyper-parameters that a model's loss reads, in training and in evaluation. Kernels are compiled without
        /// them where none is given. Mirrors the struct in `shaders/loss.wgsl`.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct LossParams<R> {
            $($(#[$doc])* pub $name: R,)*
        }

        impl LossParams<f64> {
            /// Names of the fields, in the shader too, and of the hyper-parameters that they come from.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// Numbers without effect.
            pub const NEUTRAL: Self = Self { $($name: $default),* };

            /// Collects the numbers that are `given` by name; `None` if there are none.
            pub fn of(given: impl Fn(&str) -> Option<f64>) -> Option<Self> {
                let found = Self::NAMES.iter().any(|name| given(name).is_some());
                found.then(|| Self { $($name: given(stringify!($name)).unwrap_or(Self::NEUTRAL.$name)),* })
            }

            /// Returns every field with its name.
            pub fn fields(&self) -> Vec<(&'static str, f64)> {
                vec![$((stringify!($name), self.$name)),*]
            }
        }

        impl<R> LossParams<R> {
            /// Builds the numbers by calling `make` with an accessor for each field.
            #[inline(always)]
            pub fn each(make: impl Fn(fn(&LossParams<f64>) -> f64) -> R) -> Self {
                Self { $($name: make(|params| params.$name)),* }
            }

            /// Converts every number.
            #[inline(always)]
            pub fn map<S>(self, convert: impl Fn(R) -> S) -> LossParams<S> {
                LossParams { $($name: convert(self.$name)),* }
            }
        }
    };
}

loss_params! {
    /// s: a label is learnt as y (1 - s) + s / 2.
    label_smoothing = 0.0;
}

impl<R: Real> LossParams<R> {
    /// Returns how far the target of label `y`, 0 or 1, is from it.
    #[inline(always)]
    pub fn target_shift(self, y: R) -> R {
        self.label_smoothing * (R::splat(0.5) - y)
    }
}
