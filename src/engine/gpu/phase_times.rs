//! Time spent per phase.

use crate::clock::Instant;
use crate::engine::Phase;

/// Seconds per phase, in the order of first appearance.
#[derive(Debug, Clone, Default)]
pub struct PhaseTimes {
    phases: Vec<Phase>,
}

impl PhaseTimes {
    /// Runs `kernel_spec` and adds its time to phase `name`.
    pub async fn measure<T>(&mut self, name: &'static str, kernel_spec: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let result = kernel_spec.await;
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

    /// Adds all times of `other`.
    pub fn merge(&mut self, other: &Self) {
        other.phases.iter().for_each(|phase| self.add(phase.name, phase.seconds));
    }

    /// Returns the seconds of one phase; None if it has not run.
    pub fn seconds(&self, name: &str) -> Option<f64> {
        self.phases.iter().find(|phase| phase.name == name).map(|phase| phase.seconds)
    }

    /// Returns all phases so far.
    pub fn phases(&self) -> Vec<Phase> {
        self.phases.clone()
    }
}
