//! Where results go.

use super::Batch;
use crate::error::Result;
use std::ops::ControlFlow;

/// Takes what is finished and says when to stop.
pub trait Sink {
    /// Takes the next batch; batches come in order and without gaps.
    fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>>;

    /// Models that are kept together: results are safe once a multiple of so many trials, counted from trial 0, is
    /// accepted. Engines take care not to hold many of these back.
    fn unit(&self) -> u64 {
        u64::MAX
    }

    /// Told when something went wrong that the engine could mend, in one line for people.
    fn trouble(&mut self, what: &str) {
        let _ = what;
    }

    /// Told now and then: `model_epochs` more updates are done (models × epochs). Says whether to go on; where it does not,
    /// what is being trained is dropped, within a fraction of a second.
    fn progress(&mut self, model_epochs: u64) -> ControlFlow<()>;
}
