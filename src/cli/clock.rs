//! How long everything takes.

use gpu_sweep::Result;
use gpu_sweep::engine::Phase;
use std::time::Instant;

/// Seconds by phase.
pub struct Clock {
    started: Instant,
    pub phases: Vec<Phase>,
}

impl Clock {
    /// Begins to count.
    pub fn start() -> Self {
        Self { started: Instant::now(), phases: Vec::new() }
    }

    /// Counts `work` as a phase.
    pub fn time<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let started = Instant::now();
        let result = work();
        self.phases.push(Phase { name, seconds: started.elapsed().as_secs_f64() });
        result
    }

    /// The phases so far and the whole.
    pub fn phases(&self) -> Vec<Phase> {
        let total = Phase { name: "total", seconds: self.started.elapsed().as_secs_f64() };
        self.phases.iter().cloned().chain([total]).collect()
    }
}
