//! The question: every setting of a sweep. One struct serves the command line, `sweep.toml`, the defaults and the hash.

mod axis;
mod cell;
mod check;
mod choices;
mod curves_kept;
mod inputs;
mod kinds;
mod listed;
mod map_axes;
mod name;
mod preset;
mod recipe;
mod scalar;
mod schedule;
mod seed_as_text_if_large;
mod trial;
mod window;

pub use axis::Axis;
pub use cell::{COLUMNS, Cell, DATA_SEED};
pub use choices::{BatchSize, Choice, Choices, Widths};
pub use curves_kept::CurvesKept;
pub use inputs::{CellInputs, Inputs};
pub use kinds::{Curve, InitBias, Shuffle};
pub use listed::{Listed, parse_trials, read_trials};
pub use map_axes::MapAxes;
pub use name::LONGEST_NAME;
pub use preset::PRESETS;
pub use recipe::{Batches, Order, Recipe};
pub use scalar::{Hyperparameters, Scalar};
pub use schedule::{Schedule, ScheduleKind};
pub use trial::{GridAxis, Initial, Trial, Trials};
pub use window::{CLOSEST, Precision};

use crate::dataset::Source;
use crate::error::{Error, Result};
use crate::math::init::Scheme;
use crate::math::{Activation, Loss, Optimizer, Scaling};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Every setting of a sweep; [`Sweep::default`] is the course's experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sweep {
    /// CSV file to learn from; none: `dataset`.
    pub data: Option<PathBuf>,
    /// Data sets that are made.
    pub dataset: Choices<Source>,
    /// Points of a made data set.
    pub points: u32,
    /// Noise of `moons`, `circles`, `xor` and `spirals`, each as its origin defines it.
    pub noise: f64,
    /// Column of the classes (default: the last).
    pub label: Option<String>,
    /// Which of the two values is class 1 (default: the greater number, or the later word in sort order).
    pub positive: Option<String>,
    /// Standardise features; none: yes for CSV data, no for generated data.
    pub standardize: Option<bool>,
    /// Share of the rows of each class kept for choosing between models, 0 to 0.9.
    pub validation_fraction: f64,
    /// Share of the rows of each class kept for testing, 0 to 0.9.
    pub test_fraction: f64,
    /// Seed of generated data and of the train/test split.
    #[serde(with = "seed_as_text_if_large")]
    pub data_seed: u64,
    /// Number of data sets, drawn with `data_seed` and the seeds after it; none: 1. Every model is trained on each.
    pub data_seeds: Option<u32>,
    /// Standard deviation of the clusters of `qwerties` and `blobs`.
    pub blur: f64,
    /// Features of `random`.
    #[serde(skip_serializing_if = "are_usual_features")]
    pub features: u32,
    /// Widths of the hidden layers.
    pub hidden: Choices<Widths>,
    /// Activation of the hidden layers.
    pub activation: Choices<Activation>,
    /// Whether layers have biases.
    pub bias: bool,
    /// What the training makes small.
    pub loss: Loss,
    /// How initial weights are drawn.
    pub init: Choices<Scheme>,
    /// How initial biases are.
    pub init_bias: InitBias,
    /// What weights are multiplied by before they work.
    #[serde(skip_serializing_if = "Scaling::is_standard")]
    pub scaling: Scaling,
    /// How parameters follow their gradients.
    pub optimizer: Choices<Optimizer>,
    /// Passes over the training rows.
    pub epochs: u32,
    /// Rows of an update.
    pub batch_size: Choices<BatchSize>,
    /// Whose order of the rows an epoch takes.
    pub shuffle: Shuffle,
    /// npz file with the order of the rows in each epoch.
    pub batch_order: Option<PathBuf>,
    /// How the learning rate changes over the epochs.
    pub schedule: Choices<ScheduleKind>,
    /// Epochs between two steps of the schedule `step`.
    pub step_size: Option<u32>,
    /// Factor of the schedules `step` and `exponential`.
    pub gamma: Option<f64>,
    /// Epochs of the rise in the schedule `warmup-cosine`.
    pub warmup: Option<u32>,
    /// Learning rates.
    pub lr: Axis,
    /// The first layer's own; none: as the others'.
    pub lr_first: Option<Axis>,
    /// None, here and below: PyTorch's default.
    pub momentum: Option<Axis>,
    /// How strongly parameters are drawn to 0.
    pub weight_decay: Option<Axis>,
    /// Factors of the initial weights; none: 1.
    pub init_scale: Option<Axis>,
    /// What Adam keeps of its mean gradient at each update.
    pub beta1: Option<Axis>,
    /// What Adam keeps of its mean square at each update.
    pub beta2: Option<Axis>,
    /// What RMSprop keeps of its mean square at each update.
    pub alpha: Option<Axis>,
    /// What Adam and RMSprop add to their divisors.
    pub epsilon: Option<Axis>,
    /// Largest norms of a model's gradient; none: any.
    pub clip: Option<Axis>,
    /// How far initial weights are moved along a random direction; none: not at all.
    #[serde(deserialize_with = "axis::signed")]
    pub offset_a: Option<Axis>,
    /// The same along a second one.
    #[serde(deserialize_with = "axis::signed")]
    pub offset_b: Option<Axis>,
    /// Number of models; the last seed's may be cut off. At most one of `models` and `seeds` is given.
    pub models: Option<u64>,
    /// Number of seeds, each with every learning rate.
    pub seeds: Option<u64>,
    /// The first seed.
    #[serde(with = "seed_as_text_if_large")]
    pub seed: u64,
    /// Trial `i` has seed `seed + i`, instead of the same seed at every learning rate.
    pub independent_seeds: bool,
    /// CSV file with one row per model (`lr`, `seed`), instead of the grid.
    pub trials: Option<PathBuf>,
    /// npz file with given initial weights.
    pub init_from: Option<PathBuf>,
    /// A model succeeds with strictly more than this share of the training rows right, 0 to 1; none: 40 % of the way from the
    /// larger class's share to 1.
    pub success_threshold: Option<f64>,
    /// Record before epochs 0, k, 2k, ... and after the last; none: so that a curve has at most 200 points.
    pub record_every: Option<u32>,
    /// Curves to record beside the training loss.
    pub record: Vec<Curve>,
    /// How many models' curves to keep.
    pub curves: CurvesKept,
    /// Keep every model's initial and final weights in `weights.npz`.
    pub save_weights: bool,
    /// Models per chunk on disk; none: by the work in one.
    pub chunk_models: Option<u64>,
    /// The two axes whose values make a map, a model a pixel; none: no map.
    // A table of its own, which TOML wants last.
    pub map: Option<MapAxes>,
}

/// Features of `random` where nothing else is said.
const FEATURES: u32 = 16;

/// Left out of `sweep.toml`, so that older questions keep their digest.
fn are_usual_features(features: &u32) -> bool {
    *features == FEATURES
}

impl Default for Sweep {
    fn default() -> Self {
        Self {
            data: None,
            dataset: Choices::one(Source::Qwerties),
            points: 200,
            noise: 0.0,
            label: None,
            positive: None,
            standardize: None,
            validation_fraction: 0.0,
            test_fraction: 0.0,
            data_seed: 0,
            data_seeds: None,
            blur: 1.0,
            features: FEATURES,
            hidden: Choices::one(Widths(vec![1])),
            activation: Choices::one(Activation::Relu),
            bias: true,
            loss: Loss::Bce,
            init: Choices::one(Scheme::Torch),
            init_bias: InitBias::Torch,
            scaling: Scaling::Standard,
            optimizer: Choices::one(Optimizer::Sgd),
            epochs: 1000,
            batch_size: Choices::one(BatchSize(None)),
            shuffle: Shuffle::Shared,
            batch_order: None,
            schedule: Choices::one(ScheduleKind::Constant),
            step_size: None,
            gamma: None,
            warmup: None,
            lr: Axis::parse("--lr", "linspace:0.001:0.1:40").expect("the default axis parses"),
            lr_first: None,
            momentum: None,
            weight_decay: None,
            init_scale: None,
            beta1: None,
            beta2: None,
            alpha: None,
            epsilon: None,
            clip: None,
            offset_a: None,
            offset_b: None,
            models: None,
            seeds: None,
            seed: 0,
            independent_seeds: false,
            trials: None,
            init_from: None,
            success_threshold: None,
            record_every: None,
            record: Vec::new(),
            curves: CurvesKept::Auto,
            save_weights: false,
            chunk_models: None,
            map: None,
        }
    }
}

impl Sweep {
    /// Models trained where neither `--models` nor `--seeds` nor `--trials` says how many.
    pub const DEFAULT_MODELS: u64 = 1000;
    /// Most models of one sweep.
    pub const MAX_MODELS: u64 = 1 << 40;
    /// Curve values kept by [`CurvesKept::Auto`]: 100 MB of f32.
    pub const AUTO_CURVE_VALUES: u64 = 25_000_000;

    /// Epochs between records: as given; each for a map; else the smallest of 1, 2, 5, 10, 20, ... with at most 200 points a curve.
    pub fn record_stride(&self) -> u32 {
        let nice = (0..9).flat_map(|power| [1, 2, 5].map(|k: u32| k * 10u32.pow(power)));
        let fits = |k: &u32| self.epochs.div_ceil(*k) < 200;
        let of_map = self.map.is_some().then_some(1);
        of_map.or(self.record_every).unwrap_or_else(|| nice.into_iter().find(fits).unwrap_or(u32::MAX))
    }

    /// Epochs after which the loss is recorded: 0 (before any update), k, 2k, ... below `epochs`, then `epochs` itself.
    pub fn recorded_epochs(&self) -> Vec<u32> {
        (0..self.epochs).step_by(self.record_stride() as usize).chain([self.epochs]).collect()
    }

    /// How many of a cell's `trials` keep their curves: the first so many, by [`Sweep::curves`]. The cell's first model is
    /// number `first` of the sweep, and the cell has `share` of all models. The automatic choice ends with a whole seed.
    pub fn curves_kept(&self, trials: &Trials, first: u64, share: f64) -> u64 {
        let (models, combinations) = (trials.len(), trials.combinations());
        match self.curves {
            CurvesKept::All => models,
            CurvesKept::None => 0,
            // A map is of so many models, each for a pixel, that one would hardly look at their curves.
            CurvesKept::Auto if self.map.is_some() => 0,
            CurvesKept::First(n) => n.saturating_sub(first).min(models),
            CurvesKept::Auto => {
                let columns = 1 + 3 * self.record.len() as u64;
                let room = (Self::AUTO_CURVE_VALUES as f64 * share) as u64;
                let fit = room / (self.recorded_epochs().len() as u64 * columns);
                if models <= fit { models } else { (fit / combinations * combinations).max(fit.min(combinations)) }
            }
        }
    }
}

impl Sweep {
    /// All settings as a `sweep.toml`.
    ///
    /// # Errors
    /// [`Error::Setting`] for a value that TOML does not hold, such as a path that is no text.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|e| Error::setting("settings", e, "values that TOML holds"))
    }
}
