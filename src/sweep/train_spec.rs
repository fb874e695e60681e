//! Training settings shared by all models of a cell, for which kernels are specialised.

use super::hyperparameter::{Hyperparameter, Hyperparameters};
use super::schedule::Schedule;
use super::trial::Trial;
use crate::math::init::Init;
use crate::math::init::move_along_random_directions;
use crate::math::{Activation, Loss, LossParams, Optimizer};
use crate::model::{Layer, NetworkShape};
use std::sync::Arc;

/// Training settings of a cell, and the hyper-parameters that its trials set.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainSpec {
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Loss to minimise.
    pub loss: Loss,
    /// Optimizer.
    pub optimizer: Optimizer,
    /// Distribution of initial weights and biases.
    pub init: Init,
    /// Learning-rate schedule.
    pub schedule: Schedule,
    /// Batch size and row order.
    pub batches: BatchSpec,
    /// Hyper-parameters that the cell's trials set, in the order of [`Hyperparameter::ALL`]; kernels omit code for the
    /// others.
    pub given: Vec<Hyperparameter>,
    /// Weight of the points of each class in the loss, `[classes]`; `None`: 1.
    pub class_weights: Option<Arc<[f64]>>,
    /// Numbers of the loss of models that come without a trial, see [`TrainSpec::with_loss_of`]; a trial's own go
    /// first.
    pub loss_params: Option<LossParams<f64>>,
}

impl TrainSpec {
    /// Returns the course's settings: ReLU, logistic loss, full-batch gradient descent, PyTorch's initial weights.
    pub fn plain() -> Self {
        Self {
            activation: Activation::Relu,
            loss: Loss::Bce,
            optimizer: Optimizer::Sgd,
            init: Init::TORCH,
            schedule: Schedule::CONSTANT,
            batches: BatchSpec::FULL,
            given: vec![Hyperparameter::Lr],
            class_weights: None,
            loss_params: None,
        }
    }

    /// Whether the trials set `hyperparameter`.
    pub fn has(&self, hyperparameter: Hyperparameter) -> bool {
        self.given.contains(&hyperparameter)
    }

    /// Whether the loss reads numbers that may differ between models.
    pub fn has_loss_params(&self) -> bool {
        let is_given = self.given.iter().any(|hyperparameter| LossParams::NAMES.contains(&hyperparameter.name()));
        self.loss.shifted_function().is_some() && (is_given || self.loss_params.is_some())
    }

    /// Returns the numbers of the loss of a model with these hyper-parameters; `None` if its loss reads none.
    pub fn loss_params_of(&self, hyperparameters: &Hyperparameters) -> Option<LossParams<f64>> {
        let known = || hyperparameters.loss_params().or(self.loss_params).unwrap_or(LossParams::NEUTRAL);
        self.has_loss_params().then(known)
    }

    /// Returns this training spec with the loss of a model with these hyper-parameters, to evaluate it by its
    /// parameters alone.
    pub fn with_loss_of(&self, hyperparameters: &Hyperparameters) -> Self {
        Self { loss_params: self.loss_params_of(hyperparameters), ..self.clone() }
    }

    /// Draws the initial parameters of a trial from its seed, in [`NetworkShape`]'s order.
    pub fn initial(&self, shape: &NetworkShape, trial: &Trial) -> Vec<f32> {
        let hyperparameters = &trial.hyperparameters;
        let mut parameters = self.init.parameters(shape, trial.seed, hyperparameters.init_scale());
        if self.has_offsets() {
            let offset = |hyperparameter| hyperparameters.get(hyperparameter).unwrap_or(0.0);
            move_along_random_directions(
                &mut parameters,
                shape,
                trial.seed,
                [Hyperparameter::OffsetA, Hyperparameter::OffsetB].map(offset),
            );
        }
        parameters
    }

    /// Returns the bounds of a layer's uniform weights and biases, which a device can draw itself. `None` if weights
    /// are not uniform, have non-standard scaling, or are moved by offsets.
    pub fn bounds(&self, layer: &Layer) -> Option<[f32; 2]> {
        (self.init.scaling.is_standard() && !self.has_offsets()).then(|| self.init.bounds(layer)).flatten()
    }

    /// Whether offsets move the initial weights along random directions.
    fn has_offsets(&self) -> bool {
        self.has(Hyperparameter::OffsetA) || self.has(Hyperparameter::OffsetB)
    }

    /// Whether weight decay applies: by the optimizer's default, or because the trials set it.
    pub fn has_weight_decay(&self) -> bool {
        Hyperparameters::default().rates(self.optimizer).weight_decay.is_some() || self.has(Hyperparameter::WeightDecay)
    }
}

/// Division of the training rows into batches.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchSpec {
    /// Rows per mini-batch; full batch if at least the number of rows. The last batch of an epoch may be smaller.
    pub size: usize,
    /// Row order of each epoch.
    pub order: RowOrder,
}

impl BatchSpec {
    /// Full batch.
    pub const FULL: Self = Self { size: usize::MAX, order: RowOrder::Shared { seed: 0 } };

    /// Whether `rows` rows form one batch; their order is then that of the data.
    pub fn is_full(&self, rows: usize) -> bool {
        self.size >= rows
    }
}

/// The order of the training rows in each epoch, see [`crate::math::shuffle`].
#[derive(Debug, Clone, PartialEq)]
pub enum RowOrder {
    /// One order for all models, drawn from `seed`.
    Shared {
        /// The data set's seed.
        seed: u64,
    },
    /// One order per model, drawn from its seed.
    PerSeed,
    /// Orders from a file, row-major `[epochs, rows]`.
    Given(Arc<Vec<u32>>),
}

impl RowOrder {
    /// Returns the count of numbers in memory.
    pub(super) fn numbers(&self) -> usize {
        match self {
            Self::Given(order) => order.len(),
            Self::Shared { .. } | Self::PerSeed => 0,
        }
    }
}
