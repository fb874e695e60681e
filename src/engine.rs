//! Engines: what trains the models. One trait, three rooms: `gpu`, `cpu` and `reference`.

mod auc;
mod collect;
pub mod cost;
pub mod cpu;
mod ending;
pub mod gpu;
mod outcome;
mod record;
pub mod reference;
pub mod select;
mod sink;

pub use auc::train;
pub use collect::InMemorySink;
pub use outcome::{Outcome, Score};
pub use record::Record;
pub use sink::Sink;

use crate::dataset::{Dataset, Points};
use crate::error::Result;
use crate::model::NetworkShape;
use crate::statistics::LossCounts;
use crate::sweep::{CellInputs, InitialWeights, Sweep, TrainSpec, Trials};
use std::ops::Range;
use std::sync::Arc;

/// What all models of a cell share.
#[derive(Debug, Clone)]
pub struct Job {
    /// Layers of the network, and where its parameters lie.
    pub shape: NetworkShape,
    /// Training points, and validation and test points, if there are any.
    pub data: Arc<Dataset>,
    /// Hyper-parameters and seeds of the models.
    pub trials: Trials,
    /// Where the initial weights come from.
    pub initial: InitialWeights,
    /// How the models are trained.
    pub recipe: TrainSpec,
    /// Passes over the training rows; 0 only evaluates.
    pub epochs: u32,
    /// What to keep of each training.
    pub record: Record,
    /// How the engine lays models onto its hardware, as [`Engine::choose_mapping`] said. The same mapping gives the same
    /// bits for the same trial, however trials are cut into batches.
    pub mapping: String,
}

impl Job {
    /// The job of one cell of `sweep`, recording `record`.
    pub fn of(sweep: &Sweep, inputs: &CellInputs, record: Record, mapping: String) -> Self {
        let CellInputs { data, trials, initial, shape, recipe, .. } = inputs.clone();
        Self { shape, data, trials, initial, recipe, epochs: sweep.epochs, record, mapping }
    }
}

/// Recorded curves of the first `models` trials of a batch, each row-major `[models, Record::epochs.len()]`; NaN from
/// the divergence on. Accuracies are fractions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curves {
    /// Trials that have curves.
    pub models: usize,
    /// Mean loss over the training points.
    pub train_loss: Vec<f64>,
    /// Share right of the training points, with [`Record::accuracy`].
    pub train_accuracy: Option<Vec<f64>>,
    /// Mean loss over the test points, with [`Record::test`].
    pub test_loss: Option<Vec<f64>>,
    /// Share right of the test points, with both.
    pub test_accuracy: Option<Vec<f64>>,
}

/// Weights of a batch, row-major `[models, parameters]`; a diverged model's final ones are those at its divergence.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weights {
    /// Before the first update.
    pub initial: Vec<f64>,
    /// After the last update.
    pub last: Vec<f64>,
}

/// Results of consecutive trials.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// Index of the first trial.
    pub first: u64,
    /// One for each trial, in order.
    pub outcomes: Vec<Outcome>,
    /// Of the trials whose curves are kept.
    pub curves: Curves,
    /// Of all these models, with [`Record::histograms`]: then a batch ends where the sink's units do.
    pub losses: Option<LossCounts>,
    /// With [`Record::weights`].
    pub weights: Option<Weights>,
}

/// Who trains: for `run.json` and for people.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EngineInfo {
    /// `gpu`, `cpu` or `reference`.
    pub engine: String,
    /// The adapter's or processor's name.
    pub device: String,
    /// Driver and version, or the instruction set.
    pub driver: String,
    /// Threads of the cpu engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threads: Option<usize>,
    /// Whether a GPU engine runs on a software adapter.
    pub software: bool,
}

impl EngineInfo {
    /// Driver and threads, for display: `AVX-512, threads: 2`.
    pub fn driver_and_threads(&self) -> String {
        let threads = self.threads.map_or(String::new(), |threads| format!(", threads: {threads}"));
        format!("{}{threads}", self.driver)
    }

    /// Everything that the bits of results may depend on: not the number of threads.
    pub fn kind(&self) -> String {
        // The system may list one GPU under several interfaces, with different compilers.
        format!("{} on {}, {}", self.engine, self.device, self.driver)
    }
}

/// Seconds that an engine spent in a phase (`compile`, `device`, `upload`, `readback`, ...).
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Phase {
    /// Which one.
    pub name: &'static str,
    /// Spent in it.
    pub seconds: f64,
}

/// A mapping that was found to be the fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct TunedMapping {
    /// As [`Job::mapping`] takes it.
    pub mapping: String,
    /// How that was found.
    pub reason: String,
}

/// How fast trainings were, and how near the device's ceiling.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct AchievedSpeed {
    /// Seconds of the kernels alone, by the device's clock if it has one.
    pub seconds: f64,
    /// Points × models × epochs.
    pub sample_steps_per_second: f64,
    /// Multiplications and additions, counted apart.
    pub flop_per_second: f64,
    /// Seconds that the counted instructions take at the speed of multiplications with additions in registers alone.
    pub floor_seconds: f64,
    /// That of `seconds`.
    pub share_of_floor: f64,
}

/// What a device does at most, measured on it.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct DeviceCeiling {
    /// Multiplications and additions, in registers alone.
    pub flop_per_second: f64,
    /// Bytes read and bytes written, by a copy of more than caches hold.
    pub copied_bytes_per_second: f64,
}

/// A line of an explanation.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainLine {
    /// What the line is about, in a word or two.
    pub subject: &'static str,
    /// What is said of it.
    pub text: String,
}

/// What trains models.
pub trait Engine: Send {
    /// Who this is.
    fn info(&self) -> &EngineInfo;

    /// The mapping that suits this shape, recipe, number of training rows and number of models best, as text that
    /// [`Job::mapping`] takes.
    ///
    /// # Errors
    /// Where this engine can't train such a shape, with the reason.
    fn choose_mapping(&self, shape: &NetworkShape, recipe: &TrainSpec, rows: usize, models: u64) -> Result<String>;

    /// Times the likeliest mappings for `job` on this device, where there are several and the job is long enough for it to pay;
    /// None where what [`Engine::choose_mapping`] says stands.
    ///
    /// # Errors
    /// As for [`Engine::train`], and where mappings disagree.
    fn tune(&mut self, job: &Job) -> Result<Option<TunedMapping>> {
        let _ = job;
        Ok(None)
    }

    /// How `job` is going to be done, and what it should take: for people.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    fn explain(&mut self, job: &Job) -> Result<Vec<ExplainLine>> {
        Ok(vec![ExplainLine { subject: "mapping", text: job.mapping.clone() }])
    }

    /// Trains the trials in `range` and hands batches to `sink` in order, until it says stop.
    ///
    /// # Errors
    /// A mapping that this engine does not know or the device can't run; a failing device; the sink's own errors.
    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()>;

    /// Scores models of this shape and recipe given by their `parameters`, row-major `[models, parameters]`, on `points`;
    /// `None` where a logit is not finite.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    fn evaluate(
        &mut self,
        shape: &NetworkShape,
        recipe: &TrainSpec,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>>;

    /// What users should know of how this engine was opened, a line each.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// The logits of models of the job's shape and recipe, given by their `parameters`, row-major `[models, parameters]`, at
    /// `points`: row-major `[models, points]`. The same bits for a model whatever others are beside it.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    fn logits(&mut self, job: &Job, parameters: &[f64], points: &Points) -> Result<Vec<f64>>;

    /// Where the time went so far. Phases may run at the same time.
    fn phases(&self) -> Vec<Phase>;

    /// Forgets what was compiled and uploaded, as far as this program keeps it: the next training begins as the first one did.
    fn forget(&mut self) {}

    /// What the device does at most; None for an engine that is not made for speed.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    fn ceiling(&mut self) -> Result<Option<DeviceCeiling>> {
        Ok(None)
    }

    /// How fast the trainings so far were; None where that is not known, or they were too short to tell.
    ///
    /// # Errors
    /// As for [`Engine::train`]: the device's ceiling may have to be measured.
    fn achieved(&mut self) -> Result<Option<AchievedSpeed>> {
        Ok(None)
    }
}
