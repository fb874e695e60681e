//! Creates, fills and reads back buffers.

use super::device::GpuDevice;
use crate::error::{Error, Result};
use bytemuck::Pod;
use futures_channel::oneshot;
use std::marker::PhantomData;
use wgpu::BufferUsages as Usage;

/// Creates buffers on a device.
pub struct BufferFactory<'a> {
    pub device: &'a GpuDevice,
}

impl BufferFactory<'_> {
    /// Creates a storage buffer with these contents; never empty, since an empty buffer can't be bound.
    pub fn storage<T: Pod>(&self, contents: &[T]) -> wgpu::Buffer {
        self.filled(contents, Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST)
    }

    /// Creates a uniform buffer with these contents.
    pub fn uniform<T: Pod>(&self, contents: &[T]) -> wgpu::Buffer {
        self.filled(contents, Usage::UNIFORM | Usage::COPY_DST)
    }

    /// Creates a storage buffer of zeros.
    pub fn zeros(&self, bytes: u64) -> wgpu::Buffer {
        self.device.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: bytes.max(16).next_multiple_of(4),
            usage: Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST,
            mapped_at_creation: false,
        })
    }

    fn filled<T: Pod>(&self, contents: &[T], usage: Usage) -> wgpu::Buffer {
        let bytes: &[u8] = bytemuck::cast_slice(contents);
        let contents = if bytes.is_empty() { &[0; 16] } else { bytes };
        let size = contents.len() as u64;
        let descriptor = wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false };
        let buffer = self.device.device.create_buffer(&descriptor);
        // Not mapped at creation: that panics on a lost device, whereas the next wait reports an error of this write.
        self.device.queue.write_buffer(&buffer, 0, contents);
        buffer
    }

    /// Waits for all work submitted so far and reads the first `count` elements.
    ///
    /// # Errors
    /// [`Error::Device`] if the device fails.
    pub async fn read<T: Pod>(&self, buffer: &wgpu::Buffer, count: usize) -> Result<Vec<T>> {
        self.start_reading(buffer, count).finish(self.device).await
    }

    /// Starts reading the first `count` elements, as they are after all work submitted so far.
    pub fn start_reading<T: Pod>(&self, buffer: &wgpu::Buffer, count: usize) -> PendingRead<T> {
        let device = &self.device.device;
        let size = (count * size_of::<T>()) as u64;
        if size == 0 {
            return PendingRead { count, begun: None, kind: PhantomData };
        }
        let staging = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("readback"),
            size,
            usage: Usage::MAP_READ | Usage::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, size);
        let submission = self.device.queue.submit([encoder.finish()]);
        let (sender, mapped) = oneshot::channel();
        // The receiver outlives the wait; `send` fails only after the read was abandoned.
        staging.map_async(wgpu::MapMode::Read, .., move |result| drop(sender.send(result)));
        PendingRead { count, begun: Some(Begun { staging, submission, mapped }), kind: PhantomData }
    }
}

impl GpuDevice {
    /// Returns a factory for this device's buffers.
    pub fn buffers(&self) -> BufferFactory<'_> {
        BufferFactory { device: self }
    }
}

/// Readback in progress.
pub struct PendingRead<T> {
    count: usize,
    /// None if there is nothing to read.
    begun: Option<Begun>,
    kind: PhantomData<T>,
}

struct Begun {
    staging: wgpu::Buffer,
    submission: wgpu::SubmissionIndex,
    mapped: oneshot::Receiver<std::result::Result<(), wgpu::BufferAsyncError>>,
}

impl<T: Pod> PendingRead<T> {
    /// Waits until the elements have arrived, but not for work submitted later.
    ///
    /// # Errors
    /// [`Error::Device`] if the device fails.
    pub async fn finish(self, device: &GpuDevice) -> Result<Vec<T>> {
        let Some(Begun { staging, submission, mapped }) = self.begun else { return Ok(Vec::new()) };
        device.wait_for(Some(submission)).await?;
        let failed = |e: String| Error::Device(format!("{}: readback failed: {e}", device.info.device));
        let result = mapped.await.map_err(|e| failed(e.to_string()))?;
        result.map_err(|e| failed(e.to_string()))?;
        let view = staging.get_mapped_range(..).map_err(|e| failed(e.to_string()))?;
        // Copied as bytes: a mapped range is not always aligned for T.
        let mut values = vec![T::zeroed(); self.count];
        bytemuck::cast_slice_mut(&mut values).copy_from_slice(&view);
        Ok(values)
    }
}
