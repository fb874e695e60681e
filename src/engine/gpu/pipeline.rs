//! Runs batches one after the other. With threads, one keeps the device busy, while the calling thread reads back
//! finished batches, converts them and passes them to the sink.

#[cfg(not(feature = "native"))]
mod alone;
#[cfg(feature = "native")]
mod threaded;

#[cfg(not(feature = "native"))]
pub use alone::train;
#[cfg(feature = "native")]
pub use threaded::train;

use super::device_plan::whole_units;
use super::kernels::Kernels;
use crate::engine::Job;
use std::ops::Range;
use std::time::Duration;

/// Target for the longest batch of several sink units: a stop loses about this much training at most.
const BATCH_TIME: Duration = Duration::from_millis(500);

/// Cuts trials into batches, of as many sink units as take about [`BATCH_TIME`].
struct BatchCutter<'a> {
    kernels: &'a Kernels<'a>,
    job: &'a Job,
    trials: Range<u64>,
    /// Models of a sink unit.
    unit: u64,
    units: u64,
}

impl<'a> BatchCutter<'a> {
    fn new(kernels: &'a Kernels<'a>, job: &'a Job, trials: Range<u64>, unit: u64) -> Self {
        Self { kernels, job, trials, unit, units: 1 }
    }

    /// Returns the next batch's first trial and its models; None at the end.
    fn next(&mut self) -> Option<(u64, u32)> {
        let first = self.trials.start;
        if self.trials.is_empty() {
            return None;
        }
        // Histograms can't be split at the end of a unit, so such a batch ends with its unit.
        let wanted = whole_units(first, self.unit, if self.job.record.histograms { 1 } else { self.units });
        let models = self.kernels.plan.batch(first..self.trials.end, self.job.record.curves_below, wanted);
        self.trials.start += models;
        Some((first, models as u32))
    }

    /// Adapts the size of batches to the time that the last one took.
    fn took(&mut self, time: Duration) {
        self.units = if time < BATCH_TIME { self.units * 2 } else { (self.units / 2).max(1) };
    }
}
