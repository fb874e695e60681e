//! GPU engine: WGSL kernels in f32, run through wgpu on Vulkan, Metal or Direct3D 12.

mod asynchronous;
mod autotune;
mod batch;
mod batch_buffers;
mod batch_results;
#[cfg(not(target_arch = "wasm32"))]
mod blocking;
mod buffers;
#[cfg(feature = "native")]
mod cache_file;
#[cfg(not(feature = "native"))]
#[path = "gpu/no_cache_file.rs"]
mod cache_file;
mod convergence;
pub mod device;
mod device_dataset;
mod device_limits;
mod device_plan;
mod dispatch_sizing;
mod epochs;
mod evaluation;
mod explain;
mod feasibility;
mod generated_wgsl;
pub mod gpu_options;
#[cfg(test)]
mod interpreter;
mod iteration_bounds;
mod kernel_spec;
mod kernels;
mod layout;
mod loss_histogram;
mod mapping;
mod peak;
mod pending_batch;
mod phase_times;
mod pipeline;
mod pipeline_cache;
mod probe;
mod progress_link;
mod recovery;
mod shader_source;
mod tiling;
mod timestamps;
mod unroll;

use crate::clock::Instant;
use crate::dataset::Points;
use crate::engine::cost::WorkDone;
use crate::engine::{Job, Mapping, Record, Sink};
use crate::error::{Error, Result};
use crate::math::Loss;
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;
use device::GpuDevice;
use device_dataset::{DeviceDataset, KernelSources};
use device_plan::{DevicePlan, candidates, uniform_points};
use gpu_options::GpuOptions;
use kernel_spec::KernelSpec;
use kernels::Kernels;
use mapping::GpuMapping;
use phase_times::PhaseTimes;
use sha2::{Digest, Sha256};
use shader_source::Permutation;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Shortest training, in seconds, for which speed is reported: a shorter one says little, and measuring the ceiling
/// takes time.
const MIN_REPORTED_SECONDS: f64 = 0.1;

/// Cache file of measured ceilings: measuring takes as long as a short training.
const CEILINGS: &str = "ceilings.json";

/// Data sets kept on the device with their kernels. A cell uses up to three, and tuning may time the mappings of all
/// cells before the first cell is trained.
const MAX_CACHED_DATASETS: usize = 64;

/// Returns the WGSL modules that train models of one shape and spec on `rows` rows, with points in a uniform or a
/// storage buffer: training and evaluation, then the drawing of initial weights, unless the host draws them. For tools
/// that examine or translate them.
///
/// # Errors
/// [`Error::Setting`] for another engine's mapping.
pub fn kernel_sources(
    shape: &NetworkShape,
    train_spec: &TrainSpec,
    rows: usize,
    mapping: Mapping,
    uniform_points: bool,
) -> Result<Vec<String>> {
    let Mapping::Gpu(mapping) = mapping else { return Err(Error::setting("--mapping", mapping, GpuMapping::FORMS)) };
    // A single output with a target that is a number takes the same kernels but for its score.
    let regression = shape.outputs() > 1 && train_spec.loss != Loss::Softmax;
    let kernel_spec = KernelSpec { shape, train_spec, rows, regression };
    let permutation = Permutation { kernel_spec, mapping, uniform_points };
    Ok([permutation.source()?].into_iter().chain(permutation.initialise_source()?).collect())
}

/// GPU engine on one adapter.
pub struct GpuEngine {
    device: GpuDevice,
    /// Adapter that the device was opened from; it opens the device again after a loss.
    adapter: wgpu::Adapter,
    /// Upper bound on models per batch, lowered when the device runs out of memory.
    most_models: u64,
    options: GpuOptions,
    /// Compiled on first use.
    histogram: OnceCell<wgpu::ComputePipeline>,
    /// Compiled on first use.
    convergence: OnceCell<wgpu::ComputePipeline>,
    timing: PhaseTimes,
    done: WorkDone,
    cached_datasets: Vec<(KernelKey, Arc<DeviceDataset>)>,
}

/// Everything that compiled kernels and uploaded points depend on. The kernels' source is part of the key, so that no
/// dependency is forgotten.
#[derive(Debug, Clone, PartialEq)]
struct KernelKey {
    sources: KernelSources,
    points: [u8; 32],
}

impl GpuEngine {
    /// Opens an adapter.
    ///
    /// # Errors
    /// [`Error::Device`] if the adapter provides no device or a probe of its driver fails.
    pub async fn new(adapter: &wgpu::Adapter, options: &GpuOptions) -> Result<Self> {
        let mut timing = PhaseTimes::default();
        let device = timing.measure("device start", GpuDevice::open(adapter, options)).await?;
        Ok(Self {
            device,
            adapter: adapter.clone(),
            most_models: u64::MAX,
            options: options.clone(),
            timing,
            done: WorkDone::default(),
            histogram: OnceCell::new(),
            convergence: OnceCell::new(),
            cached_datasets: Vec::new(),
        })
    }

    /// Returns `points` on the device with the kernels that `kernel_spec` needs, kept or newly compiled. Without
    /// `trains`, kernels only evaluate.
    async fn points(
        &mut self,
        kernel_spec: KernelSpec<'_>,
        points: &Points,
        mapping: GpuMapping,
        trains: bool,
    ) -> Result<Arc<DeviceDataset>> {
        let kernel_spec = KernelSpec { rows: points.len(), ..kernel_spec };
        let uniform_points = uniform_points(mapping, &kernel_spec, &self.device.limits);
        let permutation = Permutation { kernel_spec, mapping, uniform_points };
        let key = KernelKey { sources: KernelSources::new(&permutation, trains)?, points: fingerprint(points) };
        if let Some((_, kept)) = self.cached_datasets.iter().find(|(k, _)| *k == key) {
            return Ok(Arc::clone(kept));
        }
        // Data sets of equal size share kernels.
        let made = Arc::new(match self.cached_datasets.iter().find(|(k, _)| k.sources == key.sources) {
            Some((_, alike)) => alike.with(&self.device, &permutation, points),
            None => {
                let make = DeviceDataset::new(&self.device, &permutation, &key.sources, points);
                self.timing.measure("compile", make).await?
            }
        });
        self.cached_datasets.truncate(MAX_CACHED_DATASETS - 1);
        self.cached_datasets.insert(0, (key, Arc::clone(&made)));
        Ok(made)
    }

    /// Returns the cache key of this device: program version, device and driver.
    fn identity(&self) -> String {
        let info = &self.device.info;
        format!("{}|{}|{}", env!("CARGO_PKG_VERSION"), info.device, info.driver)
    }

    /// Returns the device's ceiling in multiply-adds per second, measured by an earlier run or now.
    async fn fused_per_second(&self) -> Result<f64> {
        let (folder, key) = (self.options.cache.as_deref(), self.identity());
        if let Some(kept) = cache_file::get(folder, CEILINGS, &key) {
            return Ok(kept);
        }
        let ceiling = peak::fused_per_second(&self.device).await?;
        cache_file::put(folder, CEILINGS, key, ceiling);
        Ok(ceiling)
    }

    /// Returns the mapping expected to be fastest for `models` models.
    fn best(&self, kernel_spec: &KernelSpec, models: u64) -> Result<GpuMapping> {
        let limits = &self.device.limits;
        candidates(kernel_spec, models, limits).first().copied().ok_or_else(|| {
            // The mapping with the smallest requirements.
            let least = GpuMapping::Streamed { workgroup: 64.min(limits.invocations_per_workgroup), tile: 4 };
            let why = least.refusal(kernel_spec, limits).unwrap_or_else(|| "only smaller networks or data".into());
            let what = format!(
                "{} cannot train this network: it supports {why}; use --device cpu, which has no such limit",
                self.device.info.device
            );
            Error::usage("--device", what)
        })
    }

    /// Trains the trials in `range` without recovery: a device failure ends the training.
    async fn train_once(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        let mapping = own_mapping(job)?;
        let kernel_spec = KernelSpec::of(job);
        mapping.check(&kernel_spec, &self.device.limits)?;
        if range.is_empty() {
            return Ok(());
        }
        let train = self.points(kernel_spec, &job.data.train, mapping, true).await?;
        let mut held_out = async |points: &Option<Points>| -> Result<Option<Arc<DeviceDataset>>> {
            Ok(match points {
                Some(points) => Some(self.points(kernel_spec, points, mapping, false).await?),
                None => None,
            })
        };
        let (validation, test) = (held_out(&job.data.validation).await?, held_out(&job.data.test).await?);
        let slots = if job.record.records(range.start) { job.record.epochs.len() } else { 1 };
        let mut plan = DevicePlan::new(mapping, &kernel_spec, slots, &self.device.limits);
        plan.batch_models = plan.batch_models.min(self.most_models);
        let histogram =
            job.record.histograms.then(|| self.histogram.get_or_init(|| loss_histogram::pipeline(&self.device)));
        let convergence =
            job.record.convergence.then(|| self.convergence.get_or_init(|| convergence::pipeline(&self.device)));
        let (device, validation, test) = (&self.device, validation.as_deref(), test.as_deref());
        let kernels = Kernels { device, plan, kernel_spec, histogram, convergence, train: &train, validation, test };
        let begun = Instant::now();
        let (timing, models, ended) = pipeline::train(&kernels, job, range, sink).await?;
        self.done.add(WorkDone::of(job, models as f64 * f64::from(job.epochs)));
        self.timing.merge(&timing);
        // Wall time of these overlapping phases, until the last results arrived.
        self.timing.add("train", (ended - begun).as_secs_f64());
        self.device.save_pipelines();
        Ok(())
    }
}

/// Returns the job's mapping.
///
/// # Errors
/// [`Error::Setting`] for another engine's mapping.
fn own_mapping(job: &Job) -> Result<GpuMapping> {
    match job.mapping {
        Some(Mapping::Gpu(mapping)) => Ok(mapping),
        Some(Mapping::Cpu(_) | Mapping::Reference) | None => Err(job.refuse_mapping(GpuMapping::FORMS)),
    }
}

/// Returns a content hash of points.
fn fingerprint(points: &Points) -> [u8; 32] {
    let (rows, numbers) = (points.len(), points.targets.numbers());
    let hash =
        Sha256::new().chain_update(points.features.to_le_bytes()).chain_update(points.targets.outputs().to_le_bytes());
    let targets: Vec<f64> = (0..rows).flat_map(|n| (0..numbers).map(move |k| points.target_number(n, k))).collect();
    hash.chain_update(bytemuck::cast_slice(&points.x)).chain_update(bytemuck::cast_slice(&targets)).finalize().into()
}
