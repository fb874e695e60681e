//! What the batches of a cell share.

use super::device::GpuDevice;
use super::device_dataset::DeviceDataset;
use super::device_plan::DevicePlan;
use super::kernel_spec::KernelSpec;

/// Device, plan, kernels and data that all batches of a cell share.
pub struct Kernels<'a> {
    pub device: &'a GpuDevice,
    pub plan: DevicePlan,
    pub kernel_spec: KernelSpec<'a>,
    /// Kernel that counts recorded losses in bins; None unless histograms are requested.
    pub histogram: Option<&'a wgpu::ComputePipeline>,
    /// Kernel that sums up the convergence of recorded losses; None unless requested.
    pub convergence: Option<&'a wgpu::ComputePipeline>,
    pub train: &'a DeviceDataset,
    pub validation: Option<&'a DeviceDataset>,
    pub test: Option<&'a DeviceDataset>,
}
