//! Runs the kernels of a job as the engine does, in dispatches of any size, for the models of one workgroup.

use super::Kernel;
use crate::engine::Job;
use crate::engine::gpu::device_dataset::pack;
use crate::engine::gpu::epochs::{multipliers, order};
use crate::engine::gpu::generated_wgsl::hyper;
use crate::engine::gpu::kernel_spec::KernelSpec;
use crate::engine::gpu::layout::{DispatchJob, RUNNING, binding};
use crate::engine::gpu::mapping::GpuMapping;
use crate::engine::gpu::own_mapping;
use crate::engine::gpu::shader_source::Permutation;
use crate::math::rng;
use crate::sweep::Trial;
use std::collections::BTreeMap;
use std::ops::Range;

/// Models of one workgroup and their buffers, by binding number.
pub struct Dispatches<'a> {
    job: &'a Job,
    pub kernel_spec: KernelSpec<'a>,
    pub mapping: GpuMapping,
    models: u32,
    kernel: Kernel,
    pub buffers: BTreeMap<u32, Vec<u32>>,
}

impl<'a> Dispatches<'a> {
    /// Creates all models of `job` with their initial weights.
    ///
    /// # Panics
    /// If they do not fit into a workgroup.
    pub fn new(job: &'a Job) -> Self {
        let kernel_spec = KernelSpec::of(job);
        let mapping = own_mapping(job).unwrap();
        let trials: Vec<Trial> = (0..job.trials.len()).map(|n| job.trials.get(n)).collect();
        let models = trials.len();
        assert_eq!(mapping.workgroups(models as u32), 1);
        let [stored, sums] = mapping.stored(&kernel_spec);
        let zeros = |per_model: usize| vec![0; models * per_model];
        let buffers = BTreeMap::from([
            (binding::POINTS, bytemuck::cast_slice(&pack(&job.data.train)).to_vec()),
            (binding::SEEDS, trials.iter().flat_map(|trial| rng::key(trial.seed)).collect()),
            (binding::HYPER, bytemuck::cast_slice(&hyper(&job.train_spec, &trials)).to_vec()),
            (binding::PARAMETERS, zeros(stored)),
            (binding::DIVERGED, vec![RUNNING; models]),
            (binding::LOSSES, zeros(job.record.epochs.len())),
            (binding::RECORDED, job.record.epochs.clone()),
            (binding::GRADIENTS, zeros(sums)),
            (binding::SCORES, zeros(4)),
            (binding::OPTIMIZER_STATE, zeros(stored * job.train_spec.optimizer.state_numbers())),
            (binding::LOGITS, zeros(kernel_spec.rows * kernel_spec.shape.outputs())),
        ]);
        let kernel = Kernel::new(&Permutation { kernel_spec, mapping, uniform_points: false }.source().unwrap());
        let mut this = Self { job, kernel_spec, mapping, models: models as u32, kernel, buffers };
        let places = this.places();
        let initial = trials.iter().flat_map(|trial| job.train_spec.initial(&job.shape, trial));
        let parameters = this.buffers.get_mut(&binding::PARAMETERS).unwrap();
        places.iter().zip(initial).for_each(|(place, value)| parameters[*place] = value.to_bits());
        this
    }

    /// Returns the index in `parameters` of each parameter of each model.
    fn places(&self) -> Vec<usize> {
        let (models, size) = (self.models as usize, self.kernel_spec.shape.parameters());
        let tiling = self.mapping.tiling(&self.kernel_spec).map(|tiling| tiling.slots(&self.kernel_spec));
        let [stored, _] = self.mapping.stored(&self.kernel_spec);
        let place = |m: usize, p: usize| tiling.as_ref().map_or(p * models + m, |slots| m * stored + slots[p]);
        (0..models).flat_map(|m| (0..size).map(move |p| (m, p))).map(|(m, p)| place(m, p)).collect()
    }

    /// Returns the current parameters, row-major `[models, parameters]`.
    pub fn parameters(&self) -> Vec<f32> {
        let all = &self.buffers[&binding::PARAMETERS];
        self.places().iter().map(|place| f32::from_bits(all[*place])).collect()
    }

    /// Trains for `steps` from step `done` on, in one dispatch; returns its loop iterations.
    pub fn train(&mut self, done: u32, steps: u32) -> u64 {
        let per_epoch = self.mapping.steps_per_epoch(&self.kernel_spec);
        let first_epoch = done / per_epoch;
        let job = DispatchJob {
            first_epoch,
            first_tile: done % per_epoch,
            steps: steps * self.mapping.iterations_per_step(&self.kernel_spec),
            first_slot: self.job.record.epochs.partition_point(|epoch| *epoch < first_epoch) as u32,
            ..Default::default()
        };
        let epochs = first_epoch..(done + steps).div_ceil(per_epoch);
        let table = bytemuck::cast_slice(&multipliers(self.kernel_spec.train_spec, epochs.clone())).to_vec();
        self.buffers.insert(binding::MULTIPLIERS, table);
        if self.kernel_spec.order_from_host() {
            let rows = order(&self.kernel_spec.train_spec.batches.order, self.kernel_spec.rows, epochs).into_owned();
            self.buffers.insert(binding::ORDER, rows);
        }
        self.run("train", job)
    }

    /// Runs `evaluate` or `rank` on some of the points, in one dispatch; returns its loop iterations.
    pub fn apply(&mut self, entry: &str, points: Range<u32>) -> u64 {
        self.run(entry, DispatchJob { first_point: points.start, end_point: points.end, ..Default::default() })
    }

    fn run(&mut self, entry: &str, job: DispatchJob) -> u64 {
        let job = DispatchJob { models: self.models, ..job };
        self.buffers.insert(binding::JOB, bytemuck::cast_slice(&[job]).to_vec());
        self.kernel.run(entry, &mut self.buffers)
    }
}
