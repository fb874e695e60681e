//! Driver behaviour, measured at start-up instead of inferred from the driver's name.

use super::device::{GpuDevice, describe};
use super::device_limits::SubgroupSupport;
use super::gpu_options::GpuOptions;
use super::shader_source::{PROBE, PROBE_SUBGROUPS};
use crate::error::{Error, Result};

/// Iterations that the probe requests: three times the known drivers' limit of 65,535.
const WANTED: u32 = 200_000;
/// Value for "no limit": far more than fits in the time of one dispatch.
const UNLIMITED: u32 = 1 << 28;
/// Reserve below a measured limit, for loops that the compiler adds.
const MARGIN: u32 = 535;

impl GpuDevice {
    /// Opens an adapter and probes what its driver actually does.
    ///
    /// # Errors
    /// [`Error::Device`] if the adapter provides no device or a probe fails.
    pub async fn open(adapter: &wgpu::Adapter, options: &GpuOptions) -> Result<Self> {
        let mut device = Self::open_unprobed(adapter, options).await?;
        device.limits.loop_iterations = loop_iterations(&device).await?;
        if adapter.features().contains(wgpu::Features::SUBGROUP) {
            device.limits.subgroups = subgroups(&device, describe(0, adapter).subgroup_sizes).await?;
        }
        Ok(device)
    }
}

/// Measures the loop iterations that an invocation may make in one dispatch. Mesa 22's llvmpipe silently stops all
/// loops of an invocation after 65,535.
///
/// # Errors
/// [`Error::Device`] if the device fails or returns an implausible count.
async fn loop_iterations(device: &GpuDevice) -> Result<u32> {
    let buffers = device.buffers();
    let counted = buffers.storage(&[WANTED, 0, 0]);
    let pipeline = device.pipeline(&device.module(PROBE), "count");
    device.dispatch(&pipeline, &[(0, &counted)], [1, 1], None);
    match buffers.read::<u32>(&counted, 3).await?[2] {
        WANTED => Ok(UNLIMITED),
        n if (10_000..WANTED).contains(&n) => Ok(n - MARGIN),
        n => Err(Error::Device(format!("{}: a loop of {WANTED} iterations returned after {n}", device.info.device))),
    }
}

/// Workgroups of the subgroup probe, and invocations per workgroup.
const GROUPS: u32 = 4;
const INVOCATIONS: u32 = 64;

/// Measures whether subgroups of these sizes (smallest, largest) are usable: lanes must be numbered like the
/// workgroup's invocations, and a shuffle must reach the intended neighbour.
///
/// # Errors
/// [`Error::Device`] if the device fails.
async fn subgroups(device: &GpuDevice, [least, most]: [u32; 2]) -> Result<SubgroupSupport> {
    if least < 2 || !least.is_power_of_two() || most > INVOCATIONS {
        return Ok(SubgroupSupport::Missing);
    }
    let buffers = device.buffers();
    let count = (GROUPS * INVOCATIONS) as usize;
    let (seen, far) = (buffers.zeros(16 * count as u64), buffers.storage(&[least / 2]));
    let pipeline = device.pipeline(&device.module(PROBE_SUBGROUPS), "probe");
    device.dispatch(&pipeline, &[(0, &seen), (1, &far)], [GROUPS, 1], None);
    Ok(classify_subgroups(&buffers.read::<[u32; 4]>(&seen, count).await?, [least, most]))
}

/// Evaluates `seen`: for each invocation its subgroup's size, its lane, and the invocations that shuffles at XOR
/// distances 1 and `least / 2` reached.
fn classify_subgroups(seen: &[[u32; 4]], [least, most]: [u32; 2]) -> SubgroupSupport {
    let linear = |(n, [size, lane, next, far]): (usize, &[u32; 4])| {
        let local = n as u32 % INVOCATIONS;
        (least..=most).contains(size)
            && *lane == local % size
            && *next == n as u32 ^ 1
            && *far == n as u32 ^ (least / 2)
    };
    match seen.iter().enumerate().all(linear) {
        true => SubgroupSupport::Linear { least, most },
        false => SubgroupSupport::NotLinear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(size: u32, least: u32) -> Vec<[u32; 4]> {
        let one = |n: u32| [size, n % INVOCATIONS % size, n ^ 1, n ^ (least / 2)];
        (0..GROUPS * INVOCATIONS).map(one).collect()
    }

    #[test]
    fn lanes_out_of_order_are_found() {
        let good = SubgroupSupport::Linear { least: 8, most: 32 };
        assert_eq!(classify_subgroups(&linear(8, 8), [8, 32]), good);
        assert_eq!(classify_subgroups(&linear(32, 8), [8, 32]), good);
        assert_eq!(classify_subgroups(&linear(4, 8), [8, 32]), SubgroupSupport::NotLinear, "smaller than promised");
        for (at, field) in [(17, 1), (200, 2), (255, 3)] {
            let mut seen = linear(8, 8);
            seen[at][field] ^= 2;
            assert_eq!(classify_subgroups(&seen, [8, 32]), SubgroupSupport::NotLinear);
        }
    }
}
