//! A sweep put together setting by setting, as the command line does it, and run.

use super::into_setting::IntoSetting;
use super::{DataSource, Observer, RunOptions, RunOutcome, Session, SweepResults};
use crate::dataset::Generator;
use crate::engine::select::{DeviceList, EngineSettings};
use crate::error::{Error, Result};
use crate::math::init::Scheme;
use crate::math::{Activation, Loss, Optimizer, WeightScaling};
use crate::statistics::Select;
use crate::study::{Shard, read_config};
use crate::sweep::{
    Axis, BatchSize, Choices, CurvesKept, ExtraCurve, InitBias, MapAxes, Metric, ScheduleKind, Shuffle, Sweep, Widths,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A sweep that is being put together. A method for every setting, named like its flag, takes a value, or the flag's text where that is
/// a word, a list or a range.
/// The first thing that makes no sense is told in the end, by [`Builder::run`], [`Builder::train`] or [`Builder::sweep`].
#[derive(Debug)]
pub struct Builder {
    pub(super) how: RunOptions,
    /// The settings that were named.
    pub(super) named: BTreeSet<&'static str>,
    refused: Option<Error>,
    /// Where data from memory lie as long as they are needed.
    pub(super) kept: Option<TempDir>,
}

impl Sweep {
    /// The course's experiment, to be changed setting by setting.
    pub fn builder() -> Builder {
        Self::default().into()
    }
}

impl From<Sweep> for Builder {
    /// What is named from now on goes before what `sweep` says, such as a preset's.
    fn from(sweep: Sweep) -> Self {
        Self { how: RunOptions::of(sweep), named: BTreeSet::new(), refused: None, kept: None }
    }
}

/// A method for each setting; `some` ones are absent by default.
macro_rules! settings {
    ($($kind:ident $name:ident: $type:ty, $what:literal;)*) => {
        impl Builder {
            $(
                #[doc = $what]
                #[doc = concat!("See [`Sweep::", stringify!($name), "`](field@Sweep::", stringify!($name), ").")]
                pub fn $name(self, value: impl IntoSetting<$type>) -> Self {
                    self.set(stringify!($name), value, |sweep, value| sweep.$name = settings!($kind value))
                }
            )*
        }
    };
    (plain $value:ident) => { $value };
    (some $value:ident) => { Some($value) };
}

settings! {
    some label: String, "The column of the classes.";
    some positive: String, "Which of its two values is class 1.";
    plain no_header: bool, "Whether the first line of a CSV file is a row of data.";
    plain points: u32, "Points of a made data set.";
    plain noise: f64, "Noise of `moons`, `circles`, `xor` and `spirals`.";
    plain blur: f64, "Standard deviation of the clusters of `qwerties` and `blobs`.";
    some standardize: bool, "Whether features are scaled to mean 0 and standard deviation 1.";
    plain validation_fraction: f64, "Share of each class that is kept for choosing between models.";
    plain test_fraction: f64, "Share of each class that is kept for testing.";
    plain data_seed: u64, "Seed of made data, of the split and of the order of mini-batches.";
    some data_seeds: u32, "Number of data sets drawn alike.";
    plain features: u32, "Features of `random`.";
    plain hidden: Choices<Widths>, "Widths of the hidden layers.";
    plain activation: Choices<Activation>, "Activations.";
    plain bias: bool, "Whether layers have biases.";
    plain init: Choices<Scheme>, "How initial weights are drawn.";
    some init_scale: Axis, "Factors of the initial weights.";
    plain init_bias: InitBias, "How initial biases are.";
    plain loss: Loss, "The loss.";
    plain scaling: WeightScaling, "What weights are multiplied by before they work.";
    plain epochs: u32, "Passes over the training rows.";
    plain lr: Axis, "Learning rates.";
    some lr_first: Axis, "The first layer's own learning rates.";
    plain optimizer: Choices<Optimizer>, "Optimizers.";
    some momentum: Axis, "Momentum of `momentum` and `nesterov`.";
    some weight_decay: Axis, "Weight decay.";
    some beta1: Axis, "Decay of `adam`'s and `adamw`'s mean of gradients.";
    some beta2: Axis, "Decay of their mean of squares.";
    some alpha: Axis, "Decay of `rmsprop`'s mean of squares.";
    some epsilon: Axis, "What `adam`, `adamw` and `rmsprop` add to the root.";
    some clip: Axis, "Largest norms of a model's gradient.";
    some offset_a: Axis, "How far initial weights are moved along a random direction.";
    some offset_b: Axis, "The same along a second one.";
    some map: MapAxes, "The two axes of a map, a model a pixel.";
    plain batch_size: Choices<BatchSize>, "Rows of an update.";
    plain shuffle: Shuffle, "Whose order of the rows mini-batches take.";
    some batch_order: PathBuf, "An npz file with the order of the rows.";
    plain schedule: Choices<ScheduleKind>, "What the learning rate does over the epochs.";
    some step_size: u32, "Epochs between two steps of the schedule `step`.";
    some gamma: f64, "Factor of the schedules `step` and `exponential`.";
    some warmup: u32, "Epochs of the rise of `warmup-cosine`.";
    plain seed: u64, "The first seed.";
    plain independent_seeds: bool, "Whether every model has a seed of its own.";
    some trials: PathBuf, "A CSV file with a row per model, instead of a grid.";
    some init_from: PathBuf, "An npz file with initial weights.";
    some success_threshold: f64, "The share of training rows that a success exceeds.";
    plain select: Select, "By what the best value is chosen.";
    some record_every: u32, "Epochs between two points of a curve.";
    plain curves: CurvesKept, "Whose curves are kept.";
    plain save_weights: bool, "Whether all weights are kept.";
    some chunk_models: u64, "Models per file of `chunks/`.";
}

impl Builder {
    /// The settings of a `sweep.toml`, in place of all before.
    pub fn config(self, path: impl AsRef<Path>) -> Self {
        self.try_with(|builder| {
            builder.based_on(read_config(path.as_ref())?, None);
            Ok(())
        })
    }

    /// The settings of a ready question, in place of all before.
    pub fn preset(self, name: &str) -> Self {
        self.try_with(|builder| {
            builder.based_on(Sweep::preset(name)?, Some(name.to_owned()));
            Ok(())
        })
    }

    fn based_on(&mut self, sweep: Sweep, preset: Option<String>) {
        (self.how.sweep, self.how.preset) = (sweep, preset);
        self.named.clear();
        self.kept = None;
    }

    /// A CSV file to learn from, or, by reference, a [`crate::Dataset`] in memory, which the sweep splits and standardises like a file.
    pub fn data(self, data: impl DataSource) -> Self {
        self.try_with(|builder| data.give(builder))
    }

    /// Data sets that are made.
    pub fn dataset(self, value: impl IntoSetting<Choices<Generator>>) -> Self {
        self.set("dataset", value, |sweep, value| {
            // One place to learn from.
            (sweep.data, sweep.label, sweep.positive, sweep.no_header) = (None, None, None, false);
            sweep.dataset = value;
        })
    }

    /// Number of models in all.
    pub fn models(self, models: u64) -> Self {
        self.set("models", models, |sweep, models| (sweep.models, sweep.seeds) = (Some(models), None))
    }

    /// Number of seeds, each with every combination.
    pub fn seeds(self, seeds: u64) -> Self {
        self.set("seeds", seeds, |sweep, seeds| (sweep.models, sweep.seeds) = (None, Some(seeds)))
    }

    /// Metrics beside loss and accuracies.
    pub fn metrics(self, metrics: impl Into<Vec<Metric>>) -> Self {
        self.set("metrics", metrics.into(), |sweep, metrics| {
            sweep.metrics = metrics;
            sweep.metrics.dedup();
        })
    }

    /// Curves beside the training loss.
    pub fn record(self, curves: impl Into<Vec<ExtraCurve>>) -> Self {
        self.set("record", curves.into(), |sweep, curves| {
            sweep.record = curves;
            sweep.record.sort();
            sweep.record.dedup();
        })
    }

    /// What to compute on, as `--device` takes it.
    pub fn device(self, devices: impl IntoSetting<DeviceList>) -> Self {
        self.try_with(|builder| devices.setting("--device").map(|devices| builder.how.devices = devices))
    }

    /// What devices may use.
    pub fn limits(self, limits: EngineSettings) -> Self {
        Self { how: RunOptions { limits, ..self.how }, ..self }
    }

    /// Forces a layout of models onto the device.
    pub fn mapping(self, mapping: impl Into<String>) -> Self {
        Self { how: RunOptions { mapping: Some(mapping.into()), ..self.how }, ..self }
    }

    /// Whether long trainings may begin with timing rival mappings.
    pub fn tune(mut self, tune: bool) -> Self {
        self.named.insert("tune");
        Self { how: RunOptions { tune, ..self.how }, ..self }
    }

    /// The folder of the results, instead of one of the question's name in `gpu-sweep-out`.
    pub fn out(mut self, folder: impl Into<PathBuf>) -> Self {
        self.named.insert("out");
        Self { how: RunOptions { out: Some(folder.into()), ..self.how }, ..self }
    }

    /// Whether earlier results in the folder, of whatever question, are replaced.
    pub fn force(mut self, force: bool) -> Self {
        self.named.insert("force");
        Self { how: RunOptions { force, ..self.how }, ..self }
    }

    /// Trains only that part of the study.
    pub fn shard(self, shard: Shard) -> Self {
        Self { how: RunOptions { shard: Some(shard), ..self.how }, ..self }
    }

    /// The question, checked.
    ///
    /// # Errors
    /// [`Error::Setting`] names the first setting that makes no sense, and data from memory, which no question can hold.
    pub fn sweep(self) -> Result<Sweep> {
        if self.kept.is_some() {
            let what = "from memory can't be in a sweep that is handed on; call run() or train(), or name a file";
            return Err(Error::usage("data", what));
        }
        self.refused.map_or(Ok(()), Err)?;
        let mut sweep = self.how.sweep;
        super::override_rules::give_way(&mut sweep, |name| self.named.contains(name));
        if sweep.trials.is_some() && self.named.contains("lr") && sweep.lr.values().len() > 1 {
            let what = "has several values, but every row of --trials is a single model; give one value for all rows, or a column lr";
            return Err(Error::usage("--lr", what));
        }
        sweep.validate()?;
        Ok(sweep)
    }

    /// Trains, and writes tables, pictures and the report into the folder; the same question goes on where it was stopped.
    ///
    /// # Errors
    /// As for [`RunOptions::run`].
    pub fn run(self) -> Result<(Session, RunOutcome)> {
        self.run_followed(&())
    }

    /// The same, with someone who follows.
    ///
    /// # Errors
    /// As for [`RunOptions::run`].
    pub fn run_followed(mut self, follow: &dyn Observer) -> Result<(Session, RunOutcome)> {
        let _until_the_end = self.kept.take();
        // Nothing was typed.
        self.how()?.run(Vec::new(), follow)
    }

    /// Trains in memory, on one device, by the planned mapping; nothing is written.
    ///
    /// # Errors
    /// As for [`SweepResults::train`]; [`Error::Setting`] for what would do nothing without a folder.
    pub fn train(mut self) -> Result<SweepResults> {
        if let Some(name) = ["out", "force", "tune"].into_iter().find(|name| self.named.contains(name)) {
            return Err(Error::usage(
                format!("--{name}"),
                "has no effect on train(), which writes nothing; call run()",
            ));
        }
        let _until_the_end = self.kept.take();
        SweepResults::train(&self.how()?)
    }

    fn how(self) -> Result<RunOptions> {
        let how = self.how.clone();
        Ok(RunOptions { sweep: self.sweep()?, ..how })
    }

    fn set<T>(self, name: &'static str, value: impl IntoSetting<T>, put: impl FnOnce(&mut Sweep, T)) -> Self {
        let flag = format!("--{}", name.replace('_', "-"));
        self.try_with(|builder| {
            put(&mut builder.how.sweep, value.setting(&flag)?);
            builder.named.insert(name);
            Ok(())
        })
    }

    /// Does nothing more once something was refused.
    fn try_with(mut self, change: impl FnOnce(&mut Self) -> Result<()>) -> Self {
        if self.refused.is_none() {
            self.refused = change(&mut self).err();
        }
        self
    }
}
