//! Measures the device's ceilings: multiply-adds in registers alone, and copies within its memory.

use super::buffers::BufferFactory;
use super::device::GpuDevice;
use super::shader_source::{COPY, PEAK};
use super::timestamps::{TimestampClock, next, seconds};
use super::unroll::{Constants, unroll};
use crate::clock::Instant;
use crate::error::{Error, Result};
use std::time::Duration;

/// Multiply-adds per invocation of the kernel: turns × vectors per turn × numbers per vector.
const OPERATIONS: f64 = 1000.0 * 16.0 * 4.0;
const WORKGROUP: u32 = 64;
/// Most bytes that a copy reads: more than caches hold.
const COPIED: u64 = 256 << 20;
/// Most copies per measurement.
const COPIES: u32 = 256;
/// Bytes copied per workgroup, and most workgroups in a row of the grid.
const PIECE: u64 = 256 * 16;
const ROW: u64 = 1 << 15;
/// Minimum duration of a measurement.
const MOMENT: Duration = Duration::from_millis(10);
/// Number of measurements. The best counts, since other load only makes the device slower.
const ROUNDS: u32 = 5;

/// Measures multiply-adds (one instruction each) per second.
///
/// # Errors
/// [`Error::Device`] if the device fails.
pub async fn fused_per_second(device: &GpuDevice) -> Result<f64> {
    let source = unroll(PEAK, &Constants::default()).map_err(|e| Error::Device(format!("shaders: {e}")))?;
    let pipeline = device.pipeline(&device.module(&source), "peak");
    let numbers = BufferFactory { device }.storage(&[0.5f32; 4]);
    let groups = (device.limits.saturating_invocations / WORKGROUP).clamp(1, device.limits.workgroups);
    let rate =
        best(device, device.limits.workgroups / groups, async |times: u32, clock: Option<&TimestampClock<'_>>| {
            let timestamps = next(clock).await?;
            device.dispatch(&pipeline, &[(0, &numbers)], [groups * times, 1], timestamps);
            Ok(())
        })
        .await?;
    Ok(rate * f64::from(groups * WORKGROUP) * OPERATIONS)
}

/// Measures bytes read plus bytes written per second by a kernel that copies within the device's memory.
///
/// # Errors
/// [`Error::Device`] if the device fails.
pub async fn copied_bytes_per_second(device: &GpuDevice) -> Result<f64> {
    let bytes = COPIED.min(device.limits.storage_binding) / PIECE * PIECE;
    let pipeline = device.pipeline(&device.module(COPY), "copy");
    let [from, to] = [bytes; 2].map(|bytes| BufferFactory { device }.zeros(bytes));
    let pieces = bytes / PIECE;
    let groups = [pieces.min(ROW) as u32, pieces.div_ceil(ROW) as u32];
    let rate = best(device, COPIES, async |times: u32, clock: Option<&TimestampClock<'_>>| {
        for _ in 0..times {
            let timestamps = next(clock).await?;
            device.dispatch(&pipeline, &[(0, &from), (1, &to)], groups, timestamps);
        }
        Ok(())
    })
    .await?;
    Ok(rate * 2.0 * bytes as f64)
}

/// Returns how often per second the device does the work that `run(1)` submits. `run` gets a number of repetitions, up
/// to `most`, raised until a measurement takes [`MOMENT`].
async fn best(
    device: &GpuDevice,
    most: u32,
    run: impl AsyncFn(u32, Option<&TimestampClock>) -> Result<()>,
) -> Result<f64> {
    // Warm-up: some drivers compile at the first dispatch.
    run(1, None).await?;
    device.wait().await?;
    let (mut times, mut best, mut measured) = (1, 0.0f64, 0);
    while measured < ROUNDS {
        let (clock, begun) = (TimestampClock::new(device), Instant::now());
        run(times, clock.as_ref()).await?;
        device.wait().await?;
        let wall = begun.elapsed();
        if wall < MOMENT && times < most {
            times = times.saturating_mul(4).min(most);
            continue;
        }
        let wall = wall.as_secs_f64();
        let clock = seconds(clock.as_ref()).await?;
        // Timestamps that hardly advance are not usable.
        let seconds = clock.filter(|seconds| *seconds > 1e-3 * wall).unwrap_or(wall);
        best = best.max(f64::from(times) / seconds);
        measured += 1;
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::super::tests::engine;
    use super::*;
    use pollster::block_on;

    #[test]
    fn gpu_ceilings_are_rates_and_the_copy_copies() {
        let device = engine().device;
        let rates = [block_on(fused_per_second(&device)).unwrap(), block_on(copied_bytes_per_second(&device)).unwrap()];
        assert!(rates.iter().all(|rate| (1e6..1e16).contains(rate)), "{rates:?}");
        let numbers: Vec<f32> = (0..3000).map(|n| n as f32).collect();
        let buffers = BufferFactory { device: &device };
        let (from, to) = (buffers.storage(&numbers), buffers.zeros(4 * 3000));
        let pipeline = device.pipeline(&device.module(COPY), "copy");
        // Two rows of two workgroups; the numbers take three.
        device.dispatch(&pipeline, &[(0, &from), (1, &to)], [2, 2], None);
        assert_eq!(block_on(buffers.read::<f32>(&to, 3000)).unwrap(), numbers);
    }
}
