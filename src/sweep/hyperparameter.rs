//! The numbers that may differ from model to model, and what becomes of them.

use crate::error::is_same;
use crate::math::Optimizer;
use crate::math::optimizer::Rates;

/// A hyper-parameter that is a number. Trials run over their product in this order, the first one fastest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hyperparameter {
    /// Learning rate.
    Lr,
    /// The first layer's own learning rate.
    LrFirst,
    /// What momentum and Nesterov keep of their velocity at each update.
    Momentum,
    /// How strongly parameters are drawn to 0.
    WeightDecay,
    /// Multiplies the initial weights.
    InitScale,
    /// What Adam keeps of its mean gradient at each update.
    Beta1,
    /// What Adam keeps of its mean square at each update.
    Beta2,
    /// What RMSprop keeps of its mean square at each update.
    Alpha,
    /// What Adam and RMSprop add to their divisors.
    Epsilon,
    /// Largest norm of a model's gradient.
    Clip,
    /// How far the initial weights are moved along a first random direction.
    OffsetA,
    /// The same along a second one.
    OffsetB,
}

impl Hyperparameter {
    /// All of them, in the order of the trials.
    pub const ALL: [Self; 12] = [
        Self::Lr,
        Self::LrFirst,
        Self::Momentum,
        Self::WeightDecay,
        Self::InitScale,
        Self::Beta1,
        Self::Beta2,
        Self::Alpha,
        Self::Epsilon,
        Self::Clip,
        Self::OffsetA,
        Self::OffsetB,
    ];

    /// Its column in every table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lr => "lr",
            Self::LrFirst => "lr_first",
            Self::Momentum => "momentum",
            Self::WeightDecay => "weight_decay",
            Self::InitScale => "init_scale",
            Self::Beta1 => "beta1",
            Self::Beta2 => "beta2",
            Self::Alpha => "alpha",
            Self::Epsilon => "epsilon",
            Self::Clip => "clip",
            Self::OffsetA => "offset_a",
            Self::OffsetB => "offset_b",
        }
    }

    /// Its flag.
    pub fn flag(self) -> String {
        format!("--{}", self.name().replace('_', "-"))
    }

    /// The one of this name: its column's or its flag's, in any case, with or without `-` and `_`.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scalar| is_same(scalar.name(), text))
    }

    /// In words, for pictures and summaries.
    pub fn words(self) -> &'static str {
        match self {
            Self::Lr => "learning rate",
            Self::LrFirst => "first layer's learning rate",
            Self::Momentum => "momentum",
            Self::WeightDecay => "weight decay",
            Self::InitScale => "initial scale",
            Self::Beta1 => "beta1",
            Self::Beta2 => "beta2",
            Self::Alpha => "alpha",
            Self::Epsilon => "epsilon",
            Self::Clip => "gradient's largest norm",
            Self::OffsetA => "direction-a offset",
            Self::OffsetB => "direction-b offset",
        }
    }

    /// Whether it may have this value.
    pub fn allows(self, value: f64) -> bool {
        match self {
            Self::Beta1 | Self::Beta2 => (0.0..1.0).contains(&value),
            Self::Alpha => (0.0..=1.0).contains(&value),
            Self::OffsetA | Self::OffsetB => value.is_finite(),
            _ => value.is_finite() && value >= 0.0,
        }
    }

    /// The values that it may have, in words.
    pub fn allowed(self) -> &'static str {
        match self {
            Self::Beta1 | Self::Beta2 => "a number from 0 to below 1",
            Self::Alpha => "a number from 0 to 1",
            Self::OffsetA | Self::OffsetB => "a finite number",
            _ => "a finite number from 0",
        }
    }

    /// The optimizers that it means something to.
    pub fn optimizers(self) -> Vec<Optimizer> {
        let reads = |rate: &str| Optimizer::ALL.iter().copied().filter(|o| o.reads().contains(&rate)).collect();
        match self {
            Self::Momentum | Self::Beta1 | Self::Beta2 | Self::Alpha | Self::Epsilon => reads(self.name()),
            _ => Optimizer::ALL.to_vec(),
        }
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
        let (beta1, beta2, alpha) =
            (or(Hyperparameter::Beta1, 0.9), or(Hyperparameter::Beta2, 0.999), or(Hyperparameter::Alpha, 0.99));
        // f32 has no use for more: tanh(100) is 1.
        let half_decay_rate = |beta: f64| (-beta.ln() / 2.0).min(100.0);
        Rates {
            lr,
            lr_first: or(Hyperparameter::LrFirst, lr),
            weight_decay: self.get(Hyperparameter::WeightDecay).or((optimizer == Optimizer::Adamw).then_some(0.01)),
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
