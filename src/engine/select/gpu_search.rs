//! Finds and opens GPU adapters, blocking until they are open.

pub use crate::engine::gpu::device::adapters;
pub use crate::threads::room_for_driver;

use crate::engine::Engine;
use crate::engine::gpu::GpuEngine;
use crate::engine::gpu::device::Environment;
use crate::engine::gpu::gpu_options::GpuOptions;
use crate::error::Result;

/// Whether the environment names an adapter.
pub fn is_named_by_environment() -> bool {
    Environment::read().names_an_adapter()
}

/// Opens the engine of an adapter.
///
/// # Errors
/// As for [`GpuEngine::new`].
pub fn gpu(adapter: &wgpu::Adapter, options: &GpuOptions) -> Result<Box<dyn Engine>> {
    Ok(Box::new(pollster::block_on(GpuEngine::new(adapter, options))?))
}
