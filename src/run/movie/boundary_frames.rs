//! Frames of the decision boundaries of a few models during training, side by side.

use super::super::ReopenedStudy;
use super::movie_frames::MovieFrames;
use crate::analysis::accuracy_over_time::geometric_epochs;
use crate::analysis::boundary::retrained_paths;
use crate::analysis::parameter_paths::ParameterPath;
use crate::analysis::study_model::ShownModel;
use crate::engine::{Job, ProgressCallback};
use crate::error::Result;
use crate::plot::{
    OutputScale, Picture, Prediction, Region, RegionsPlot, Scene, class_names, common_features, count, models,
    predictions_and_correct,
};
use crate::results::{StudySpec, settings_text};
use crate::statistics::number_format::{percent_or_dash, short};

/// Parameters of models during training.
pub struct BoundaryFrames {
    spec: StudySpec,
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

impl BoundaryFrames {
    /// Trains the models again, `sorted` from best to worst or not, up to each of about `frames` epochs.
    pub fn of(
        study: &mut ReopenedStudy,
        shown: Vec<ShownModel>,
        sorted: bool,
        frames: u32,
        callback: &mut ProgressCallback<'_>,
    ) -> Result<Self> {
        let (jobs, spec) = (study.jobs()?, study.study.spec().clone());
        let epochs = geometric_epochs(spec.sweep.epochs, frames);
        let paths = retrained_paths(study.engine.as_mut(), &jobs, &shown, &epochs, callback)?;
        let all: Vec<(ShownModel, ParameterPath)> = shown.into_iter().zip(paths).collect();
        let source = format!(
            "{} of {}, trained again, each ends as in the study",
            count(all.len() as u64),
            models(spec.models())
        );
        let settings = settings_text::of_study(&spec, &jobs);
        let features = common_features(&jobs, all.iter().map(|(one, _)| one.cell));
        Ok(Self { spec, jobs, epochs, all, settings, source, features, sorted })
    }

    /// Panel of a model in frame `n`.
    fn region(&self, n: usize, (shown, path): &(ShownModel, ParameterPath)) -> Region<'_> {
        let (job, epoch) = (&self.jobs[shown.cell], self.epochs[n]);
        let points = job.data.train.len() as f64;
        let state = path.states.iter().find(|(at, _)| *at == epoch).map(|(_, parameters)| parameters);
        let (says, score) =
            match (path.outcome.diverged.filter(|end| epoch > *end || epoch == self.spec.sweep.epochs), state) {
                (None, Some(parameters)) => {
                    let (says, right) = predictions_and_correct(job, parameters.clone(), self.all.len(), false);
                    // The last frame uses the engine's count; f64 may round differently.
                    let counted = path.outcome.train.filter(|_| epoch == self.spec.sweep.epochs);
                    let right = counted.map_or(right as f64, |score| score.correct.into());
                    (says, percent_or_dash(Some(right / points), 1))
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
        let (epoch, last) = (count(self.epochs[n].into()), count(self.spec.sweep.epochs.into()));
        let order = if self.sorted && panels.len() > 1 { ", from the best to the worst in the end" } else { "" };
        let title = format!("Epoch {epoch} of {last}: {} learning{order}", models(panels.len() as u64));
        let job = &self.jobs[self.all[0].0.cell];
        let picture = RegionsPlot {
            title: &title,
            settings: &self.settings,
            classes: class_names(self.all.iter().map(|(shown, _)| &self.jobs[shown.cell])),
            features: self.features.as_ref().map(|[x, y]| [x.as_str(), y.as_str()]),
            shade: OutputScale::of(job.train_spec.loss),
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
