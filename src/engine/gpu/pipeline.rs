//! Runs batches one after the other: one thread keeps the device busy, while the calling thread reads back finished
//! batches, converts them and passes them to the sink.

use super::batch::{BatchRun, Kernels};
use super::device_plan::whole_units;
use super::dispatch_sizing::DispatchSizing;
use super::pending_batch::PendingBatch;
use super::phase_times::PhaseTimes;
use crate::engine::{Job, Sink};
use crate::error::{Error, Result};
use crate::threads::thread_error;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

/// Batches started and not yet accepted: one in training, one being read back and written.
const IN_FLIGHT: usize = 2;
/// Target for the longest batch of several sink units: a stop loses about this much training at most.
const BATCH_TIME: Duration = Duration::from_millis(500);

/// Message from the device thread.
enum DeviceMessage {
    Progress(u64),
    Trained(Box<PendingBatch>),
}

/// Device thread's link to the calling thread.
pub struct DeviceLink<'a> {
    sender: Sender<DeviceMessage>,
    stop: &'a AtomicBool,
}

impl DeviceLink<'_> {
    /// Reports `model_epochs` more updates (models × epochs).
    pub fn progress(&self, model_epochs: u64) {
        // `send` fails only after the receiver stopped.
        let _ = self.sender.send(DeviceMessage::Progress(model_epochs));
    }

    /// Whether the calling thread wants no more results.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Guard that stops the device thread before its next dispatch when dropped, also by a panic.
struct StopDevice<'a>(&'a AtomicBool);

impl Drop for StopDevice<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Trains the trials in `range` and passes batches to `sink` until it says stop. Returns the time per phase, the number
/// of models accepted, and when the last results arrived.
///
/// # Errors
/// [`Error::Device`] if the device fails; the sink's own errors.
pub fn train(
    kernels: &Kernels,
    job: &Job,
    range: Range<u64>,
    sink: &mut dyn Sink,
) -> Result<(PhaseTimes, u64, Instant)> {
    let stop = AtomicBool::new(false);
    let (sender, messages) = channel();
    let (permits, taken) = sync_channel(IN_FLIGHT);
    let (unit, line) = (sink.chunk_models(), DeviceLink { sender, stop: &stop });
    std::thread::scope(|scope| {
        let device = std::thread::Builder::new()
            .spawn_scoped(scope, move || run_batches(kernels, job, range, unit, &line, &permits))
            .map_err(|e| thread_error("the gpu engine", &e))?;
        let handed_on = {
            let _stop = StopDevice(&stop);
            deliver_batches(kernels, job, sink, &messages, taken)
        };
        drop(messages);
        let run = device.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let (mut timing, (host, models, ended)) = match (run, handed_on) {
            // The sink's error takes precedence: a device error would lead to a retry.
            (Err(_), Err(refused)) if !matches!(refused, Error::Device(_)) => return Err(refused),
            (run, handed_on) => (run?, handed_on?),
        };
        timing.merge(&host);
        Ok((timing, models, ended))
    })
}

/// Runs on the device thread: trains batch after batch.
fn run_batches(
    kernels: &Kernels,
    job: &Job,
    range: Range<u64>,
    unit: u64,
    line: &DeviceLink,
    permits: &SyncSender<()>,
) -> Result<PhaseTimes> {
    let (mut pace, mut timing) = (DispatchSizing::new(&kernels.plan), PhaseTimes::default());
    let (mut units, mut first) = (1, range.start);
    // `send` fails only after the calling thread has stopped.
    while first < range.end && !line.stopped() && permits.send(()).is_ok() {
        let begun = Instant::now();
        // Histograms can't be split at the end of a unit, so such a batch ends with its unit.
        let wanted = whole_units(first, unit, if job.record.histograms { 1 } else { units });
        let models = kernels.plan.batch(first..range.end, job.record.curves_below, wanted);
        let run = timing.measure("upload", || BatchRun::new(kernels, job, first, models as u32))?;
        let Some(pending) = run.run(&mut pace, &mut timing, line)? else { break };
        if line.sender.send(DeviceMessage::Trained(Box::new(pending))).is_err() {
            break;
        }
        first += models;
        units = if begun.elapsed() < BATCH_TIME { units * 2 } else { (units / 2).max(1) };
    }
    Ok(timing)
}

/// Runs on the calling thread: reads batches back and passes them to the sink.
fn deliver_batches(
    kernels: &Kernels,
    job: &Job,
    sink: &mut dyn Sink,
    messages: &Receiver<DeviceMessage>,
    taken: Receiver<()>,
) -> Result<(PhaseTimes, u64, Instant)> {
    let (mut timing, mut models, mut ended) = (PhaseTimes::default(), 0, Instant::now());
    for message in messages {
        match message {
            DeviceMessage::Progress(model_epochs) => {
                if sink.progress(model_epochs).is_break() {
                    break;
                }
            }
            DeviceMessage::Trained(pending) => {
                let batch = timing.measure("readback", || pending.finish(kernels, job))?;
                ended = Instant::now();
                models += batch.outcomes.len() as u64;
                let next = timing.measure("host work", || sink.accept(batch))?;
                // The permit was sent before the batch began.
                taken.recv().map_err(|e| Error::Device(format!("the device's thread ended early: {e}")))?;
                if next.is_break() {
                    break;
                }
            }
        }
    }
    Ok((timing, models, ended))
}
