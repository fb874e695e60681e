//! Distributes blocks of models to threads and delivers their results in order, while training continues.

use super::block::TrainingContext;
use super::instruction_sets::Instructions;
use crate::clock::Instant;
use crate::engine::in_memory_sink::{TrainedModel, batch};
use crate::engine::{Job, Sink};
use crate::error::Result;
use crate::parallel::Pool;
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
#[cfg(feature = "native")]
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Results are delivered at this interval, or as soon as this many models are ready.
const BATCH_TIME: Duration = Duration::from_millis(400);
const LARGEST_BATCH: usize = 4096;
/// Interval between progress reports.
const PROGRESS_TIME: Duration = Duration::from_millis(100);

/// Blocks per thread that may be claimed beyond the first missing one: bounds the results that wait in memory.
const WINDOW: u64 = 32;

/// Index of a block's first model, and its models.
type TrainedBlock = (u64, Vec<TrainedModel>);

/// Hands out blocks of models to threads.
pub struct BlockQueue {
    lanes: u64,
    end: u64,
    /// Most models that may be claimed beyond the first missing one.
    window: u64,
    state: Mutex<QueueState>,
    changed: Condvar,
    /// Copy of [`QueueState::stopped`], read without the lock.
    stop: AtomicBool,
}

struct QueueState {
    /// First model that is not yet claimed.
    next: u64,
    /// First model whose results have not arrived.
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
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
        }
    }

    /// Claims the next block, waiting while it is too far ahead; `None` at the end or after a stop.
    fn claim(&self) -> Option<Range<u64>> {
        let ahead = |state: &mut QueueState| !state.stopped && state.next >= state.first + self.window;
        let mut state = self.changed.wait_while(self.lock(), ahead).unwrap_or_else(PoisonError::into_inner);
        let block = state.next..self.end.min(state.next + self.lanes);
        state.next = block.end;
        (!state.stopped && !block.is_empty()).then_some(block)
    }

    /// Records that all results before model `first` have arrived.
    fn arrived(&self, first: u64) {
        self.lock().first = first;
        self.changed.notify_all();
    }

    /// Whether training should stop.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stops the queue when dropped, also by an error or a panic: no more blocks are handed out, and waiting threads wake
/// up.
#[cfg(feature = "native")]
struct StopOnDrop<'a>(&'a BlockQueue);

#[cfg(feature = "native")]
impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
        self.0.lock().stopped = true;
        self.0.changed.notify_all();
    }
}

/// Restores the order of blocks.
struct InOrder<'a> {
    job: &'a Job,
    /// First model that is not yet delivered.
    first: u64,
    /// Consecutive models from `first` on.
    ready: Vec<TrainedModel>,
    /// Later blocks, by their first model.
    out_of_order: BTreeMap<u64, Vec<TrainedModel>>,
}

impl InOrder<'_> {
    /// Adds a block; returns the first model whose results have not arrived.
    fn add(&mut self, (first, models): TrainedBlock) -> u64 {
        self.out_of_order.insert(first, models);
        while let Some(models) = self.out_of_order.remove(&self.missing()) {
            self.ready.extend(models);
        }
        self.missing()
    }

    fn missing(&self) -> u64 {
        self.first + self.ready.len() as u64
    }

    /// Delivers the ready models.
    fn flush(&mut self, sink: &mut dyn Sink) -> Result<ControlFlow<()>> {
        if self.ready.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        // Histograms can't be split, so no batch may cross a unit boundary.
        let unit = if self.job.record.histograms { sink.chunk_models() } else { u64::MAX };
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

/// Passes results and progress on to the sink at their intervals.
struct Delivery<'a> {
    queue: InOrder<'a>,
    /// Model epochs since the last report.
    done: &'a AtomicU64,
    sink: &'a mut dyn Sink,
    last_report: Instant,
    flushed: Instant,
}

impl<'a> Delivery<'a> {
    fn new(job: &'a Job, blocks: &BlockQueue, done: &'a AtomicU64, sink: &'a mut dyn Sink) -> Self {
        let queue = InOrder { job, first: blocks.lock().first, ready: Vec::new(), out_of_order: BTreeMap::new() };
        Self { queue, done, sink, last_report: Instant::now(), flushed: Instant::now() }
    }

    /// Reports progress and delivers ready models, each if it is due; the sink may say stop.
    fn pass_on(&mut self) -> Result<ControlFlow<()>> {
        if self.last_report.elapsed() >= PROGRESS_TIME {
            if self.sink.progress(self.done.swap(0, Ordering::Relaxed)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.last_report = Instant::now();
        }
        if self.queue.ready.len() >= LARGEST_BATCH || self.flushed.elapsed() >= BATCH_TIME {
            if self.queue.flush(self.sink)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.flushed = Instant::now();
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Delivers the rest; returns when the last block arrived.
    fn finish(mut self) -> Result<Instant> {
        let ended = Instant::now();
        // All models are trained: a stop has no effect.
        let _ = self.sink.progress(self.done.swap(0, Ordering::Relaxed));
        self.queue.flush(self.sink).map(|_| ended)
    }
}

/// Trains all blocks and delivers the results to `sink` until all are delivered or the sink stops. `done` counts model
/// epochs for the progress reports. Returns when the last block arrived, or when the sink stopped.
pub fn run(
    pool: &Pool,
    set: Instructions,
    context: &TrainingContext,
    blocks: &BlockQueue,
    done: &AtomicU64,
    sink: &mut dyn Sink,
) -> Result<Instant> {
    let train = |block: Range<u64>| (block.start, set.train(context, block));
    on_threads(pool, blocks, train, Delivery::new(context.job, blocks, done, sink))
}

/// Trains blocks on all threads of the pool, while the calling thread delivers.
#[cfg(feature = "native")]
fn on_threads(
    pool: &Pool,
    blocks: &BlockQueue,
    train: impl Fn(Range<u64>) -> TrainedBlock + Sync,
    mut delivery: Delivery,
) -> Result<Instant> {
    let (sender, receiver) = channel();
    pool.in_place_scope(|scope| {
        for sender in vec![sender; pool.current_num_threads()] {
            let train = &train;
            scope.spawn(move |_| work(blocks, train, &sender));
        }
        let _stop = StopOnDrop(blocks);
        loop {
            match receiver.recv_timeout(PROGRESS_TIME) {
                Ok(block) => blocks.arrived(delivery.queue.add(block)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return delivery.finish(),
            }
            if delivery.pass_on()?.is_break() {
                return Ok(Instant::now());
            }
        }
    })
}

/// Runs one thread: trains and sends blocks until none is left.
#[cfg(feature = "native")]
fn work(blocks: &BlockQueue, train: &impl Fn(Range<u64>) -> TrainedBlock, sender: &Sender<TrainedBlock>) {
    while let Some(block) = blocks.claim() {
        let stop = StopOnDrop(blocks);
        let trained = train(block);
        std::mem::forget(stop);
        // After a stop the block may be incomplete. `send` fails only if the receiver is gone.
        if blocks.stopped() || sender.send(trained).is_err() {
            return;
        }
    }
}

/// Trains and delivers by turns on the calling thread, the only one of this build.
#[cfg(not(feature = "native"))]
fn on_threads(
    _: &Pool,
    blocks: &BlockQueue,
    train: impl Fn(Range<u64>) -> TrainedBlock,
    mut delivery: Delivery,
) -> Result<Instant> {
    while let Some(block) = blocks.claim() {
        blocks.arrived(delivery.queue.add(train(block)));
        if delivery.pass_on()?.is_break() {
            return Ok(Instant::now());
        }
    }
    delivery.finish()
}
