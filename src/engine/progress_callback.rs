//! Progress of a computation for its caller, who may stop it: a notebook's Ctrl-C, a page's button.

use super::{Batch, Engine, InMemorySink, Job, Sink};
use crate::error::{Error, Result};
use std::ops::{ControlFlow, Range};

/// Progress of a computation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressEvent<'a> {
    /// A step begins; what it does, in words.
    Step(&'a str),
    /// This number of epochs is to be trained in all, summed over models.
    Planned(u64),
    /// This number of further epochs is trained, summed over models.
    Trained(u64),
}

/// Receives progress several times a second. `Break` stops the computation, which then ends with [`Error::Stopped`].
pub type ProgressCallback<'a> = dyn FnMut(ProgressEvent<'_>) -> ControlFlow<()> + 'a;

/// A callback that ignores progress and never stops.
pub fn ignore_progress(_: ProgressEvent<'_>) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Reports that a step begins.
///
/// # Errors
/// [`Error::Stopped`] if the callback stops the computation.
pub fn begin_step(callback: &mut ProgressCallback<'_>, what: &str) -> Result<()> {
    if callback(ProgressEvent::Step(what)).is_break() { Err(Error::Stopped) } else { Ok(()) }
}

/// Trains the trials in `range` and returns all results as one batch.
///
/// # Errors
/// As for [`Engine::train`]; [`Error::Stopped`] if the callback stops the training.
pub fn train_reporting(
    engine: &mut dyn Engine,
    job: &Job,
    range: Range<u64>,
    callback: &mut ProgressCallback<'_>,
) -> Result<Batch> {
    let mut sink = ReportingSink { collected: InMemorySink::default(), callback, stopped: false };
    super::train(engine, job, range.clone(), &mut sink)?;
    if sink.stopped {
        return Err(Error::Stopped);
    }
    Ok(sink.collected.into_batch(range.start))
}

/// Keeps all results in memory and reports progress.
struct ReportingSink<'a, 'b> {
    collected: InMemorySink,
    callback: &'a mut ProgressCallback<'b>,
    stopped: bool,
}

impl Sink for ReportingSink<'_, '_> {
    fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>> {
        self.collected.accept(batch)
    }

    fn progress(&mut self, model_epochs: u64) -> ControlFlow<()> {
        self.stopped = self.stopped || (self.callback)(ProgressEvent::Trained(model_epochs)).is_break();
        if self.stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Record;
    use crate::engine::cpu::CpuEngine;
    use crate::sweep::{Inputs, Sweep};

    fn job(epochs: u32) -> (CpuEngine, Job) {
        let sweep = Sweep { epochs, ..Sweep::default() };
        let (inputs, engine) = (Inputs::load(&sweep).unwrap(), CpuEngine::new().unwrap());
        let cell = &inputs.jobs[0];
        let mapping = engine.choose_mapping(cell, 1000).unwrap();
        (engine, Job { record: Record::default(), ..cell.mapped(mapping) })
    }

    #[test]
    fn all_epochs_are_reported_and_a_stop_is_an_error() {
        let (mut engine, job) = job(20);
        let mut trained = 0;
        let batch = train_reporting(&mut engine, &job, 0..80, &mut |event| {
            trained += if let ProgressEvent::Trained(epochs) = event { epochs } else { 0 };
            ControlFlow::Continue(())
        });
        assert_eq!((batch.unwrap().outcomes.len(), trained), (80, 80 * 20));
        let stopped = train_reporting(&mut engine, &job, 0..80, &mut |_| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(Error::Stopped)), "{stopped:?}");
        let begun = begin_step(&mut |_| ControlFlow::Break(()), "anything");
        assert!(matches!(begun, Err(Error::Stopped)));
    }
}
