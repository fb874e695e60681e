//! Blocks of models from the threads that train them, in order, to whoever takes the results: meanwhile training goes on.

use super::block::TrainingContext;
use super::instructions::Instructions;
use crate::engine::collect::{TrainedModel, batch};
use crate::engine::{Job, Sink};
use crate::error::Result;
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Results are handed on so often, or when there are so many models.
const BATCH_TIME: Duration = Duration::from_millis(400);
const LARGEST_BATCH: usize = 4096;
/// Progress is told so often.
const PROGRESS_TIME: Duration = Duration::from_millis(100);

/// Blocks for each thread that may be trained before the first of them is: results wait in memory for those before them.
const WINDOW: u64 = 32;

/// A block: its first model, and its models.
pub type TrainedBlock = (u64, Vec<TrainedModel>);

/// Hands out blocks of models to the threads.
pub struct BlockQueue {
    lanes: u64,
    end: u64,
    /// Models that may be ahead.
    window: u64,
    state: Mutex<QueueState>,
    moved: Condvar,
    /// Set with the state's, to be asked without waiting.
    stop: AtomicBool,
}

struct QueueState {
    /// The first model that nobody has yet.
    next: u64,
    /// The first model whose results are not there.
    first: u64,
    stopped: bool,
}

impl BlockQueue {
    pub fn new(range: &Range<u64>, lanes: usize, threads: usize) -> Self {
        let state = Mutex::new(QueueState { next: range.start, first: range.start, stopped: false });
        let lanes = lanes as u64;
        Self {
            lanes,
            end: range.end,
            window: WINDOW * threads as u64 * lanes,
            state,
            moved: Condvar::new(),
            stop: AtomicBool::new(false),
        }
    }

    /// The next block, as soon as it is not too far ahead; none at the end.
    fn claim(&self) -> Option<Range<u64>> {
        let ahead = |state: &mut QueueState| !state.stopped && state.next >= state.first + self.window;
        let mut state = self.moved.wait_while(self.lock(), ahead).unwrap_or_else(PoisonError::into_inner);
        let block = state.next..self.end.min(state.next + self.lanes);
        state.next = block.end;
        (!state.stopped && !block.is_empty()).then_some(block)
    }

    /// Says that all results before model `first` are there.
    fn arrived(&self, first: u64) {
        self.lock().first = first;
        self.moved.notify_all();
    }

    /// Whether nobody wants more results.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When it goes, by an error or a panic too, no more blocks are handed out and nobody waits for one.
struct StopOnDrop<'a>(&'a BlockQueue);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
        self.0.lock().stopped = true;
        self.0.moved.notify_all();
    }
}

/// One thread's work: trains the next block and sends it, until there is none.
pub fn work(set: Instructions, context: &TrainingContext, blocks: &BlockQueue, sender: &Sender<TrainedBlock>) {
    while let Some(block) = blocks.claim() {
        let stop = StopOnDrop(blocks);
        let trained = (block.start, set.train(context, block));
        std::mem::forget(stop);
        // A block that was broken off is no result.
        if blocks.stopped() || sender.send(trained).is_err() {
            return;
        }
    }
}

/// Puts blocks in order.
struct InOrder<'a> {
    job: &'a Job,
    /// The first model that is not handed on.
    first: u64,
    /// Models from there on.
    ready: Vec<TrainedModel>,
    /// Blocks further on.
    early: BTreeMap<u64, Vec<TrainedModel>>,
}

impl InOrder<'_> {
    /// Returns the first model whose results are not there.
    fn add(&mut self, (first, models): TrainedBlock) -> u64 {
        self.early.insert(first, models);
        while let Some(models) = self.early.remove(&self.missing()) {
            self.ready.extend(models);
        }
        self.missing()
    }

    fn missing(&self) -> u64 {
        self.first + self.ready.len() as u64
    }

    /// Hands on what is ready.
    fn flush(&mut self, sink: &mut dyn Sink) -> Result<ControlFlow<()>> {
        if self.ready.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        // Histograms can't be cut where a unit ends: the batch is.
        let unit = if self.job.record.histograms { sink.unit() } else { u64::MAX };
        while !self.ready.is_empty() {
            let first = self.first;
            let most = usize::try_from(unit - first % unit).unwrap_or(usize::MAX);
            let rest = self.ready.split_off(most.min(self.ready.len()));
            let models = std::mem::replace(&mut self.ready, rest);
            self.first += models.len() as u64;
            if sink.accept(batch(self.job, first, models))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Hands the results to `sink` until there are no more or it wants no more. `done` counts epochs for the progress. Returns
/// when the last block came.
pub fn deliver(
    job: &Job,
    blocks: &BlockQueue,
    receiver: &Receiver<TrainedBlock>,
    done: &AtomicU64,
    sink: &mut dyn Sink,
) -> Result<Instant> {
    let _stop = StopOnDrop(blocks);
    let mut queue = InOrder { job, first: blocks.lock().first, ready: Vec::new(), early: BTreeMap::new() };
    let (mut told, mut flushed) = (Instant::now(), Instant::now());
    loop {
        match receiver.recv_timeout(PROGRESS_TIME) {
            Ok(block) => blocks.arrived(queue.add(block)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if told.elapsed() >= PROGRESS_TIME {
            if sink.progress(done.swap(0, Ordering::Relaxed)).is_break() {
                return Ok(Instant::now());
            }
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
    // All is trained: there is nothing left to stop.
    let _ = sink.progress(done.swap(0, Ordering::Relaxed));
    queue.flush(sink).map(|_| ended)
}
