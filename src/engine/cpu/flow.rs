//! Blocks of models from the threads that train them, in order, to whoever takes the results: meanwhile training goes on.

use super::block::Context;
use super::instructions::Instructions;
use crate::engine::collect::{Trained, batch};
use crate::engine::{Job, Sink};
use crate::error::Result;
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

/// Results are handed on so often, or when there are so many models.
const BATCH_TIME: Duration = Duration::from_millis(400);
const LARGEST_BATCH: usize = 4096;
/// Progress is told so often.
const PROGRESS_TIME: Duration = Duration::from_millis(100);

/// A block: its first model, and its models.
pub type Block = (u64, Vec<Trained>);

/// One thread's work: trains the next block and sends it, until there is none or nobody listens any more.
pub fn work(set: Instructions, context: &Context, next: &AtomicU64, end: u64, sender: &SyncSender<Block>) {
    let lanes = set.lanes() as u64;
    loop {
        let first = next.fetch_add(lanes, Ordering::Relaxed);
        if first >= end || sender.send((first, set.train(context, first..end.min(first + lanes)))).is_err() {
            return;
        }
    }
}

/// Puts blocks in order.
struct Queue<'a> {
    job: &'a Job,
    /// The first model that is not handed on.
    first: u64,
    /// Models from there on.
    ready: Vec<Trained>,
    /// Blocks further on.
    early: BTreeMap<u64, Vec<Trained>>,
}

impl Queue<'_> {
    fn add(&mut self, (first, models): Block) {
        self.early.insert(first, models);
        while let Some(models) = self.early.remove(&(self.first + self.ready.len() as u64)) {
            self.ready.extend(models);
        }
    }

    /// Hands on what is ready.
    fn flush(&mut self, sink: &mut dyn Sink) -> Result<ControlFlow<()>> {
        if self.ready.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let models = std::mem::take(&mut self.ready);
        let first = self.first;
        self.first += models.len() as u64;
        sink.accept(batch(self.job, first, models))
    }
}

/// Hands the blocks of `range` to `sink` until there are no more or it wants no more; dropping the receiver stops the
/// threads. `done` counts epochs for the progress. Returns when the last block came.
pub fn deliver(
    job: &Job,
    range: &Range<u64>,
    receiver: Receiver<Block>,
    done: &AtomicU64,
    sink: &mut dyn Sink,
) -> Result<Instant> {
    let mut queue = Queue { job, first: range.start, ready: Vec::new(), early: BTreeMap::new() };
    let (mut told, mut flushed) = (Instant::now(), Instant::now());
    loop {
        match receiver.recv_timeout(PROGRESS_TIME) {
            Ok(block) => queue.add(block),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if told.elapsed() >= PROGRESS_TIME {
            sink.progress(done.swap(0, Ordering::Relaxed));
            told = Instant::now();
        }
        if queue.ready.len() >= LARGEST_BATCH || flushed.elapsed() >= BATCH_TIME {
            if queue.flush(sink)?.is_break() {
                return Ok(Instant::now());
            }
            flushed = Instant::now();
        }
    }
    let ended = Instant::now();
    sink.progress(done.swap(0, Ordering::Relaxed));
    queue.flush(sink).map(|_| ended)
}
