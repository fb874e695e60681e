//! Receives batches from engines and writes chunks, whatever the batch boundaries.

use super::chunk::Chunk;
use super::{Study, TrialRange, chunk_file};
use crate::clock::Instant;
use crate::engine::{Batch, Outcome, Sink};
use crate::error::{Error, Result};
use crate::results::{CurveKind, curve};
use std::ops::{ControlFlow, Range};
use std::time::Duration;

/// Observes a training and may stop it; progress displays implement it. Several devices may call it at once.
pub trait ProgressObserver: Sync {
    /// Reports `model_epochs` more updates (models × epochs).
    fn worked(&self, model_epochs: u64) {
        let _ = model_epochs;
    }

    /// Reports that the models with ids in `range` are on disk.
    fn saved(&self, range: Range<u64>, outcomes: &[Outcome]) {
        let _ = (range, outcomes);
    }

    /// Reports, in one line, a problem that does not end the training.
    fn trouble(&self, what: &str) {
        let _ = what;
    }

    /// Whether to stop; called several times a second. A chunk that can end within [`GRACE`] is still finished.
    fn stop(&self) -> bool {
        false
    }
}

/// Ignores everything.
impl ProgressObserver for () {}

/// Time that a chunk in training may still take after a stop.
pub const GRACE: Duration = Duration::from_millis(800);
/// Time that it may take while its speed is unknown.
const UNKNOWN: Duration = Duration::from_millis(100);

/// Divides batches into chunks and writes each chunk as soon as it is complete. An incomplete chunk is lost when the
/// training stops.
pub struct ChunkSink<'a> {
    study: &'a Study,
    observer: &'a dyn ProgressObserver,
    cell: usize,
    chunk: Chunk,
    /// Start of the current chunk's training, and updates (models × epochs) since then.
    work: (Instant, u64),
    /// When the stop was first noticed.
    stopping: Option<Instant>,
}

impl<'a> ChunkSink<'a> {
    pub(super) fn new(study: &'a Study, span: &TrialRange, observer: &'a dyn ProgressObserver) -> Self {
        let chunk = Chunk::new(span.cell, span.trials.start);
        Self { study, observer, cell: span.cell, chunk, work: (Instant::now(), 0), stopping: None }
    }

    /// Returns the first trial of the current chunk.
    pub(super) fn begun(&self) -> u64 {
        self.chunk.range().start
    }

    /// Decides whether to continue; `whole`: stopping now would lose no part of a chunk.
    fn next(&mut self, whole: bool) -> ControlFlow<()> {
        if !self.observer.stop() {
            return ControlFlow::Continue(());
        }
        let since = *self.stopping.get_or_insert_with(Instant::now);
        let (begun, done) = self.work;
        let in_time = ends_within(GRACE.saturating_sub(since.elapsed()), begun.elapsed(), done, self.updates());
        if whole || !in_time { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Returns the updates (models × epochs) of the whole current chunk.
    fn updates(&self) -> u64 {
        let plan = &self.study.plan;
        let whole = plan.span(plan.chunk_of(self.cell, self.begun()));
        whole.len() * u64::from(self.study.spec.sweep.epochs)
    }

    fn write(&mut self, range: Range<u64>) -> Result<()> {
        let chunk = std::mem::replace(&mut self.chunk, Chunk::new(self.cell, range.end));
        let study = self.study;
        let number = study.plan.chunk_of(self.cell, range.start);
        let outcomes = chunk.outcomes().to_vec();
        study.lock.check()?;
        let labels = study.labels(&TrialRange { cell: self.cell, trials: range.clone() })?;
        chunk_file::write_chunk(&study.chunk_path(number), &chunk, &study.spec, &labels)?;
        study.mark_finished(number);
        self.work = (Instant::now(), 0);
        let first = study.spec.cells[self.cell].first;
        self.observer.saved(first + range.start..first + range.end, &outcomes);
        Ok(())
    }

    /// Whether the batch's histograms have the right shape and belong to one chunk: they can't be divided.
    fn losses_fit(&self, batch: &Batch) -> bool {
        let part = &self.study.spec.cells[self.cell];
        let (begun, plan) = (self.chunk.range(), &self.study.plan);
        let whole = plan.span(plan.chunk_of(self.cell, begun.end)).trials;
        match &batch.losses {
            None => !part.record.histograms,
            Some(_) if !part.record.histograms => false,
            Some(counts) => {
                let expected = (part.record.combinations(&part.trials) as usize, part.record.epochs.len());
                (counts.combinations, counts.slots) == expected
                    && batch.first + batch.outcomes.len() as u64 <= whole.end
            }
        }
    }

    /// Checks that a batch has the expected trials and shapes: otherwise numbers would be stored for the wrong models.
    fn check(&self, batch: &Batch) -> Result<()> {
        let part = &self.study.spec.cells[self.cell];
        let (record, expected) = (&part.record, self.chunk.range().end);
        let end = batch.first + batch.outcomes.len() as u64;
        let kept = record.curves_in(&(batch.first..end));
        let curves_fit = CurveKind::ALL
            .into_iter()
            .filter(|kind| kind.is_kept(record))
            .all(|kind| curve(batch, kind).len() == kept * record.epochs.len());
        let values = batch.outcomes.len() * part.shape.parameters();
        let weights_fit = match &batch.weights {
            None => !record.weights,
            Some(weights) => weights.initial.len() == values && weights.last.len() == values,
        };
        let wrong = match () {
            _ if batch.first != expected => format!("expected trial {expected}, got {}", batch.first),
            _ if end > part.trials.len() => format!("trial {} does not exist", end - 1),
            _ if batch.curves.models != kept || !curves_fit => format!("curves of trials {}.. do not fit", batch.first),
            _ if !self.losses_fit(batch) => format!("histograms of trials {}.. do not fit", batch.first),
            _ if !weights_fit => format!("weights of trials {}.. do not fit", batch.first),
            _ => return Ok(()),
        };
        Err(Error::Device(format!("the engine returned results out of order: {wrong}")))
    }
}

impl Sink for ChunkSink<'_> {
    fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>> {
        self.check(&batch)?;
        let end = batch.first + batch.outcomes.len() as u64;
        while self.chunk.range().end < end {
            let (begun, plan) = (self.chunk.range(), &self.study.plan);
            let whole = plan.span(plan.chunk_of(self.cell, begun.start)).trials;
            let part = begun.end..end.min(whole.end);
            let part_end = part.end;
            self.chunk.append(&batch, part, &self.study.spec.cells[self.cell].record);
            if part_end == whole.end {
                self.write(whole)?;
            }
        }
        let whole = self.chunk.range().is_empty();
        Ok(self.next(whole))
    }

    fn chunk_models(&self) -> u64 {
        self.study.plan.per_chunk()[self.cell]
    }

    fn warn(&mut self, what: &str) {
        self.observer.trouble(what);
    }

    fn progress(&mut self, model_epochs: u64) -> ControlFlow<()> {
        self.observer.worked(model_epochs);
        self.work.1 += model_epochs;
        self.next(false)
    }
}

/// Whether the work ends within `left` at its present speed: `done` of `whole` took `taken`.
fn ends_within(left: Duration, taken: Duration, done: u64, whole: u64) -> bool {
    if done == 0 {
        return left + UNKNOWN > GRACE;
    }
    let rest = whole.saturating_sub(done) as f64 / done as f64 * taken.as_secs_f64();
    !left.is_zero() && rest <= left.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_waits_for_no_chunk_that_can_not_end_in_time() {
        let second = Duration::from_secs(1);
        for (left, taken, done, whole, wanted) in [
            (second, second, 50, 100, true),
            (second, second, 49, 100, false),
            (second, 3 * second, 75, 100, true),
            // The speed is unknown: wait briefly.
            (GRACE, second, 0, 100, true),
            (GRACE - 2 * UNKNOWN, second, 0, 100, false),
            // A batch may cover several chunks.
            (second, second, 500, 100, true),
            (Duration::ZERO, second, 500, 100, false),
        ] {
            assert_eq!(ends_within(left, taken, done, whole), wanted, "{left:?} {taken:?} {done}");
        }
    }
}
