//! Finds and describes adapters.

#[cfg(feature = "native")]
use super::environment::Environment;
#[cfg(feature = "native")]
use crate::error::Result;

/// One adapter, as listed by `gpu-sweep devices`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ListedAdapter {
    /// Index for `--device`.
    pub index: usize,
    /// Name reported by the driver.
    pub name: String,
    /// `DiscreteGpu`, `IntegratedGpu`, `Cpu` (a software adapter), ...
    pub kind: String,
    /// `vulkan`, `metal` or `dx12`.
    pub backend: String,
    /// Driver and version.
    pub driver: String,
    /// Whether it is a software adapter.
    pub software: bool,
    /// Largest storage buffer binding, in bytes.
    pub storage_binding_bytes: u64,
    /// Workgroup memory, in bytes.
    pub workgroup_storage_bytes: u32,
    /// Most invocations per workgroup.
    pub workgroup_invocations: u32,
    /// Smallest and largest subgroup, in lanes, as reported by the driver.
    pub subgroup_sizes: [u32; 2],
    /// Features that matter for training: subgroups, timestamp queries, pipeline cache.
    pub features: Vec<&'static str>,
}

/// Advice on installing a driver, for messages.
pub const DRIVER_HELP: &str = "for a GPU install its vendor's driver with Vulkan (or use Metal, Direct3D 12); \
     for a software adapter on Debian or Ubuntu: sudo apt-get install mesa-vulkan-drivers libvulkan1";

/// Returns all adapters that the environment variables allow, hardware first, in the order of `--device INDEX`.
///
/// # Errors
/// [`crate::Error::Setting`] if `WGPU_BACKEND` or `WGPU_ADAPTER_NAME` match nothing; [`crate::Error::Device`] if the
/// system would not let drivers start their threads.
#[cfg(feature = "native")]
pub fn adapters() -> Result<Vec<wgpu::Adapter>> {
    crate::threads::room_for_driver()?;
    let environment = Environment::read();
    let backends = environment.backends()?;
    let descriptor = wgpu::InstanceDescriptor { backends, ..wgpu::InstanceDescriptor::new_without_display_handle() };
    let mut found = pollster::block_on(wgpu::Instance::new(descriptor).enumerate_adapters(backends));
    found.sort_by_key(|adapter| rank(&adapter.get_info()));
    environment.matching(found, |adapter| adapter.get_info().name)
}

/// Returns the sort key: discrete, integrated, virtual, other, software.
#[cfg(feature = "native")]
fn rank(info: &wgpu::AdapterInfo) -> u8 {
    match info.device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    }
}

/// Whether an adapter computes on the CPU.
pub fn is_software(adapter: &wgpu::Adapter) -> bool {
    adapter.get_info().device_type == wgpu::DeviceType::Cpu
}

/// Describes an adapter without opening it.
pub fn describe(index: usize, adapter: &wgpu::Adapter) -> ListedAdapter {
    let (info, limits, features) = (adapter.get_info(), adapter.limits(), adapter.features());
    let known = [
        ("subgroups", wgpu::Features::SUBGROUP),
        ("timestamps", wgpu::Features::TIMESTAMP_QUERY),
        ("pipeline cache", wgpu::Features::PIPELINE_CACHE),
    ];
    ListedAdapter {
        index,
        software: is_software(adapter),
        kind: format!("{:?}", info.device_type),
        backend: info.backend.to_string(),
        driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
        name: info.name,
        storage_binding_bytes: limits.max_storage_buffer_binding_size,
        workgroup_storage_bytes: limits.max_compute_workgroup_storage_size,
        workgroup_invocations: limits.max_compute_invocations_per_workgroup,
        subgroup_sizes: [info.subgroup_min_size, info.subgroup_max_size],
        features: known.iter().filter(|(_, f)| features.contains(*f)).map(|(name, _)| *name).collect(),
    }
}

/// Describes every adapter.
///
/// # Errors
/// As for [`adapters`].
#[cfg(feature = "native")]
pub fn list() -> Result<Vec<ListedAdapter>> {
    Ok(adapters()?.iter().enumerate().map(|(index, adapter)| describe(index, adapter)).collect())
}
