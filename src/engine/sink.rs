//! Destination of results.

use super::Batch;
use crate::error::Result;
use std::ops::ControlFlow;

/// Receives results and decides when to stop.
pub trait Sink {
    /// Accepts the next batch; batches arrive in order and without gaps.
    fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>>;

    /// Number of models stored together: results are safe once a multiple of this many trials, counted from trial 0, is
    /// accepted. Engines avoid holding many of these back.
    fn chunk_models(&self) -> u64 {
        u64::MAX
    }

    /// Reports a problem that the engine recovered from, in one human-readable line.
    fn warn(&mut self, what: &str) {
        let _ = what;
    }

    /// Reports now and then that `model_epochs` more epochs are done, summed over models. `Break` stops the engine
    /// within a fraction of a second and drops unfinished models.
    fn progress(&mut self, model_epochs: u64) -> ControlFlow<()>;
}
