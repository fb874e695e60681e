//! In place of the search for adapters: this build may not block, so that its caller opens a GPU.

use crate::engine::Engine;
use crate::engine::gpu::gpu_options::GpuOptions;
use crate::error::{Error, Result};

/// Refuses to search.
pub fn room_for_driver() -> Result<()> {
    let what = "this build looks for no GPU; ask wgpu for an adapter and await GpuEngine::new and train_async";
    Err(Error::Device(what.into()))
}

/// Refuses to search.
pub fn adapters() -> Result<Vec<wgpu::Adapter>> {
    room_for_driver().map(|()| Vec::new())
}

/// Reads no environment.
pub fn is_named_by_environment() -> bool {
    false
}

/// Refuses to open.
pub fn gpu(_: &wgpu::Adapter, _: &GpuOptions) -> Result<Box<dyn Engine>> {
    Err(room_for_driver().err().unwrap_or_else(|| Error::Device("no GPU".into())))
}
