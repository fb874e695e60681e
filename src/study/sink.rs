//! Takes what engines finish and writes chunks, however the engine cuts its batches.

use super::chunk::{Chunk, CurveKind, curve};
use super::{Study, chunk_file};
use crate::engine::{Batch, Outcome, Sink};
use crate::error::{Error, Result};
use std::ops::{ControlFlow, Range};

/// Follows a training and may stop it; whoever shows progress implements it.
pub trait Watch {
    /// `model_epochs` more updates are done (models × epochs).
    fn worked(&mut self, model_epochs: u64) {
        let _ = model_epochs;
    }

    /// The trials in `range` are on disk.
    fn saved(&mut self, range: Range<u64>, outcomes: &[Outcome]) {
        let _ = (range, outcomes);
    }

    /// Whether to stop before the next batch; asked after each one.
    fn stop(&mut self) -> bool {
        false
    }
}

/// Watches nothing.
impl Watch for () {}

/// Cuts batches into chunks and writes each one as soon as it is complete. A chunk begun when the training stops is
/// lost.
pub struct ChunkSink<'a> {
    study: &'a mut Study,
    watch: &'a mut dyn Watch,
    chunk: Chunk,
}

impl<'a> ChunkSink<'a> {
    pub(super) fn new(study: &'a mut Study, first: u64, watch: &'a mut dyn Watch) -> Self {
        Self { study, watch, chunk: Chunk::new(first) }
    }

    fn write(&mut self, range: Range<u64>) -> Result<()> {
        let chunk = std::mem::replace(&mut self.chunk, Chunk::new(range.end));
        let study = &mut *self.study;
        let number = study.plan.chunk_of(range.start);
        let outcomes = chunk.outcomes().to_vec();
        let (record, parameters) = (&study.question.record, study.question.shape.parameters());
        chunk_file::write_chunk(&study.chunk_path(number), chunk, record, parameters, study.labels(&range)?)?;
        study.finished[number as usize] = true;
        self.watch.saved(range, &outcomes);
        Ok(())
    }

    /// A batch that is not what was asked for would put numbers in the wrong places.
    fn check(&self, batch: &Batch) -> Result<()> {
        let (record, expected) = (&self.study.question.record, self.chunk.range().end);
        let end = batch.first + batch.outcomes.len() as u64;
        let kept = record.curves_in(&(batch.first..end));
        let curves_fit = CurveKind::ALL
            .into_iter()
            .filter(|kind| kind.is_kept(record))
            .all(|kind| curve(batch, kind).len() == kept * record.epochs.len());
        let values = batch.outcomes.len() * self.study.question.shape.parameters();
        let weights_fit = match &batch.weights {
            None => !record.weights,
            Some(weights) => weights.initial.len() == values && weights.last.len() == values,
        };
        let wrong = match () {
            _ if batch.first != expected => format!("trial {} came where {expected} was due", batch.first),
            _ if end > self.study.plan.models => format!("trial {} does not exist", end - 1),
            _ if batch.curves.models != kept || !curves_fit => format!("curves of trials {}.. do not fit", batch.first),
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
            let (begun, question) = (self.chunk.range(), &self.study.question);
            let whole = self.study.plan.range(self.study.plan.chunk_of(begun.start));
            let part = begun.end..end.min(whole.end);
            let part_end = part.end;
            self.chunk.append(&batch, part, &question.trials, &question.record);
            if part_end == whole.end {
                self.write(whole)?;
            }
        }
        Ok(if self.watch.stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn unit(&self) -> u64 {
        self.study.plan.per_chunk
    }

    fn progress(&mut self, model_epochs: u64) {
        self.watch.worked(model_epochs);
    }
}
