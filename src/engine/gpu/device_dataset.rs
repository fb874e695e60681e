//! Data set on the device, with the kernels compiled for its size.

use super::buffers::BufferFactory;
use super::device::GpuDevice;
use super::generated_wgsl;
use super::layout::point_vectors;
use super::shader_source::Permutation;
use crate::dataset::Points;
use crate::error::Result;
use std::sync::OnceLock;

/// Points in device memory and the kernels that read them.
pub struct DeviceDataset {
    pub rows: usize,
    pub buffer: wgpu::Buffer,
    pub evaluate: CompiledKernel,
    /// None if the points are for evaluation only.
    pub train: Option<CompiledKernel>,
    /// Kernel that writes logits, compiled on first use.
    rank: OnceLock<CompiledKernel>,
    module: wgpu::ShaderModule,
    /// None without training, or if the host generates the initial weights.
    pub initialise: Option<CompiledKernel>,
}

/// Compiled entry point with the binding numbers of its buffers; a clone shares the pipeline.
#[derive(Clone)]
pub struct CompiledKernel {
    pub pipeline: wgpu::ComputePipeline,
    pub bindings: Vec<u32>,
}

/// WGSL source of a permutation's kernels.
#[derive(Debug, Clone, PartialEq)]
pub struct KernelSources {
    kernels: String,
    /// Whether to train models, not only evaluate them.
    trains: bool,
    initialise: Option<String>,
}

impl KernelSources {
    /// Generates the source; without `trains`, for evaluation only.
    ///
    /// # Errors
    /// As for [`Permutation::source`].
    pub fn new(permutation: &Permutation, trains: bool) -> Result<Self> {
        let initialise = if trains { permutation.initialise_source()? } else { None };
        Ok(Self { kernels: permutation.source()?, trains, initialise })
    }
}

impl DeviceDataset {
    /// Uploads `points` and compiles `sources`, which must be those of `permutation`.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn new(
        device: &GpuDevice,
        permutation: &Permutation<'_>,
        sources: &KernelSources,
        points: &Points,
    ) -> Result<Self> {
        let kernel_spec = &permutation.kernel_spec;
        let module = device.module(&sources.kernels);
        let kernel = |module: &wgpu::ShaderModule, entry, bindings| {
            let pipeline = device.pipeline(module, entry);
            CompiledKernel { pipeline, bindings }
        };
        let train = || kernel(&module, "train", generated_wgsl::train_bindings(kernel_spec, permutation.mapping));
        let initialise = |source: &String| {
            kernel(&device.module(source), "initialise", generated_wgsl::initialise_bindings(kernel_spec.train_spec))
        };
        let this = Self {
            rows: points.len(),
            buffer: upload(device, permutation, points),
            evaluate: kernel(&module, "evaluate", generated_wgsl::evaluate_bindings(kernel_spec.train_spec)),
            train: sources.trains.then(train),
            rank: OnceLock::new(),
            initialise: sources.initialise.as_ref().map(initialise),
            module,
        };
        device.wait().await?;
        Ok(this)
    }

    /// Returns the kernel that writes logits.
    pub fn rank(&self, device: &GpuDevice) -> &CompiledKernel {
        let compile = || CompiledKernel {
            pipeline: device.pipeline(&self.module, "write_logits"),
            bindings: generated_wgsl::LOGIT_BINDINGS.to_vec(),
        };
        self.rank.get_or_init(compile)
    }

    /// Uploads other `points` for the same kernels, which must also be those of `permutation`.
    pub fn with(&self, device: &GpuDevice, permutation: &Permutation, points: &Points) -> Self {
        Self {
            rows: points.len(),
            buffer: upload(device, permutation, points),
            evaluate: self.evaluate.clone(),
            train: self.train.clone(),
            rank: self.rank.clone(),
            module: self.module.clone(),
            initialise: self.initialise.clone(),
        }
    }
}

fn upload(device: &GpuDevice, permutation: &Permutation, points: &Points) -> wgpu::Buffer {
    let (packed, buffers) = (pack(points), BufferFactory { device });
    if permutation.uniform_points { buffers.uniform(&packed) } else { buffers.storage(&packed) }
}

/// Packs each point as its features, rounded to f32, then the numbers of its target, padded with zeros to whole
/// `vec4`s.
pub(super) fn pack(points: &Points) -> Vec<f32> {
    let numbers = points.targets.numbers();
    let width = 4 * point_vectors(points.features + numbers);
    let mut packed = vec![0.0; width * points.len()];
    for (n, row) in packed.chunks_exact_mut(width).enumerate() {
        row.iter_mut().zip(points.row(n)).for_each(|(to, from)| *to = *from as f32);
        (0..numbers).for_each(|k| row[points.features + k] = points.target_number(n, k) as f32);
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Targets;

    #[test]
    fn a_point_is_its_features_then_its_label() {
        let points =
            Points { features: 3, x: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], targets: Targets::Binary(vec![true, false]) };
        assert_eq!(pack(&points), [1.0, 2.0, 3.0, 1.0, 4.0, 5.0, 6.0, 0.0]);
        let points = Points { features: 4, x: vec![1.0, 2.0, 3.0, 4.0], targets: Targets::Binary(vec![true]) };
        assert_eq!(pack(&points), [1.0, 2.0, 3.0, 4.0, 1.0, 0.0, 0.0, 0.0]);
    }
}
