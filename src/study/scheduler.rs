//! Trains one study on several devices: each takes missing chunks until none are left.

use super::{ChunkSink, ProgressObserver, Study, TrialRange};
use crate::engine::{Engine, Job, Outcome, train};
use crate::error::{Error, Result};
use crate::threads::thread_error;
use std::collections::VecDeque;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, ScopedJoinHandle};

/// Consecutive failed chunks after which a device gets no more.
const MOST_FAILURES: u32 = 3;

/// A chunk that failed on every device that could try it.
#[derive(Debug)]
pub struct ChunkFailure {
    /// Number of the chunk.
    pub chunk: u64,
    /// Error of the last device.
    pub error: Error,
    /// Indices of the devices on which it failed.
    tried: Vec<usize>,
}

impl std::fmt::Display for ChunkFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "chunk {}: {}", self.chunk, self.error)
    }
}

/// Result of a training.
#[derive(Debug)]
pub struct TrainingSummary {
    /// Failed chunks, ascending by number.
    pub failures: Vec<ChunkFailure>,
    /// Chunks that were not tried because no device was left.
    pub untried: u64,
    /// Whether each device is still usable.
    pub sound: Vec<bool>,
}

/// Queue of work, shared by all devices.
struct ChunkQueue<'a> {
    study: &'a Study,
    observer: &'a dyn ProgressObserver,
    devices: u64,
    state: Mutex<SchedulerState>,
    changed: Condvar,
}

#[derive(Default)]
struct SchedulerState {
    waiting: VecDeque<TrialRange>,
    /// Chunks in `waiting`.
    left: u64,
    failed: Vec<ChunkFailure>,
    /// Devices at work; one of them may return chunks.
    busy: usize,
    /// Set when no more work is handed out, with the error that ended the training, if any.
    ended: Option<Result<()>>,
}

impl Study {
    /// Trains the missing trials of this process, cell by cell with `jobs`, on several equal `engines` in parallel. A
    /// chunk that fails on all of them is skipped and reported; a device with three failures in a row gets no more
    /// chunks. Call it after [`Study::use_engine`].
    ///
    /// # Errors
    /// Any other error ends the training, such as one of the disk or an invalid mapping. Finished chunks are kept.
    pub fn train(
        &self,
        engines: &mut [Box<dyn Engine>],
        jobs: &[Job],
        observer: &dyn ProgressObserver,
    ) -> Result<TrainingSummary> {
        let waiting: VecDeque<TrialRange> = self.own_missing().into();
        let left = waiting.iter().map(|span| self.chunks_in(span)).sum();
        let state = SchedulerState { waiting, left, ..SchedulerState::default() };
        let devices = engines.len() as u64;
        let queue = ChunkQueue { study: self, observer, devices, state: Mutex::new(state), changed: Condvar::new() };
        let sound = std::thread::scope(|scope| {
            let mut engines = engines.iter_mut().enumerate();
            let first = engines.next();
            let others = engines.map(|(device, engine)| {
                let queue = &queue;
                let started = Builder::new().spawn_scoped(scope, move || queue.train_on(device, engine.as_mut(), jobs));
                started.map_err(|e| observer.trouble(&thread_error("a device", &e).to_string())).ok()
            });
            let others: Vec<_> = others.collect();
            // This thread serves the first device, so that a single device needs no other thread.
            let first = first.map(|(device, engine)| queue.train_on(device, engine.as_mut(), jobs));
            let join = |thread: ScopedJoinHandle<bool>| thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            // A device whose thread could not be started has not failed.
            first.into_iter().chain(others.into_iter().map(|thread| thread.is_none_or(join))).collect()
        });
        let SchedulerState { failed: mut failures, ended, left, .. } =
            queue.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        failures.sort_by_key(|failure| failure.chunk);
        let stopped = ended.is_some();
        ended.unwrap_or(Ok(()))?;
        Ok(TrainingSummary { failures, untried: if stopped { 0 } else { left }, sound })
    }

    fn chunks_in(&self, span: &TrialRange) -> u64 {
        span.len().div_ceil(self.plan.per_chunk()[span.cell])
    }
}

impl ChunkQueue<'_> {
    /// Trains on one device while there is work; returns whether the device is still usable.
    fn train_on(&self, device: usize, engine: &mut dyn Engine, jobs: &[Job]) -> bool {
        let mut failures = 0;
        while let Some(mut work) = self.take(device) {
            let (cell, trials) = (work.span.cell, work.span.trials.clone());
            let mut sink = ChunkSink::new(self.study, &work.span, self);
            match train(engine, &jobs[cell], trials.clone(), &mut sink) {
                Ok(()) if self.stop() => work.end(Ok(())),
                Ok(()) => failures = 0,
                Err(error @ Error::Device(_)) => {
                    let begun = sink.begun();
                    failures = if begun > trials.start { 1 } else { failures + 1 };
                    let name = &engine.info().device;
                    self.trouble(&format!("chunk {} failed on {name}: {error}", self.study.plan.chunk_of(cell, begun)));
                    work.failed(device, begun, error);
                    if failures == MOST_FAILURES {
                        self.trouble(&format!("{failures} chunks in a row failed on {name}: it gets no more"));
                        return false;
                    }
                }
                Err(error) => work.end(Err(error)),
            }
        }
        true
    }

    /// Returns the next work for a device, and waits while another device may return some; None if there is none left.
    fn take(&self, device: usize) -> Option<ClaimedChunks<'_>> {
        let mut state = self.lock();
        loop {
            if state.ended.is_some() {
                return None;
            }
            let again = state.failed.iter().position(|failure| !failure.tried.contains(&device));
            let work = match (state.waiting.pop_front(), again) {
                (Some(span), _) => Some((self.claim_part(&mut state, span), Vec::new())),
                (None, Some(n)) => {
                    Some(state.failed.remove(n)).map(|failure| (self.study.plan.span(failure.chunk), failure.tried))
                }
                (None, None) => None,
            };
            if let Some((span, tried)) = work {
                state.busy += 1;
                return Some(ClaimedChunks { queue: self, span, tried });
            }
            if state.busy == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Returns the part of `span` that a device gets at once; the rest waits at the front of the queue. A single device
    /// gets everything, since it idles briefly at every boundary; several get ever smaller parts, to finish together.
    fn claim_part(&self, state: &mut SchedulerState, span: TrialRange) -> TrialRange {
        let most = if self.devices == 1 { state.left } else { state.left.div_ceil(2 * self.devices) };
        let end = span.trials.end.min(span.trials.start + most * self.study.plan.per_chunk()[span.cell]);
        let (first, rest) = (span.trials.start..end, end..span.trials.end);
        if !rest.is_empty() {
            state.waiting.push_front(TrialRange { cell: span.cell, trials: rest });
        }
        let first = TrialRange { cell: span.cell, trials: first };
        state.left -= self.study.chunks_in(&first);
        first
    }

    fn lock(&self) -> MutexGuard<'_, SchedulerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forwards all events; also stops every device when an error of one of them ends the training.
impl ProgressObserver for ChunkQueue<'_> {
    fn worked(&self, model_epochs: u64) {
        self.observer.worked(model_epochs);
    }

    fn saved(&self, range: Range<u64>, outcomes: &[Outcome]) {
        self.observer.saved(range, outcomes);
    }

    fn trouble(&self, what: &str) {
        self.observer.trouble(what);
    }

    fn stop(&self) -> bool {
        self.observer.stop() || self.lock().ended.is_some()
    }
}

/// Work claimed by a device, until it is dropped.
struct ClaimedChunks<'a> {
    queue: &'a ChunkQueue<'a>,
    span: TrialRange,
    /// Devices on which it failed before.
    tried: Vec<usize>,
}

impl ClaimedChunks<'_> {
    /// Records that the chunk that starts with trial `begun` failed: other devices may retry it, and the trials after
    /// it return to the queue.
    fn failed(&mut self, device: usize, begun: u64, error: Error) {
        let (cell, plan) = (self.span.cell, &self.queue.study.plan);
        let chunk = plan.chunk_of(cell, begun);
        let rest = plan.span(chunk).trials.end..self.span.trials.end;
        let mut tried = std::mem::take(&mut self.tried);
        tried.push(device);
        let mut state = self.queue.lock();
        state.failed.push(ChunkFailure { chunk, error, tried });
        if !rest.is_empty() {
            let rest = TrialRange { cell, trials: rest };
            state.left += self.queue.study.chunks_in(&rest);
            state.waiting.push_front(rest);
        }
    }

    /// Ends the training: no more work is handed out.
    fn end(&mut self, result: Result<()>) {
        let mut state = self.queue.lock();
        // The first error is kept.
        if !matches!(state.ended, Some(Err(_))) {
            state.ended = Some(result);
        }
    }
}

impl Drop for ClaimedChunks<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Otherwise the other devices might train for hours before the panic is seen.
            self.end(Ok(()));
        }
        self.queue.lock().busy -= 1;
        self.queue.changed.notify_all();
    }
}
