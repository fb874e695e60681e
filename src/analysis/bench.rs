//! Benchmark of several engines on this machine: they take turns at the same workloads, get a time only if their
//! results agree, and are rated against each device's ceiling. Also measures how the time grows with the number of
//! models.

mod agreement;
mod budget;
mod growth;
mod timing;
mod workloads;

pub use growth::{BreakEven, BreakEvenRange};
pub use workloads::{Workload, works};

use crate::clock::Instant;
use crate::engine::cost::SampleStepCost;
use crate::engine::{DeviceCeiling, Engine, EngineInfo, Job, Phase};
use crate::error::Result;
use budget::Budget;
use serde::Serialize;
use std::time::Duration;
use timing::{TimedWorkload, WorkloadTiming};

/// Workloads and time limits.
#[derive(Debug, Clone)]
pub struct BenchSettings {
    /// Approximate time for the whole benchmark; workloads that do not fit train fewer epochs.
    pub time: Duration,
    /// Rounds, in each of which every engine takes a turn; `None`: as many as fit.
    pub rounds: Option<u32>,
    /// Selection from [`works`].
    pub works: Vec<Workload>,
    /// Whether to time growing numbers of models too.
    pub growth: bool,
}

/// An engine and the time it took to open.
pub struct Contestant {
    /// Opened engine, ready to train.
    pub engine: Box<dyn Engine>,
    /// Seconds to open the engine.
    pub start_up: f64,
}

/// A device in the benchmark.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchDevice {
    /// Engine and device.
    #[serde(flatten)]
    pub info: EngineInfo,
    /// Seconds to open the engine.
    pub start_up: f64,
    /// Attainable throughput; `None` if the engine does not measure it.
    pub ceiling: Option<DeviceCeiling>,
}

/// Result of one workload on one engine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchRow {
    /// Workload name: `W`, `W2`, ...; `growth` for growing numbers of models.
    pub work: String,
    /// Human-readable description of the workload.
    pub title: String,
    /// Index into the report's devices.
    pub device_index: usize,
    /// Engine and device that ran it.
    #[serde(flatten)]
    pub info: EngineInfo,
    /// Mapping of models to the hardware; empty if the engine cannot run the workload.
    pub mapping: String,
    /// Models trained.
    pub models: u64,
    /// Epochs per model; fewer than `epochs_uncut` if time is short.
    pub epochs: u32,
    /// Epochs per model of the complete workload.
    pub epochs_uncut: u32,
    /// `None` if the engine cannot run the workload or its results differ from the other engines'.
    pub measured: Option<Measured>,
    /// Reason for a missing time; otherwise what the results were compared with.
    pub note: String,
}

/// Run times and the throughput derived from them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Seconds of each training run, from submitting the job to receiving the last result.
    pub runs: Vec<f64>,
    /// Median of `runs`.
    pub median: f64,
    /// Extra seconds of the first run over a later one: kernel compilation, upload of points.
    pub compile: f64,
    /// Median seconds of each phase of a run, as reported by the engine. Phases may overlap.
    pub phases: Vec<Phase>,
    /// Models × epochs per second.
    pub model_epochs_per_second: f64,
    /// Models × epochs × points per second.
    pub sample_steps_per_second: f64,
    /// Multiplications and additions per second.
    pub flop_per_second: f64,
    /// `flop_per_second` as a share of the device's ceiling.
    pub share_of_flop: Option<f64>,
    /// Memory traffic per second that every mapping needs: parameters, points and results cross the memory once.
    pub bytes_per_second: f64,
    /// `bytes_per_second` as a share of the device's copy ceiling.
    pub share_of_copy: Option<f64>,
    /// Multiplications and additions per byte of that traffic.
    pub flop_per_byte: f64,
}

impl Measured {
    /// Returns the seconds of the shortest and of the longest run.
    pub fn spread(&self) -> [f64; 2] {
        self.runs.iter().fold([f64::INFINITY, 0.0], |[low, high], run| [low.min(*run), high.max(*run)])
    }
}

/// Results of the whole benchmark.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchReport {
    /// Devices, in the order given.
    pub devices: Vec<BenchDevice>,
    /// A row for each workload and device, grouped by workload.
    pub rows: Vec<BenchRow>,
    /// Rows for growing numbers of models.
    pub growth: Vec<BenchRow>,
    /// Number of models from which each other device is faster than the first.
    pub break_even: Vec<BreakEven>,
}

impl BenchReport {
    /// Whether any engine failed or disagrees with the others.
    pub fn failed(&self) -> bool {
        let bad = |row: &BenchRow| [agreement::DISAGREES, timing::FAILED].iter().any(|bad| row.note.starts_with(bad));
        self.rows.iter().chain(&self.growth).any(bad)
    }
}

/// Runs the benchmark and reports progress to `report`.
///
/// # Errors
/// If an engine fails. Unsupported workloads and device failures during training become rows with a note instead.
pub fn bench(
    contestants: &mut [Contestant],
    settings: &BenchSettings,
    report: &mut dyn FnMut(&str),
) -> Result<BenchReport> {
    let begun = Instant::now();
    report("ceilings");
    let mut devices = Vec::new();
    for Contestant { engine, start_up } in contestants.iter_mut() {
        let ceiling = engine.ceiling()?;
        devices.push(BenchDevice { info: engine.info().clone(), start_up: *start_up, ceiling });
    }
    let mut contests = Vec::new();
    for work in &settings.works {
        report(&format!("{}: first runs", work.name));
        contests.push(WorkloadTiming::prepare(contestants, work, |_| true)?);
    }
    let share = if settings.growth { 0.75 } else { 0.95 };
    // Slow devices spend long on their first runs; at least a third of the time remains for the measured ones.
    let left = settings.time.mul_f64(share).saturating_sub(begun.elapsed()).max(settings.time / 3);
    let plan = Budget::of(
        left.as_secs_f64(),
        settings.rounds,
        &contests.iter().map(WorkloadTiming::expected).collect::<Vec<_>>(),
    );
    for (contest, seconds) in contests.iter_mut().zip(&plan.seconds) {
        let epochs = contest.fitting(*seconds);
        contest.train_epochs(contestants, epochs)?;
    }
    for round in 1..=plan.rounds {
        for contest in &mut contests {
            report(&format!("{}: round {round} of {}", contest.work.name, plan.rounds));
            contest.round(contestants, round % 2 == 0)?;
        }
    }
    let mut rows = Vec::new();
    for contest in &contests {
        rows.extend(contest.rows(contestants, &devices)?);
    }
    let mut growth = Vec::new();
    if settings.growth {
        let left = settings.time.saturating_sub(begun.elapsed()).max(settings.time.mul_f64(0.2));
        growth = growth::measure(contestants, &devices, left, report)?;
    }
    let break_even = growth::break_even(&devices, &growth);
    Ok(BenchReport { devices, rows, growth, break_even })
}

/// Derives the throughput of `device` from `timed`.
fn measured(job: &Job, timed: &TimedWorkload, device: &BenchDevice) -> Measured {
    let (models, cost) = (job.trials.len() as f64, SampleStepCost::of(&job.shape, &job.train_spec));
    let (model_epochs, median) = (models * f64::from(job.epochs), timing::median(&timed.runs));
    let steps = model_epochs * job.data.train.len() as f64;
    let (flop, bytes) = (steps * cost.flop, bytes(job));
    let share = |rate: f64, of: fn(&DeviceCeiling) -> f64| device.ceiling.as_ref().map(|ceiling| rate / of(ceiling));
    Measured {
        runs: timed.runs.clone(),
        median,
        compile: timed.compile,
        phases: timed.median_phases(),
        model_epochs_per_second: model_epochs / median,
        sample_steps_per_second: steps / median,
        flop_per_second: flop / median,
        share_of_flop: share(flop / median, |ceiling| ceiling.flop_per_second),
        bytes_per_second: bytes / median,
        share_of_copy: share(bytes / median, |ceiling| ceiling.copied_bytes_per_second),
        flop_per_byte: flop / bytes,
    }
}

/// Bytes that cross a device's memory under every mapping: f32 parameters in and out, recorded losses and two numbers
/// of a score out, all points in once.
fn bytes(job: &Job) -> f64 {
    let models = job.trials.len();
    let numbers = models as f64 * (2 * job.shape.parameters() + 2) as f64;
    let losses = (job.record.curves_in(&(0..models)) * job.record.epochs.len()) as f64;
    let points = (job.data.train.len() * (job.shape.features() + 1)) as f64;
    4.0 * (numbers + losses + points)
}

#[cfg(test)]
mod tests;
