//! How all models of a cell are trained: what kernels are specialised for.

use super::hyperparameter::{Hyperparameter, Hyperparameters};
use super::schedule::Schedule;
use super::trial::Trial;
use crate::math::init::Init;
use crate::math::init::moved;
use crate::math::{Activation, Loss, Optimizer};
use crate::model::{Layer, NetworkShape};
use std::sync::Arc;

/// The shape-like choices of one cell, and which scalars are in play.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainSpec {
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// What the training makes small.
    pub loss: Loss,
    /// How parameters follow their gradients.
    pub optimizer: Optimizer,
    /// How initial weights and biases are drawn.
    pub init: Init,
    /// How the learning rate changes over the epochs.
    pub schedule: Schedule,
    /// Which rows each update learns from.
    pub batches: BatchSpec,
    /// Scalars given for the cell's trials, in the order of [`Hyperparameter::ALL`]; a kernel leaves out what the others would do.
    pub given: Vec<Hyperparameter>,
}

impl TrainSpec {
    /// The course's: ReLU, logistic loss, full-batch gradient descent from PyTorch's initial weights.
    pub fn plain() -> Self {
        Self {
            activation: Activation::Relu,
            loss: Loss::Bce,
            optimizer: Optimizer::Sgd,
            init: Init::TORCH,
            schedule: Schedule::CONSTANT,
            batches: BatchSpec::FULL,
            given: vec![Hyperparameter::Lr],
        }
    }

    /// Whether any trial has a value of its own for `scalar`.
    pub fn has(&self, scalar: Hyperparameter) -> bool {
        self.given.contains(&scalar)
    }

    /// The initial parameters of a trial, drawn from its seed, in [`NetworkShape`]'s order.
    pub fn initial(&self, shape: &NetworkShape, trial: &Trial) -> Vec<f32> {
        let hyperparameters = &trial.hyperparameters;
        let mut parameters = self.init.parameters(shape, trial.seed, hyperparameters.init_scale());
        if self.moves() {
            let offset = |scalar| hyperparameters.get(scalar).unwrap_or(0.0);
            moved(&mut parameters, shape, trial.seed, [Hyperparameter::OffsetA, Hyperparameter::OffsetB].map(offset));
        }
        parameters
    }

    /// Bounds of a layer's weights and biases where these are uniform on them and nothing more is done to them: a device can make them.
    pub fn bounds(&self, layer: &Layer) -> Option<[f32; 2]> {
        (self.init.scaling.is_standard() && !self.moves()).then(|| self.init.bounds(layer)).flatten()
    }

    /// Whether initial weights are moved along random directions.
    fn moves(&self) -> bool {
        self.has(Hyperparameter::OffsetA) || self.has(Hyperparameter::OffsetB)
    }

    /// Whether parameters decay.
    pub fn decays(&self) -> bool {
        Hyperparameters::default().rates(self.optimizer).weight_decay.is_some() || self.has(Hyperparameter::WeightDecay)
    }
}

/// Which rows an update learns from.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchSpec {
    /// Rows of a mini-batch; as many as there are, or more: all at once. The last batch of an epoch may be smaller.
    pub size: usize,
    /// In which order an epoch goes through the rows.
    pub order: RowOrder,
}

impl BatchSpec {
    /// All rows at once.
    pub const FULL: Self = Self { size: usize::MAX, order: RowOrder::Shared { seed: 0 } };

    /// Whether `rows` rows are one batch: then their order does not matter and is that of the data.
    pub fn is_full(&self, rows: usize) -> bool {
        self.size >= rows
    }
}

/// The order of the training rows in each epoch, see [`crate::math::shuffle`].
#[derive(Debug, Clone, PartialEq)]
pub enum RowOrder {
    /// The same for all models: drawn from `seed`.
    Shared {
        /// The data set's seed.
        seed: u64,
    },
    /// Each model's own, drawn from its seed.
    PerSeed,
    /// Given, row-major `[epochs, rows]`.
    Given(Arc<Vec<u32>>),
}

impl RowOrder {
    /// Numbers that are held for it.
    pub(super) fn numbers(&self) -> usize {
        match self {
            Self::Given(order) => order.len(),
            Self::Shared { .. } | Self::PerSeed => 0,
        }
    }
}
