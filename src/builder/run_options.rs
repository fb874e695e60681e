//! How and where to run a sweep.

use crate::engine::Mapping;
use crate::engine::select::{DeviceList, EngineSettings};
use crate::sweep::{Shard, Sweep};
use std::path::PathBuf;

/// A sweep, and how and where to run it.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Sweep to run.
    pub sweep: Sweep,
    /// Name of the preset that the sweep was made from; `None`: the folder is named after a preset only if all settings
    /// are the preset's.
    pub preset: Option<String>,
    /// Devices to compute on.
    pub devices: DeviceList,
    /// Resources that the devices may use.
    pub limits: EngineSettings,
    /// Mapping of models to the device; `None`: the engine's choice.
    pub mapping: Option<Mapping>,
    /// Whether long trainings may begin with timing alternative mappings.
    pub tune: bool,
    /// Folder of the results; `None`: a folder in `gpu-sweep-out` that is named after the study.
    pub out: Option<PathBuf>,
    /// Whether to replace earlier results in the folder, of whatever study.
    pub force: bool,
    /// Part of the study that this process trains; `None`: all of it.
    pub shard: Option<Shard>,
}

impl RunOptions {
    /// Creates options for the sweep on the best device, with the command line's folder in `gpu-sweep-out`.
    pub fn of(sweep: Sweep) -> Self {
        let limits = EngineSettings::default();
        Self {
            sweep,
            preset: None,
            devices: DeviceList::default(),
            limits,
            mapping: None,
            tune: true,
            out: None,
            force: false,
            shard: None,
        }
    }
}
