//! The device's ceiling, measured: multiplications with additions in registers alone.

use super::buffers::Buffers;
use super::clock::Clock;
use super::device::Device;
use super::shaders::PEAK;
use super::unroll::{Constants, unroll};
use crate::error::{Error, Result};
use std::time::{Duration, Instant};

/// Fused operations of one invocation of the kernel: turns, vectors in a turn, numbers in a vector.
const OPERATIONS: f64 = 1000.0 * 16.0 * 4.0;
/// A measurement takes at least so long.
const MOMENT: Duration = Duration::from_millis(10);
const WORKGROUP: u32 = 64;
/// The best of so many counts: whatever else runs makes it slower.
const ROUNDS: u32 = 5;

/// Multiplications with an addition (one instruction each) per second.
///
/// # Errors
/// [`Error::Device`] where the device fails.
pub fn fused_per_second(device: &Device) -> Result<f64> {
    let source = unroll(PEAK, &Constants::default()).map_err(|e| Error::Device(format!("shaders: {e}")))?;
    let pipeline = device.pipeline(&device.module(&source), "peak");
    let numbers = Buffers { device }.storage(&[0.5f32; 4]);
    // Once more than busy, and once before the clock starts: some drivers compile at the first dispatch.
    let mut groups = (device.limits.busy / WORKGROUP).clamp(1, device.limits.workgroups);
    device.dispatch(&pipeline, &[(0, &numbers)], [1, 1], None);
    device.wait()?;
    let (mut best, mut measured) = (0.0f64, 0);
    while measured < ROUNDS {
        let (clock, begun) = (Clock::new(device), Instant::now());
        device.dispatch(&pipeline, &[(0, &numbers)], [groups, 1], clock.as_ref().map(Clock::next).transpose()?);
        device.wait()?;
        let wall = begun.elapsed();
        if wall < MOMENT && groups < device.limits.workgroups {
            groups = groups.saturating_mul(4).min(device.limits.workgroups);
            continue;
        }
        let seconds = clock.as_ref().map(Clock::seconds).transpose()?.unwrap_or(wall.as_secs_f64());
        best = best.max(f64::from(groups * WORKGROUP) * OPERATIONS / seconds.max(1e-9));
        measured += 1;
    }
    Ok(best)
}
