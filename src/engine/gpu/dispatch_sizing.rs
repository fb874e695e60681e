//! Sizes dispatches by measured time, well below driver watchdogs. Sizes never change a bit of any result.

use super::device_plan::DevicePlan;
use crate::clock::Instant;
use crate::error::Result;
use std::time::Duration;

/// Target duration of a dispatch: long enough to hide its overhead, short enough for watchdogs (2 s) and progress bars.
const TARGET: Duration = Duration::from_millis(50);
/// Largest growth factor from one dispatch to the next: a single measurement is not trusted further.
const GROWTH: f64 = 8.0;

/// Steps per dispatch, adapted to measured times.
#[derive(Debug, Clone)]
pub struct DispatchSizing {
    steps: u32,
    most: u32,
}

impl DispatchSizing {
    /// Starts with the plan's steps for the first dispatch.
    pub fn new(plan: &DevicePlan) -> Self {
        Self { steps: plan.first_steps.clamp(1, plan.most_steps), most: plan.most_steps }
    }

    /// Returns the steps that the next dispatch may do.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Runs a dispatch, which returns the steps it did, and adapts to the time it took.
    pub async fn time(&mut self, dispatch: impl Future<Output = Result<u64>>) -> Result<u64> {
        let start = Instant::now();
        let steps = dispatch.await?;
        self.learn(steps as u32, start.elapsed());
        Ok(steps)
    }

    fn learn(&mut self, steps: u32, took: Duration) {
        let fitting = f64::from(steps) * TARGET.as_secs_f64() / took.as_secs_f64().max(1e-6);
        let grown = fitting.min(f64::from(self.steps) * GROWTH);
        // The short rest of an epoch says little about a full dispatch: it may reduce the steps, not raise them.
        if steps >= self.steps || grown < f64::from(self.steps) {
            self.steps = (grown as u32).clamp(1, self.most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_the_clock_within_their_limits() {
        let mut pace = DispatchSizing { steps: 1, most: 1000 };
        pace.learn(1, Duration::from_micros(10));
        assert_eq!(pace.steps(), 8, "growth is bounded");
        pace.learn(8, Duration::from_millis(5));
        assert_eq!(pace.steps(), 64);
        pace.learn(64, Duration::from_millis(100));
        assert_eq!(pace.steps(), 32, "too slow: half");
        pace.learn(32, Duration::from_secs(60));
        assert_eq!(pace.steps(), 1);
        (0..9).for_each(|_| pace.learn(pace.steps(), Duration::from_micros(1)));
        assert_eq!(pace.steps(), 1000, "never beyond what the driver's loops allow");
    }
}
