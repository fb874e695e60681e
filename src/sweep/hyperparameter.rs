//! Hyper-parameters that may differ between models, and the optimizer rates computed from them.

use super::settings_table::settings_table;
use crate::error::is_same;
use crate::math::optimizer::UpdateParams;
use crate::math::{LossParams, Optimizer};

/// Defines [`Hyperparameter`] from the `axis` and `lr` rows of the table.
macro_rules! define_hyperparameters {
    (@found [$($(#[doc = $doc:literal])+ $name:ident($variant:ident);)*]) => {
        /// A numeric hyper-parameter. Trials are the product of all values, in this order; the first varies fastest.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Hyperparameter { $($(#[doc = $doc])+ $variant,)* }

        impl Hyperparameter {
            /// All hyper-parameters, in the order of the trials
            pub const ALL: [Self; [$(stringify!($name)),*].len()] = [$(Self::$variant),*];

            /// Returns its column name in every table.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($name)),* }
            }
        }
    };
    (@ [$($found:tt)*]) => { define_hyperparameters!(@found [$($found)*]); };
    (@ [$($found:tt)*]
        $(#[doc = $doc:literal])+ axis $name:ident $variant:tt, $group:ident $attributes:tt; $($rest:tt)*
    ) => { define_hyperparameters!(@ [$($found)* $(#[doc = $doc])+ $name $variant;] $($rest)*); };
    (@ [$($found:tt)*]
        $(#[doc = $doc:literal])+ lr $name:ident $variant:tt, $group:ident $attributes:tt; $($rest:tt)*
    ) => { define_hyperparameters!(@ [$($found)* $(#[doc = $doc])+ $name $variant;] $($rest)*); };
    (@ $found:tt
        $(#[doc = $doc:literal])+ $kind:ident $name:ident $type:tt $(= $default:expr)?, $group:ident $attributes:tt; $($rest:tt)*
    ) => { define_hyperparameters!(@ $found $($rest)*); };
    ($($rows:tt)*) => { define_hyperparameters!(@ [] $($rows)*); };
}

settings_table!(define_hyperparameters);

impl Hyperparameter {
    /// Finds a hyper-parameter by its column or flag name, in any case, with or without `-` and `_`.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hyper| is_same(hyper.name(), text))
    }

    /// Returns the optimizers that use it; all of them if it does not depend on the optimizer.
    pub fn optimizers(self) -> Vec<Optimizer> {
        let reads: Vec<Optimizer> =
            Optimizer::ALL.iter().copied().filter(|o| o.reads().contains(&self.name())).collect();
        if reads.is_empty() { Optimizer::ALL.to_vec() } else { reads }
    }
}

/// A model's given hyper-parameters; the others have PyTorch's defaults. Values are f64; f32 engines round them once.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hyperparameters([Option<f64>; Hyperparameter::ALL.len()]);

impl Hyperparameters {
    /// Returns hyper-parameters with only the learning rate given.
    pub fn lr(lr: f64) -> Self {
        Self::default().with(Hyperparameter::Lr, lr)
    }

    /// Sets one more hyper-parameter.
    pub fn with(mut self, hyperparameter: Hyperparameter, value: f64) -> Self {
        self.0[hyperparameter as usize] = Some(value);
        self
    }

    /// Returns the given value, if any.
    pub fn get(&self, hyperparameter: Hyperparameter) -> Option<f64> {
        self.0[hyperparameter as usize]
    }

    /// Returns the factor of the initial weights.
    pub fn init_scale(&self) -> f64 {
        self.get(Hyperparameter::InitScale).unwrap_or(1.0)
    }

    /// Returns the numbers of the loss; `None` if none is given.
    pub fn loss_params(&self) -> Option<LossParams<f64>> {
        LossParams::of(|name| self.get(Hyperparameter::named(name)?))
    }

    /// Returns the rates for an optimizer's updates.
    pub fn rates(&self, optimizer: Optimizer) -> UpdateParams<f64> {
        let or = |hyperparameter, default| self.get(hyperparameter).unwrap_or(default);
        let lr = or(Hyperparameter::Lr, 0.0);
        let (beta1, beta2, alpha) = (
            or(Hyperparameter::Beta1, 0.9),
            or(Hyperparameter::Beta2, optimizer.beta2()),
            or(Hyperparameter::Alpha, 0.99),
        );
        // Larger rates make no difference in f32: tanh(100) is 1.
        let half_decay_rate = |beta: f64| (-beta.ln() / 2.0).min(100.0);
        UpdateParams {
            lr,
            lr_first: or(Hyperparameter::LrFirst, lr),
            weight_decay: self.get(Hyperparameter::WeightDecay).or(optimizer.weight_decay()),
            clip: self.get(Hyperparameter::Clip),
            momentum: or(Hyperparameter::Momentum, 0.9),
            beta1,
            one_minus_beta1: 1.0 - beta1,
            half_decay_rate1: half_decay_rate(beta1),
            beta2,
            one_minus_beta2: 1.0 - beta2,
            half_decay_rate2: half_decay_rate(beta2),
            alpha,
            one_minus_alpha: 1.0 - alpha,
            epsilon: or(Hyperparameter::Epsilon, 1e-8),
        }
    }
}
