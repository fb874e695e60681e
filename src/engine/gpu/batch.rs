//! One batch of models on the device: trained in dispatches of bounded time, scored and read back.

use super::buffers::Buffers;
use super::device::Device;
use super::layout;
use super::pace::Pace;
use super::plan::Plan;
use super::points::{DevicePoints, Kernel};
use super::results::{Results, Snapshot};
use super::state::State;
use super::timing::Timing;
use super::work::Work;
use crate::engine::{Batch, Job, Score, Sink, Weights};
use crate::error::Result;
use crate::sweep::Trial;
use std::ops::Range;

/// What all batches of a cell share on the device.
pub struct Kernels<'a> {
    pub device: &'a Device,
    pub plan: Plan,
    pub work: Work<'a>,
    pub train: &'a DevicePoints,
    pub test: Option<&'a DevicePoints>,
}

/// One batch.
pub struct BatchRun<'a> {
    kernels: &'a Kernels<'a>,
    job: &'a Job,
    first: u64,
    /// Whether this batch keeps curves.
    curves: bool,
    state: State<'a>,
}

impl<'a> BatchRun<'a> {
    /// Uploads trials `first..first + models` and makes their initial weights.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] where the device fails.
    pub fn new(kernels: &'a Kernels<'a>, job: &'a Job, first: u64, models: u32) -> Result<Self> {
        let trials: Vec<Trial> = (first..first + u64::from(models)).map(|i| job.trials.get(i)).collect();
        let curves = first < job.record.curves_below;
        let recorded: &[u32] = if curves { &job.record.epochs } else { &[u32::MAX] };
        let state = State::new(kernels, job, &trials, recorded)?;
        Ok(Self { kernels, job, first, curves, state })
    }

    /// Trains all epochs and collects what `job.record` asks for.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] where the device fails.
    pub fn run(self, pace: &mut Pace, timing: &mut Timing, sink: &mut dyn Sink) -> Result<Batch> {
        let record = &self.job.record;
        let initial = if record.weights { Some(self.state.parameters()?) } else { None };
        // The kernels record training losses, but not where updates see only a part of the rows.
        let live = self.curves && (record.accuracy || record.test || !self.kernels.work.is_full());
        let mut snapshots = Vec::new();
        let mut epoch = 0;
        for stop in record.epochs.iter().copied().filter(|_| live).chain([self.job.epochs]) {
            timing.measure("device", || self.train(epoch..stop, pace, sink))?;
            epoch = stop;
            if live && snapshots.len() < record.epochs.len() {
                snapshots.push(timing.measure("evaluation", || self.snapshot(pace))?);
            }
        }
        let last = timing.measure("evaluation", || self.snapshot(pace))?;
        timing.measure("readback", || self.collect(initial, snapshots, last))
    }

    /// Does the updates of `epochs` in dispatches that the pace and the tables of epochs allow.
    fn train(&self, epochs: Range<u32>, pace: &mut Pace, sink: &mut dyn Sink) -> Result<()> {
        let plan = &self.kernels.plan;
        let Some(kernel) = &self.kernels.train.train else { return Ok(()) };
        let per_epoch = u64::from(plan.mapping.steps_per_epoch(&self.kernels.work));
        let turns = plan.mapping.turns_per_step(&self.kernels.work);
        let (mut done, end) = (u64::from(epochs.start) * per_epoch, u64::from(epochs.end) * per_epoch);
        while done < end {
            let before = done / per_epoch;
            let table_end = (before + u64::from(plan.most_epochs)) * per_epoch;
            let next = end.min(table_end).min(done + u64::from(pace.steps()));
            let job = layout::Job {
                models: self.state.models,
                first_epoch: before as u32,
                first_tile: (done % per_epoch) as u32,
                steps: (next - done) as u32 * turns,
                first_slot: self.slot_from(before as u32),
                ..Default::default()
            };
            let touched = job.first_epoch..next.div_ceil(per_epoch) as u32;
            self.state.tables.fill(self.kernels.device, &self.kernels.work, touched);
            pace.time((next - done) as u32, || self.dispatch(kernel, self.kernels.train, job))?;
            done = next;
            sink.progress((done / per_epoch - before) * u64::from(self.state.models));
        }
        Ok(())
    }

    /// Index of the first recorded epoch from `epoch` on.
    fn slot_from(&self, epoch: u32) -> u32 {
        if self.curves { self.job.record.epochs.partition_point(|e| *e < epoch) as u32 } else { 0 }
    }

    /// Runs a kernel for all models of the batch and waits for it.
    fn dispatch(&self, kernel: &Kernel, points: &DevicePoints, job: layout::Job) -> Result<()> {
        let Kernels { device, plan, .. } = self.kernels;
        device.queue.write_buffer(&self.state.uniform, 0, bytemuck::bytes_of(&job));
        let bound: Vec<_> = kernel.bindings.iter().map(|b| (*b, self.state.buffer(*b, &points.buffer))).collect();
        device.dispatch(&kernel.pipeline, &bound, [plan.mapping.workgroups(self.state.models), 1]);
        device.wait()
    }

    /// Scores of all models on the training and test points, as they are now.
    fn snapshot(&self, pace: &Pace) -> Result<Snapshot> {
        let train = self.evaluate(self.kernels.train, pace)?;
        let test = self.kernels.test.map(|points| self.evaluate(points, pace)).transpose()?;
        Ok(Snapshot { train, test })
    }

    fn evaluate(&self, points: &DevicePoints, pace: &Pace) -> Result<Vec<Option<Score>>> {
        let Kernels { device, plan, work, .. } = self.kernels;
        let mut encoder = device.device.create_command_encoder(&Default::default());
        encoder.clear_buffer(&self.state.scores, 0, None);
        device.queue.submit([encoder.finish()]);
        let rows = points.rows as u32;
        let most = plan.mapping.points_per_dispatch(work, pace.steps(), &device.limits);
        for first_point in (0..rows).step_by(most as usize) {
            let end_point = first_point.saturating_add(most).min(rows);
            let job = layout::Job { models: self.state.models, first_point, end_point, ..Default::default() };
            self.dispatch(&points.evaluate, points, job)?;
        }
        let sums: Vec<layout::Score> = Buffers { device }.read(&self.state.scores, self.state.models as usize)?;
        let mean = |sum: &layout::Score| Score { loss: f64::from(sum.loss) / f64::from(rows), correct: sum.correct };
        Ok(sums.iter().map(|sum| f32::from_bits(sum.peak).is_finite().then(|| mean(sum))).collect())
    }

    /// The models' scores as they are, without training: for [`crate::engine::Engine::evaluate`].
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] where the device fails.
    pub fn scores(&self, pace: &Pace) -> Result<Vec<Option<Score>>> {
        self.evaluate(self.kernels.train, pace)
    }

    fn collect(self, initial: Option<Vec<f64>>, snapshots: Vec<Snapshot>, last: Snapshot) -> Result<Batch> {
        let buffers = Buffers { device: self.kernels.device };
        let models = self.state.models as usize;
        let diverged: Vec<u32> = buffers.read(&self.state.diverged, models)?;
        let weights = match initial {
            Some(initial) => Some(Weights { initial, last: self.state.parameters()? }),
            None => None,
        };
        let recorded = if self.curves && self.kernels.work.is_full() { self.job.record.epochs.len() } else { 0 };
        let losses: Vec<f32> = buffers.read(&self.state.losses, models * recorded)?;
        let rows = [self.kernels.train.rows, self.kernels.test.map_or(1, |points| points.rows)];
        let results = Results::new(self.job, rows, losses, snapshots, last, &diverged);
        Ok(results.batch(self.first, self.curves, weights))
    }
}
