//! A range test from its settings to its suggestions: settings, inputs, a job for an engine, training.

use super::{LrFound, RangeTest, lr_find};
use crate::builder::Builder;
use crate::dataset::Dataset;
use crate::engine::select::{Selected, select};
use crate::engine::{Engine, EngineInfo, Job, Mapping, ProgressCallback};
use crate::error::{Error, Result};
use crate::results::{StudySpec, settings_text};
use crate::sweep::{BatchSize, CellColumn, Choices, Inputs, Sweep};

/// Settings of a range test.
#[derive(Debug, Clone, PartialEq)]
pub struct LrFindOptions {
    /// First learning rate, above 0.
    pub start: f64,
    /// Learning rate that it grows towards.
    pub stop: f64,
    /// Steps on the way, each an epoch, within [`RangeTest::STEPS`].
    pub steps: u32,
    /// Weight of earlier losses, from 0 (no smoothing) to below 1; `None`: 0, with mini-batches
    /// [`super::SMOOTHING`].
    pub smoothing: Option<f64>,
    /// Rows of an update; `None`: that of the sweep.
    pub batch_size: Option<Choices<BatchSize>>,
    /// Number of models, each with initial weights of its own.
    pub seeds: u64,
    /// Seed of the first model; the others count up from it.
    pub seed: u64,
}

impl Default for LrFindOptions {
    fn default() -> Self {
        Self { start: 1e-5, stop: 10.0, steps: 100, smoothing: None, batch_size: None, seeds: 100, seed: 0 }
    }
}

/// A range test with checked settings.
#[derive(Debug, Clone)]
pub struct PlannedTest {
    /// The test itself.
    pub test: RangeTest,
    /// Models to train: one epoch per step, from the test's first learning rate on.
    pub sweep: Sweep,
    data: Option<Dataset>,
}

/// A range test with its data.
#[derive(Debug, Clone)]
pub struct LoadedTest {
    plan: PlannedTest,
    inputs: Inputs,
}

/// A range test that is ready to train.
#[derive(Debug, Clone)]
pub struct ReadyTest {
    /// The test itself.
    pub test: RangeTest,
    /// Job of all seeds.
    pub job: Job,
    /// Settings in words, such as `2-1-1 ReLU · 200 points · 100 epochs of one update`.
    pub settings: String,
    /// Description of the data.
    pub data: String,
    /// Lines on what was detected in the data file.
    pub notes: Vec<String>,
}

/// Results of a range test.
#[derive(Debug, Clone)]
pub struct LrFindReport {
    /// Curves and suggested learning rates.
    pub found: LrFound,
    /// The test with its job.
    pub ready: ReadyTest,
    /// Engine that trained.
    pub engine: EngineInfo,
}

impl PlannedTest {
    /// Checks the settings of `models`, which differ by seed alone, and of the test. Learning rate, epochs and seeds
    /// are those of `options`.
    ///
    /// # Errors
    /// [`Error::Setting`], [`Error::Usage`] for the first one that is invalid.
    pub fn of(mut models: Builder, options: &LrFindOptions) -> Result<Self> {
        let LrFindOptions { start, stop, steps, smoothing, batch_size, seeds, seed } = options.clone();
        let test = RangeTest::new(start, stop, steps, smoothing)?;
        let data = models.memory.take();
        let models = models.lr(start).epochs(steps).seeds(seeds).seed(seed);
        let models = match batch_size {
            Some(size) => models.batch_size(size),
            None => models,
        };
        Ok(Self { test, sweep: models.sweep()?, data })
    }

    /// Loads the data.
    ///
    /// # Errors
    /// As for [`Inputs::load`]; [`Error::Usage`] if a setting has several values.
    pub fn load(self) -> Result<LoadedTest> {
        let inputs = Inputs::load_with(&self.sweep, self.data.as_ref())?;
        check_single(&self.sweep)?;
        Ok(LoadedTest { plan: self, inputs })
    }
}

impl LoadedTest {
    /// Prepares the training on `engine`, with this mapping or the engine's choice.
    ///
    /// # Errors
    /// As for [`RangeTest::job`].
    pub fn on(&self, engine: &dyn Engine, mapping: Option<Mapping>) -> Result<ReadyTest> {
        let PlannedTest { test, sweep, .. } = &self.plan;
        let job = test.job(&self.inputs.jobs[0], mapping, engine)?;
        let rows = job.data.train.len();
        let updates = rows.div_ceil(job.train_spec.batches.size.clamp(1, rows));
        let each = if updates == 1 { "one update".to_owned() } else { format!("{updates} updates") };
        let settings = format!("{} of {each}", settings_text::model(&StudySpec::of(sweep, &self.inputs), 0, &job));
        Ok(ReadyTest {
            test: *test,
            job,
            settings,
            data: self.inputs.descriptions[0].clone(),
            notes: self.inputs.notes.clone(),
        })
    }
}

impl ReadyTest {
    /// Trains and evaluates the losses.
    ///
    /// # Errors
    /// As for [`lr_find()`].
    pub fn run(self, engine: &mut dyn Engine, callback: &mut ProgressCallback<'_>) -> Result<LrFindReport> {
        let found = lr_find(engine, &self.job, &self.test, callback)?;
        Ok(LrFindReport { found, ready: self, engine: engine.info().clone() })
    }

    /// Returns the name of the loss as the test sees it: `mean binary cross-entropy, smoothed`.
    pub fn loss_words(&self) -> String {
        let smoothed = if self.test.smoothing(&self.job) > 0.0 { ", smoothed" } else { "" };
        format!("{}{smoothed}", self.job.train_spec.loss.words())
    }
}

impl Builder {
    /// Runs the range test with these settings on the builder's device, in memory.
    ///
    /// # Errors
    /// As for [`PlannedTest::of`], [`PlannedTest::load`], [`LoadedTest::on`] and [`lr_find()`]; [`Error::Setting`] for
    /// several devices.
    pub fn lr_find(self, options: &LrFindOptions, callback: &mut ProgressCallback<'_>) -> Result<LrFindReport> {
        let (devices, limits, mapping) =
            (self.options.devices.clone(), self.options.limits.clone(), self.options.mapping);
        let loaded = PlannedTest::of(self, options)?.load()?;
        let Some(device) = devices.only() else {
            return Err(Error::setting("--device", &devices, "a single device where a sweep is trained in memory"));
        };
        let Selected { mut engine, .. } = select(device, &limits)?;
        loaded.on(engine.as_ref(), mapping)?.run(engine.as_mut(), callback)
    }
}

/// Refuses several values of a setting: the models must differ by seed alone.
fn check_single(sweep: &Sweep) -> Result<()> {
    let one = "must be a single one for lr-find, which compares seeds";
    if let [first, .., last] = &sweep.cells()[..] {
        let several = CellColumn::ALL.into_iter().find(|column| !first.agrees(last, *column));
        let flag = several.map_or(String::new(), |column| match column {
            CellColumn::DataSeed => "--data-seeds".to_owned(),
            column => format!("--{}", column.name().replace('_', "-")),
        });
        return Err(Error::usage(flag, one));
    }
    match sweep.axes().into_iter().find(|(_, axis)| axis.values().len() > 1) {
        Some((hyperparameter, _)) => Err(Error::usage(hyperparameter.flag(), one)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ignore_progress;
    use crate::{Device, Sweep};
    use std::ops::ControlFlow;

    const SHORT: LrFindOptions =
        LrFindOptions { start: 1e-3, stop: 10.0, steps: 60, smoothing: None, batch_size: None, seeds: 7, seed: 3 };

    #[test]
    fn a_range_test_runs_on_data_in_memory() {
        let rows = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
        let xor = Dataset::new("xor", &rows, &[false, true, true, false]).unwrap();
        let models = || Sweep::builder().data(&xor).hidden("4").activation("tanh").device(Device::Cpu);
        let report = models().lr_find(&SHORT, &mut ignore_progress).unwrap();
        assert_eq!((report.found.rates.len(), report.found.curves.len()), (60, 7));
        assert!(report.found.grid.is_some() && report.ready.settings.starts_with("xor · 2-4-1 tanh"), "{report:?}");
        let stopped = models().lr_find(&SHORT, &mut |_| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(Error::Stopped)));
    }

    #[test]
    fn several_values_are_refused() {
        let refused = Sweep::builder().optimizer("sgd,adam").device(Device::Cpu).lr_find(&SHORT, &mut ignore_progress);
        assert!(refused.unwrap_err().to_string().contains("--optimizer must be a single one"));
    }
}
