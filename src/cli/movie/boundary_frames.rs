//! Frames of the decision boundaries of a few models during training, side by side.

use super::MovieFrames;
use crate::cli::reopened_study::ReopenedStudy;
use crate::cli::shown_models::{
    ShownModel, deduplicated_ids, features, jobs, output_scale, predictions_and_correct, settings,
};
use gpu_sweep::analysis::accuracy_over_time::geometric_epochs;
use gpu_sweep::analysis::model_selection::ranked;
use gpu_sweep::analysis::parameter_paths::{ParameterPath, paths};
use gpu_sweep::analysis::trajectory::same_end;
use gpu_sweep::engine::Job;
use gpu_sweep::plot::{MOST_REGIONS, Picture, Prediction, Region, RegionsPlot, Scene, count, models};
use gpu_sweep::run::summary_text::{percent, short};
use gpu_sweep::{Result, results::StudySpec};

/// Parameters of models during training.
pub struct BoundaryFrames {
    question: StudySpec,
    jobs: Vec<Job>,
    epochs: Vec<u32>,
    /// Models and their parameters, in the order of the panels.
    all: Vec<(ShownModel, ParameterPath)>,
    settings: String,
    source: String,
    features: Option<[String; 2]>,
    /// Whether the models are sorted from best to worst.
    sorted: bool,
}

/// Requested model ids, or evenly chosen ones from the best to the worst model.
pub struct ChosenModels {
    ids: Vec<u64>,
    sorted: bool,
}

/// Chooses the models to show.
pub fn chosen(again: &ReopenedStudy, ids: Option<&[u64]>, panels: Option<u32>) -> Result<ChosenModels> {
    match ids {
        Some(ids) => Ok(ChosenModels { ids: deduplicated_ids(ids, MOST_REGIONS)?, sorted: false }),
        None => {
            let count = panels.map_or(MOST_REGIONS, |panels| panels as usize);
            Ok(ChosenModels { ids: ranked(&again.study, count)?, sorted: true })
        }
    }
}

impl BoundaryFrames {
    /// Retrains the chosen models up to each of about `frames` epochs.
    pub fn of(
        again: &mut ReopenedStudy,
        chosen: &ChosenModels,
        frames: u32,
        report: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        let jobs = jobs(again)?;
        let shown = chosen.ids.iter().map(|id| ShownModel::of(again, &jobs, *id)).collect::<Result<Vec<_>>>()?;
        if shown.is_empty() {
            return Err(again.untrained("no model is trained yet; gpu-sweep resume goes on"));
        }
        let question = again.study.spec().clone();
        let epochs = geometric_epochs(question.sweep.epochs, frames);
        let mut found: Vec<Option<ParameterPath>> = vec![None; shown.len()];
        for (cell, job) in jobs.iter().enumerate() {
            let own: Vec<usize> = (0..shown.len()).filter(|n| shown[*n].cell == cell).collect();
            let trials: Vec<u64> = own.iter().map(|n| shown[*n].trial.index).collect();
            if !trials.is_empty() {
                let paths = paths(again.engine.as_mut(), job, &trials, &epochs, report)?;
                own.into_iter().zip(paths).for_each(|(n, path)| found[n] = Some(path));
            }
        }
        let all: Vec<(ShownModel, ParameterPath)> =
            shown.into_iter().zip(found).filter_map(|(one, path)| Some((one, path?))).collect();
        all.iter().try_for_each(|(one, path)| same_end(one.id, &one.outcome, &path.outcome))?;
        let source = format!(
            "{} of {}, trained again, each ends as in the study",
            count(all.len() as u64),
            models(question.models())
        );
        let (settings, features) = (settings(again, &jobs), features(&jobs, all.iter().map(|(one, _)| one.cell)));
        Ok(Self { question, jobs, epochs, all, settings, source, features, sorted: chosen.sorted })
    }

    /// Panel of a model in frame `n`.
    fn region(&self, n: usize, (shown, path): &(ShownModel, ParameterPath)) -> Region<'_> {
        let (job, epoch) = (&self.jobs[shown.cell], self.epochs[n]);
        let points = job.data.train.len() as f64;
        let state = path.states.iter().find(|(at, _)| *at == epoch).map(|(_, parameters)| parameters);
        let (says, score) =
            match (path.outcome.diverged.filter(|end| epoch > *end || epoch == self.question.sweep.epochs), state) {
                (None, Some(parameters)) => {
                    let (says, right) = predictions_and_correct(job, parameters.clone(), self.all.len(), false);
                    // The last frame uses the engine's count; f64 may round differently.
                    let counted = path.outcome.train.filter(|_| epoch == self.question.sweep.epochs);
                    let right = counted.map_or(right as f64, |score| score.correct.into());
                    (says, percent(Some(right / points), 1))
                }
                _ => (Prediction::Nothing("diverged".to_owned()), String::new()),
            };
        let name = format!("lr {}", short(shown.trial.lr()));
        Region { points: &job.data.train, name, score, note: String::new(), prediction: says }
    }
}

impl MovieFrames for BoundaryFrames {
    fn epochs(&self) -> &[u32] {
        &self.epochs
    }

    fn scene(&self, n: usize) -> Result<Scene> {
        let panels: Vec<Region> = self.all.iter().map(|one| self.region(n, one)).collect();
        let (epoch, last) = (count(self.epochs[n].into()), count(self.question.sweep.epochs.into()));
        let order = if self.sorted && panels.len() > 1 { ", from the best to the worst in the end" } else { "" };
        let title = format!("Epoch {epoch} of {last}: {} learning{order}", models(panels.len() as u64));
        let job = &self.jobs[self.all[0].0.cell];
        let picture = RegionsPlot {
            title: &title,
            settings: &self.settings,
            classes: [&job.data.class_names[0], &job.data.class_names[1]],
            features: self.features.as_ref().map(|[x, y]| [x.as_str(), y.as_str()]),
            shade: output_scale(job),
            panels: &panels,
        };
        picture.scene()
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn models(&self) -> Vec<u64> {
        self.all.iter().map(|(one, _)| one.id).collect()
    }
}
