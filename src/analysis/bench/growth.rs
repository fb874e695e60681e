//! The time as the number of models grows, and from how many on another device is faster.

use super::timing::WorkloadTiming;
use super::{BenchDevice, BenchRow, Contestant, Measured, Workload};
use crate::error::Result;
use serde::Serialize;
use std::time::{Duration, Instant};

/// Numbers of models.
const SIZES: [u64; 7] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];
const EPOCHS: u32 = 100;
/// Rounds of a size: as many as fit in this share of the time.
const SHARE: f64 = 0.05;
const ROUNDS: (f64, f64) = (1.0, 7.0);

/// From how many models on `device` is faster than the first device.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BreakEven {
    /// Its index among the devices.
    pub device_index: usize,
    /// Its name, and the other's.
    pub device: String,
    /// Name of the first device.
    pub than: String,
    /// Training alone.
    pub training: BreakEvenRange,
    /// With start-up and compilation on both sides.
    pub with_start: BreakEvenRange,
}

/// A number of models, between those that were timed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakEvenRange {
    /// Already the fewest that were timed.
    First,
    /// Interpolated between two numbers that were timed.
    Models(f64),
    /// Not up to so many.
    NotUpTo(u64),
}

/// Times the default network in growing numbers; a device is out when the next number would take longer than is left.
pub fn measure(
    contestants: &mut [Contestant],
    devices: &[BenchDevice],
    time: Duration,
    tell: &mut dyn FnMut(&str),
) -> Result<Vec<BenchRow>> {
    let (begun, mut rows) = (Instant::now(), Vec::new());
    // Seconds that each device took for the last number.
    let mut last = vec![Some(0.0f64); contestants.len()];
    for models in SIZES {
        drop_slowest(&mut last, time.saturating_sub(begun.elapsed()).as_secs_f64());
        let within: Vec<bool> = last.iter().map(Option::is_some).collect();
        if !within.contains(&true) {
            break;
        }
        tell(&format!("growth: models: {models}"));
        let work = Workload::growing(models, EPOCHS);
        let mut contest = WorkloadTiming::prepare(contestants, &work, |n| within[n])?;
        contest.train_epochs(contestants, EPOCHS)?;
        let rounds = (SHARE * time.as_secs_f64() / contest.expected().max(1e-9)).clamp(ROUNDS.0, ROUNDS.1) as u32;
        for round in 0..rounds {
            contest.round(contestants, round % 2 == 1)?;
        }
        for row in contest.rows(contestants, devices)?.into_iter().filter(|row| within[row.device_index]) {
            let seconds = row.measured.as_ref().map(|measured| measured.median);
            // Without a time, for whatever reason, the next number can't be foreseen.
            last[row.device_index] = seconds;
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Leaves out the slowest devices as long as ten times their last times don't fit.
fn drop_slowest(last: &mut [Option<f64>], left: f64) {
    while 10.0 * last.iter().flatten().sum::<f64>() > left {
        let slowest = last.iter_mut().max_by(|a, b| a.unwrap_or(-1.0).total_cmp(&b.unwrap_or(-1.0)));
        let Some(slowest) = slowest else { return };
        *slowest = None;
    }
}

/// Where each other device overtakes the first.
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

/// From where on `other` stays below `one`: by the numbers of models that both have, on straight lines between logarithms.
/// None where there are none.
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
