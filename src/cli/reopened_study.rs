//! A study opened for further analysis, with the engine that trained it.

use super::args::ResourceArgs;
use gpu_sweep::engine::select::{DeviceChoice, Selected, select};
use gpu_sweep::engine::{Engine, EngineInfo, Job};
use gpu_sweep::study::Study;
use gpu_sweep::sweep::{Inputs, Trial};
use gpu_sweep::{Error, Result};
use std::path::Path;

/// A study and the engine that trained it.
pub struct ReopenedStudy {
    /// The study in its folder.
    pub study: Study,
    /// Training inputs of its cells.
    pub inputs: Inputs,
    /// Engine that trains the same trial to the same bits.
    pub engine: Box<dyn Engine>,
    /// Human-readable line that describes the engine.
    pub reason: String,
}

impl ReopenedStudy {
    /// Opens the study in `folder` and the engine that trained it, within `limits`.
    ///
    /// # Errors
    /// [`Error::Folder`] if nothing is trained, or if the device that trained it is not available here.
    pub fn open(folder: &Path, limits: &ResourceArgs) -> Result<Self> {
        let (study, inputs) = Study::found(folder)?;
        let untrained =
            || Error::Folder { path: folder.into(), what: "it does not record which device trained it".into() };
        let (info, _) = study.saved_engine().ok_or_else(untrained)?;
        let Selected { engine, reason } = open(folder, info, limits)?;
        Ok(Self { study, inputs, engine, reason })
    }

    /// Returns an [`Error::Folder`] about this study's folder.
    pub fn untrained(&self, what: &str) -> Error {
        Error::Folder { path: self.study.folder().into(), what: what.into() }
    }

    /// The job of a cell, with the mapping that trained it.
    ///
    /// # Errors
    /// [`Error::Folder`] if the folder records no mapping for the cell.
    pub fn job(&self, cell: usize) -> Result<Job> {
        let mapping = self.study.saved_engine().and_then(|(_, mappings)| mappings.get(cell));
        let mapping = mapping.ok_or_else(|| self.untrained("it does not say how this cell was trained"))?;
        Ok(self.inputs.jobs[cell].mapped(mapping.clone()))
    }

    /// The cell and trial of model `id`.
    ///
    /// # Errors
    /// [`Error::Setting`] for an id beyond the last model.
    pub fn model(&self, id: u64) -> Result<(usize, Trial)> {
        let question = self.study.spec();
        let none = || Error::setting("--model", id, format!("an id from 0 to {}", question.models().saturating_sub(1)));
        question.trial(id).ok_or_else(none)
    }
}

/// Opens the engine that trained the study. Any CPU that supports the mapping will do: comparing bits detects others.
fn open(folder: &Path, info: &EngineInfo, limits: &ResourceArgs) -> Result<Selected> {
    let EngineInfo { engine, device, .. } = info;
    let is_gpu = engine == "gpu";
    let choice = if is_gpu { DeviceChoice::Adapter(device.clone()) } else { engine.parse()? };
    let absent = || {
        let what = format!("was trained by {engine} on {device:?}, which is not here; no other device has its bits");
        Error::Folder { path: folder.into(), what }
    };
    match select(&choice, &limits.settings()) {
        Err(Error::Setting { name, .. }) if is_gpu && name == "--device" => Err(absent()),
        Ok(selected) if is_gpu && selected.engine.info().device != *device => Err(absent()),
        other => other,
    }
}
