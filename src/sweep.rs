//! The question: every setting of a sweep. One struct serves the command line, `sweep.toml`, the defaults and the hash.

mod axis;
mod inputs;
mod listed;
mod trial;

pub use axis::Axis;
pub use inputs::Inputs;
pub use listed::{Listed, read_trials};
pub use trial::{Hyperparameters, Initial, Trial, Trials};

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Every setting of a sweep; [`Sweep::default`] is the course's experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sweep {
    /// CSV file to learn from; none: the generated *qwerties*.
    pub data: Option<PathBuf>,
    /// Column of the classes (default: the last).
    pub label: Option<String>,
    /// Which of the two values is class 1 (default: the greater number, or the later word in sort order).
    pub positive: Option<String>,
    /// Standardise features; none: yes for CSV data, no for generated data.
    pub standardize: Option<bool>,
    /// Share of the rows of each class kept for testing, 0 to 0.9.
    pub test_fraction: f64,
    /// Seed of generated data and of the train/test split.
    #[serde(with = "seed_as_text_if_large")]
    pub data_seed: u64,
    /// Standard deviation of the generated clusters.
    pub blur: f64,
    /// Widths of the hidden layers; none: logistic regression.
    pub hidden: Vec<usize>,
    /// Passes over the training rows; each one is one update (full batch).
    pub epochs: u32,
    /// Learning rates.
    pub lr: Axis,
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
    /// A model succeeds with strictly more than this share of the training rows right, 0 to 1.
    pub success_threshold: f64,
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
}

/// A curve that can be recorded beside the training loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Curve {
    /// Training accuracy (and test accuracy with `test`).
    Accuracy,
    /// Test loss.
    Test,
}

/// How many models' curves to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CurvesKept {
    /// All while they fit in about 100 MB; else those of the first seeds.
    Auto,
    /// Every model's.
    All,
    /// None.
    None,
    /// Those of the first so many models.
    First(u64),
}

impl Default for Sweep {
    fn default() -> Self {
        Self {
            data: None,
            label: None,
            positive: None,
            standardize: None,
            test_fraction: 0.0,
            data_seed: 0,
            blur: 1.0,
            hidden: vec![1],
            epochs: 1000,
            lr: Axis::parse("--lr", "linspace:0.001:0.1:40").expect("the default axis parses"),
            models: None,
            seeds: None,
            seed: 0,
            independent_seeds: false,
            trials: None,
            init_from: None,
            success_threshold: 0.7,
            record_every: None,
            record: Vec::new(),
            curves: CurvesKept::Auto,
            save_weights: false,
            chunk_models: None,
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

    /// Checks every setting that can be judged alone, without reading a file.
    ///
    /// # Errors
    /// [`Error::Setting`] names the first bad one and what is allowed.
    pub fn validate(&self) -> Result<()> {
        let within = |name: &str, value: f64, ok: bool, allowed: &str| match ok {
            true => Ok(()),
            false => Err(Error::setting(name, value, allowed)),
        };
        within("--blur", self.blur, self.blur.is_finite() && self.blur >= 0.0, "a number from 0")?;
        let threshold = self.success_threshold;
        within("--success-threshold", threshold, (0.0..=1.0).contains(&threshold), "0 to 1, a share of the points")?;
        let fraction = self.test_fraction;
        within("--test-fraction", fraction, (0.0..=0.9).contains(&fraction), "0 (no test rows) to 0.9")?;
        within("--epochs", self.epochs as f64, self.epochs <= 100_000_000, "0 to 100000000")?;
        within("--record-every", 0.0, self.record_every != Some(0), "a whole number from 1")?;
        within("--chunk-models", 0.0, self.chunk_models != Some(0), "a whole number from 1")?;
        for (name, count) in [("--models", self.models), ("--seeds", self.seeds)] {
            let ok = count.is_none_or(|n| (1..=Self::MAX_MODELS).contains(&n));
            within(name, count.unwrap_or(0) as f64, ok, "a whole number from 1 to 2^40")?;
        }
        if self.models.is_some() && self.seeds.is_some() {
            return Err(Error::setting("--seeds", "together with --models", "one of the two"));
        }
        if self.trials.is_some() && (self.seeds.is_some() || self.independent_seeds) {
            return Err(Error::setting("--trials", "together with --seeds or --independent-seeds", "one of the two"));
        }
        if self.data.is_none() && (self.label.is_some() || self.positive.is_some()) {
            return Err(Error::setting("--label, --positive", "without --data", "together with --data FILE.csv"));
        }
        if self.record.contains(&Curve::Test) && self.test_fraction == 0.0 {
            return Err(Error::setting("--record", "test without test rows", "together with --test-fraction"));
        }
        Ok(())
    }

    /// Epochs between records: as given, else the smallest of 1, 2, 5, 10, 20, ... with at most 200 points a curve.
    pub fn record_stride(&self) -> u32 {
        let nice = (0..9).flat_map(|power| [1, 2, 5].map(|k: u32| k * 10u32.pow(power)));
        let fits = |k: &u32| self.epochs.div_ceil(*k) < 200;
        self.record_every.unwrap_or_else(|| nice.into_iter().find(fits).unwrap_or(u32::MAX))
    }

    /// Epochs after which the loss is recorded: 0 (before any update), k, 2k, ... below `epochs`, then `epochs` itself.
    pub fn recorded_epochs(&self) -> Vec<u32> {
        (0..self.epochs).step_by(self.record_stride() as usize).chain([self.epochs]).collect()
    }

    /// How many of `models` trials keep their curves: the first so many, by [`Sweep::curves`]. `combinations` learning
    /// rates share a seed, so that the automatic choice ends with a whole seed.
    pub fn curves_kept(&self, models: u64, combinations: u64) -> u64 {
        match self.curves {
            CurvesKept::All => models,
            CurvesKept::None => 0,
            CurvesKept::First(n) => n.min(models),
            CurvesKept::Auto => {
                let columns = 1 + 3 * self.record.len() as u64;
                let fit = Self::AUTO_CURVE_VALUES / (self.recorded_epochs().len() as u64 * columns);
                if models <= fit { models } else { (fit / combinations * combinations).max(fit.min(combinations)) }
            }
        }
    }
}

/// TOML has no integers beyond 2^63 - 1: a larger seed is written as text.
mod seed_as_text_if_large {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(seed: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        match i64::try_from(*seed) {
            Ok(number) => serializer.serialize_i64(number),
            Err(_) => serializer.serialize_str(&seed.to_string()),
        }
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Seed {
        Number(u64),
        Text(String),
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        match Seed::deserialize(deserializer)? {
            Seed::Number(number) => Ok(number),
            Seed::Text(text) => text.parse().map_err(|_| D::Error::custom("a seed is a whole number below 2^64")),
        }
    }
}
