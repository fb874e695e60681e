//! Compiled kernels, kept from run to run if the driver allows it.

use super::cache_file;
use std::path::{Path, PathBuf};

/// Driver's pipeline cache, and the file it is kept in.
#[derive(Debug, Default)]
pub struct PipelineCache {
    kept: Option<(wgpu::PipelineCache, PathBuf, String)>,
    /// Contents of the file.
    saved: Vec<u8>,
}

impl PipelineCache {
    /// Opens the cache. It is empty without a folder, or if the device has no pipeline cache.
    pub fn open(device: &wgpu::Device, info: &wgpu::AdapterInfo, folder: Option<&Path>) -> Self {
        let name =
            wgpu::util::pipeline_cache_key(info).filter(|_| device.features().contains(wgpu::Features::PIPELINE_CACHE));
        let Some((folder, name)) = folder.zip(name) else { return Self::default() };
        let saved = cache_file::read(folder, &name).unwrap_or_default();
        let data = (!saved.is_empty()).then_some(&saved[..]);
        let descriptor = wgpu::PipelineCacheDescriptor { label: None, data, fallback: true };
        // SAFETY: the data come from `get_data` of a cache created here, on such a device: the file name identifies the
        // adapter, the file's hash is right, and the driver checks its own header with the driver's version.
        let cache = unsafe { device.create_pipeline_cache(&descriptor) };
        Self { kept: Some((cache, folder.to_owned(), name)), saved }
    }

    /// Returns the cache to create pipelines with.
    pub fn cache(&self) -> Option<&wgpu::PipelineCache> {
        self.kept.as_ref().map(|(cache, ..)| cache)
    }

    /// Saves the cache if it has changed. If that fails, the next run compiles again; nothing else is lost.
    pub fn keep(&mut self) {
        let Some((cache, folder, name)) = &self.kept else { return };
        if let Some(data) = cache.get_data().filter(|data| *data != self.saved) {
            let _ = cache_file::write(folder, name, &data);
            self.saved = data;
        }
    }
}
