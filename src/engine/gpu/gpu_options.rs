//! What the user may decide about the gpu engine.

use std::path::PathBuf;

/// How to open a device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GpuOptions {
    /// Whether kernels check every index and every loop, as they do in a browser: slower, and the same bits.
    pub checked: bool,
    /// Where compiled kernels and timed mappings are kept for later runs; None: nowhere.
    pub cache: Option<PathBuf>,
}
