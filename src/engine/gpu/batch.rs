//! One batch of models on the device: trained in dispatches of bounded time, scored and read back.

use super::batch_buffers::BatchBuffers;
use super::batch_results::{BatchScores, scores};
use super::buffers::{BufferFactory, PendingRead};
use super::convergence;
use super::device_dataset::{CompiledKernel, DeviceDataset};
use super::dispatch_sizing::DispatchSizing;
use super::kernels::Kernels;
use super::layout;
use super::loss_histogram;
use super::pending_batch::PendingBatch;
use super::phase_times::PhaseTimes;
use super::progress_link::ProgressLink;
use super::timestamps::{self, TimestampClock};
use crate::engine::{Job, Score};
use crate::error::{Error, Result};
use crate::sweep::Trial;
use std::ops::Range;

/// One batch on the device.
pub struct BatchRun<'a> {
    kernels: &'a Kernels<'a>,
    job: &'a Job,
    first: u64,
    /// Whether this batch keeps curves; then whether its losses are recorded at all, for curves or for statistics.
    curves: bool,
    records: bool,
    state: BatchBuffers<'a>,
    /// Measures training time; None if the device has no timestamps.
    clock: Option<TimestampClock<'a>>,
}

impl<'a> BatchRun<'a> {
    /// Uploads trials `first..first + models` and creates their initial weights.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn new(kernels: &'a Kernels<'a>, job: &'a Job, first: u64, models: u32) -> Result<Self> {
        let trials: Vec<Trial> = (first..first + u64::from(models)).map(|i| job.trials.get(i)).collect();
        let (curves, records) = (first < job.record.curves_below, job.record.records(first));
        let recorded: &[u32] = if records { &job.record.epochs } else { &[u32::MAX] };
        let state = BatchBuffers::new(kernels, job, &trials, recorded).await?;
        Ok(Self { kernels, job, first, curves, records, state, clock: TimestampClock::new(kernels.device) })
    }

    /// Trains all epochs and starts reading back what `job.record` requests; None if the training was stopped.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn run(
        self,
        pace: &mut DispatchSizing,
        timing: &mut PhaseTimes,
        line: &dyn ProgressLink,
    ) -> Result<Option<PendingBatch>> {
        let record = &self.job.record;
        let initial = if record.weights { Some(self.state.parameters().await?) } else { None };
        // The kernels record training losses, except in mini-batches, where an update sees only part of the rows.
        let beside = self.curves && (record.accuracy || record.test);
        let live = beside || (self.records && !self.kernels.kernel_spec.is_full());
        let (mut snapshots, mut first, mut late) = (Vec::new(), None, None);
        let mut stops: Vec<u32> = record.epochs.iter().copied().filter(|_| live).collect();
        stops.extend([0, self.job.late_loss_epoch(), self.job.epochs]);
        stops.sort_unstable();
        stops.dedup();
        let mut epoch = 0;
        for stop in stops {
            timing.measure("training", self.train(epoch..stop, pace, line)).await?;
            epoch = stop;
            if live && record.epochs.binary_search(&stop).is_ok() {
                snapshots.push(timing.measure("evaluation", self.snapshot(pace)).await?);
            }
            for (kept, at) in [(&mut first, 0), (&mut late, self.job.late_loss_epoch())] {
                if stop == at && stop < self.job.epochs {
                    *kept = Some(timing.measure("evaluation", self.evaluate(self.kernels.train, pace)).await?);
                }
            }
            if line.stopped() {
                return Ok(None);
            }
        }
        let pending = timing.measure("evaluation", self.pending(initial, snapshots, [first, late], pace)).await?;
        if let Some(seconds) = timestamps::seconds(self.clock.as_ref()).await? {
            timing.add("device", seconds);
        }
        Ok(Some(pending))
    }

    /// Runs the updates of `epochs` in dispatches sized by `pace`.
    async fn train(&self, epochs: Range<u32>, pace: &mut DispatchSizing, line: &dyn ProgressLink) -> Result<()> {
        let per_epoch = u64::from(self.kernels.plan.mapping.steps_per_epoch(&self.kernels.kernel_spec));
        let (mut done, end) = (u64::from(epochs.start) * per_epoch, u64::from(epochs.end) * per_epoch);
        while done < end && !line.stopped() {
            let steps = (end - done).min(u64::from(pace.steps())) as u32;
            let next = done + pace.time(self.steps(done, steps)).await?;
            line.progress((next / per_epoch - done / per_epoch) * u64::from(self.state.models));
            done = next;
        }
        Ok(())
    }

    /// Runs up to `steps` steps from step `done` on in one dispatch, limited by the epoch tables; returns how many.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn steps(&self, done: u64, steps: u32) -> Result<u64> {
        let (plan, kernel_spec) = (&self.kernels.plan, &self.kernels.kernel_spec);
        let kernel = self.kernels.train.train.as_ref();
        let kernel = kernel.ok_or_else(|| Error::Device("these points have no kernel to train with".into()))?;
        let per_epoch = u64::from(plan.mapping.steps_per_epoch(kernel_spec));
        let before = done / per_epoch;
        let next = (done + u64::from(steps)).min((before + u64::from(plan.most_epochs)) * per_epoch);
        let job = layout::DispatchJob {
            models: self.state.models,
            first_epoch: before as u32,
            first_tile: (done % per_epoch) as u32,
            steps: (next - done) as u32 * plan.mapping.iterations_per_step(kernel_spec),
            first_slot: self.slot_from(before as u32),
            ..Default::default()
        };
        self.state.tables.fill(self.kernels.device, kernel_spec, job.first_epoch..next.div_ceil(per_epoch) as u32);
        self.dispatch(kernel, self.kernels.train, job, self.clock.as_ref()).await?;
        Ok(next - done)
    }

    /// Returns the models' current parameters, row-major `[models, parameters]`.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn parameters(&self) -> Result<Vec<f64>> {
        self.state.parameters().await
    }

    /// Returns the slot of the first recorded epoch at or after `epoch`; 0 if none is recorded.
    fn slot_from(&self, epoch: u32) -> u32 {
        if self.records { self.job.record.epochs.partition_point(|e| *e < epoch) as u32 } else { 0 }
    }

    /// Runs a kernel for all models of the batch and waits for it; `clock`, if any, times it.
    async fn dispatch(
        &self,
        kernel: &CompiledKernel,
        points: &DeviceDataset,
        job: layout::DispatchJob,
        clock: Option<&TimestampClock<'_>>,
    ) -> Result<()> {
        let Kernels { device, plan, .. } = self.kernels;
        device.queue.write_buffer(&self.state.uniform, 0, bytemuck::bytes_of(&job));
        let bound: Vec<_> = kernel.bindings.iter().map(|b| (*b, self.state.buffer(*b, &points.buffer))).collect();
        let groups = [plan.mapping.workgroups(self.state.models), 1];
        device.dispatch(&kernel.pipeline, &bound, groups, timestamps::next(clock).await?);
        device.wait().await
    }

    /// Scores all models, as they are now, on the training and test points.
    async fn snapshot(&self, pace: &DispatchSizing) -> Result<BatchScores> {
        let of = async |points: &DeviceDataset| -> Result<Vec<Option<Score>>> {
            let sums = self.evaluate(points, pace).await?.finish(self.kernels.device).await?;
            Ok(scores(&sums, points.rows, &self.kernels.kernel_spec))
        };
        let train = of(self.kernels.train).await?;
        let test = match self.kernels.test {
            Some(test) => Some(of(test).await?),
            None => None,
        };
        // Curves on validation rows are not recorded.
        Ok(BatchScores { train, validation: None, test })
    }

    /// Evaluates all models on `points` and starts reading back the sums.
    async fn evaluate(&self, points: &DeviceDataset, pace: &DispatchSizing) -> Result<PendingRead<layout::ScoreSums>> {
        let Kernels { device, plan, kernel_spec, .. } = self.kernels;
        let mut encoder = device.device.create_command_encoder(&Default::default());
        encoder.clear_buffer(&self.state.scores, 0, None);
        device.queue.submit([encoder.finish()]);
        let rows = points.rows as u32;
        let most = plan.mapping.points_per_dispatch(kernel_spec, pace.steps(), &device.limits);
        for first_point in (0..rows).step_by(most as usize) {
            let end_point = first_point.saturating_add(most).min(rows);
            let job = layout::DispatchJob { models: self.state.models, first_point, end_point, ..Default::default() };
            self.dispatch(&points.evaluate, points, job, None).await?;
        }
        Ok(BufferFactory { device }.start_reading(&self.state.scores, self.state.models as usize))
    }

    /// Returns the models' current scores without training, for [`crate::engine::Engine::evaluate`].
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn scores(&self, pace: &DispatchSizing) -> Result<Vec<Option<Score>>> {
        Ok(self.snapshot(pace).await?.train)
    }

    /// Returns the models' current outputs at the training points, row-major `[models, points, outputs]`.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn logits(&self, pace: &DispatchSizing) -> Result<Vec<f64>> {
        let Kernels { device, plan, kernel_spec, train, .. } = self.kernels;
        let (buffers, rows) = (BufferFactory { device }, train.rows as u32);
        let values = self.state.models as usize * train.rows * kernel_spec.shape.outputs();
        let logits = buffers.zeros(4 * values as u64);
        let kernel = train.rank(device);
        let bound: Vec<_> = kernel
            .bindings
            .iter()
            .map(|b| (*b, if *b == layout::binding::LOGITS { &logits } else { self.state.buffer(*b, &train.buffer) }))
            .collect();
        let (most, groups) =
            (plan.mapping.points_per_dispatch(kernel_spec, pace.steps(), &device.limits), plan.mapping);
        for first_point in (0..rows).step_by(most as usize) {
            let end_point = first_point.saturating_add(most).min(rows);
            let job = layout::DispatchJob { models: self.state.models, first_point, end_point, ..Default::default() };
            device.queue.write_buffer(&self.state.uniform, 0, bytemuck::bytes_of(&job));
            device.dispatch(&kernel.pipeline, &bound, [groups.workgroups(self.state.models), 1], None);
            device.wait().await?;
        }
        Ok(buffers.read::<f32>(&logits, values).await?.into_iter().map(f64::from).collect())
    }

    /// Starts reading back all results of the batch.
    async fn pending(
        &self,
        initial: Option<Vec<f64>>,
        snapshots: Vec<BatchScores>,
        before: [Option<PendingRead<layout::ScoreSums>>; 2],
        pace: &DispatchSizing,
    ) -> Result<PendingBatch> {
        let Kernels { device, plan, kernel_spec, train, validation, test, .. } = self.kernels;
        let (buffers, models) = (BufferFactory { device }, self.state.models as usize);
        let recorded = if self.curves && kernel_spec.is_full() { self.job.record.epochs.len() } else { 0 };
        let [stored, _] = plan.mapping.stored(kernel_spec);
        let evaluate = async |points: &Option<&DeviceDataset>| -> Result<Option<PendingRead<layout::ScoreSums>>> {
            Ok(match points {
                Some(points) => Some(self.evaluate(points, pace).await?),
                None => None,
            })
        };
        Ok(PendingBatch {
            first: self.first,
            curves: self.curves,
            rows: [Some(*train), *validation, *test].map(|points| points.map_or(1, |points| points.rows)),
            train: self.evaluate(train, pace).await?,
            validation: evaluate(validation).await?,
            test: evaluate(test).await?,
            diverged: buffers.start_reading(&self.state.diverged, models),
            losses: buffers.start_reading(&self.state.losses, models * recorded),
            counted: loss_histogram::start(self.kernels, &self.state, self.job, self.first),
            convergence: convergence::start(self.kernels, &self.state, self.job),
            snapshots,
            before,
            initial,
            last: buffers.start_reading(&self.state.parameters, models * stored),
        })
    }
}
