//! Kernel times from the device's own clock.

use super::buffers::BufferFactory;
use super::device::GpuDevice;
use crate::error::Result;
use std::cell::Cell;

/// Timestamps held before they are read: two per dispatch.
const KEPT: u32 = 1024;

/// Records when dispatches start and end.
pub struct TimestampClock<'a> {
    device: &'a GpuDevice,
    set: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    used: Cell<u32>,
    seconds: Cell<f64>,
}

impl<'a> TimestampClock<'a> {
    /// Creates a clock; None if the device has no timestamps.
    pub fn new(device: &'a GpuDevice) -> Option<Self> {
        if !device.device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
            return None;
        }
        let set = device.device.create_query_set(&wgpu::QuerySetDescriptor {
            label: None,
            ty: wgpu::QueryType::Timestamp,
            count: KEPT,
        });
        let resolved = device.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 8 * u64::from(KEPT),
            usage: wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        });
        Some(Self { device, set, resolved, used: Cell::new(0), seconds: Cell::new(0.0) })
    }

    /// Returns the timestamp slots for the next dispatch's start and end.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn next(&self) -> Result<wgpu::ComputePassTimestampWrites<'_>> {
        if self.used.get() == KEPT {
            self.read().await?;
        }
        let at = self.used.replace(self.used.get() + 2);
        Ok(wgpu::ComputePassTimestampWrites {
            query_set: &self.set,
            beginning_of_pass_write_index: Some(at),
            end_of_pass_write_index: Some(at + 1),
        })
    }

    /// Returns the seconds of all dispatches so far.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn seconds(&self) -> Result<f64> {
        self.read().await?;
        Ok(self.seconds.get())
    }

    async fn read(&self) -> Result<()> {
        let count = self.used.replace(0);
        let mut encoder = self.device.device.create_command_encoder(&Default::default());
        encoder.resolve_query_set(&self.set, 0..count, &self.resolved, 0);
        self.device.queue.submit([encoder.finish()]);
        let ticks: Vec<u64> = BufferFactory { device: self.device }.read(&self.resolved, count as usize).await?;
        let period = f64::from(self.device.queue.get_timestamp_period()) * 1e-9;
        // A pair between which the clock was set back counts as 0.
        let all: u64 = ticks.chunks_exact(2).map(|pair| pair[1].saturating_sub(pair[0])).sum();
        self.seconds.set(self.seconds.get() + all as f64 * period);
        Ok(())
    }
}

/// Returns the next timestamp slots of a clock; None without a clock.
///
/// # Errors
/// [`crate::error::Error::Device`] if the device fails.
pub async fn next<'a>(clock: Option<&'a TimestampClock<'_>>) -> Result<Option<wgpu::ComputePassTimestampWrites<'a>>> {
    Ok(match clock {
        Some(clock) => Some(clock.next().await?),
        None => None,
    })
}

/// Returns the seconds of all dispatches that a clock timed; None without a clock.
///
/// # Errors
/// [`crate::error::Error::Device`] if the device fails.
pub async fn seconds(clock: Option<&TimestampClock<'_>>) -> Result<Option<f64>> {
    Ok(match clock {
        Some(clock) => Some(clock.seconds().await?),
        None => None,
    })
}
