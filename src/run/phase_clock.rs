//! How long everything takes.

use crate::engine::Phase;
use crate::error::Result;
use std::time::Instant;

/// Seconds by phase.
#[derive(Debug, Clone)]
pub struct PhaseClock {
    started: Instant,
    /// What was counted so far, in seconds; phases may run at the same time.
    pub phases: Vec<Phase>,
}

impl PhaseClock {
    /// Begins to count.
    pub fn start() -> Self {
        Self { started: Instant::now(), phases: Vec::new() }
    }

    /// Counts `work` as a phase.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn time<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let started = Self::mark();
        let result = work();
        self.since(started, name);
        result
    }

    /// Where a phase begins that [`Clock::since`] ends.
    pub(super) fn mark() -> Instant {
        Instant::now()
    }

    /// Counts what was done since `started` as a phase.
    pub(super) fn since(&mut self, started: Instant, name: &'static str) {
        self.phases.push(Phase { name, seconds: started.elapsed().as_secs_f64() });
    }

    /// The phases so far and the whole.
    pub fn phases(&self) -> Vec<Phase> {
        let total = Phase { name: "total", seconds: self.started.elapsed().as_secs_f64() };
        self.phases.iter().cloned().chain([total]).collect()
    }
}
