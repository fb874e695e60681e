//! Histograms of a batch's recorded losses, counted on the device, so the data read back does not grow with the models.

use super::batch_buffers::BatchBuffers;
use super::buffers::{BufferFactory, PendingRead};
use super::device::GpuDevice;
use super::kernels::Kernels;
use crate::engine::Job;
use crate::math::loss_bins::BINS;
use bytemuck::{Pod, Zeroable};

/// WGSL module of the histogram kernel.
pub const LOSS_HISTOGRAM: &str = include_str!("../../../shaders/loss_bins.wgsl");
/// Invocations per workgroup.
const WORKGROUP: u32 = 64;

/// Mirrors `LossHistogram` in `shaders/loss_bins.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
struct LossHistogram {
    models: u32,
    first_combination: u32,
    combinations: u32,
    slots: u32,
}

/// Compiles the histogram kernel.
pub fn pipeline(device: &GpuDevice) -> wgpu::ComputePipeline {
    device.pipeline(&device.module(LOSS_HISTOGRAM), "count")
}

/// Starts to count the recorded losses of a batch whose first trial is `first`, `[combinations, slots, bins]` without
/// the last slot. Reads nothing if no histograms are wanted or the kernels record no losses.
pub fn start(kernels: &Kernels, state: &BatchBuffers, job: &Job, first: u64) -> PendingRead<u32> {
    let (device, slots) = (kernels.device, job.record.epochs.len().saturating_sub(1) as u32);
    let buffers = BufferFactory { device };
    let Some(pipeline) = kernels.histogram.filter(|_| kernels.kernel_spec.is_full() && slots > 0) else {
        return buffers.start_reading(&state.losses, 0);
    };
    let combinations = job.record.combinations(&job.trials);
    let first_combination = (first % combinations) as u32;
    let histogram = LossHistogram { models: state.models, first_combination, combinations: combinations as u32, slots };
    let numbers = combinations as usize * (slots * BINS) as usize;
    let (uniform, counts) = (buffers.uniform(&[histogram]), buffers.zeros(4 * numbers as u64));
    let bound = [(0, &uniform), (1, &state.losses), (2, &state.diverged), (3, state.recorded()), (4, &counts)];
    device.dispatch(pipeline, &bound, [state.models.div_ceil(WORKGROUP), slots], None);
    buffers.start_reading(&counts, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::gpu::tests::engine;
    use crate::math::loss_bins::loss_bin;
    use std::mem::{offset_of, size_of};
    use wgpu::naga;

    #[test]
    fn the_struct_lies_alike_on_both_sides_and_the_bins_are_their_twins() {
        let module = naga::front::wgsl::parse_str(LOSS_HISTOGRAM).unwrap();
        let found = module.types.iter().find(|(_, t)| t.name.as_deref() == Some("LossHistogram")).unwrap().1;
        let naga::TypeInner::Struct { members, span } = &found.inner else { panic!("LossHistogram is no struct") };
        let offsets: Vec<_> = members.iter().map(|m| m.offset as usize).collect();
        let fields = [offset_of!(LossHistogram, models), offset_of!(LossHistogram, first_combination)];
        let more = [offset_of!(LossHistogram, combinations), offset_of!(LossHistogram, slots)];
        assert_eq!((offsets, *span as usize), ([fields, more].concat(), size_of::<LossHistogram>()));
        let function = &LOSS_HISTOGRAM
            [LOSS_HISTOGRAM.find("/// Bins of an octave").unwrap()..LOSS_HISTOGRAM.find("@compute").unwrap()];
        let entry = "@group(0) @binding(0) var<storage, read_write> numbers: array<u32>;
            @compute @workgroup_size(64) fn apply(@builtin(global_invocation_id) id: vec3<u32>) {
                numbers[id.x] = loss_bin(numbers[id.x]); }";
        let device = &engine().device;
        let inputs: Vec<u32> = (0..1 << 14).map(|n: u32| (n << 18) | (7 * n)).collect();
        let (numbers, source) = (device.buffers().storage(&inputs), format!("{function}{entry}"));
        device.dispatch(&device.pipeline(&device.module(&source), "apply"), &[(0, &numbers)], [256, 1], None);
        let bins: Vec<u32> = pollster::block_on(device.buffers().read(&numbers, inputs.len())).unwrap();
        assert_eq!(bins, inputs.iter().map(|bits| loss_bin(*bits)).collect::<Vec<_>>());
    }
}
