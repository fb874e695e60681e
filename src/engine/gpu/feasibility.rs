//! What a mapping costs in loop iterations, and why a device may be unable to run it.

use super::device_limits::{DeviceLimits, SubgroupSupport};
use super::iteration_bounds;
use super::kernel_spec::KernelSpec;
use super::layout::points_bytes;
use super::mapping::GpuMapping;
use crate::error::{Error, Result};

/// Most numbers (parameters and optimizer state) of a model in registers: the unrolled source grows with them, compile
/// time even faster.
pub const MAX_REGISTER_NUMBERS: usize = 105;

impl GpuMapping {
    /// Checks that the device can run this mapping for `kernel_spec`.
    ///
    /// # Errors
    /// [`Error::Setting`] with the limit that it violates.
    pub(super) fn check(&self, kernel_spec: &KernelSpec, limits: &DeviceLimits) -> Result<()> {
        self.refusal(kernel_spec, limits).map_or(Ok(()), |why| Err(Error::setting("--mapping", self, why)))
    }

    /// Reason the device cannot run this mapping for `kernel_spec`, if any, phrased as what it can run.
    pub(super) fn refusal(&self, kernel_spec: &KernelSpec, limits: &DeviceLimits) -> Option<String> {
        let most = limits.loop_iterations;
        let looping = || {
            let beyond = self.iterations(kernel_spec, limits) > u64::from(most);
            beyond.then(|| format!("a mapping with at most {most} loop iterations per step (limit of this device)"))
        };
        let first = self.size_refusal(limits).or_else(|| self.register_refusal(kernel_spec));
        let first = first.or_else(|| data_refusal(kernel_spec, limits));
        first
            .or_else(|| self.memory_refusal(kernel_spec, limits))
            .or_else(|| self.subgroup_refusal(limits))
            .or_else(looping)
    }

    fn size_refusal(&self, limits: &DeviceLimits) -> Option<String> {
        let most = limits.invocations_per_workgroup;
        (self.workgroup_size() > most).then(|| format!("workgroups of up to {most} on this device"))
    }

    fn register_refusal(&self, kernel_spec: &KernelSpec) -> Option<String> {
        if self.tile().is_some() || kernel_spec.numbers() <= MAX_REGISTER_NUMBERS {
            return None;
        }
        let remembered = match kernel_spec.state_numbers() {
            0 => String::new(),
            memory => format!(" and {memory} numbers of optimizer state"),
        };
        Some(format!(
            "tiled or streamed: thread, subgroup and workgroup mappings take up to {MAX_REGISTER_NUMBERS} numbers \
             (parameters and optimizer state); {} has {} parameters{remembered}",
            kernel_spec.shape,
            kernel_spec.shape.parameters()
        ))
    }

    fn memory_refusal(&self, kernel_spec: &KernelSpec, limits: &DeviceLimits) -> Option<String> {
        let (bytes, most) = (self.workgroup_bytes(kernel_spec), limits.workgroup_storage);
        (bytes > most)
            .then(|| format!("a mapping that needs at most {most} bytes of workgroup memory; this one needs {bytes}"))
    }

    fn subgroup_refusal(&self, limits: &DeviceLimits) -> Option<String> {
        let Self::Subgroup { lanes, workgroup } = *self else { return None };
        match limits.subgroups {
            SubgroupSupport::Missing => Some("a mapping without subgroups: this device has none".into()),
            SubgroupSupport::NotLinear => {
                Some("a mapping without subgroups: this device's subgroup lanes are not in thread order".into())
            }
            SubgroupSupport::Linear { least, most } if lanes > least || workgroup < most => Some(format!(
                "at most {least} lanes per model and at least {most} invocations per workgroup (this device's subgroup \
                 sizes)"
            )),
            SubgroupSupport::Linear { .. } => None,
        }
    }

    /// Upper bound on the loop iterations of one invocation in a step.
    pub(super) fn iterations(&self, kernel_spec: &KernelSpec, limits: &DeviceLimits) -> u64 {
        iteration_bounds::step(*self, kernel_spec, limits.lanes)
    }

    /// Points that one dispatch may evaluate when a training dispatch has `steps` steps: a multiple of the chunk whose
    /// losses are summed separately, so that the sums do not depend on how dispatches are split.
    pub(super) fn points_per_dispatch(&self, kernel_spec: &KernelSpec, steps: u32, limits: &DeviceLimits) -> u32 {
        let chunk = match self.tile() {
            Some(tile) => u64::from(tile),
            None => kernel_spec.loss_terms() * u64::from(self.lanes()),
        };
        let rows = (kernel_spec.rows as u64).div_ceil(u64::from(self.steps_per_epoch(kernel_spec)));
        let paced = (rows * u64::from(steps)).div_ceil(chunk);
        let per_chunk = iteration_bounds::evaluated_chunk(*self, kernel_spec).max(1);
        let most = u64::from(limits.loop_iterations).saturating_sub(iteration_bounds::evaluation(*self, kernel_spec))
            / per_chunk;
        (chunk * paced.min(most).clamp(1, (1 << 20) / chunk)) as u32
    }
}

fn data_refusal(kernel_spec: &KernelSpec, limits: &DeviceLimits) -> Option<String> {
    let (bytes, most) = (points_bytes(kernel_spec.point_numbers(), kernel_spec.rows), limits.storage_binding);
    (bytes > most).then(|| format!("a data set of at most {most} bytes on this device; this one needs {bytes}"))
}
