//! One batch after the other on the calling thread, which a page has alone.

use super::BatchCutter;
use crate::clock::Instant;
use crate::engine::gpu::batch::BatchRun;
use crate::engine::gpu::dispatch_sizing::DispatchSizing;
use crate::engine::gpu::kernels::Kernels;
use crate::engine::gpu::phase_times::PhaseTimes;
use crate::engine::gpu::progress_link::ProgressLink;
use crate::engine::{Job, Sink};
use crate::error::Result;
use std::cell::{Cell, RefCell};
use std::ops::Range;

/// Link to the sink itself.
struct SinkLink<'a> {
    sink: RefCell<&'a mut dyn Sink>,
    stop: Cell<bool>,
}

impl ProgressLink for SinkLink<'_> {
    fn progress(&self, model_epochs: u64) {
        self.stop.set(self.stop.get() || self.sink.borrow_mut().progress(model_epochs).is_break());
    }

    fn stopped(&self) -> bool {
        self.stop.get()
    }
}

/// Trains the trials in `range` and passes batches to `sink` until it says stop. Returns the time per phase, the number
/// of models accepted, and when the last results arrived.
///
/// # Errors
/// [`crate::Error::Device`] if the device fails; the sink's own errors.
pub async fn train(
    kernels: &Kernels<'_>,
    job: &Job,
    range: Range<u64>,
    sink: &mut dyn Sink,
) -> Result<(PhaseTimes, u64, Instant)> {
    let (mut pace, mut timing) = (DispatchSizing::new(&kernels.plan), PhaseTimes::default());
    let (mut trained, mut ended) = (0, Instant::now());
    let mut batches = BatchCutter::new(kernels, job, range, sink.chunk_models());
    let line = SinkLink { sink: RefCell::new(sink), stop: Cell::new(false) };
    while !line.stopped()
        && let Some((first, models)) = batches.next()
    {
        let begun = Instant::now();
        let run = timing.measure("upload", BatchRun::new(kernels, job, first, models)).await?;
        let Some(pending) = run.run(&mut pace, &mut timing, &line).await? else { break };
        batches.took(begun.elapsed());
        let batch = timing.measure("readback", pending.finish(kernels, job)).await?;
        ended = Instant::now();
        trained += batch.outcomes.len() as u64;
        if line.sink.borrow_mut().accept(batch)?.is_break() {
            break;
        }
    }
    Ok((timing, trained, ended))
}
