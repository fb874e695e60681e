//! AUC of models, from their engine's own logits; computed only on request.

use super::{Batch, Engine, InMemorySink, Job, Outcome, Record, Sink};
use crate::error::Result;
use crate::parallel::*;
use crate::statistics::{RowSet, ordered_pairs};
use std::ops::{ControlFlow, Range};

/// Most logits in memory at once.
const MOST_LOGITS: usize = 1 << 22;
/// Most weights in memory at once; with histograms, a unit of the sink may have more.
const MOST_WEIGHTS: usize = 1 << 23;

/// Trains the trials in `range` as [`Engine::train`] does and, with [`Record::auc`], ranks the rows by logit.
///
/// # Errors
/// As for [`Engine::train`].
pub fn train(engine: &mut dyn Engine, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
    if !job.record.auc {
        return engine.train(job, range, sink);
    }
    let weighed = Job { record: Record { weights: true, ..job.record.clone() }, ..job.clone() };
    let most = (MOST_WEIGHTS / job.shape.parameters()).max(1) as u64;
    // Histograms can't be split, so no block may cross a unit boundary.
    let block = if job.record.histograms { sink.chunk_models() } else { sink.chunk_models().min(most) };
    let mut first = range.start;
    while first < range.end {
        let end = (first - first % block).saturating_add(block).min(range.end);
        let mut held = RankingSink { collected: InMemorySink::default(), sink, stopped: false };
        engine.train(&weighed, first..end, &mut held)?;
        let (Some(mut batch), false) = (held.collected.batch, held.stopped) else { return Ok(()) };
        rank(engine, job, &mut batch)?;
        batch.weights = batch.weights.filter(|_| job.record.weights);
        if sink.accept(batch)?.is_break() {
            return Ok(());
        }
        first = end;
    }
    Ok(())
}

/// Holds batches back until their models are ranked; passes progress on to the sink.
struct RankingSink<'a> {
    collected: InMemorySink,
    sink: &'a mut dyn Sink,
    stopped: bool,
}

impl Sink for RankingSink<'_> {
    fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>> {
        self.collected.accept(batch)
    }

    fn chunk_models(&self) -> u64 {
        self.sink.chunk_models()
    }

    fn warn(&mut self, what: &str) {
        self.sink.warn(what);
    }

    fn progress(&mut self, model_epochs: u64) -> ControlFlow<()> {
        let flow = self.sink.progress(model_epochs);
        self.stopped |= flow.is_break();
        flow
    }
}

/// Sets [`Outcome::ordered_pairs`] for each set of points that a model has a score on.
fn rank(engine: &mut dyn Engine, job: &Job, batch: &mut Batch) -> Result<()> {
    let (size, data) = (job.shape.parameters(), &job.data);
    let weights = batch.weights.as_ref().map_or(&[][..], |weights| &weights.last);
    for (set, points) in RowSet::ALL.into_iter().zip([Some(&data.train), data.validation.as_ref(), data.test.as_ref()])
    {
        let Some(points) = points else { continue };
        let block = (MOST_LOGITS / points.len()).max(1);
        for (outcomes, weights) in batch.outcomes.chunks_mut(block).zip(weights.chunks(block * size)) {
            let logits = engine.logits(job, weights, points)?;
            let ranked = |(outcome, logits): (&mut Outcome, &[f64])| {
                let known = outcome.score(set).and_then(|_| ordered_pairs(logits, &points.labels()));
                outcome.ordered_pairs[set as usize] = known;
            };
            outcomes.par_iter_mut().zip_eq(logits.par_chunks_exact(points.len())).for_each(ranked);
        }
    }
    Ok(())
}
