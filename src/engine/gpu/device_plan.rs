//! Plans how a sweep runs on a device: pure arithmetic, no GPU needed.
//!
//! The mapping of models to invocations is chosen once per cell, from the network shape, the training spec, the data
//! and the number of models. Sizes of batches and dispatches follow the device's limits; they never change a bit of any
//! result.

use super::device_limits::{DeviceLimits, SubgroupSupport};
use super::feasibility::MAX_REGISTER_NUMBERS;
use super::generated_wgsl::hyper_fields;
use super::kernel_spec::KernelSpec;
use super::layout::{ScoreSums, points_bytes};
use super::mapping::GpuMapping;
use crate::engine::cost::{SampleStepCost, epoch_flop, update_flop};

/// Invocations per workgroup of the lane mappings.
const WORKGROUP: u32 = 64;
/// Fewest and most invocations per workgroup of the tile mappings.
const TILED_WORKGROUP: [u32; 2] = [64, 256];
/// Most lanes of a model in a subgroup.
const MOST_LANES: u32 = 32;
/// Most models per batch, if memory allows: enough to fill the largest devices several times over.
const BATCH_MODELS: u64 = 1 << 18;
/// Most bytes of a batch's per-model buffers together.
const BATCH_BYTES: u64 = 256 << 20;
/// Most floating-point operations of a batch's smallest dispatch (one step of all models), so that even a slow device
/// answers within a second.
const STEP_FLOP: f64 = 4e9;
/// Most epochs of a dispatch: the host tabulates their learning-rate multipliers at once.
const TABLE_EPOCHS: u32 = 1 << 16;
/// Most rows, over all epochs of a dispatch, whose order the host tabulates at once.
const TABLE_ROWS: usize = 4 << 20;

/// Returns the mappings that the device can run for `models` models of `kernel_spec`, the one expected to be
/// fastest first.
pub fn candidates(kernel_spec: &KernelSpec, models: u64, limits: &DeviceLimits) -> Vec<GpuMapping> {
    let mut all =
        if kernel_spec.numbers() <= MAX_REGISTER_NUMBERS { of_lanes(kernel_spec, models, limits) } else { Vec::new() };
    all.retain(|mapping| mapping.check(kernel_spec, limits).is_ok());
    if all.is_empty() {
        all = of_tiles(kernel_spec, limits);
    }
    all.dedup();
    all
}

/// Returns mappings with as many lanes per model as keep the device busy, then with half and twice as many.
fn of_lanes(kernel_spec: &KernelSpec, models: u64, limits: &DeviceLimits) -> Vec<GpuMapping> {
    // A lane with fewer than four points costs more than it saves.
    let shares = (kernel_spec.batch_rows() as u64 / 4).max(1);
    let most = match limits.subgroups {
        SubgroupSupport::Linear { least, .. } => least.min(MOST_LANES),
        _ => WORKGROUP,
    };
    let idle = u64::from(limits.saturating_invocations).div_ceil(models.max(1)).next_power_of_two();
    let lanes = idle.min(1 << shares.ilog2()).min(u64::from(most)) as u32;
    let with = |lanes: u32| match (lanes, limits.subgroups) {
        (1, _) => GpuMapping::Thread { workgroup: WORKGROUP },
        (lanes, SubgroupSupport::Linear { .. }) => GpuMapping::Subgroup { lanes, workgroup: WORKGROUP },
        (lanes, _) => GpuMapping::Workgroup { lanes, workgroup: WORKGROUP },
    };
    [lanes, lanes / 2, 2 * lanes].into_iter().filter(|lanes| (1..=most).contains(lanes)).map(with).collect()
}

/// Returns mappings with the model in workgroup memory, if it fits and a dispatch can take an epoch; then with the
/// model in storage.
fn of_tiles(kernel_spec: &KernelSpec, limits: &DeviceLimits) -> Vec<GpuMapping> {
    let blocks =
        kernel_spec.shape.layers().iter().map(|l| l.inputs.div_ceil(4) * l.outputs.div_ceil(4)).max().unwrap_or(1);
    let [fewest, most] = TILED_WORKGROUP;
    let workgroup = (blocks as u32).next_power_of_two().clamp(fewest, most).min(limits.invocations_per_workgroup);
    let tiled = |tile| GpuMapping::Tiled { workgroup, tile };
    let streamed = |tile| GpuMapping::Streamed { workgroup, tile };
    // Half the memory, so that several workgroups share a multiprocessor; all of it if tiles were too small otherwise.
    let half = DeviceLimits { workgroup_storage: limits.workgroup_storage / 2, ..*limits };
    let found = [
        tile(kernel_spec, &half, 16, tiled),
        tile(kernel_spec, limits, 8, tiled),
        tile(kernel_spec, &half, 16, streamed),
    ];
    let found: Vec<GpuMapping> = found.into_iter().flatten().collect();
    if found.is_empty() { tile(kernel_spec, limits, 4, streamed).into_iter().collect() } else { found }
}

/// Returns the mapping with the largest tile that these limits allow; None if it has fewer than `least` points and does
/// not hold a whole batch. Of all tiles that split a batch into equally many parts, it takes the smallest, since
/// padding costs as much as points do.
fn tile(
    kernel_spec: &KernelSpec,
    limits: &DeviceLimits,
    least: u32,
    mapping: impl Fn(u32) -> GpuMapping,
) -> Option<GpuMapping> {
    let rows = kernel_spec.batch_rows() as u32;
    let largest = rows.next_multiple_of(4).min(GpuMapping::MOST_TILE);
    let fits = |tile: &u32| mapping(*tile).check(kernel_spec, limits).is_ok();
    let largest = (1..=largest / 4).rev().map(|quarter| 4 * quarter).find(fits)?;
    let even = rows.div_ceil(rows.div_ceil(largest)).next_multiple_of(4);
    (largest >= least.min(rows.next_multiple_of(4))).then(|| mapping(if fits(&even) { even } else { largest }))
}

/// How one cell runs on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DevicePlan {
    pub mapping: GpuMapping,
    /// Most models per batch.
    pub batch_models: u64,
    /// Bytes per model on the device.
    pub model_bytes: u64,
    /// Most steps per dispatch.
    pub most_steps: u32,
    /// Steps of the first dispatch; measured times size later ones.
    pub first_steps: u32,
    /// Most epochs per dispatch, bounded by the host's tables.
    pub most_epochs: u32,
}

impl DevicePlan {
    /// Plans `kernel_spec` with `slots` recorded losses per model.
    pub fn new(mapping: GpuMapping, kernel_spec: &KernelSpec, slots: usize, limits: &DeviceLimits) -> Self {
        let bytes = |numbers: usize| 4 * numbers as u64;
        let [parameters, sums] = mapping.stored(kernel_spec).map(bytes);
        let memory = parameters * kernel_spec.train_spec.optimizer.state_numbers() as u64;
        let (losses, hyper) = (bytes(slots.max(1)), bytes(hyper_fields(kernel_spec.train_spec).len()));
        let per_binding = limits.storage_binding
            / parameters.max(memory).max(sums).max(losses).max(hyper).max(size_of::<ScoreSums>() as u64);
        let model_bytes = parameters + memory + sums + losses + hyper;
        let per_memory = BATCH_BYTES / model_bytes;
        let per_dispatch = u64::from(limits.workgroups) * u64::from(mapping.workgroup_size() / mapping.lanes());
        let per_step = (STEP_FLOP / step_flop(kernel_spec, mapping)) as u64;
        let batch_models = BATCH_MODELS.min(per_binding).min(per_memory).min(per_dispatch).min(per_step).max(1);
        let most_steps = u64::from(limits.loop_iterations) / mapping.iterations(kernel_spec, limits).max(1);
        Self {
            mapping,
            batch_models,
            model_bytes,
            most_steps: most_steps.clamp(1, 1 << 24) as u32,
            first_steps: 1,
            most_epochs: most_epochs(kernel_spec),
        }
    }

    /// Returns the number of models in the batch that starts with trial `range.start`: at most `wanted`, and none
    /// across `edge` (where curves end).
    pub fn batch(&self, range: std::ops::Range<u64>, edge: u64, wanted: u64) -> u64 {
        let end = if range.start < edge { edge.min(range.end) } else { range.end };
        end.saturating_sub(range.start).min(self.batch_models).min(wanted.max(1))
    }
}

/// Returns the number of trials from `first` to the end of `units` units of `unit` trials each, the first perhaps
/// partial.
pub fn whole_units(first: u64, unit: u64, units: u64) -> u64 {
    (unit - first % unit).saturating_add(unit.saturating_mul(units - 1))
}

/// Returns the operations of one model's step: an epoch, or a tile with its update.
fn step_flop(kernel_spec: &KernelSpec, mapping: GpuMapping) -> f64 {
    let KernelSpec { shape, train_spec, rows, .. } = *kernel_spec;
    match mapping {
        GpuMapping::Streamed { tile, .. } => {
            f64::from(tile) * SampleStepCost::of(shape, train_spec).flop + update_flop(shape, train_spec)
        }
        _ => epoch_flop(shape, train_spec, rows),
    }
}

fn most_epochs(kernel_spec: &KernelSpec) -> u32 {
    match kernel_spec.order_from_host() {
        true => ((TABLE_ROWS / kernel_spec.rows) as u32).clamp(1, TABLE_EPOCHS),
        false => TABLE_EPOCHS,
    }
}

/// Whether points go into a uniform buffer: some drivers read it twice as fast if all invocations read the same point.
pub fn uniform_points(mapping: GpuMapping, kernel_spec: &KernelSpec, limits: &DeviceLimits) -> bool {
    matches!(mapping, GpuMapping::Thread { .. })
        && !kernel_spec.order_per_seed()
        && points_bytes(kernel_spec.point_numbers(), kernel_spec.rows) <= limits.uniform_binding
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
