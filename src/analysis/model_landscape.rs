//! The loss around one model of a study: its landscape, the paths of other seeds, and the curvature at their ends.

use super::hessian::{HessianSummary, Spectrum, curvatures};
use super::landscape::{Directions, LandscapeRequest, LandscapeSurvey, shown_trials, survey};
use super::study_model::{StudyModel, values};
use super::trajectory::{replay_mismatch, same_end, spaced};
use crate::engine::{Engine, EngineInfo, Outcome, ProgressCallback};
use crate::error::Result;
use crate::results::{StudySpec, class, settings_text};
use crate::statistics::OutcomeClass;
use crate::sweep::Hyperparameter;

/// What to look at around a model.
#[derive(Debug, Clone, PartialEq)]
pub struct LandscapeOptions {
    /// Directions of the plane.
    pub directions: Directions,
    /// Grid and paths.
    pub request: LandscapeRequest,
    /// Approximate number of epochs at which the paths are looked at, at least 2.
    pub snapshots: u32,
}

impl Default for LandscapeOptions {
    fn default() -> Self {
        Self { directions: Directions::Pca, request: LandscapeRequest::default(), snapshots: 40 }
    }
}

/// The loss around one model.
#[derive(Debug, Clone)]
pub struct ModelLandscape {
    /// The model in the study.
    pub model: StudyModel,
    /// Id of the first model of its cell.
    pub first: u64,
    /// Engine that trained it again.
    pub engine: EngineInfo,
    /// Directions of the plane.
    pub directions: Directions,
    /// Epochs of the paths' states, ascending.
    pub epochs: Vec<u32>,
    /// Losses and paths, a panel for each learning rate.
    pub survey: LandscapeSurvey,
    /// Curvature at the end points of some of the paths; empty for networks with many parameters.
    pub curvatures: Vec<HessianSummary>,
    /// Settings line such as `seed 3 · qwerties · 2-1-1 ReLU · 200 points · 1000 epochs`.
    pub settings: String,
}

impl ModelLandscape {
    /// Trains `model` of the study `spec` and models of other seeds again, and evaluates the loss around them.
    ///
    /// # Errors
    /// [`crate::Error::Usage`] for a diverged model; as for [`shown_trials`] and [`survey()`];
    /// [`crate::Error::Device`] if the model does not end as in the study; [`crate::Error::Stopped`] by the callback.
    pub fn of(
        engine: &mut dyn Engine,
        spec: &StudySpec,
        model: StudyModel,
        options: &LandscapeOptions,
        callback: &mut ProgressCallback<'_>,
    ) -> Result<Self> {
        model.require_end()?;
        let (job, trial, part) = (&model.job, &model.trial, &spec.cells[model.cell]);
        let LandscapeOptions { directions, request, snapshots } = options;
        request.check()?;
        let epochs = spaced(job.epochs, *snapshots);
        let numbers = (epochs.len() * job.shape.parameters()) as u64;
        let shown = shown_trials(&job.trials, trial, request, numbers)?;
        let class = |outcome: &Outcome| class(spec, part, outcome);
        let survey = survey(engine, job, &shown, &epochs, (directions, request), &class, callback)?;
        let own = survey
            .panels
            .iter()
            .flat_map(|panel| &panel.seed_paths)
            .find(|seed_path| seed_path.path.index == trial.index);
        let own = own.ok_or_else(|| replay_mismatch(model.id, "it is not there"))?;
        same_end(model.id, &model.kept.outcome, &own.path.outcome)?;
        let hyperparameters =
            spec.hyperparameters().into_iter().filter(|hyperparameter| *hyperparameter != Hyperparameter::Lr);
        let words = [format!("seed {}", trial.seed), settings_text::model(spec, model.cell, job)];
        let settings = values(trial, hyperparameters).chain(words).collect::<Vec<_>>().join(" · ");
        let (curvatures, engine) = (curvatures(job, &survey), engine.info().clone());
        let (first, directions) = (part.first, directions.clone());
        Ok(Self { model, first, engine, directions, epochs, survey, curvatures, settings })
    }

    /// Returns the median spectrum of the models that succeed, or of those that do not; `None` if there are none.
    pub fn spectrum(&self, success: bool) -> Option<Spectrum> {
        Spectrum::of(&self.curvatures, |one| (one.class == OutcomeClass::Success) == success)
    }
}
