//! Batches one after the other: one thread keeps the device at work, the calling thread reads back, converts and hands on what
//! is finished.

use super::batch::{BatchRun, Kernels};
use super::device_plan::whole_units;
use super::dispatch_sizing::DispatchSizing;
use super::pending_batch::PendingBatch;
use super::phase_times::PhaseTimes;
use crate::engine::{Job, Sink};
use crate::error::{Error, Result};
use crate::threads::refused;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

/// Batches begun and not yet taken: one that is trained, one that is read back and written.
const IN_FLIGHT: usize = 2;
/// What a batch of several of the sink's units should take at most: a stop loses no more than about this.
const BATCH_TIME: Duration = Duration::from_millis(500);

/// What the device's thread tells.
enum DeviceMessage {
    Progress(u64),
    Trained(Box<PendingBatch>),
}

/// How the device's thread talks to the calling one.
pub struct DeviceLink<'a> {
    sender: Sender<DeviceMessage>,
    stop: &'a AtomicBool,
}

impl DeviceLink<'_> {
    /// Tells of so many more updates.
    pub fn progress(&self, model_epochs: u64) {
        // Whoever listens no more has said stop.
        let _ = self.sender.send(DeviceMessage::Progress(model_epochs));
    }

    /// Whether nobody wants more results.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// When it goes, by a panic too, the device's thread stops before its next dispatch.
struct StopDevice<'a>(&'a AtomicBool);

impl Drop for StopDevice<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Trains the trials in `range` and hands batches to `sink` until it says stop; returns where the time went, how many
/// models were taken, and when the last results came.
///
/// # Errors
/// [`Error::Device`] where the device fails; the sink's own errors.
pub fn train(
    kernels: &Kernels,
    job: &Job,
    range: Range<u64>,
    sink: &mut dyn Sink,
) -> Result<(PhaseTimes, u64, Instant)> {
    let stop = AtomicBool::new(false);
    let (sender, messages) = channel();
    let (permits, taken) = sync_channel(IN_FLIGHT);
    let (unit, line) = (sink.unit(), DeviceLink { sender, stop: &stop });
    std::thread::scope(|scope| {
        let device = std::thread::Builder::new()
            .spawn_scoped(scope, move || run_batches(kernels, job, range, unit, &line, &permits))
            .map_err(|e| refused("the gpu engine", &e))?;
        let handed_on = {
            let _stop = StopDevice(&stop);
            hand_on(kernels, job, sink, &messages, taken)
        };
        drop(messages);
        let run = device.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let (mut timing, (host, models, ended)) = match (run, handed_on) {
            // The disk's error is not the device's: nobody is to try that again.
            (Err(_), Err(refused)) if !matches!(refused, Error::Device(_)) => return Err(refused),
            (run, handed_on) => (run?, handed_on?),
        };
        timing.merge(&host);
        Ok((timing, models, ended))
    })
}

/// The device's thread.
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
    // A failed send: the calling thread has left.
    while first < range.end && !line.stopped() && permits.send(()).is_ok() {
        let begun = Instant::now();
        // Histograms can't be cut where a unit ends: the batch is.
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

/// The calling thread.
fn hand_on(
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
                // Sent before the batch began.
                taken.recv().map_err(|e| Error::Device(format!("the device's thread ended early: {e}")))?;
                if next.is_break() {
                    break;
                }
            }
        }
    }
    Ok((timing, models, ended))
}
