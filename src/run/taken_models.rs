//! Trained models taken out of a study: their weights, which are kept or trained again to the bit, and what it takes to
//! use them.

use super::missing_models;
use super::reopened_study::open_engine;
use crate::analysis::boundary::retrained_paths;
use crate::analysis::model_choice::ModelChoice;
use crate::analysis::study_model::ShownModel;
use crate::dataset::Preprocessing;
use crate::engine::select::{DeviceChoice, EngineSettings, Selected, select};
use crate::engine::{Engine, Job, ProgressCallback};
use crate::error::{Error, Result};
use crate::npz::Npz;
use crate::results::{CellNetwork, table_rules};
use crate::study::Study;
use crate::sweep::Inputs;
use std::path::Path;

/// Chosen models of a study, all of one cell.
pub struct TakenModels {
    /// The study.
    pub study: Study,
    /// Job of their cell; with a mapping once an engine is open.
    pub job: Job,
    /// The models, the best first.
    pub models: Vec<ShownModel>,
    /// How the data of their cell were prepared.
    pub prepared: Preprocessing,
    /// Their network.
    pub network: CellNetwork,
    /// Final weights, row-major `[models, parameters]`, if they are kept or have been trained again.
    pub weights: Option<Vec<f64>>,
    /// Warning that models are missing, among which there may be better ones.
    pub warning: Option<String>,
    inputs: Inputs,
}

impl TakenModels {
    /// Chooses models of the study in `folder`, and reads their weights if they are kept.
    ///
    /// # Errors
    /// As for [`ModelChoice::choose`]; [`Error::Folder`] if models are missing that the choice compares, unless
    /// `allow_gaps`.
    pub fn choose(folder: &Path, choice: ModelChoice, allow_gaps: bool) -> Result<Self> {
        let (study, inputs) = Study::found(folder)?;
        let warning = match choice.compares() {
            true => missing_models::check(&study, allow_gaps, missing_models::ALLOW)?,
            false => None,
        };
        let models = choice.choose(&study)?;
        let cell = models[0].cell;
        let job = Job { mapping: study.mapping(cell), ..inputs.jobs[cell].clone() };
        let prepared = Preprocessing::of(&job.data, table_rules(&study.spec().sweep));
        let network = CellNetwork::of(study.spec(), cell, &job, 0);
        let mut taken = Self { study, job, models, prepared, network, weights: None, warning, inputs };
        taken.weights = taken.kept_weights()?;
        Ok(taken)
    }

    /// Returns the models' ids.
    pub fn ids(&self) -> Vec<u64> {
        self.models.iter().map(|model| model.id).collect()
    }

    /// Opens the engine that trained the models. If it is not here, but the weights are, the CPU takes its place.
    /// Returns the engine and a line that describes it.
    ///
    /// # Errors
    /// [`Error::Folder`] if the engine is not here and the weights are not kept.
    pub fn open_engine(&mut self, settings: &EngineSettings) -> Result<Selected> {
        let untrained = || Error::Folder {
            path: self.study.folder().into(),
            what: "it does not record which device trained it".into(),
        };
        let (info, _) = self.study.saved_engine().ok_or_else(untrained)?;
        match open_engine(self.study.folder(), info, settings) {
            Err(Error::Folder { .. }) if self.weights.is_some() => {
                let Selected { engine, reason } = select(&DeviceChoice::Cpu, settings)?;
                let mapping = engine.choose_mapping(&self.job, self.models.len() as u64)?;
                self.job.mapping = Some(mapping);
                let why = "the device that trained the models is not here; last digits may differ";
                Ok(Selected { engine, reason: format!("{reason}; {why}") })
            }
            other => other,
        }
    }

    /// Trains the models again for their weights, unless these are known, and checks that each ends as in the study.
    ///
    /// # Errors
    /// As for [`retrained_paths`].
    pub fn train(&mut self, engine: &mut dyn Engine, callback: &mut ProgressCallback<'_>) -> Result<&[f64]> {
        if self.weights.is_none() {
            let mut jobs = self.inputs.jobs.clone();
            jobs[self.models[0].cell] = self.job.clone();
            let paths = retrained_paths(engine, &jobs, &self.models, &[self.job.epochs], callback)?;
            let last = paths.into_iter().filter_map(|path| path.states.into_iter().next());
            self.weights = Some(last.flat_map(|(_, weights)| weights).collect());
        }
        let weights = self.weights.as_deref().unwrap_or_default();
        let expected = self.models.len() * self.job.shape.parameters();
        match weights.len() == expected {
            true => Ok(weights),
            false => Err(Error::Device(format!("the engine returned {} of {expected} weights", weights.len()))),
        }
    }

    /// Returns the weights of all models if each of them is kept.
    fn kept_weights(&self) -> Result<Option<Vec<f64>>> {
        let (mut all, representatives) = (Vec::new(), self.representatives());
        for model in &self.models {
            let kept = self.study.kept(model.cell, model.trial.index)?.and_then(|kept| kept.weights);
            let known = |(id, weights): &(u64, Vec<f64>)| (*id == model.id).then(|| weights.clone());
            match kept.or_else(|| representatives.iter().flatten().find_map(known)) {
                Some(weights) => all.extend(weights),
                None => return Ok(None),
            }
        }
        Ok(Some(all))
    }

    /// Reads the weights of the representative models, with their ids; None if there are none of this network.
    fn representatives(&self) -> Option<Vec<(u64, Vec<f64>)>> {
        let (path, true) = self.study.representatives().ok()? else { return None };
        let mut npz = Npz::open(&path).ok()?;
        let ids = npz.read("model_id").ok()?.values;
        let mut weights = vec![Vec::new(); ids.len()];
        for (l, layer) in self.job.shape.layers().into_iter().enumerate() {
            let parts = [("w", layer.inputs * layer.outputs), ("b", layer.outputs * usize::from(layer.bias))];
            for (kind, width) in parts.into_iter().filter(|(_, width)| *width > 0) {
                let array = npz.read(&format!("final_{kind}{}", l + 1)).ok()?;
                if array.values.len() != ids.len() * width {
                    return None;
                }
                weights.iter_mut().zip(array.values.chunks_exact(width)).for_each(|(all, own)| all.extend(own));
            }
        }
        Some(ids.into_iter().map(|id| id as u64).zip(weights).collect())
    }
}
