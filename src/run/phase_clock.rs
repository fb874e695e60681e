//! Measures the time of each phase.

use crate::clock::Instant;
use crate::engine::Phase;
use crate::error::Result;

/// Seconds by phase.
#[derive(Debug, Clone)]
pub struct PhaseClock {
    started: Instant,
    /// Seconds counted so far; phases may overlap.
    pub phases: Vec<Phase>,
}

impl PhaseClock {
    /// Starts the clock.
    pub fn start() -> Self {
        Self { started: Instant::now(), phases: Vec::new() }
    }

    /// Counts the time of `work` as a phase.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn time<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let started = Self::mark();
        let result = work();
        self.since(started, name);
        result
    }

    /// Returns the start of a phase that [`PhaseClock::since`] ends.
    pub(super) fn mark() -> Instant {
        Instant::now()
    }

    /// Counts the time since `started` as a phase.
    pub(super) fn since(&mut self, started: Instant, name: &'static str) {
        self.phases.push(Phase { name, seconds: started.elapsed().as_secs_f64() });
    }

    /// Returns the phases so far and the total.
    pub fn phases(&self) -> Vec<Phase> {
        let total = Phase { name: "total", seconds: self.started.elapsed().as_secs_f64() };
        self.phases.iter().cloned().chain([total]).collect()
    }
}
