//! Where the time goes, phase by phase.

use crate::engine::Phase;
use std::time::Instant;

/// Seconds by phase, in the order of their first appearance.
#[derive(Debug, Clone, Default)]
pub struct PhaseTimes {
    phases: Vec<Phase>,
}

impl PhaseTimes {
    /// Runs `work` and adds its time to phase `name`.
    pub fn measure<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.add(name, start.elapsed().as_secs_f64());
        result
    }

    /// Adds time to a phase.
    pub fn add(&mut self, name: &'static str, seconds: f64) {
        match self.phases.iter_mut().find(|phase| phase.name == name) {
            Some(phase) => phase.seconds += seconds,
            None => self.phases.push(Phase { name, seconds }),
        }
    }

    /// Adds all of another's.
    pub fn merge(&mut self, other: &Self) {
        other.phases.iter().for_each(|phase| self.add(phase.name, phase.seconds));
    }

    /// Seconds of one phase.
    pub fn seconds(&self, name: &str) -> Option<f64> {
        self.phases.iter().find(|phase| phase.name == name).map(|phase| phase.seconds)
    }

    /// All phases so far.
    pub fn phases(&self) -> Vec<Phase> {
        self.phases.clone()
    }
}
