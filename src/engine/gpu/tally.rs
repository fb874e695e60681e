//! Histograms of a batch's recorded losses, made on the device: what is read back does not grow with the models.

use super::batch::Kernels;
use super::buffers::{Buffers, Reading};
use super::device::Device;
use super::state::State;
use crate::engine::Job;
use crate::math::tally::BINS;
use bytemuck::{Pod, Zeroable};

/// The kernel that counts, a module of its own.
pub const TALLY: &str = include_str!("../../../shaders/tally.wgsl");
/// Invocations of a workgroup.
const WORKGROUP: u32 = 64;

/// Twin of `Tally` in `shaders/tally.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
struct Tally {
    models: u32,
    first_combination: u32,
    combinations: u32,
    slots: u32,
}

/// The kernel that counts.
pub fn pipeline(device: &Device) -> wgpu::ComputePipeline {
    device.pipeline(&device.module(TALLY), "count")
}

/// Counts the losses that the kernels recorded of a batch whose first trial is `first`, `[combinations, slots, bins]` without the
/// last slot; nothing where nobody asks, or where the kernels record none.
pub fn start(kernels: &Kernels, state: &State, job: &Job, first: u64) -> Reading<u32> {
    let (device, slots) = (kernels.device, job.record.epochs.len().saturating_sub(1) as u32);
    let buffers = Buffers { device };
    let Some(pipeline) = kernels.tally.filter(|_| kernels.work.is_full() && slots > 0) else {
        return buffers.start_reading(&state.losses, 0);
    };
    let combinations = job.record.combinations(&job.trials);
    let first_combination = (first % combinations) as u32;
    let tally = Tally { models: state.models, first_combination, combinations: combinations as u32, slots };
    let numbers = combinations as usize * (slots * BINS) as usize;
    let (uniform, counts) = (buffers.uniform(&[tally]), buffers.zeros(4 * numbers as u64));
    let bound = [(0, &uniform), (1, &state.losses), (2, &state.diverged), (3, state.recorded()), (4, &counts)];
    device.dispatch(pipeline, &bound, [state.models.div_ceil(WORKGROUP), slots], None);
    buffers.start_reading(&counts, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::gpu::tests::engine;
    use crate::math::tally::loss_bin;
    use std::mem::{offset_of, size_of};
    use wgpu::naga;

    #[test]
    fn the_struct_lies_alike_on_both_sides_and_the_bins_are_their_twins() {
        let module = naga::front::wgsl::parse_str(TALLY).unwrap();
        let found = module.types.iter().find(|(_, t)| t.name.as_deref() == Some("Tally")).unwrap().1;
        let naga::TypeInner::Struct { members, span } = &found.inner else { panic!("Tally is no struct") };
        let offsets: Vec<_> = members.iter().map(|m| m.offset as usize).collect();
        let fields = [offset_of!(Tally, models), offset_of!(Tally, first_combination)];
        let more = [offset_of!(Tally, combinations), offset_of!(Tally, slots)];
        assert_eq!((offsets, *span as usize), ([fields, more].concat(), size_of::<Tally>()));
        let function = &TALLY[TALLY.find("/// Bins of an octave").unwrap()..TALLY.find("@compute").unwrap()];
        let entry = "@group(0) @binding(0) var<storage, read_write> numbers: array<u32>;
            @compute @workgroup_size(64) fn apply(@builtin(global_invocation_id) id: vec3<u32>) {
                numbers[id.x] = loss_bin(numbers[id.x]); }";
        let device = &engine().device;
        let inputs: Vec<u32> = (0..1 << 14).map(|n: u32| (n << 18) | (7 * n)).collect();
        let (numbers, source) = (device.buffers().storage(&inputs), format!("{function}{entry}"));
        device.dispatch(&device.pipeline(&device.module(&source), "apply"), &[(0, &numbers)], [256, 1], None);
        let bins: Vec<u32> = device.buffers().read(&numbers, inputs.len()).unwrap();
        assert_eq!(bins, inputs.iter().map(|bits| loss_bin(*bits)).collect::<Vec<_>>());
    }
}
