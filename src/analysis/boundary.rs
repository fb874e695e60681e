//! Trains models of a study again for their weights, to draw what they predict side by side.

use super::parameter_paths::{ParameterPath, paths};
use super::study_model::ShownModel;
use super::trajectory::same_end;
use crate::engine::{Engine, EngineInfo, Job, ProgressCallback};
use crate::error::{Error, Result};
use crate::results::StudySpec;

/// Models with predictions to draw side by side.
#[derive(Debug, Clone)]
pub struct BoundaryModels {
    /// The study.
    pub spec: StudySpec,
    /// A job for each cell of the study.
    pub jobs: Vec<Job>,
    /// Engine that trained them again.
    pub engine: EngineInfo,
    /// Models, each with its final parameters, `[parameters]` in the order of [`crate::model::NetworkShape`]; those of
    /// a diverged one are empty.
    pub models: Vec<(ShownModel, Vec<f64>)>,
    /// Settings line for a subtitle.
    pub settings: String,
}

impl BoundaryModels {
    /// Trains `shown` models of the study `spec` again, with a job for each of its cells.
    ///
    /// # Errors
    /// As for [`retrained_paths`]; [`Error::Usage`] for a model with other than two features, or of a regression.
    pub fn of(
        engine: &mut dyn Engine,
        spec: &StudySpec,
        jobs: Vec<Job>,
        shown: Vec<ShownModel>,
        callback: &mut ProgressCallback<'_>,
    ) -> Result<Self> {
        for one in &shown {
            if let Some(lacks) = spec.cells[one.cell].lacks_for_boundary() {
                return Err(Error::usage("--models", format!("has model {}; its boundary would need {lacks}", one.id)));
            }
        }
        let paths = retrained_paths(engine, &jobs, &shown, &[spec.sweep.epochs], callback)?;
        let last = |path: ParameterPath| path.states.into_iter().next().map(|(_, last)| last).unwrap_or_default();
        let models = shown.into_iter().zip(paths.into_iter().map(last)).collect();
        let settings = crate::results::settings_text::of_study(spec, &jobs);
        Ok(Self { spec: spec.clone(), jobs, engine: engine.info().clone(), models, settings })
    }
}

/// Trains models again, cell by cell, up to each of `epochs` (ascending), and checks that each ends as in the study.
/// Returns their paths in the order of `shown`.
///
/// # Errors
/// As for [`paths`]; [`crate::Error::Device`] if a model ends otherwise.
pub fn retrained_paths(
    engine: &mut dyn Engine,
    jobs: &[Job],
    shown: &[ShownModel],
    epochs: &[u32],
    callback: &mut ProgressCallback<'_>,
) -> Result<Vec<ParameterPath>> {
    let mut found: Vec<Option<ParameterPath>> = vec![None; shown.len()];
    for (cell, job) in jobs.iter().enumerate() {
        let own: Vec<usize> = (0..shown.len()).filter(|n| shown[*n].cell == cell).collect();
        let trials: Vec<u64> = own.iter().map(|n| shown[*n].trial.index).collect();
        if trials.is_empty() {
            continue;
        }
        for (n, path) in own.into_iter().zip(paths(engine, job, &trials, epochs, callback)?) {
            same_end(shown[n].id, &shown[n].outcome, &path.outcome)?;
            found[n] = Some(path);
        }
    }
    Ok(found.into_iter().flatten().collect())
}
