//! Time for growing numbers of models, and the number from which another device is faster.

use super::timing::WorkloadTiming;
use super::{BenchDevice, BenchRow, Contestant, Measured, Workload};
use crate::clock::Instant;
use crate::error::Result;
use serde::Serialize;
use std::time::Duration;

/// Numbers of models timed.
const SIZES: [u64; 7] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];
const EPOCHS: u32 = 100;
/// Share of the time for the rounds of one size; `ROUNDS` limits their number.
const SHARE: f64 = 0.05;
const ROUNDS: (f64, f64) = (1.0, 7.0);

/// Number of models from which `device` is faster than the first device.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BreakEven {
    /// Index among the devices.
    pub device_index: usize,
    /// Name of this device.
    pub device: String,
    /// Name of the first device.
    pub than: String,
    /// Comparison of training alone.
    pub training: BreakEvenRange,
    /// Comparison with start-up and compilation on both sides.
    pub with_start: BreakEvenRange,
}

/// Break-even number of models, relative to the sizes timed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakEvenRange {
    /// Faster from the smallest size timed.
    First,
    /// Interpolated between two sizes timed.
    Models(f64),
    /// Not faster at any size up to this one.
    NotUpTo(u64),
}

/// Times the default network at growing sizes; drops a device if its next size would exceed the remaining time.
pub fn measure(
    contestants: &mut [Contestant],
    devices: &[BenchDevice],
    time: Duration,
    report: &mut dyn FnMut(&str),
) -> Result<Vec<BenchRow>> {
    let (begun, mut rows) = (Instant::now(), Vec::new());
    // Seconds of each device for the previous size; `None`: dropped.
    let mut last = vec![Some(0.0f64); contestants.len()];
    for models in SIZES {
        drop_slowest(&mut last, time.saturating_sub(begun.elapsed()).as_secs_f64());
        let within: Vec<bool> = last.iter().map(Option::is_some).collect();
        if !within.contains(&true) {
            break;
        }
        report(&format!("growth: models: {models}"));
        let work = Workload::growing(models, EPOCHS);
        let mut contest = WorkloadTiming::prepare(contestants, &work, |n| within[n])?;
        contest.train_epochs(contestants, EPOCHS)?;
        let rounds = (SHARE * time.as_secs_f64() / contest.expected().max(1e-9)).clamp(ROUNDS.0, ROUNDS.1) as u32;
        for round in 0..rounds {
            contest.round(contestants, round % 2 == 1)?;
        }
        for row in contest.rows(contestants, devices)?.into_iter().filter(|row| within[row.device_index]) {
            let seconds = row.measured.as_ref().map(|measured| measured.median);
            // Without a time, for whatever reason, the next one can't be predicted.
            last[row.device_index] = seconds;
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Drops the slowest devices until ten times the sum of the last times fits into `left` seconds.
fn drop_slowest(last: &mut [Option<f64>], left: f64) {
    while 10.0 * last.iter().flatten().sum::<f64>() > left {
        let slowest = last.iter_mut().max_by(|a, b| a.unwrap_or(-1.0).total_cmp(&b.unwrap_or(-1.0)));
        let Some(slowest) = slowest else { return };
        *slowest = None;
    }
}

/// Returns where each other device overtakes the first.
pub fn break_even(devices: &[BenchDevice], rows: &[BenchRow]) -> Vec<BreakEven> {
    let Some((first, others)) = devices.split_first() else { return Vec::new() };
    let times = |n: usize, seconds: &dyn Fn(&Measured) -> f64| -> Vec<(u64, f64)> {
        let own = rows.iter().filter(|row| row.device_index == n);
        own.filter_map(|row| Some((row.models, seconds(row.measured.as_ref()?)))).collect()
    };
    let whole = |n: usize| times(n, &|m| devices[n].start_up + m.compile + m.median);
    let training = |n: usize| times(n, &|m| m.median);
    let compare = |n: usize| {
        Some(BreakEven {
            device_index: n,
            device: devices[n].info.device.clone(),
            than: first.info.device.clone(),
            training: crossing(&training(0), &training(n))?,
            with_start: crossing(&whole(0), &whole(n))?,
        })
    };
    (1..=others.len()).filter_map(compare).collect()
}

/// Returns the number of models from which `other` stays faster than `one`. Uses the sizes that both have, with linear
/// interpolation between logarithms; `None` if they have none in common.
pub fn crossing(one: &[(u64, f64)], other: &[(u64, f64)]) -> Option<BreakEvenRange> {
    let both: Vec<(f64, f64)> = one
        .iter()
        .filter_map(|(models, a)| {
            let (_, b) = other.iter().find(|(n, _)| n == models)?;
            Some((*models as f64, (b / a).ln()))
        })
        .collect();
    let (most, _) = both.last()?;
    Some(match both.iter().rposition(|(_, ratio)| *ratio >= 0.0) {
        None => BreakEvenRange::First,
        Some(last) if last + 1 == both.len() => BreakEvenRange::NotUpTo(*most as u64),
        Some(last) => {
            let [(below, slower), (above, faster)] = [both[last], both[last + 1]];
            let share = slower / (slower - faster);
            BreakEvenRange::Models(below * (above / below).powf(share))
        }
    })
}
