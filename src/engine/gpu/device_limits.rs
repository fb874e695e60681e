//! Device capabilities that planning depends on.

/// Limits of one device: reported by its driver, or probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceLimits {
    /// Largest storage binding, in bytes.
    pub storage_binding: u64,
    /// Largest uniform binding, in bytes.
    pub uniform_binding: u64,
    /// Workgroup memory, in bytes.
    pub workgroup_storage: u32,
    pub invocations_per_workgroup: u32,
    /// Most workgroups in one dimension of a dispatch.
    pub workgroups: u32,
    /// Most loop iterations per invocation and dispatch; measured, see `probe`.
    pub loop_iterations: u32,
    /// Most invocations that run in lockstep.
    pub lanes: u32,
    pub subgroups: SubgroupSupport,
    /// Invocations that keep the device busy.
    pub saturating_invocations: u32,
}

#[cfg(test)]
impl DeviceLimits {
    /// Limits of Mesa 22's software driver on two cores.
    pub const SOFTWARE: Self = Self {
        storage_binding: 128 << 20,
        uniform_binding: 65_536,
        workgroup_storage: 32_768,
        invocations_per_workgroup: 1024,
        workgroups: 65_535,
        loop_iterations: 65_000,
        lanes: 8,
        subgroups: SubgroupSupport::Linear { least: 8, most: 8 },
        saturating_invocations: 16,
    };
}

/// Subgroup support of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubgroupSupport {
    /// No subgroups, or none that kernels can use.
    Missing,
    /// Lanes not numbered like the workgroup's invocations, so that a lane's neighbours are unknown.
    NotLinear,
    /// Usable; lanes of the smallest and the largest subgroup.
    Linear { least: u32, most: u32 },
}
