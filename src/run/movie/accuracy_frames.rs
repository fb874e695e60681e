//! Frames of the accuracies of a study's models, or of its first seeds, epoch by epoch.

use super::super::ReopenedStudy;
use super::movie_frames::MovieFrames;
use crate::analysis::accuracy_over_time::{
    ModelAccuracy, first_seeds, geometric_epochs, read_outcomes, read_recorded, retrain,
};
use crate::engine::{ProgressCallback, begin_step};
use crate::error::Result;
use crate::plot::{AccuracyFrame, Facets, ModelDot, Picture, Scene, count, models};
use crate::results::{CellSpec, StudySpec, class, settings_text};
use crate::statistics::{ModelResult, OutcomeClass, RowCounts, Summary};
use crate::sweep::Hyperparameter;

/// Maximum number of models.
const MOST_MODELS: u64 = 1000;
/// Maximum number of curves; more are indistinguishable.
const MOST_CURVES: usize = 8;

/// Accuracies of models during training.
pub struct AccuracyFrames {
    spec: StudySpec,
    epochs: Vec<u32>,
    /// Models' accuracies, by cell.
    courses: Vec<Vec<ModelAccuracy>>,
    settings: String,
    source: String,
    /// Names of the curves to draw.
    names: Vec<String>,
    /// Lower end of the vertical axis.
    low: f64,
}

impl AccuracyFrames {
    /// Models of the first seeds at about `frames` epochs: from the study's curves if these suffice, else retrained.
    pub fn of(study: &mut ReopenedStudy, frames: u32, callback: &mut ProgressCallback<'_>) -> Result<Self> {
        let spec = study.study.spec().clone();
        let wanted = geometric_epochs(spec.sweep.epochs, frames);
        let ends = read_outcomes(&study.study, &first_seeds(&spec, MOST_MODELS))?;
        let shown = ends.iter().map(Vec::len).sum::<usize>() as u64;
        if shown == 0 {
            return Err(study.nothing_trained());
        }
        let jobs = study.jobs()?;
        let (epochs, courses, obtained) = match read_recorded(&study.study, &ends, &wanted)? {
            Some(recorded) => (recorded.epochs, recorded.courses, "from the curves of the study"),
            None => {
                begin_step(callback, &format!("{} again", models(shown)))?;
                let mut courses = Vec::new();
                for ((cell_spec, job), ends) in spec.cells.iter().zip(&jobs).zip(&ends) {
                    courses.push(retrain(study.engine.as_mut(), job, cell_spec.first, ends, &wanted, callback)?);
                }
                (wanted, courses, "trained again, every model ends as in the study")
            }
        };
        let all = spec.models();
        let cell_spec = (shown < all).then(|| format!("here: {}, the first seeds", count(shown)));
        let settings =
            std::iter::once(settings_text::settings(&spec, &jobs)).chain(cell_spec).collect::<Vec<_>>().join(" · ");
        let source = format!("{} of {}, {obtained}", count(shown), models(all));
        let mut this = Self { spec, epochs, courses, settings, source, names: Vec::new(), low: 0.0 };
        this.fix();
        Ok(this)
    }

    /// Fixes what all frames share: the curves, chosen by the last frame, and the range of the vertical axis.
    fn fix(&mut self) {
        let last = self.summary(self.epochs.len() - 1);
        let best = Facets::of(&self.spec, &last).view;
        let names = best.best(MOST_CURVES).into_iter().map(|k| best.names[k].clone()).collect();
        let compares = best.has_several_curves();
        let mut low = 1.0_f64;
        for n in 0..self.epochs.len() {
            let summary = self.summary(n);
            let means = summary.groups().filter_map(|group| group.train.mean());
            let least =
                if compares { means.fold(1.0, f64::min) } else { summary.total().train.quantile(0.0).unwrap_or(1.0) };
            low = low.min(least);
        }
        // Rounded down to a tenth.
        (self.names, self.low) = (names, (10.0 * low.clamp(0.0, 0.9) - 1e-9).floor().max(0.0) / 10.0);
    }

    /// Summary of the models in frame `n`.
    fn summary(&self, n: usize) -> Summary {
        let hyperparameters = self.spec.hyperparameters();
        let rows = self
            .spec
            .cells
            .iter()
            .map(|cell_spec| [cell_spec.train, RowCounts::default(), RowCounts::default()])
            .collect();
        let mut summary = Summary::new(rows).sharing_seeds(self.spec.shares_seeds());
        for (cell, (cell_spec, courses)) in self.spec.cells.iter().zip(&self.courses).enumerate() {
            for course in courses {
                let trial = cell_spec.trials.get(course.index);
                let values: Vec<_> =
                    hyperparameters.iter().map(|hyperparameter| trial.hyperparameters.get(*hyperparameter)).collect();
                let (class, train) = self.stand(cell_spec, course, n);
                summary.add(
                    cell,
                    &values,
                    ModelResult::of_training(cell_spec.first + course.index, class, train, None),
                );
            }
        }
        summary
    }

    /// A model's class and correct points in frame `n`. `Exploded` shows in the last frame only; `Other` covers all
    /// classes of models that have a number of correct points.
    fn stand(&self, cell_spec: &CellSpec, course: &ModelAccuracy, n: usize) -> (OutcomeClass, Option<u32>) {
        let is_end = self.epochs[n] == self.spec.sweep.epochs;
        match course.correct[n] {
            None => (OutcomeClass::Diverged, None),
            Some(_) if is_end && class(&self.spec, cell_spec, &course.outcome) == OutcomeClass::Exploded => {
                (OutcomeClass::Exploded, None)
            }
            correct => (OutcomeClass::Other, correct),
        }
    }

    /// A dot for each model in frame `n`, with its value of `axis` as x.
    fn dots(&self, n: usize, axis: Hyperparameter) -> Vec<ModelDot> {
        let cells = self.spec.cells.iter().zip(&self.courses);
        let of_cell = cells.flat_map(|(cell_spec, courses)| courses.iter().map(move |course| (cell_spec, course)));
        let dot = |(cell_spec, course): (&CellSpec, &ModelAccuracy)| ModelDot {
            x: cell_spec.trials.get(course.index).hyperparameters.get(axis).unwrap_or(f64::NAN),
            accuracy: self
                .stand(cell_spec, course, n)
                .1
                .map(|correct| f64::from(correct) / f64::from(cell_spec.train.steps().max(1))),
        };
        of_cell.map(dot).collect()
    }
}

impl MovieFrames for AccuracyFrames {
    fn epochs(&self) -> &[u32] {
        &self.epochs
    }

    fn scene(&self, n: usize) -> Result<Scene> {
        let summary = self.summary(n);
        let facets = Facets::of(&self.spec, &summary);
        let dots = self.dots(n, facets.hyperparameters[facets.axis]);
        let mut settings = self.settings.clone();
        let view = match facets.view {
            view if view.series.len() > MOST_CURVES => {
                settings += &format!(" · the best {} of {} curves", MOST_CURVES, view.series.len());
                view.only(|name| self.names.iter().any(|kept| kept == name))
            }
            view => view,
        };
        let epochs = self.spec.sweep.epochs;
        AccuracyFrame { epoch: self.epochs[n], epochs, view, dots: &dots, low: self.low, settings: &settings }.scene()
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn models(&self) -> Vec<u64> {
        let cells = self.spec.cells.iter().zip(&self.courses);
        cells.flat_map(|(cell_spec, courses)| courses.iter().map(|course| cell_spec.first + course.index)).collect()
    }
}
