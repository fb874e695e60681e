//! User options of the GPU engine.

use std::path::PathBuf;

/// Options for opening a device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GpuOptions {
    /// Whether kernels check every index and loop at run time, as in a browser: slower, with the same bits.
    pub checked: bool,
    /// Folder for compiled kernels, timed mappings and measured ceilings, reused by later runs; None keeps nothing.
    pub cache: Option<PathBuf>,
}
