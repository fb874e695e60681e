//! Recovery from device failures during training: accepted results are kept, the rest is trained again.

use super::GpuEngine;
use super::device::{DeviceFailure, GpuDevice};
use super::device_plan::DevicePlan;
use super::kernel_spec::KernelSpec;
use super::own_mapping;
use crate::clock::{self, Instant};
use crate::engine::{Batch, Job, Sink};
use crate::error::{Error, Result};
use std::cell::OnceCell;
use std::ops::{ControlFlow, Range};
use std::time::Duration;

/// Consecutive failures, without a batch in between, that end the training.
const MAX_FAILURES: u32 = 3;

/// Pauses between attempts to open a device: a restarting driver takes seconds.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// Opens a device, with retries; each failed attempt adds to `failures`.
async fn open_with_retries(
    mut open: impl AsyncFnMut() -> Result<()>,
    failures: &mut u32,
    pauses: [Duration; 2],
    stopped: &mut dyn FnMut() -> bool,
) -> Result<()> {
    while let Err(error) = open().await {
        *failures += 1;
        if *failures >= MAX_FAILURES || pause(pauses[*failures as usize - 2], stopped) {
            return Err(error);
        }
    }
    Ok(())
}

/// Waits until `time` has passed or `stopped` returns true; returns whether it was stopped.
fn pause(time: Duration, stopped: &mut dyn FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < time {
        if stopped() {
            return true;
        }
        clock::sleep(Duration::from_millis(50));
    }
    false
}

/// Sink that tracks which results were accepted.
struct CountingSink<'a> {
    sink: &'a mut dyn Sink,
    /// First trial without accepted results.
    next: u64,
    /// Whether the wrapped sink itself failed.
    refused: bool,
}

impl Sink for CountingSink<'_> {
    fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>> {
        let end = batch.first + batch.outcomes.len() as u64;
        let taken = self.sink.accept(batch);
        match &taken {
            Ok(_) => self.next = end,
            Err(_) => self.refused = true,
        }
        taken
    }

    fn chunk_models(&self) -> u64 {
        self.sink.chunk_models()
    }

    fn progress(&mut self, model_epochs: u64) -> ControlFlow<()> {
        self.sink.progress(model_epochs)
    }

    fn warn(&mut self, what: &str) {
        self.sink.warn(what);
    }
}

/// Trains the trials in `range`. A lost device is opened again; a device out of memory gets batches of half the size.
///
/// # Errors
/// As for [`crate::engine::Engine::train`]; [`Error::Device`] after three consecutive failures.
pub async fn train(engine: &mut GpuEngine, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
    let (mut first, mut failures) = (range.start, 0);
    let mut counted = CountingSink { sink, next: first, refused: false };
    loop {
        let error = match engine.train_once(job, first..range.end, &mut counted).await {
            Err(error @ Error::Device(_)) if !counted.refused => error,
            ended => return ended,
        };
        failures = if counted.next > first { 1 } else { failures + 1 };
        first = counted.next;
        let remedy = match engine.device.take_failure() {
            Some(trouble) if failures < MAX_FAILURES => trouble,
            _ => return Err(error),
        };
        let message = match remedy {
            DeviceFailure::OutOfMemory => engine.halve(job)?.ok_or(error)?,
            DeviceFailure::Lost => {
                let stopped = &mut || counted.progress(0).is_break();
                open_with_retries(async || engine.reopen().await, &mut failures, PAUSES, stopped).await?;
                format!("{error}; opened again, failure {failures} of {MAX_FAILURES}")
            }
        };
        counted.sink.warn(&message);
    }
}

impl GpuEngine {
    /// Opens the device again and drops the data sets and kernels of the old one.
    async fn reopen(&mut self) -> Result<()> {
        (self.histogram, self.convergence, self.cached_datasets) = (OnceCell::new(), OnceCell::new(), Vec::new());
        let open = GpuDevice::open(&self.adapter, &self.options);
        self.device = self.timing.measure("device start", open).await?;
        Ok(())
    }

    /// Halves the models per batch and returns a message about it; None if a batch of one model is too large.
    fn halve(&mut self, job: &Job) -> Result<Option<String>> {
        let kernel_spec = KernelSpec {
            shape: &job.shape,
            train_spec: &job.train_spec,
            rows: job.data.train.len(),
            regression: false,
        };
        let slots = if job.record.records(0) { job.record.epochs.len() } else { 1 };
        let planned = DevicePlan::new(own_mapping(job)?, &kernel_spec, slots, &self.device.limits).batch_models;
        let before = planned.min(self.most_models).min(job.trials.len());
        self.most_models = before / 2;
        let device = &self.device.info.device;
        let message = format!("{device} is out of memory; batches of {} models instead of {before}", before / 2);
        Ok((before > 1).then_some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{engine, job};
    use super::*;
    use crate::engine::{Engine, InMemorySink};

    /// Sink that breaks the device after the batches that `at` selects.
    struct Breaker<'a> {
        collect: InMemorySink,
        broken: Box<dyn FnMut() + 'a>,
        batches: u32,
        at: fn(u32) -> bool,
        warnings: Vec<String>,
    }

    impl Sink for Breaker<'_> {
        fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>> {
            self.batches += 1;
            if (self.at)(self.batches) {
                (self.broken)();
            }
            self.collect.accept(batch)
        }
        fn progress(&mut self, model_epochs: u64) -> ControlFlow<()> {
            self.collect.progress(model_epochs)
        }
        fn warn(&mut self, what: &str) {
            self.warnings.push(what.to_owned());
        }
    }

    fn breaker<'a>(broken: impl FnMut() + 'a, at: fn(u32) -> bool) -> Breaker<'a> {
        Breaker { collect: InMemorySink::default(), broken: Box::new(broken), batches: 0, at, warnings: Vec::new() }
    }

    #[test]
    fn a_lost_device_is_opened_again_and_nothing_is_lost_or_done_twice() {
        let mut job = job(&[1], 20, 500, 2, "thread-64");
        // The kernels of these belong to the device that is lost.
        (job.record.convergence, job.record.histograms) = (true, true);
        let mut engine = engine();
        let whole = InMemorySink::train(&mut engine, &job, 0..500).unwrap();
        engine.most_models = 60;
        let device = engine.device.device.clone();
        let mut sink = breaker(|| device.destroy(), |batches| batches == 2);
        engine.train(&job, 0..500, &mut sink).unwrap();
        assert!(
            sink.batches > 4 && sink.warnings.len() == 1 && sink.warnings[0].contains("opened again"),
            "{:?}",
            sink.warnings
        );
        assert_eq!(sink.collect.batch.unwrap(), whole);
    }

    #[test]
    fn a_device_out_of_memory_gets_smaller_batches() {
        let job = job(&[1], 20, 500, 2, "thread-64");
        let mut engine = engine();
        let whole = InMemorySink::train(&mut engine, &job, 0..500).unwrap();
        engine.most_models = 100;
        let fail = engine.device.simulate_failure();
        let mut sink = breaker(move || fail("no memory left", DeviceFailure::OutOfMemory), |batches| batches == 1);
        engine.train(&job, 0..500, &mut sink).unwrap();
        assert!(sink.warnings[0].contains("batches of 50 models instead of 100"), "{:?}", sink.warnings);
        assert_eq!((sink.collect.batch.unwrap(), engine.most_models), (whole, 50));
    }

    #[test]
    fn three_failures_in_a_row_are_enough() {
        let job = job(&[1], 20, 500, 2, "thread-64");
        let mut engine = engine();
        engine.most_models = 60;
        let fail = engine.device.simulate_failure();
        fail("gone", DeviceFailure::Lost);
        let mut sink = breaker(|| (), |_| false);
        engine.train(&job, 0..500, &mut sink).unwrap();
        assert!(sink.warnings.len() == 1 && sink.warnings[0].ends_with("failure 1 of 3"), "{:?}", sink.warnings);
        // A batch of one model can't be halved.
        engine.most_models = 1;
        engine.device.simulate_failure()("no memory left", DeviceFailure::OutOfMemory);
        let error = engine.train(&job, 0..500, &mut breaker(|| (), |_| false)).unwrap_err().to_string();
        assert!(error.contains("no memory left"), "{error}");
    }

    #[test]
    fn a_driver_that_stays_away_is_waited_for_and_then_given_up() {
        let mut asked = 0;
        let tries = |opens: u32, asked: &mut u32| {
            let mut failures = 1;
            let open = async || {
                *asked += 1;
                if *asked == opens { Ok(()) } else { Err(Error::Device("away".into())) }
            };
            let opened =
                pollster::block_on(open_with_retries(open, &mut failures, [Duration::from_millis(1); 2], &mut || {
                    false
                }));
            (opened.is_ok(), failures)
        };
        assert_eq!((tries(1, &mut asked), asked), ((true, 1), 1));
        asked = 0;
        assert_eq!((tries(2, &mut asked), asked), ((true, 2), 2));
        asked = 0;
        assert_eq!((tries(9, &mut asked), asked), ((false, 3), 2));
        // A stop ends the pause.
        let long = [Duration::from_secs(60); 2];
        let mut failures = 1;
        let away = async || Err(Error::Device("away".into()));
        assert!(pollster::block_on(open_with_retries(away, &mut failures, long, &mut || true)).is_err());
    }
}
