//! Benchmark of several engines on this machine: they take turns at the same workloads, get a time only if their
//! results agree, and are rated against each device's ceiling. Also measures how the time grows with the number of
//! models.

mod agreement;
mod bench_row;
mod budget;
mod growth;
mod timing;
mod workloads;

pub use bench_row::{BenchDevice, BenchRow, Contestant, Measured};
pub use growth::{BreakEven, BreakEvenRange};
pub use workloads::{Workload, works};

use crate::clock::Instant;
use crate::error::Result;
use budget::Budget;
use serde::Serialize;
use std::time::Duration;
use timing::WorkloadTiming;

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

#[cfg(test)]
mod tests;
