//! Decision regions of models of a study, side by side.

use super::theme::models;
use super::{GridOutputs, OutputScale, Picture, PictureKind, Prediction, Region, RegionsPlot, Scene};
use crate::analysis::boundary::BoundaryModels;
use crate::analysis::study_model::{SelectionReason, ShownModel};
use crate::engine::Job;
use crate::engine::reference::Network;
use crate::error::Result;
use crate::results::settings_text::axes;
use crate::statistics::number_format::percent_or_dash;

/// Picture of the models of a [`BoundaryModels`].
#[derive(Debug, Clone)]
pub struct BoundaryPicture<'a> {
    found: &'a BoundaryModels,
    title: String,
    features: Option<[String; 2]>,
    panels: Vec<Region<'a>>,
}

impl BoundaryModels {
    /// Evaluates the models on the picture's grid.
    pub fn picture(&self) -> BoundaryPicture<'_> {
        let panels = self.models.iter().map(|(shown, parameters)| self.region(shown, parameters)).collect();
        let features = common_features(&self.jobs, self.models.iter().map(|(shown, _)| shown.cell));
        BoundaryPicture { found: self, title: self.title(), features, panels }
    }

    /// Returns why a model is shown, and its class: `best, success`.
    pub fn label(&self, shown: &ShownModel) -> String {
        let words = [shown.reason.map_or("", SelectionReason::word), shown.class(&self.spec).name()];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
    }

    fn region(&self, shown: &ShownModel, parameters: &[f64]) -> Region<'_> {
        let job = &self.jobs[shown.cell];
        let prediction = match shown.outcome.diverged {
            Some(epoch) => Prediction::Nothing(format!("diverged in epoch {epoch}")),
            None => predictions_and_correct(job, parameters.to_vec(), self.models.len(), true).0,
        };
        let score = percent_or_dash(shown.accuracy(&self.spec), 1);
        let note = format!("model {} · {}", shown.id, shown.note(&self.spec));
        Region { points: &job.data.train, name: self.label(shown), score, note, prediction }
    }

    /// Title such as `The best, a typical and the worst of 1,000 models, and other ends`.
    fn title(&self) -> String {
        let (n, of) = (self.models.len(), models(self.spec.models()));
        let has = |reason| self.models.iter().any(|(shown, _)| shown.reason == Some(reason));
        match [SelectionReason::Best, SelectionReason::Typical, SelectionReason::Worst].into_iter().all(has) {
            true if n == 3 => format!("The best, a typical and the worst of {of}"),
            true => format!("The best, a typical and the worst of {of}, and other ends"),
            false if n == 1 => format!("How one of {of} tells the classes apart"),
            false => format!("How {n} of {of} tell the classes apart"),
        }
    }
}

impl Picture for BoundaryPicture<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Boundary
    }

    fn scene(&self) -> Result<Scene> {
        let job = &self.found.jobs[self.found.models.first().map_or(0, |(shown, _)| shown.cell)];
        let picture = RegionsPlot {
            title: &self.title,
            settings: &self.found.settings,
            classes: class_names(self.found.models.iter().map(|(shown, _)| &self.found.jobs[shown.cell])),
            features: self.features.as_ref().map(|[x, y]| [x.as_str(), y.as_str()]),
            shade: OutputScale::of(job.train_spec.loss),
            panels: &self.panels,
        };
        picture.scene()
    }
}

/// Returns the names of both features if all these cells have the same; else `None`.
pub fn common_features(jobs: &[Job], cells: impl Iterator<Item = usize>) -> Option<[String; 2]> {
    let mut all: Vec<Vec<String>> = cells.map(|cell| axes(&jobs[cell])).collect();
    all.dedup();
    let [names] = <[Vec<String>; 1]>::try_from(all).ok()?;
    <[String; 2]>::try_from(names).ok()
}

/// Returns the names of the classes of the job with the most classes.
pub fn class_names<'a>(jobs: impl Iterator<Item = &'a Job>) -> Vec<&'a str> {
    let all = jobs.map(|job| &job.data.class_names).max_by_key(|names| names.len());
    all.into_iter().flatten().map(String::as_str).collect()
}

/// Returns a model's prediction on the grid of one of `panels` panels (with notes or without), and its number of
/// correct training points.
pub fn predictions_and_correct(job: &Job, parameters: Vec<f64>, panels: usize, notes: bool) -> (Prediction, usize) {
    let network = Network::new(&job.shape, &job.train_spec, parameters);
    let (loss, train) = (job.train_spec.loss, &job.data.train);
    let grid = RegionsPlot::grid(train, panels, notes).points();
    let is_right = |n: &usize| GridOutputs::predicted(&network, loss, train.row(*n)) == Some(train.class(*n));
    let right = (0..train.len()).filter(is_right).count();
    (Prediction::Outputs(GridOutputs::new(loss, (0..grid.len()).map(|n| network.outputs(grid.row(n))))), right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cpu::CpuEngine;
    use crate::engine::ignore_progress;
    use crate::{Device, Sweep};

    #[test]
    fn models_of_two_cells_trained_in_memory_stand_side_by_side() {
        let models = Sweep::builder().hidden("3").optimizer("sgd,adam").lr("0.05,1e30").seeds(2).epochs(30);
        let results = models.device(Device::Cpu).train().unwrap();
        let shown: Vec<ShownModel> = [0, 6, 1].map(|id| results.model(id).unwrap().shown(None)).into();
        let mut engine = CpuEngine::new().unwrap();
        let (spec, jobs) = (&results.spec, results.jobs.clone());
        let found = BoundaryModels::of(&mut engine, spec, jobs, shown.clone(), &mut ignore_progress).unwrap();
        assert!(found.models.iter().zip(&shown).all(|((model, _), shown)| model.id == shown.id));
        assert_eq!(found.models[0].1.len(), 13);
        let picture = found.picture();
        assert_eq!(picture.title, "How 3 of 8 models tell the classes apart");
        let texts: Vec<String> = picture.scene().unwrap().labels.into_iter().map(|label| label.text).collect();
        assert!(texts.iter().any(|text| text == "model 0 · sgd · lr 0.05 · seed 0"), "{texts:?}");
        assert!(texts.iter().any(|text| text.starts_with("diverged in epoch")), "{texts:?}");
    }
}
