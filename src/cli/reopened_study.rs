//! A study opened to be asked further questions, with the engine that trained it.

use super::args::ResourceArgs;
use gpu_sweep::engine::select::{DeviceChoice, Selected, select};
use gpu_sweep::engine::{Engine, EngineInfo, Job};
use gpu_sweep::study::Study;
use gpu_sweep::sweep::{Inputs, Trial};
use gpu_sweep::{Error, Result};
use std::path::Path;

/// A study, and what trained it.
pub struct ReopenedStudy {
    /// The folder, and what is in it.
    pub study: Study,
    /// What its cells learn from.
    pub inputs: Inputs,
    /// Trains the same trial to the same bits.
    pub engine: Box<dyn Engine>,
    /// Which engine that is, in one line for people.
    pub reason: String,
}

impl ReopenedStudy {
    /// Opens the study in `folder` and the engine that trained it, within `limits`.
    ///
    /// # Errors
    /// [`Error::Folder`] where nothing is trained, or where what trained it is not here.
    pub fn open(folder: &Path, limits: &ResourceArgs) -> Result<Self> {
        let (study, inputs) = Study::found(folder)?;
        let untrained = || Error::Folder { path: folder.into(), what: "it does not say who trained".into() };
        let (info, _) = study.saved_engine().ok_or_else(untrained)?;
        let Selected { engine, reason } = open(folder, info, limits)?;
        Ok(Self { study, inputs, engine, reason })
    }

    /// The folder's error, that something in it is not trained.
    pub fn untrained(&self, what: &str) -> Error {
        Error::Folder { path: self.study.folder().into(), what: what.into() }
    }

    /// The job of a cell, with the mapping that trained it.
    ///
    /// # Errors
    /// [`Error::Folder`] where the folder names none.
    pub fn job(&self, cell: usize) -> Result<Job> {
        let mapping = self.study.saved_engine().and_then(|(_, mappings)| mappings.get(cell));
        let mapping = mapping.ok_or_else(|| self.untrained("it does not say how this cell was trained"))?;
        let question = self.study.question();
        let record = question.cells[cell].record.clone();
        Ok(Job::of(&question.sweep, &self.inputs.cells[cell], record, mapping.clone()))
    }

    /// The cell and trial of model `id`.
    ///
    /// # Errors
    /// [`Error::Setting`] beyond the last.
    pub fn model(&self, id: u64) -> Result<(usize, Trial)> {
        let question = self.study.question();
        let none = || Error::setting("--model", id, format!("an id from 0 to {}", question.models().saturating_sub(1)));
        question.trial(id).ok_or_else(none)
    }
}

/// Opens what trained the study. Any processor will do that has the mapping: the comparison tells.
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
