//! The question: every setting of a sweep. One struct serves the command line, `sweep.toml`, the defaults and the hash.

mod axis;
mod axis_window;
mod cell;
mod check;
mod choices;
mod curves_kept;
mod defaults;
mod folder_name;
mod hyperparameter;
mod map_axes;
mod number_ranges;
mod numbers;
mod options;
mod prepared;
mod preset;
mod schedule;
mod toml_values;
mod train_spec;
mod trial;
mod trials_csv;
mod typing_hints;

pub use axis::Axis;
pub use axis_window::{CLOSEST, Precision};
pub use cell::{COLUMNS, Cell, DATA_SEED};
pub use choices::{BatchSize, Choice, Choices, Widths, word};
pub use curves_kept::CurvesKept;
pub use folder_name::LONGEST_NAME;
pub use hyperparameter::{Hyperparameter, Hyperparameters};
pub use map_axes::MapAxes;
pub use number_ranges::{NumberRange, number_of, whole_of};
pub use numbers::whole;
pub use options::{ExtraCurve, InitBias, Metric, Shuffle};
pub use prepared::{CellInputs, Inputs};
pub use preset::{PRESETS, preset_name};
pub use schedule::{Schedule, ScheduleKind};
pub use train_spec::{BatchSpec, RowOrder, TrainSpec};
pub use trial::{GridAxis, InitialWeights, Trial, Trials};
pub use trials_csv::{TrialsTable, parse_trials, read_trials};

use crate::dataset::Generator;
use crate::error::{Error, Result};
use crate::math::init::Scheme;
use crate::math::{Activation, Loss, Optimizer, WeightScaling};
use crate::statistics::Select;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Every setting of a sweep; [`Sweep::default`] is the course's experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sweep {
    /// CSV file to learn from; none: `dataset`.
    #[serde(deserialize_with = "toml_values::read")]
    pub data: Option<PathBuf>,
    /// Data sets that are made.
    pub dataset: Choices<Generator>,
    /// Points of a made data set.
    #[serde(deserialize_with = "toml_values::read")]
    pub points: u32,
    /// Noise of `moons`, `circles`, `xor` and `spirals`, each as its origin defines it.
    #[serde(deserialize_with = "toml_values::read")]
    pub noise: f64,
    /// Column of the classes, by name or number (default: the last).
    #[serde(deserialize_with = "toml_values::read")]
    pub label: Option<String>,
    /// Which of the two values is class 1 (default: the greater number, or the later word in sort order).
    #[serde(deserialize_with = "toml_values::read")]
    pub positive: Option<String>,
    /// Whether the first line of `data` is a row of data: columns are called `x1`, `x2`, ...
    #[serde(deserialize_with = "toml_values::read")]
    pub no_header: bool,
    /// Standardise features; none: yes for CSV data, no for generated data.
    #[serde(deserialize_with = "toml_values::read")]
    pub standardize: Option<bool>,
    /// Share of the rows of each class kept for choosing between models, 0 to 0.9.
    #[serde(deserialize_with = "toml_values::read")]
    pub validation_fraction: f64,
    /// Share of the rows of each class kept for testing, 0 to 0.9.
    #[serde(deserialize_with = "toml_values::read")]
    pub test_fraction: f64,
    /// Seed of generated data and of the train/test split.
    #[serde(serialize_with = "toml_values::write_large", deserialize_with = "toml_values::read")]
    pub data_seed: u64,
    /// Number of data sets, drawn with `data_seed` and the seeds after it; none: 1. Every model is trained on each.
    #[serde(deserialize_with = "toml_values::read")]
    pub data_seeds: Option<u32>,
    /// Standard deviation of the clusters of `qwerties` and `blobs`.
    #[serde(deserialize_with = "toml_values::read")]
    pub blur: f64,
    /// Features of `random`.
    #[serde(skip_serializing_if = "are_usual_features", deserialize_with = "toml_values::read")]
    pub features: u32,
    /// Widths of the hidden layers.
    pub hidden: Choices<Widths>,
    /// Activation of the hidden layers.
    pub activation: Choices<Activation>,
    /// Whether layers have biases.
    #[serde(deserialize_with = "toml_values::read")]
    pub bias: bool,
    /// What the training makes small.
    #[serde(deserialize_with = "toml_values::read")]
    pub loss: Loss,
    /// How initial weights are drawn.
    pub init: Choices<Scheme>,
    /// How initial biases are.
    #[serde(deserialize_with = "toml_values::read")]
    pub init_bias: InitBias,
    /// What weights are multiplied by before they work.
    #[serde(skip_serializing_if = "WeightScaling::is_standard", deserialize_with = "toml_values::read")]
    pub scaling: WeightScaling,
    /// How parameters follow their gradients.
    pub optimizer: Choices<Optimizer>,
    /// Passes over the training rows.
    #[serde(deserialize_with = "toml_values::read")]
    pub epochs: u32,
    /// Rows of an update.
    pub batch_size: Choices<BatchSize>,
    /// Whose order of the rows an epoch takes.
    #[serde(deserialize_with = "toml_values::read")]
    pub shuffle: Shuffle,
    /// npz file with the order of the rows in each epoch.
    #[serde(deserialize_with = "toml_values::read")]
    pub batch_order: Option<PathBuf>,
    /// How the learning rate changes over the epochs.
    pub schedule: Choices<ScheduleKind>,
    /// Epochs between two steps of the schedule `step`.
    #[serde(deserialize_with = "toml_values::read")]
    pub step_size: Option<u32>,
    /// Factor of the schedules `step` and `exponential`.
    #[serde(deserialize_with = "toml_values::read")]
    pub gamma: Option<f64>,
    /// Epochs of the rise in the schedule `warmup-cosine`.
    #[serde(deserialize_with = "toml_values::read")]
    pub warmup: Option<u32>,
    /// Learning rates.
    pub lr: Axis,
    /// The first layer's own; none: as the others'.
    #[serde(deserialize_with = "toml_values::read")]
    pub lr_first: Option<Axis>,
    /// None, here and below: PyTorch's default.
    #[serde(deserialize_with = "toml_values::read")]
    pub momentum: Option<Axis>,
    /// How strongly parameters are drawn to 0.
    #[serde(deserialize_with = "toml_values::read")]
    pub weight_decay: Option<Axis>,
    /// Factors of the initial weights; none: 1.
    #[serde(deserialize_with = "toml_values::read")]
    pub init_scale: Option<Axis>,
    /// What Adam keeps of its mean gradient at each update.
    #[serde(deserialize_with = "toml_values::read")]
    pub beta1: Option<Axis>,
    /// What Adam keeps of its mean square at each update.
    #[serde(deserialize_with = "toml_values::read")]
    pub beta2: Option<Axis>,
    /// What RMSprop keeps of its mean square at each update.
    #[serde(deserialize_with = "toml_values::read")]
    pub alpha: Option<Axis>,
    /// What Adam and RMSprop add to their divisors.
    #[serde(deserialize_with = "toml_values::read")]
    pub epsilon: Option<Axis>,
    /// Largest norms of a model's gradient; none: any.
    #[serde(deserialize_with = "toml_values::read")]
    pub clip: Option<Axis>,
    /// How far initial weights are moved along a random direction; none: not at all.
    #[serde(deserialize_with = "toml_values::read_signed")]
    pub offset_a: Option<Axis>,
    /// The same along a second one.
    #[serde(deserialize_with = "toml_values::read_signed")]
    pub offset_b: Option<Axis>,
    /// Number of models; the last seed's may be cut off. At most one of `models` and `seeds` is given.
    #[serde(deserialize_with = "toml_values::read")]
    pub models: Option<u64>,
    /// Number of seeds, each with every learning rate.
    #[serde(deserialize_with = "toml_values::read")]
    pub seeds: Option<u64>,
    /// The first seed.
    #[serde(serialize_with = "toml_values::write_large", deserialize_with = "toml_values::read")]
    pub seed: u64,
    /// Trial `i` has seed `seed + i`, instead of the same seed at every learning rate.
    #[serde(deserialize_with = "toml_values::read")]
    pub independent_seeds: bool,
    /// CSV file with one row per model (`lr`, `seed`), instead of the grid.
    #[serde(deserialize_with = "toml_values::read")]
    pub trials: Option<PathBuf>,
    /// npz file with given initial weights.
    #[serde(deserialize_with = "toml_values::read")]
    pub init_from: Option<PathBuf>,
    /// A model succeeds with strictly more than this share of the training rows right, 0 to 1; none: 40 % of the way from the
    /// larger class's share to 1.
    #[serde(deserialize_with = "toml_values::read")]
    pub success_threshold: Option<f64>,
    /// By what the best value is chosen.
    #[serde(deserialize_with = "toml_values::read")]
    pub select: Select,
    /// Record before epochs 0, k, 2k, ... and after the last; none: so that a curve has at most 200 points.
    #[serde(deserialize_with = "toml_values::read")]
    pub record_every: Option<u32>,
    /// Curves to record beside the training loss.
    #[serde(deserialize_with = "toml_values::read")]
    pub record: Vec<ExtraCurve>,
    /// Metrics beside loss, accuracy and balanced accuracy.
    #[serde(deserialize_with = "toml_values::read")]
    pub metrics: Vec<Metric>,
    /// How many models' curves to keep.
    #[serde(deserialize_with = "toml_values::read")]
    pub curves: CurvesKept,
    /// Keep every model's initial and final weights in `weights.npz`.
    #[serde(deserialize_with = "toml_values::read")]
    pub save_weights: bool,
    /// Models per chunk on disk; none: by the work in one.
    #[serde(deserialize_with = "toml_values::read")]
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

impl Sweep {
    /// Models trained where neither `--models` nor `--seeds` nor `--trials` says how many.
    pub const DEFAULT_MODELS: u64 = 1000;
    /// Most models of one sweep.
    pub const MAX_MODELS: u64 = 1 << 40;
    /// Most models of one chunk: as many as memory is kept for.
    pub const MOST_CHUNK_MODELS: u64 = 1 << 20;
    /// Curve values kept by [`CurvesKept::Auto`]: 100 MB of f32.
    pub const AUTO_CURVE_VALUES: u64 = 25_000_000;

    /// All settings as a `sweep.toml`.
    ///
    /// # Errors
    /// [`Error::Setting`] for a value that TOML does not hold, such as a path that is no text.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self)
            .map_err(|e| Error::usage("the settings", format!("can't be written as a sweep.toml: {e}")))
    }
}
