//! One batch of models on the device: uploaded, trained in dispatches of bounded time, scored and read back.

use super::buffers::Buffers;
use super::device::Device;
use super::layout::{self, RUNNING, binding};
use super::pace::Pace;
use super::plan::{Mapping, Plan};
use super::points::DevicePoints;
use super::timing::Timing;
use crate::engine::{Batch, Curves, Job, Outcome, Score, Sink, Weights};
use crate::error::Result;
use crate::math::rng;
use crate::sweep::{Initial, Trial};

/// What all batches of a sweep share on the device.
pub struct Kernels<'a> {
    pub device: &'a Device,
    pub plan: Plan,
    pub train: &'a DevicePoints,
    pub test: Option<&'a DevicePoints>,
}

/// The buffers of one batch.
pub struct BatchRun<'a> {
    kernels: &'a Kernels<'a>,
    job: &'a Job,
    first: u64,
    models: u32,
    /// Whether this batch keeps curves.
    curves: bool,
    uniform: wgpu::Buffer,
    rates: wgpu::Buffer,
    parameters: wgpu::Buffer,
    gradients: wgpu::Buffer,
    diverged: wgpu::Buffer,
    losses: wgpu::Buffer,
    recorded: wgpu::Buffer,
    scores: wgpu::Buffer,
}

impl<'a> BatchRun<'a> {
    /// Uploads trials `first..first + models` and makes their initial weights.
    pub fn new(kernels: &'a Kernels<'a>, job: &'a Job, first: u64, models: u32) -> Result<Self> {
        let buffers = Buffers { device: kernels.device };
        let trials: Vec<Trial> = (first..first + u64::from(models)).map(|i| job.trials.get(i)).collect();
        let rates: Vec<f32> = trials.iter().map(|t| t.lr() as f32).collect();
        let curves = first < job.record.curves_below;
        let slots = if curves { job.record.epochs.len() as u64 } else { 1 };
        let recorded: &[u32] = if curves { &job.record.epochs } else { &[u32::MAX] };
        let bytes = 4 * u64::from(models) * job.shape.parameters() as u64;
        let tiled = matches!(kernels.plan.mapping, Mapping::Workgroup { .. });
        let this = Self {
            kernels,
            job,
            first,
            models,
            curves,
            uniform: buffers.uniform(&[layout::Job { models, ..Default::default() }]),
            rates: buffers.storage(&rates),
            parameters: buffers.zeros(bytes),
            gradients: buffers.zeros(if tiled { bytes } else { 0 }),
            diverged: buffers.storage(&vec![RUNNING; models as usize]),
            losses: buffers.zeros(4 * u64::from(models) * slots),
            recorded: buffers.storage(recorded),
            scores: buffers.zeros(u64::from(models) * size_of::<layout::Score>() as u64),
        };
        this.initialise(&trials);
        kernels.device.wait()?;
        Ok(this)
    }

    /// Initial weights: made on the device from the seeds, or given.
    fn initialise(&self, trials: &[Trial]) {
        let device = self.kernels.device;
        match &self.job.initial {
            Initial::Drawn => {
                let seeds: Vec<[u32; 2]> = trials.iter().map(|t| rng::key(t.seed)).collect();
                let seeds = Buffers { device }.storage(&seeds);
                let bound =
                    [(binding::JOB, &self.uniform), (binding::SEEDS, &seeds), (binding::PARAMETERS, &self.parameters)];
                let groups = self.models.div_ceil(self.kernels.plan.mapping.workgroup_size());
                let stripes = self.job.shape.parameters().min(16) as u32;
                device.dispatch(&self.kernels.train.initialise, &bound, [groups, stripes]);
            }
            Initial::Given(all) => {
                let size = self.job.shape.parameters();
                let own = &all[self.first as usize * size..][..self.models as usize * size];
                device.queue.write_buffer(&self.parameters, 0, bytemuck::cast_slice(&self.to_slots(own)));
            }
        }
    }

    /// Row-major `[models, parameters]` in the order that the mapping's `slot` gives.
    fn to_slots(&self, rows: &[f64]) -> Vec<f32> {
        match self.kernels.plan.mapping {
            Mapping::Thread { .. } => transpose(rows, self.job.shape.parameters(), |v| *v as f32),
            Mapping::Workgroup { .. } => rows.iter().map(|v| *v as f32).collect(),
        }
    }

    /// The parameters as they are now, row-major `[models, parameters]`.
    fn read_parameters(&self) -> Result<Vec<f64>> {
        let size = self.job.shape.parameters();
        let buffers = Buffers { device: self.kernels.device };
        let slots: Vec<f32> = buffers.read(&self.parameters, self.models as usize * size)?;
        Ok(match self.kernels.plan.mapping {
            Mapping::Thread { .. } => transpose(&slots, self.models as usize, |v| f64::from(*v)),
            Mapping::Workgroup { .. } => slots.into_iter().map(f64::from).collect(),
        })
    }

    /// Trains all epochs and collects what `job.record` asks for.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] where the device fails.
    pub fn run(self, pace: &mut Pace, timing: &mut Timing, sink: &mut dyn Sink) -> Result<Batch> {
        let initial = if self.job.record.weights { Some(self.read_parameters()?) } else { None };
        let record = &self.job.record;
        let live = self.curves && (record.accuracy || record.test);
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

    /// Does the updates of `epochs` in dispatches that the pace allows.
    fn train(&self, epochs: std::ops::Range<u32>, pace: &mut Pace, sink: &mut dyn Sink) -> Result<()> {
        let kernels = self.kernels;
        let per_epoch = kernels.plan.mapping.steps_per_epoch(kernels.train.rows);
        let (mut done, end) = [epochs.start, epochs.end].map(|e| u64::from(e) * u64::from(per_epoch)).into();
        while done < end {
            let steps = (end - done).min(u64::from(pace.steps())) as u32;
            let first_epoch = (done / u64::from(per_epoch)) as u32;
            let job = layout::Job {
                models: self.models,
                first_epoch,
                first_tile: (done % u64::from(per_epoch)) as u32,
                steps,
                first_slot: self.slot_from(first_epoch),
                ..Default::default()
            };
            pace.time(steps, || self.dispatch_training(job))?;
            let before = done / u64::from(per_epoch);
            done += u64::from(steps);
            sink.progress((done / u64::from(per_epoch) - before) * u64::from(self.models));
        }
        Ok(())
    }

    /// Index of the first recorded epoch from `epoch` on.
    fn slot_from(&self, epoch: u32) -> u32 {
        if self.curves { self.job.record.epochs.partition_point(|e| *e < epoch) as u32 } else { 0 }
    }

    fn dispatch_training(&self, job: layout::Job) -> Result<()> {
        let kernels = self.kernels;
        kernels.device.queue.write_buffer(&self.uniform, 0, bytemuck::bytes_of(&job));
        let mut bound = vec![
            (binding::JOB, &self.uniform),
            (binding::POINTS, &kernels.train.buffer),
            (binding::RATES, &self.rates),
            (binding::PARAMETERS, &self.parameters),
            (binding::DIVERGED, &self.diverged),
            (binding::LOSSES, &self.losses),
            (binding::RECORDED, &self.recorded),
        ];
        if matches!(kernels.plan.mapping, Mapping::Workgroup { .. }) {
            bound.push((binding::GRADIENTS, &self.gradients));
        }
        kernels.device.dispatch(&kernels.train.train, &bound, [kernels.plan.mapping.workgroups(self.models), 1]);
        kernels.device.wait()
    }

    /// Scores of all models on the training and test points, as they are now.
    fn snapshot(&self, pace: &mut Pace) -> Result<Snapshot> {
        let train = self.evaluate(self.kernels.train, pace)?;
        let test = self.kernels.test.map(|points| self.evaluate(points, pace)).transpose()?;
        Ok(Snapshot { train, test })
    }

    fn evaluate(&self, points: &DevicePoints, pace: &Pace) -> Result<Vec<Option<Score>>> {
        let (device, mapping) = (self.kernels.device, self.kernels.plan.mapping);
        let mut encoder = device.device.create_command_encoder(&Default::default());
        encoder.clear_buffer(&self.scores, 0, None);
        device.queue.submit([encoder.finish()]);
        let rows = points.rows as u32;
        let most = mapping.points_per_dispatch(&self.job.shape, self.kernels.train.rows, pace.steps(), &device.limits);
        for first_point in (0..rows).step_by(most as usize) {
            let end_point = first_point.saturating_add(most).min(rows);
            let job = layout::Job { models: self.models, first_point, end_point, ..Default::default() };
            device.queue.write_buffer(&self.uniform, 0, bytemuck::bytes_of(&job));
            let bound = [
                (binding::JOB, &self.uniform),
                (binding::POINTS, &points.buffer),
                (binding::PARAMETERS, &self.parameters),
                (binding::SCORES, &self.scores),
            ];
            device.dispatch(&points.evaluate, &bound, [mapping.workgroups(self.models), 1]);
            device.wait()?;
        }
        let sums: Vec<layout::Score> = Buffers { device }.read(&self.scores, self.models as usize)?;
        let mean = |sum: &layout::Score| Score { loss: f64::from(sum.loss) / f64::from(rows), correct: sum.correct };
        Ok(sums.iter().map(|sum| f32::from_bits(sum.peak).is_finite().then(|| mean(sum))).collect())
    }

    /// The models' scores as they are, without training: for [`crate::engine::Engine::evaluate`].
    pub fn scores(&self, pace: &Pace) -> Result<Vec<Option<Score>>> {
        self.evaluate(self.kernels.train, pace)
    }

    fn collect(self, initial: Option<Vec<f64>>, snapshots: Vec<Snapshot>, last: Snapshot) -> Result<Batch> {
        let buffers = Buffers { device: self.kernels.device };
        let diverged: Vec<u32> = buffers.read(&self.diverged, self.models as usize)?;
        let outcomes: Vec<Outcome> =
            (0..self.models as usize).map(|m| last.outcome(m, diverged[m], self.job.epochs)).collect();
        let curves = if self.curves { self.curves(&outcomes, &snapshots, &last)? } else { Curves::default() };
        let weights = match initial {
            Some(initial) => Some(Weights { initial, last: self.read_parameters()? }),
            None => None,
        };
        Ok(Batch { first: self.first, outcomes, curves, weights })
    }

    fn curves(&self, outcomes: &[Outcome], snapshots: &[Snapshot], last: &Snapshot) -> Result<Curves> {
        let (models, slots) = (self.models as usize, self.job.record.epochs.len());
        let losses: Vec<f32> = Buffers { device: self.kernels.device }.read(&self.losses, models * slots)?;
        let end = slots - 1;
        let train_loss = self.masked(outcomes, |m, slot| match slot == end {
            true => last.train[m].map(|s| s.loss),
            false => Some(f64::from(losses[slot * models + m])),
        });
        let rows = self.kernels.train.rows as f64;
        let record = &self.job.record;
        let test = |m: usize, slot: usize| snapshots[slot].test.as_ref().and_then(|scores| scores[m]);
        let test_rows = self.kernels.test.map_or(1.0, |points| points.rows as f64);
        let right = |score: Score, rows: f64| f64::from(score.correct) / rows;
        let train_accuracy = |m: usize, slot: usize| snapshots[slot].train[m].map(|s| right(s, rows));
        Ok(Curves {
            models,
            train_loss,
            train_accuracy: record.accuracy.then(|| self.masked(outcomes, train_accuracy)),
            test_loss: record.test.then(|| self.masked(outcomes, |m, slot| test(m, slot).map(|s| s.loss))),
            test_accuracy: (record.test && record.accuracy)
                .then(|| self.masked(outcomes, |m, slot| test(m, slot).map(|s| right(s, test_rows)))),
        })
    }

    /// A curve's values `[models, slots]`; NaN where there is none, or none any more after a divergence.
    fn masked(&self, outcomes: &[Outcome], value: impl Fn(usize, usize) -> Option<f64>) -> Vec<f64> {
        let epochs = &self.job.record.epochs;
        let alive = |m: usize, slot: usize| outcomes[m].diverged.is_none_or(|epoch| epochs[slot] <= epoch);
        let at = |m: usize, slot: usize| value(m, slot).filter(|v| v.is_finite() && alive(m, slot)).unwrap_or(f64::NAN);
        (0..outcomes.len())
            .flat_map(|m| (0..epochs.len()).map(move |slot| (m, slot)))
            .map(|(m, slot)| at(m, slot))
            .collect()
    }
}

/// Scores of a batch at one moment.
struct Snapshot {
    train: Vec<Option<Score>>,
    test: Option<Vec<Option<Score>>>,
}

impl Snapshot {
    fn outcome(&self, m: usize, diverged: u32, epochs: u32) -> Outcome {
        let diverged = match (diverged, self.train[m]) {
            (RUNNING, Some(_)) => None,
            (RUNNING, None) => Some(epochs),
            (epoch, _) => Some(epoch),
        };
        let score = |score: Option<Score>| score.filter(|_| diverged.is_none());
        Outcome { train: score(self.train[m]), test: score(self.test.as_ref().and_then(|t| t[m])), diverged }
    }
}

/// Row-major `[rows, columns]` to `[columns, rows]`.
fn transpose<A, B>(values: &[A], columns: usize, convert: impl Fn(&A) -> B) -> Vec<B> {
    (0..columns).flat_map(|c| values.iter().skip(c).step_by(columns)).map(convert).collect()
}
