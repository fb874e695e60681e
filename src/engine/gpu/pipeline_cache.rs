//! Compiled kernels, kept from run to run where a driver lets us have them.

use super::cache_file;
use std::path::{Path, PathBuf};

/// The driver's own cache and where it is kept.
#[derive(Debug, Default)]
pub struct PipelineCache {
    kept: Option<(wgpu::PipelineCache, PathBuf, String)>,
    /// What the file holds.
    saved: Vec<u8>,
}

impl PipelineCache {
    /// Nothing without a folder, or where the device has no such cache.
    pub fn open(device: &wgpu::Device, info: &wgpu::AdapterInfo, folder: Option<&Path>) -> Self {
        let name =
            wgpu::util::pipeline_cache_key(info).filter(|_| device.features().contains(wgpu::Features::PIPELINE_CACHE));
        let Some((folder, name)) = folder.zip(name) else { return Self::default() };
        let saved = cache_file::read(folder, &name).unwrap_or_default();
        let data = (!saved.is_empty()).then_some(&saved[..]);
        let descriptor = wgpu::PipelineCacheDescriptor { label: None, data, fallback: true };
        // SAFETY: the data are those that `keep` had from this very call on such a device: the name is the adapter's, the file's
        // hash is right, and the driver checks its own header with the driver's version.
        let cache = unsafe { device.create_pipeline_cache(&descriptor) };
        Self { kept: Some((cache, folder.to_owned(), name)), saved }
    }

    /// What pipelines are made with.
    pub fn cache(&self) -> Option<&wgpu::PipelineCache> {
        self.kept.as_ref().map(|(cache, ..)| cache)
    }

    /// Writes the cache if it has grown. Without the file the next run compiles again: nothing else is lost.
    pub fn keep(&mut self) {
        let Some((cache, folder, name)) = &self.kept else { return };
        if let Some(data) = cache.get_data().filter(|data| *data != self.saved) {
            let _ = cache_file::write(folder, name, &data);
            self.saved = data;
        }
    }
}
