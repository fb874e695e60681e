//! Options of a call beside the settings: the device, the folder, a preset.

use crate::data::Data;
use crate::engines::DeviceSpec;
use crate::errors::raise;
use crate::settings;
use gpu_sweep::sweep::{Shard, Sweep};
use gpu_sweep::{Builder, Device};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;

/// Options beside the settings.
pub struct Options {
    pub device: DeviceSpec,
    pub out: Option<PathBuf>,
    pub builder: Builder,
}

impl Options {
    pub fn of(given: &Bound<'_, PyDict>, settings: &Bound<'_, PyDict>, data: Option<&Data>) -> PyResult<Self> {
        let text = |name: &str| -> PyResult<Option<String>> {
            given.get_item(name)?.filter(|value| !value.is_none()).map(|value| Ok(value.str()?.to_string())).transpose()
        };
        let whole = |name: &str| -> PyResult<usize> {
            given.get_item(name)?.filter(|value| !value.is_none()).map_or(Ok(0), |value| value.extract())
        };
        let mut builder = Sweep::builder();
        if let Some(preset) = text("preset")? {
            builder = builder.preset(&preset);
        }
        if let Some(config) = text("config")? {
            builder = builder.config(config);
        }
        if let Some(data) = data {
            builder = builder.data(&data.0);
        }
        builder = settings::apply(builder, settings)?;
        let device = match text("device")? {
            None => Device::Auto,
            Some(name) => name.parse().map_err(raise)?,
        };
        let out = text("out")?.map(PathBuf::from);
        if let Some(mapping) = text("mapping")? {
            builder = builder.mapping(mapping.as_str());
        }
        if out.is_some() && given.get_item("force")?.is_some_and(|force| force.is_truthy().unwrap_or(false)) {
            builder = builder.force(true);
        }
        if let Some(shard) = text("shard")? {
            builder = builder.shard(shard.parse::<Shard>().map_err(raise)?);
        }
        Ok(Self { device: DeviceSpec { device, threads: whole("threads")? }, out, builder })
    }
}
