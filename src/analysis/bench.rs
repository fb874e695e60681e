//! Engines side by side on this very machine: the same work by turns, the same answers or no time, as a share of what each
//! device can do at most; and how the time grows with the number of models.

mod agreement;
mod budget;
mod growth;
mod timing;
mod workloads;

pub use growth::{BreakEven, BreakEvenRange};
pub use workloads::{Workload, works};

use crate::engine::cost::SampleStepCost;
use crate::engine::{DeviceCeiling, Engine, EngineInfo, Job, Phase};
use crate::error::Result;
use budget::Budget;
use serde::Serialize;
use std::time::{Duration, Instant};
use timing::{TimedWorkload, WorkloadTiming};

/// What to time, and for how long.
#[derive(Debug, Clone)]
pub struct BenchSettings {
    /// Roughly how long everything may take: work is cut to fewer epochs where it must be.
    pub time: Duration,
    /// Rounds in which all engines take their turns; None: as many as fit.
    pub rounds: Option<u32>,
    /// Which of [`works`].
    pub works: Vec<Workload>,
    /// Whether to time growing numbers of models.
    pub growth: bool,
}

/// An engine, with the seconds that it took to open it.
pub struct Contestant {
    /// Opened, ready to train.
    pub engine: Box<dyn Engine>,
    /// Seconds that opening it took.
    pub start_up: f64,
}

/// Who took part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchDevice {
    /// Who it is.
    #[serde(flatten)]
    pub info: EngineInfo,
    /// Seconds until it was open.
    pub start_up: f64,
    /// None of an engine that has none.
    pub ceiling: Option<DeviceCeiling>,
}

/// One piece of work by one engine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchRow {
    /// `W`, `W2`, ...; `growth` for growing numbers of models.
    pub work: String,
    /// What is trained, in words.
    pub title: String,
    /// Of the report's devices.
    pub device_index: usize,
    /// The device that did it.
    #[serde(flatten)]
    pub info: EngineInfo,
    /// How it laid the models onto its hardware; empty where it can't do the work.
    pub mapping: String,
    /// Models trained.
    pub models: u64,
    /// Of every model, and as many as the work has when there is time.
    pub epochs: u32,
    /// Epochs of the work where there is time for all of them.
    pub epochs_uncut: u32,
    /// None where the engine can't do it or its answers are not those of the others.
    pub measured: Option<Measured>,
    /// Why there is no time; else what the answers were compared with.
    pub note: String,
}

/// Seconds, and what follows from them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Of each run: training, from handing over the job to taking the last result.
    pub runs: Vec<f64>,
    /// Seconds of the median run.
    pub median: f64,
    /// What the first run took beyond a later one: kernels compiled, points uploaded.
    pub compile: f64,
    /// Where the time of a run went, by the engine's own account; medians. Phases may run at the same time.
    pub phases: Vec<Phase>,
    /// Models × epochs, a second.
    pub model_epochs_per_second: f64,
    /// Models × epochs × points.
    pub sample_steps_per_second: f64,
    /// Multiplications and additions.
    pub flop_per_second: f64,
    /// Of the device's own ceiling.
    pub share_of_flop: Option<f64>,
    /// Bytes that no mapping can do without, a second: parameters, points and results cross the memory once.
    pub bytes_per_second: f64,
    /// Of the device's own ceiling.
    pub share_of_copy: Option<f64>,
    /// Multiplications and additions for each of these bytes.
    pub flop_per_byte: f64,
}

impl Measured {
    /// Seconds of the shortest and of the longest run.
    pub fn spread(&self) -> [f64; 2] {
        self.runs.iter().fold([f64::INFINITY, 0.0], |[low, high], run| [low.min(*run), high.max(*run)])
    }
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchReport {
    /// Those that took part, in the order in which they were given.
    pub devices: Vec<BenchDevice>,
    /// Work by work, in each a row for each device.
    pub rows: Vec<BenchRow>,
    /// The same for growing numbers of models.
    pub growth: Vec<BenchRow>,
    /// From how many models on the other devices are faster than the first one.
    pub break_even: Vec<BreakEven>,
}

impl BenchReport {
    /// Whether any engine came to other answers than the rest, or failed.
    pub fn failed(&self) -> bool {
        let bad = |row: &BenchRow| [agreement::DISAGREES, timing::FAILED].iter().any(|bad| row.note.starts_with(bad));
        self.rows.iter().chain(&self.growth).any(bad)
    }
}

/// Times all of it; `tell` hears what is being done.
///
/// # Errors
/// Where an engine fails. Work that an engine can't do is a row that says so.
pub fn bench(
    contestants: &mut [Contestant],
    settings: &BenchSettings,
    tell: &mut dyn FnMut(&str),
) -> Result<BenchReport> {
    let begun = Instant::now();
    tell("ceilings");
    let mut devices = Vec::new();
    for Contestant { engine, start_up } in contestants.iter_mut() {
        let ceiling = engine.ceiling()?;
        devices.push(BenchDevice { info: engine.info().clone(), start_up: *start_up, ceiling });
    }
    let mut contests = Vec::new();
    for work in &settings.works {
        tell(&format!("{}: first runs", work.name));
        contests.push(WorkloadTiming::prepare(contestants, work, |_| true)?);
    }
    let share = if settings.growth { 0.75 } else { 0.95 };
    // Slow devices need long for the first runs; something has to be left for those that count.
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
            tell(&format!("{}: round {round} of {}", contest.work.name, plan.rounds));
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
        growth = growth::measure(contestants, &devices, left, tell)?;
    }
    let break_even = growth::break_even(&devices, &growth);
    Ok(BenchReport { devices, rows, growth, break_even })
}

/// What `timed` comes to on `device`.
fn measured(job: &Job, timed: &TimedWorkload, device: &BenchDevice) -> Measured {
    let (models, cost) = (job.trials.len() as f64, SampleStepCost::of(&job.shape, &job.recipe));
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

/// Bytes that have to cross a device's memory, whatever the mapping: f32 parameters in and out, kept losses and two numbers
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
