//! Convergence of a batch's models, reduced on the device from their recorded losses to three numbers per model.

use super::batch_buffers::BatchBuffers;
use super::buffers::{BufferFactory, PendingRead};
use super::device::GpuDevice;
use super::kernels::Kernels;
use crate::engine::Job;
use crate::math::convergence::{Convergence, LAST};
use bytemuck::{Pod, Zeroable};

/// WGSL module of the reduction kernel.
pub const CONVERGENCE: &str = include_str!("../../../shaders/convergence.wgsl");
/// Invocations per workgroup.
const WORKGROUP: u32 = 64;
/// Most epochs per dispatch: drivers limit loop iterations.
const EPOCHS: u32 = 1 << 12;

/// Mirrors `Reduction` in `shaders/convergence.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
struct Reduction {
    models: u32,
    epochs: u32,
    first: u32,
    end: u32,
}

/// Mirrors `Convergence` in `shaders/convergence.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct ConvergenceSums {
    loss_sum: f32,
    inverse_sum: f32,
    last: f32,
}

impl ConvergenceSums {
    /// Returns the convergence of a training of `epochs` epochs.
    pub fn over(self, epochs: u32) -> Convergence {
        let last = f64::from(self.last) / f64::from(epochs.min(LAST as u32));
        Convergence { loss_sum: self.loss_sum.into(), inverse_sum: self.inverse_sum.into(), last }
    }
}

/// Compiles the reduction kernel.
pub fn pipeline(device: &GpuDevice) -> wgpu::ComputePipeline {
    device.pipeline(&device.module(CONVERGENCE), "reduce")
}

/// Starts to reduce the losses recorded before each epoch. Reads nothing if the job needs no convergence, or with
/// mini-batches.
pub fn start(kernels: &Kernels, state: &BatchBuffers, job: &Job) -> PendingRead<ConvergenceSums> {
    let buffers = BufferFactory { device: kernels.device };
    let Some(pipeline) = kernels.convergence.filter(|_| kernels.kernel_spec.is_full()) else {
        return buffers.start_reading(&state.losses, 0);
    };
    let models = state.models;
    let found = buffers.zeros(u64::from(models) * size_of::<ConvergenceSums>() as u64);
    for first in (0..job.epochs).step_by(EPOCHS as usize) {
        let end = first.saturating_add(EPOCHS).min(job.epochs);
        let uniform = buffers.uniform(&[Reduction { models, epochs: job.epochs, first, end }]);
        let bound = [(0, &uniform), (1, &state.losses), (2, &state.diverged), (3, &found)];
        kernels.device.dispatch(pipeline, &bound, [models.div_ceil(WORKGROUP), 1], None);
    }
    buffers.start_reading(&found, models as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::gpu::tests::engine;
    use std::mem::offset_of;
    use wgpu::naga;

    #[test]
    fn structs_lie_alike_on_both_sides() {
        let module = naga::front::wgsl::parse_str(CONVERGENCE).unwrap();
        let offsets = |name: &str| {
            let found = module.types.iter().find(|(_, t)| t.name.as_deref() == Some(name)).unwrap().1;
            let naga::TypeInner::Struct { members, span } = &found.inner else { panic!("{name} is no struct") };
            (members.iter().map(|m| m.offset as usize).collect::<Vec<_>>(), *span as usize)
        };
        let reduction = [offset_of!(Reduction, models), offset_of!(Reduction, epochs), offset_of!(Reduction, first)];
        let reduction = [&reduction[..], &[offset_of!(Reduction, end)]].concat();
        assert_eq!(offsets("Reduction"), (reduction, size_of::<Reduction>()));
        let sums = vec![
            offset_of!(ConvergenceSums, loss_sum),
            offset_of!(ConvergenceSums, inverse_sum),
            offset_of!(ConvergenceSums, last),
        ];
        assert_eq!(offsets("Convergence"), (sums, size_of::<ConvergenceSums>()));
    }

    /// Falling, rising, oscillating, lost and missing losses: kernel against [`Convergence::of`], in two dispatches.
    #[test]
    fn the_kernel_and_its_twin_agree() {
        let (epochs, models) = (30u32, 64usize);
        let loss = |epoch: u32, m: usize| match m % 5 {
            0 => 3.0 * 0.8f32.powi(epoch as i32),
            1 => 0.5 * 1.9f32.powi(epoch as i32),
            2 => 1.0 + (epoch as f32 * m as f32).sin(),
            3 if epoch > 10 => f32::NAN,
            4 if epoch == 0 => f32::INFINITY,
            _ => 1.0 / (1 + epoch) as f32,
        };
        let diverged: Vec<u32> = (0..models as u32).map(|m| if m % 7 == 6 { m % 30 } else { u32::MAX }).collect();
        let losses: Vec<f32> = (0..epochs).flat_map(|e| (0..models).map(move |m| loss(e, m))).collect();
        let device = &engine().device;
        let buffers = device.buffers();
        let found = buffers.zeros((size_of::<ConvergenceSums>() * models) as u64);
        let (losses_buffer, diverged_buffer, pipeline) =
            (buffers.storage(&losses), buffers.storage(&diverged), pipeline(device));
        for (first, end) in [(0, 13), (13, epochs)] {
            let uniform = buffers.uniform(&[Reduction { models: models as u32, epochs, first, end }]);
            let bound = [(0, &uniform), (1, &losses_buffer), (2, &diverged_buffer), (3, &found)];
            device.dispatch(&pipeline, &bound, [1, 1], None);
        }
        let sums: Vec<ConvergenceSums> = pollster::block_on(buffers.read(&found, models)).unwrap();
        for (m, sums) in sums.iter().enumerate() {
            let known = |e: u32| if e <= diverged[m] { f64::from(losses[e as usize * models + m]) } else { f64::NAN };
            let expected = Convergence::of(&(0..epochs).map(known).collect::<Vec<_>>());
            let found = sums.over(epochs);
            let pairs = [
                (found.loss_sum, expected.loss_sum),
                (found.inverse_sum, expected.inverse_sum),
                (found.last, expected.last),
            ];
            // Thirty additions and one or two divisions, each with an error of half an ulp of the sum.
            assert!(pairs.iter().all(|(a, b)| (a - b).abs() <= 4e-6 * b.abs()), "{m}: {pairs:?}");
        }
    }
}
