//! One thread keeps the device busy; the calling thread handles the results.

use super::BatchCutter;
use crate::clock::Instant;
use crate::engine::gpu::batch::BatchRun;
use crate::engine::gpu::dispatch_sizing::DispatchSizing;
use crate::engine::gpu::kernels::Kernels;
use crate::engine::gpu::pending_batch::PendingBatch;
use crate::engine::gpu::phase_times::PhaseTimes;
use crate::engine::gpu::progress_link::ProgressLink;
use crate::engine::{Job, Sink};
use crate::error::{Error, Result};
use crate::threads::thread_error;
use pollster::block_on;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// Batches started and not yet accepted: one in training, one being read back and written.
const IN_FLIGHT: usize = 2;

/// Message from the device thread.
enum DeviceMessage {
    Progress(u64),
    Trained(Box<PendingBatch>),
}

/// Device thread's link to the calling thread.
struct DeviceLink<'a> {
    sender: Sender<DeviceMessage>,
    stop: &'a AtomicBool,
}

impl ProgressLink for DeviceLink<'_> {
    fn progress(&self, model_epochs: u64) {
        // `send` fails only after the receiver stopped.
        let _ = self.sender.send(DeviceMessage::Progress(model_epochs));
    }

    fn stopped(&self) -> bool {
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
pub async fn train(
    kernels: &Kernels<'_>,
    job: &Job,
    range: Range<u64>,
    sink: &mut dyn Sink,
) -> Result<(PhaseTimes, u64, Instant)> {
    let stop = AtomicBool::new(false);
    let (sender, messages) = channel();
    let (permits, taken) = sync_channel(IN_FLIGHT);
    let (batches, line) =
        (BatchCutter::new(kernels, job, range, sink.chunk_models()), DeviceLink { sender, stop: &stop });
    std::thread::scope(|scope| {
        let device = std::thread::Builder::new()
            .spawn_scoped(scope, move || block_on(run_batches(batches, &line, &permits)))
            .map_err(|e| thread_error("the gpu engine", &e))?;
        let handed_on = {
            let _stop = StopDevice(&stop);
            block_on(deliver_batches(kernels, job, sink, &messages, taken))
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
async fn run_batches(
    mut batches: BatchCutter<'_>,
    line: &DeviceLink<'_>,
    permits: &SyncSender<()>,
) -> Result<PhaseTimes> {
    let (kernels, job) = (batches.kernels, batches.job);
    let (mut pace, mut timing) = (DispatchSizing::new(&kernels.plan), PhaseTimes::default());
    // `send` fails only after the calling thread has stopped.
    while !line.stopped()
        && let Some((first, models)) = batches.next()
        && permits.send(()).is_ok()
    {
        let begun = Instant::now();
        let run = timing.measure("upload", BatchRun::new(kernels, job, first, models)).await?;
        let Some(pending) = run.run(&mut pace, &mut timing, line).await? else { break };
        if line.sender.send(DeviceMessage::Trained(Box::new(pending))).is_err() {
            break;
        }
        batches.took(begun.elapsed());
    }
    Ok(timing)
}

/// Runs on the calling thread: reads batches back and passes them to the sink.
async fn deliver_batches(
    kernels: &Kernels<'_>,
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
                let batch = timing.measure("readback", pending.finish(kernels, job)).await?;
                ended = Instant::now();
                models += batch.outcomes.len() as u64;
                let next = timing.measure("host work", async { sink.accept(batch) }).await?;
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
