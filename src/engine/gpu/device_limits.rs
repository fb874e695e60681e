//! What a device can do, as far as planning is concerned.

/// Limits of one device: reported by its driver, or probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceLimits {
    /// Bytes of one storage binding.
    pub storage_binding: u64,
    /// Bytes of one uniform binding.
    pub uniform_binding: u64,
    /// Bytes of workgroup memory.
    pub workgroup_storage: u32,
    pub invocations_per_workgroup: u32,
    /// Workgroups in one dimension of a dispatch.
    pub workgroups: u32,
    /// Loop iterations that an invocation may make in one dispatch: measured, see `probe`.
    pub loop_iterations: u32,
    /// Most invocations that run in lockstep.
    pub lanes: u32,
    pub subgroups: SubgroupSupport,
    /// Invocations that keep the device busy.
    pub busy: u32,
}

#[cfg(test)]
impl DeviceLimits {
    /// Those of Mesa 22's software driver on two cores.
    pub const SOFTWARE: Self = Self {
        storage_binding: 128 << 20,
        uniform_binding: 65_536,
        workgroup_storage: 32_768,
        invocations_per_workgroup: 1024,
        workgroups: 65_535,
        loop_iterations: 65_000,
        lanes: 8,
        subgroups: SubgroupSupport::Linear { least: 8, most: 8 },
        busy: 16,
    };
}

/// What subgroups a device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubgroupSupport {
    /// None, or none that kernels may use.
    Missing,
    /// Their lanes are not numbered as the workgroup's invocations are, so that no one knows who is whose neighbour.
    NotLinear,
    /// Lanes of the smallest and of the largest.
    Linear { least: u32, most: u32 },
}
