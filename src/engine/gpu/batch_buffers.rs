//! Device buffers of a batch of models: filled at the start, read back at the end.

use super::buffers::BufferFactory;
use super::epochs::EpochTables;
use super::generated_wgsl::hyper;
use super::kernels::Kernels;
use super::layout::{self, RUNNING, binding};
use crate::engine::Job;
use crate::error::Result;
use crate::math::rng;
use crate::parallel::*;
use crate::sweep::{InitialWeights, Trial};

/// Buffers of one batch.
pub struct BatchBuffers<'a> {
    kernels: &'a Kernels<'a>,
    pub models: u32,
    pub uniform: wgpu::Buffer,
    seeds: wgpu::Buffer,
    hyper: wgpu::Buffer,
    pub parameters: wgpu::Buffer,
    optimizer_state: wgpu::Buffer,
    gradients: wgpu::Buffer,
    pub diverged: wgpu::Buffer,
    pub losses: wgpu::Buffer,
    recorded: wgpu::Buffer,
    pub scores: wgpu::Buffer,
    pub tables: EpochTables,
}

impl<'a> BatchBuffers<'a> {
    /// Uploads `trials` and creates their initial weights. Losses are recorded before each epoch in `recorded`.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn new(kernels: &'a Kernels<'a>, job: &Job, trials: &[Trial], recorded: &[u32]) -> Result<Self> {
        let (buffers, kernel_spec) = (BufferFactory { device: kernels.device }, kernels.kernel_spec);
        let models = trials.len() as u32;
        let per_model = |numbers: usize| 4 * u64::from(models) * numbers as u64;
        let [stored, sums] = kernels.plan.mapping.stored(&kernel_spec);
        let seeds: Vec<[u32; 2]> = trials.iter().map(|t| rng::key(t.seed)).collect();
        let this = Self {
            kernels,
            models,
            uniform: buffers.uniform(&[layout::DispatchJob { models, ..Default::default() }]),
            seeds: buffers.storage(&seeds),
            hyper: buffers.storage(&hyper(kernel_spec.train_spec, trials)),
            parameters: buffers.zeros(per_model(stored)),
            optimizer_state: buffers.zeros(per_model(stored * kernel_spec.train_spec.optimizer.state_numbers())),
            gradients: buffers.zeros(per_model(sums)),
            diverged: buffers.storage(&vec![RUNNING; models as usize]),
            losses: buffers.zeros(per_model(if kernel_spec.is_full() { recorded.len() } else { 0 })),
            recorded: buffers.storage(recorded),
            scores: buffers.zeros(u64::from(models) * size_of::<layout::ScoreSums>() as u64),
            tables: EpochTables::new(&buffers, &kernels.plan, &kernel_spec, job.epochs),
        };
        this.initialise(job, trials);
        kernels.device.wait().await?;
        Ok(this)
    }

    /// Returns the buffer with this binding number; `points` is the buffer of the current data set.
    pub fn buffer<'b>(&'b self, number: u32, points: &'b wgpu::Buffer) -> &'b wgpu::Buffer {
        match number {
            binding::JOB => &self.uniform,
            binding::POINTS => points,
            binding::SEEDS => &self.seeds,
            binding::HYPER => &self.hyper,
            binding::PARAMETERS => &self.parameters,
            binding::DIVERGED => &self.diverged,
            binding::LOSSES => &self.losses,
            binding::RECORDED => &self.recorded,
            binding::GRADIENTS => &self.gradients,
            binding::SCORES => &self.scores,
            binding::OPTIMIZER_STATE => &self.optimizer_state,
            binding::MULTIPLIERS => &self.tables.multipliers,
            _ => &self.tables.order,
        }
    }

    /// Returns the buffer of the epochs whose losses are recorded.
    pub fn recorded(&self) -> &wgpu::Buffer {
        &self.recorded
    }

    /// Sets the initial weights: generated on the device from the seeds, generated on the host, or given.
    fn initialise(&self, job: &Job, trials: &[Trial]) {
        let (kernels, size) = (self.kernels, job.shape.parameters());
        match (&job.initial, &kernels.train.initialise) {
            (InitialWeights::Drawn, Some(kernel)) => {
                let groups = self.models.div_ceil(kernels.plan.mapping.workgroup_size());
                let bound = kernel.bindings.iter().map(|b| (*b, self.buffer(*b, &kernels.train.buffer)));
                // Up to 64 stripes keep each invocation's loop over parameters short, even with a thousand inputs.
                let stripes = size.min(64) as u32;
                kernels.device.dispatch(&kernel.pipeline, &bound.collect::<Vec<_>>(), [groups, stripes], None);
            }
            (InitialWeights::Drawn, None) => {
                let of = |t: &Trial| job.train_spec.initial(&job.shape, t);
                self.upload(trials.par_iter().flat_map_iter(of).collect());
            }
            (InitialWeights::Given(all), _) => {
                let of = |t: &Trial| all[t.index as usize * size..][..size].iter().map(|v| *v as f32);
                self.upload(trials.iter().flat_map(of).collect());
            }
        }
    }

    /// Uploads row-major `[models, parameters]` in the mapping's layout, the shaders' `parameter_index`.
    fn upload(&self, rows: Vec<f32>) {
        let kernel_spec = &self.kernels.kernel_spec;
        let slots = match self.kernels.plan.mapping.tiling(kernel_spec) {
            None => transpose(&rows, kernel_spec.shape.parameters()),
            Some(tiling) => {
                let (places, width) = (tiling.slots(kernel_spec), 4 * tiling.model_vec4s as usize);
                let mut slots = vec![0.0; self.models as usize * width];
                for (slots, row) in slots.chunks_exact_mut(width).zip(rows.chunks_exact(places.len())) {
                    places.iter().zip(row).for_each(|(place, value)| slots[*place] = *value);
                }
                slots
            }
        };
        self.kernels.device.queue.write_buffer(&self.parameters, 0, bytemuck::cast_slice(&slots));
    }

    /// Returns the current parameters, row-major `[models, parameters]`.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn parameters(&self) -> Result<Vec<f64>> {
        let (models, kernel_spec) = (self.models as usize, &self.kernels.kernel_spec);
        let [stored, _] = self.kernels.plan.mapping.stored(kernel_spec);
        let buffers = BufferFactory { device: self.kernels.device };
        let slots: Vec<f32> = buffers.read(&self.parameters, models * stored).await?;
        Ok(rows_of(self.kernels, models, &slots))
    }
}

/// Converts parameters from the mapping's layout, the shaders' `parameter_index`, to row-major `[models, parameters]`.
pub fn rows_of(kernels: &Kernels, models: usize, slots: &[f32]) -> Vec<f64> {
    let rows = match kernels.plan.mapping.tiling(&kernels.kernel_spec) {
        None => transpose(slots, models),
        Some(tiling) => {
            let places = tiling.slots(&kernels.kernel_spec);
            let models = slots.chunks_exact(4 * tiling.model_vec4s as usize);
            models.flat_map(|slots| places.iter().map(|place| slots[*place])).collect()
        }
    };
    rows.into_iter().map(f64::from).collect()
}

/// Transposes row-major `[rows, columns]` to `[columns, rows]`.
fn transpose(values: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|c| values.iter().skip(c).step_by(columns)).copied().collect()
}
