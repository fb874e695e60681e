//! A study opened for further analysis, with the engine that trained it.

use super::missing_models;
use crate::analysis::boundary::BoundaryModels;
use crate::analysis::model_landscape::{LandscapeOptions, ModelLandscape};
use crate::analysis::model_selection::notable;
use crate::analysis::replay::{ModelReplay, ReplayOptions};
use crate::analysis::study_model::{SelectionReason, ShownModel, StudyModel};
use crate::engine::select::{DeviceChoice, EngineSettings, Selected, select};
use crate::engine::{Engine, EngineInfo, EngineKind, Job, ProgressCallback};
use crate::error::{Error, Result};
use crate::plot::MOST_REGIONS;
use crate::study::Study;
use crate::sweep::Inputs;
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

/// Models to show side by side.
#[derive(Debug, Clone)]
pub struct ChosenModels {
    /// Id of each model, and why it is shown (`None`: it was named).
    pub models: Vec<(u64, Option<SelectionReason>)>,
    /// Warning that models are missing, among which there may be better ones.
    pub warning: Option<String>,
}

impl ReopenedStudy {
    /// Opens the study in `folder` and the engine that trained it, with these settings.
    ///
    /// # Errors
    /// [`Error::Folder`] if nothing is trained, or if the device that trained it is not available here.
    pub fn open(folder: &Path, settings: &EngineSettings) -> Result<Self> {
        let (study, inputs) = Study::found(folder)?;
        let untrained =
            || Error::Folder { path: folder.into(), what: "it does not record which device trained it".into() };
        let (info, _) = study.saved_engine().ok_or_else(untrained)?;
        let Selected { engine, reason } = open_engine(folder, info, settings)?;
        Ok(Self { study, inputs, engine, reason })
    }

    /// Returns an [`Error::Folder`] about this study's folder.
    pub(super) fn refuse(&self, what: &str) -> Error {
        Error::Folder { path: self.study.folder().into(), what: what.into() }
    }

    /// Returns the error if no model is trained.
    pub(super) fn nothing_trained(&self) -> Error {
        self.refuse("no model is trained yet; gpu-sweep resume goes on")
    }

    /// Returns the job of a cell, with the mapping that trained it.
    ///
    /// # Errors
    /// [`Error::Folder`] if the folder records no mapping for the cell.
    pub fn job(&self, cell: usize) -> Result<Job> {
        let mapping = self.study.mapping(cell);
        let mapping = mapping.ok_or_else(|| self.refuse("it does not say how this cell was trained"))?;
        Ok(self.inputs.jobs[cell].mapped(mapping))
    }

    /// Returns the jobs of all cells.
    ///
    /// # Errors
    /// As for [`ReopenedStudy::job`].
    pub fn jobs(&self) -> Result<Vec<Job>> {
        (0..self.study.spec().cells.len()).map(|cell| self.job(cell)).collect()
    }

    /// Returns model `id` with its stored results.
    ///
    /// # Errors
    /// [`Error::Setting`] for an id beyond the last model; [`Error::Folder`] if the model is not trained.
    pub fn model(&self, id: u64) -> Result<StudyModel> {
        let spec = self.study.spec();
        let none = || Error::setting("--model", id, format!("an id from 0 to {}", spec.models().saturating_sub(1)));
        let (cell, trial) = spec.trial(id).ok_or_else(none)?;
        let job = self.job(cell)?;
        let kept = self.study.kept(cell, trial.index)?;
        let kept = kept.ok_or_else(|| self.refuse("this model is not trained yet; gpu-sweep resume goes on"))?;
        Ok(StudyModel { id, cell, trial, kept, job })
    }

    /// Trains a model again, checks that it is the same to the bit, and follows its trajectory.
    ///
    /// # Errors
    /// As for [`ModelReplay::of`].
    pub fn replay(
        &mut self,
        model: StudyModel,
        options: &ReplayOptions,
        callback: &mut ProgressCallback<'_>,
    ) -> Result<ModelReplay> {
        ModelReplay::of(self.engine.as_mut(), self.study.spec(), model, options, callback)
    }

    /// Evaluates the loss around a model.
    ///
    /// # Errors
    /// As for [`ModelLandscape::of`].
    pub fn landscape(
        &mut self,
        model: StudyModel,
        options: &LandscapeOptions,
        callback: &mut ProgressCallback<'_>,
    ) -> Result<ModelLandscape> {
        ModelLandscape::of(self.engine.as_mut(), self.study.spec(), model, options, callback)
    }

    /// Chooses the best, a typical and the worst model, and one of each other class.
    ///
    /// # Errors
    /// [`Error::Folder`] if no model is trained, or if models are missing, unless `allow_gaps`: the best of the trained
    /// ones need not be the best of the study.
    pub fn notable_models(&self, allow_gaps: bool) -> Result<ChosenModels> {
        let warning = missing_models::check(&self.study, allow_gaps, missing_models::ALLOW)?;
        let models: Vec<_> = notable(&self.study)?.into_iter().map(|(id, reason)| (id, Some(reason))).collect();
        if models.is_empty() {
            return Err(self.nothing_trained());
        }
        Ok(ChosenModels { models, warning })
    }

    /// Reads models with predictions that can be drawn.
    ///
    /// # Errors
    /// [`Error::Setting`] for an id beyond the last; [`Error::Folder`] if a model is not trained or has not two
    /// features, or if there are none.
    pub fn shown_models(&self, chosen: &ChosenModels) -> Result<Vec<ShownModel>> {
        if chosen.models.is_empty() {
            return Err(self.nothing_trained());
        }
        chosen.models.iter().map(|(id, reason)| self.shown_model(*id, *reason)).collect()
    }

    fn shown_model(&self, id: u64, reason: Option<SelectionReason>) -> Result<ShownModel> {
        let spec = self.study.spec();
        let (cell, trial) = spec.require_trial("--models", id, "a list of ids")?;
        if let Some(lacks) = spec.cells[cell].lacks_for_boundary() {
            return Err(self.refuse(&format!("boundaries need {lacks}")));
        }
        let kept = self.study.kept(cell, trial.index)?;
        let missing = || self.refuse(&format!("model {id} is not trained yet; gpu-sweep resume goes on"));
        Ok(ShownModel { id, cell, trial, outcome: kept.ok_or_else(missing)?.outcome, reason })
    }

    /// Trains these models again for their predictions, and checks that each ends as in the study.
    ///
    /// # Errors
    /// As for [`BoundaryModels::of`].
    pub fn boundary(&mut self, shown: Vec<ShownModel>, callback: &mut ProgressCallback<'_>) -> Result<BoundaryModels> {
        let jobs = self.jobs()?;
        BoundaryModels::of(self.engine.as_mut(), self.study.spec(), jobs, shown, callback)
    }
}

impl ChosenModels {
    /// Returns the models with these ids, without repeats.
    ///
    /// # Errors
    /// [`Error::Setting`] for more than [`MOST_REGIONS`] models.
    pub fn listed(ids: &[u64]) -> Result<Self> {
        let mut models: Vec<(u64, Option<SelectionReason>)> = Vec::new();
        for id in ids {
            if models.iter().all(|(other, _)| other != id) {
                models.push((*id, None));
            }
        }
        match models.len() {
            n if n > MOST_REGIONS => {
                Err(Error::setting("--models", format!("{n} models"), format!("a list of 1 to {MOST_REGIONS} models")))
            }
            _ => Ok(Self { models, warning: None }),
        }
    }
}

/// Opens the engine that trained the study. Any CPU that supports the mapping will do: comparing bits detects others.
pub(super) fn open_engine(folder: &Path, info: &EngineInfo, settings: &EngineSettings) -> Result<Selected> {
    let EngineInfo { engine, device, .. } = info;
    let is_gpu = *engine == EngineKind::Gpu;
    let absent = || {
        let what = format!("was trained by {engine} on {device:?}, which is not here; no other device has its bits");
        Error::Folder { path: folder.into(), what }
    };
    match select(&DeviceChoice::like(info), settings) {
        Err(Error::Setting { name, .. }) if is_gpu && name == "--device" => Err(absent()),
        Ok(selected) if is_gpu && selected.engine.info().device != *device => Err(absent()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
