//! The numbers that may differ from model to model, and what becomes of them.

use super::setting::Setting;
use super::settings::SETTINGS;
use super::table::settings_table;
use super::{Axis, Sweep};
use crate::error::is_same;
use crate::math::Optimizer;
use crate::math::optimizer::Rates;

/// [`Hyperparameter`] from the table's rows `axis`.
macro_rules! define_hyperparameters {
    (@found [$($(#[doc = $doc:literal])+ $name:ident($variant:ident);)*]) => {
        /// A hyper-parameter that is a number. Trials run over their product in this order, the first one fastest.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Hyperparameter { $($(#[doc = $doc])+ $variant,)* }

        impl Hyperparameter {
            /// All of them, in the order of the trials.
            pub const ALL: [Self; [$(stringify!($name)),*].len()] = [$(Self::$variant),*];

            /// Its column in every table.
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
    /// Its row in the table of settings.
    pub fn setting(self) -> &'static Setting {
        let found = SETTINGS.iter().find(|setting| setting.name == self.name());
        found.expect("hyper-parameters are made from the table's rows")
    }

    /// Its flag.
    pub fn flag(self) -> String {
        self.setting().flag()
    }

    /// The one of this name: its column's or its flag's, in any case, with or without `-` and `_`.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hyper| is_same(hyper.name(), text))
    }

    /// In words, for pictures and summaries.
    pub fn words(self) -> &'static str {
        self.setting().words
    }

    /// Whether it may have this value.
    pub fn allows(self, value: f64) -> bool {
        self.setting().range.contains(value)
    }

    /// The values that it may have, in words.
    pub fn allowed(self) -> String {
        self.setting().range.words()
    }

    /// The optimizers that it means something to.
    pub fn optimizers(self) -> Vec<Optimizer> {
        let reads: Vec<Optimizer> =
            Optimizer::ALL.iter().copied().filter(|o| o.reads().contains(&self.name())).collect();
        if reads.is_empty() { Optimizer::ALL.to_vec() } else { reads }
    }
}

impl Sweep {
    /// The hyper-parameters that are given, in the order of the trials.
    pub fn axes(&self) -> Vec<(Hyperparameter, &Axis)> {
        Hyperparameter::ALL.into_iter().filter_map(|hyper| Some((hyper, self.axis(hyper)?))).collect()
    }

    /// The values of a hyper-parameter, where it is given.
    pub fn axis(&self, hyper: Hyperparameter) -> Option<&Axis> {
        (hyper.setting().field.axis)(self)
    }

    /// Gives a hyper-parameter these values.
    pub fn set_axis(&mut self, hyper: Hyperparameter, axis: Axis) {
        (hyper.setting().field.put_axis)(self, Some(axis));
    }

    /// Takes a hyper-parameter's values away, so that it has its default; the learning rate, which must be given, keeps its own.
    pub fn clear_axis(&mut self, hyper: Hyperparameter) {
        (hyper.setting().field.put_axis)(self, None);
    }
}

/// A model's hyper-parameters, as far as they were given; the others have PyTorch's defaults. f64 here; f32 engines round
/// once.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hyperparameters([Option<f64>; Hyperparameter::ALL.len()]);

impl Hyperparameters {
    /// A learning rate and all else by default.
    pub fn lr(lr: f64) -> Self {
        Self::default().with(Hyperparameter::Lr, lr)
    }

    /// The same with one more given.
    pub fn with(mut self, scalar: Hyperparameter, value: f64) -> Self {
        self.0[scalar as usize] = Some(value);
        self
    }

    /// The value given.
    pub fn get(&self, scalar: Hyperparameter) -> Option<f64> {
        self.0[scalar as usize]
    }

    /// Factor of the initial weights.
    pub fn init_scale(&self) -> f64 {
        self.get(Hyperparameter::InitScale).unwrap_or(1.0)
    }

    /// What an optimizer's updates need.
    pub fn rates(&self, optimizer: Optimizer) -> Rates<f64> {
        let or = |scalar, default| self.get(scalar).unwrap_or(default);
        let lr = or(Hyperparameter::Lr, 0.0);
        let (beta1, beta2, alpha) = (
            or(Hyperparameter::Beta1, 0.9),
            or(Hyperparameter::Beta2, optimizer.beta2()),
            or(Hyperparameter::Alpha, 0.99),
        );
        // f32 has no use for more: tanh(100) is 1.
        let half_decay_rate = |beta: f64| (-beta.ln() / 2.0).min(100.0);
        Rates {
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
