//! What a mapping means for a model's invocations, memory and steps.

use super::kernel_spec::KernelSpec;
use super::tiling::Tiling;
pub(super) use crate::sweep::GpuMapping;

impl GpuMapping {
    /// Invocations per workgroup.
    pub(super) fn workgroup_size(&self) -> u32 {
        match *self {
            Self::Thread { workgroup }
            | Self::Subgroup { workgroup, .. }
            | Self::Workgroup { workgroup, .. }
            | Self::Tiled { workgroup, .. }
            | Self::Streamed { workgroup, .. } => workgroup,
        }
    }

    /// Points per tile; `None` for lane mappings.
    pub(super) fn tile(&self) -> Option<u32> {
        match *self {
            Self::Tiled { tile, .. } | Self::Streamed { tile, .. } => Some(tile),
            _ => None,
        }
    }

    /// Invocations per model.
    pub(super) fn lanes(&self) -> u32 {
        match *self {
            Self::Thread { .. } => 1,
            Self::Subgroup { lanes, .. } | Self::Workgroup { lanes, .. } => lanes,
            Self::Tiled { workgroup, .. } | Self::Streamed { workgroup, .. } => workgroup,
        }
    }

    /// Memory layout of a model; `None` for lane mappings.
    pub(super) fn tiling(&self, kernel_spec: &KernelSpec) -> Option<Tiling> {
        let split = matches!(self, Self::Tiled { .. });
        self.tile().map(|tile| Tiling::new(kernel_spec, self.workgroup_size(), tile, split))
    }

    /// Numbers per model in storage: its parameters, and its gradient sums (0 unless they are in storage).
    pub(super) fn stored(&self, kernel_spec: &KernelSpec) -> [usize; 2] {
        match self.tiling(kernel_spec) {
            None => [kernel_spec.shape.parameters(), 0],
            Some(tiling) => {
                let streamed = matches!(self, Self::Streamed { .. });
                [4 * tiling.model_vec4s as usize, if streamed { 4 * tiling.grad_vec4s as usize } else { 0 }]
            }
        }
    }

    /// Bytes of workgroup memory: the sum of the `var<workgroup>` declarations that an entry point uses, each rounded
    /// up to 16 bytes. WebGPU counts them so, and so no driver needs more, in whatever order it places them.
    pub(super) fn workgroup_bytes(&self, kernel_spec: &KernelSpec) -> u32 {
        let workgroup = self.workgroup_size();
        let numbers = |count: u32| (4 * count).next_multiple_of(16);
        let Some((tile, tiling)) = self.tile().zip(self.tiling(kernel_spec)) else {
            let exchanged = kernel_spec.shape.parameters() as u32 + 1;
            return if matches!(self, Self::Workgroup { .. }) { numbers(exchanged * workgroup) } else { 0 };
        };
        let rows = if kernel_spec.is_full() { 0 } else { numbers(tile) };
        let outputs = if kernel_spec.shape.outputs() > 1 { 0 } else { numbers(tile) };
        let squares = if kernel_spec.clips() { numbers(2 * workgroup) } else { 0 };
        let kept = if matches!(self, Self::Tiled { .. }) { tiling.model_vec4s + tiling.grad_vec4s } else { 0 };
        // Two peaks and a flag (training), or a peak and two counts or sums of errors (evaluation).
        let evaluation = if kernel_spec.regression { numbers(1) + numbers(2 * workgroup) } else { 3 * numbers(1) };
        let own = evaluation.max(3 * numbers(1) + squares);
        // Signals and deltas; a single output; losses.
        16 * (2 * tile * tiling.stride + kept) + outputs + numbers(workgroup) + rows + own
    }

    /// Steps in an epoch; a step is the smallest unit of work of a dispatch: an epoch or a tile of points.
    pub(super) fn steps_per_epoch(&self, kernel_spec: &KernelSpec) -> u32 {
        match *self {
            Self::Streamed { tile, .. } => kernel_spec.tiles(tile),
            _ => 1,
        }
    }

    /// Iterations of the kernel's outer loop in a step.
    pub(super) fn iterations_per_step(&self, kernel_spec: &KernelSpec) -> u32 {
        match *self {
            Self::Tiled { tile, .. } => kernel_spec.tiles(tile),
            _ => 1,
        }
    }

    /// Workgroups that `models` models need.
    pub(super) fn workgroups(&self, models: u32) -> u32 {
        (models * self.lanes().min(self.workgroup_size())).div_ceil(self.workgroup_size())
    }
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
