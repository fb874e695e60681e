//! Engines train the models. One trait, three implementations: `gpu`, `cpu` and `reference`.

mod auc;
pub mod cost;
pub mod cpu;
mod custom_engine;
mod ending;
mod engine_kind;
pub mod gpu;
mod in_memory_sink;
mod outcome;
mod progress_callback;
pub mod reference;
mod row_counts;
pub mod select;
mod sink;

pub use crate::sweep::{Job, Mapping, Record};
pub use auc::train;
#[doc(hidden)]
pub use custom_engine::CustomEngine;
pub use engine_kind::EngineKind;
pub use in_memory_sink::InMemorySink;
pub use outcome::{MeanErrors, Outcome, Score};
pub use progress_callback::{ProgressCallback, ProgressEvent, begin_step, ignore_progress, train_reporting};
pub use row_counts::row_counts;
pub use sink::Sink;

use crate::dataset::Points;
use crate::error::Result;
use crate::model::NetworkShape;
use crate::statistics::LossCounts;
use crate::sweep::TrainSpec;
use std::ops::Range;

/// Recorded curves of the first `models` trials of a batch, each row-major `[models, Record::epochs.len()]`. Values are
/// NaN from a divergence on. Accuracies are fractions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curves {
    /// Number of trials that have curves.
    pub models: usize,
    /// Mean loss over the training points.
    pub train_loss: Vec<f64>,
    /// Training accuracy, with [`Record::accuracy`].
    pub train_accuracy: Option<Vec<f64>>,
    /// Mean loss over the test points, with [`Record::test`].
    pub test_loss: Option<Vec<f64>>,
    /// Test accuracy, with [`Record::accuracy`] and [`Record::test`].
    pub test_accuracy: Option<Vec<f64>>,
}

/// Weights of a batch, row-major `[models, parameters]`. A diverged model's last weights are those at its divergence.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weights {
    /// Weights before the first update.
    pub initial: Vec<f64>,
    /// Weights after the last update.
    pub last: Vec<f64>,
}

/// Results of consecutive trials.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// Index of the first trial.
    pub first: u64,
    /// Outcome of each trial, in order.
    pub outcomes: Vec<Outcome>,
    /// Curves of the trials that keep them.
    pub curves: Curves,
    /// Loss histograms of all these models, with [`Record::histograms`]; no batch then crosses a multiple of
    /// [`Sink::chunk_models`].
    pub losses: Option<LossCounts>,
    /// Initial and last weights, with [`Record::weights`].
    pub weights: Option<Weights>,
}

/// Engine, device and driver: recorded in `run.json` and shown to users.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EngineInfo {
    /// Engine.
    pub engine: EngineKind,
    /// Name of the adapter or processor.
    pub device: String,
    /// Driver and version, or the CPU instruction set.
    pub driver: String,
    /// Threads of the cpu engine; `None` for the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threads: Option<usize>,
    /// Whether a GPU engine runs on a software adapter.
    pub software: bool,
}

impl EngineInfo {
    /// Formats driver and threads for display: `AVX-512, threads: 2`.
    pub fn driver_and_threads(&self) -> String {
        let threads = self.threads.map_or(String::new(), |threads| format!(", threads: {threads}"));
        format!("{}{threads}", self.driver)
    }

    /// Returns the device's name as far as results depend on it: CPUs of all names are equivalent, since the mapping
    /// holds all that affects the results.
    pub fn device_identity(&self) -> &str {
        match self.engine {
            EngineKind::Cpu => EngineKind::Cpu.name(),
            EngineKind::Gpu | EngineKind::Reference => &self.device,
        }
    }

    /// Returns everything that the bits of results may depend on: engine, device and driver, not the number of threads.
    pub fn bit_identity(&self) -> String {
        // The system may list one GPU under several interfaces, with different compilers, so the driver is included.
        format!("{} on {}, {}", self.engine, self.device, self.driver)
    }
}

/// Seconds that an engine spent in a phase (`compile`, `device`, `upload`, `readback`, ...).
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Phase {
    /// Name of the phase.
    pub name: &'static str,
    /// Seconds spent in it.
    pub seconds: f64,
}

impl Phase {
    /// Returns the seconds of each phase since `before`.
    pub fn since(before: &[Self], now: Vec<Self>) -> Vec<Self> {
        let earlier = |name| before.iter().find(|phase| phase.name == name).map_or(0.0, |phase| phase.seconds);
        now.into_iter().map(|Self { name, seconds }| Self { name, seconds: seconds - earlier(name) }).collect()
    }
}

/// The fastest mapping, found by timing.
#[derive(Debug, Clone, PartialEq)]
pub struct TunedMapping {
    /// Value of [`Job::mapping`].
    pub mapping: Mapping,
    /// How it was found.
    pub reason: String,
}

/// Speed of the trainings so far, compared with the device's ceiling.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct AchievedSpeed {
    /// Seconds spent in kernels alone, by the device's clock if it has one.
    pub seconds: f64,
    /// Points × models × epochs per second.
    pub sample_steps_per_second: f64,
    /// Floating-point operations per second; a multiplication and an addition count as two.
    pub flop_per_second: f64,
    /// Lower bound for `seconds`: the counted instructions at the speed of multiply-adds in registers alone.
    pub floor_seconds: f64,
    /// `floor_seconds / seconds`.
    pub share_of_floor: f64,
}

/// Peak rates of a device, measured on it.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct DeviceCeiling {
    /// Multiplications plus additions per second, in registers alone.
    pub flop_per_second: f64,
    /// Bytes read plus bytes written per second, by a copy larger than the caches.
    pub copied_bytes_per_second: f64,
}

/// One line of [`Engine::explain`].
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainLine {
    /// Subject of the line, in a word or two.
    pub subject: &'static str,
    /// Text about the subject.
    pub text: String,
}

/// Trains and evaluates models.
pub trait Engine: Send {
    /// Returns engine, device and driver.
    fn info(&self) -> &EngineInfo;

    /// Chooses the best mapping for `models` models of the job's shape, training spec and number of training rows,
    /// however many trials it has.
    ///
    /// # Errors
    /// If this engine can't train such a shape; the message gives the reason.
    fn choose_mapping(&self, job: &Job, models: u64) -> Result<Mapping>;

    /// Times the most promising mappings for `job` on this device, if there are several and the job is long enough for
    /// that to pay. `None`: keep the mapping of [`Engine::choose_mapping`].
    ///
    /// # Errors
    /// As for [`Engine::train`], and if the results of two mappings disagree.
    fn tune(&mut self, job: &Job) -> Result<Option<TunedMapping>> {
        let _ = job;
        Ok(None)
    }

    /// Describes how `job` will run and its minimum duration, in human-readable lines.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    fn explain(&mut self, job: &Job) -> Result<Vec<ExplainLine>> {
        Ok(vec![ExplainLine { subject: "mapping", text: job.mapping_text() }])
    }

    /// Trains the trials in `range` and passes batches to `sink` in order, until the sink asks to stop.
    ///
    /// # Errors
    /// A mapping of another engine or one that the device can't run; a device failure; the sink's own errors.
    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()>;

    /// Scores models of this shape and training spec on `points`. `parameters` is row-major `[models, parameters]`. The
    /// score is `None` if a logit is not finite. Losses are those of [`TrainSpec::loss_params`].
    ///
    /// # Errors
    /// As for [`Engine::train`].
    fn evaluate(
        &mut self,
        shape: &NetworkShape,
        train_spec: &TrainSpec,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>>;

    /// Returns notes for the user about how this engine was opened, one per line.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// Computes the logits of models of the job's shape and training spec at `points`, row-major `[models, points]`.
    /// `parameters` is row-major `[models, parameters]`. A model's bits do not depend on the other models.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    fn logits(&mut self, job: &Job, parameters: &[f64], points: &Points) -> Result<Vec<f64>>;

    /// Returns the seconds spent in each phase so far. Phases may overlap.
    fn phases(&self) -> Vec<Phase>;

    /// Drops the compiled kernels and uploaded data that this program keeps: the next training starts cold.
    fn clear_caches(&mut self) {}

    /// Measures the device's peak rates; `None` for an engine that is not built for speed.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    fn ceiling(&mut self) -> Result<Option<DeviceCeiling>> {
        Ok(None)
    }

    /// Returns the speed of the trainings so far; `None` if it is unknown or they were too short to measure.
    ///
    /// # Errors
    /// As for [`Engine::train`]: this may measure the device's ceiling.
    fn achieved(&mut self) -> Result<Option<AchievedSpeed>> {
        Ok(None)
    }
}
