//! Models of a study that are drawn side by side: ids, outcomes and captions.

use super::reopened_study::ReopenedStudy;
use gpu_sweep::engine::reference::Network;
use gpu_sweep::engine::{Job, Outcome};
use gpu_sweep::plot::cell_name;
use gpu_sweep::plot::{OutputScale, Prediction, RegionsPlot};
use gpu_sweep::results::{StudySpec, class};
use gpu_sweep::run::summary_text::{self, short};
use gpu_sweep::sweep::{Hyperparameter, Trial, Trials};
use gpu_sweep::{Error, Result};
use serde_json::{Value, json};

/// A model to draw.
pub struct ShownModel {
    /// Model id in the study.
    pub id: u64,
    /// Index of its cell.
    pub cell: usize,
    /// Its hyper-parameters and seed.
    pub trial: Trial,
    /// Outcome in the study.
    pub outcome: Outcome,
}

impl ShownModel {
    /// Reads model `id` of a study.
    ///
    /// # Errors
    /// [`Error::Setting`] for an id beyond the last; [`Error::Folder`] if it is not trained or has not two features.
    pub fn of(again: &ReopenedStudy, jobs: &[Job], id: u64) -> Result<Self> {
        let allowed = || format!("a list of ids from 0 to {}", again.study.spec().models().saturating_sub(1));
        let found = again.study.spec().trial(id);
        let (cell, trial) = found.ok_or_else(|| Error::setting("--models", id, allowed()))?;
        let features = jobs[cell].shape.features();
        if features != 2 {
            return Err(again.untrained(&format!("its data has {features} features; boundaries are drawn of 2")));
        }
        let kept = again.study.kept(cell, trial.index)?;
        let missing = || again.untrained(&format!("model {id} is not trained yet; gpu-sweep resume goes on"));
        Ok(Self { id, cell, trial, outcome: kept.ok_or_else(missing)?.outcome })
    }

    /// Name of its outcome class.
    pub fn class(&self, question: &StudySpec) -> &'static str {
        class(question, &question.cells[self.cell], &self.outcome).name()
    }

    /// Settings that distinguish it from other models: `adam · lr 0.0746 · weight decay 0.01 · seed 3`.
    pub fn note(&self, question: &StudySpec) -> String {
        let varies = |scalar: &Hyperparameter| match &question.cells[self.cell].trials {
            Trials::Grid { axes, .. } => axes.iter().any(|(axis, values)| axis == scalar && values.len() > 1),
            Trials::List(_) => true,
        };
        let others = question.scalars().into_iter().filter(|scalar| *scalar != Hyperparameter::Lr).filter(varies);
        let others = others.filter_map(|scalar| {
            let value = self.trial.hyperparameters.get(scalar)?;
            Some(format!("{} {}", scalar.words(), short(value)))
        });
        let (cell, lr) = (cell_name(question, self.cell), format!("lr {}", short(self.trial.lr())));
        let cell = (!cell.is_empty()).then_some(cell);
        let parts = cell.into_iter().chain([lr]).chain(others).chain([format!("seed {}", self.trial.seed)]);
        parts.collect::<Vec<_>>().join(" · ")
    }

    /// The model as JSON.
    pub fn json(&self, question: &StudySpec) -> Value {
        let points = f64::from(question.cells[self.cell].train.points);
        let share = self.outcome.train.map(|score| f64::from(score.correct) / points);
        json!({ "model": self.id, "lr": self.trial.lr(), "seed": self.trial.seed, "cell": cell_name(question, self.cell),
            "class": self.class(question), "train_acc": share, "diverged_epoch": self.outcome.diverged })
    }
}

/// Returns the job of every cell.
///
/// # Errors
/// As for [`ReopenedStudy::job`].
pub fn jobs(again: &ReopenedStudy) -> Result<Vec<Job>> {
    (0..again.study.spec().cells.len()).map(|cell| again.job(cell)).collect()
}

/// Settings line below a picture's title.
pub fn settings(again: &ReopenedStudy, jobs: &[Job]) -> String {
    let question = again.study.spec();
    [Some(summary_text::settings(question, jobs)), summary_text::larger_class(question)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Scale of a model's outputs.
pub fn output_scale(job: &Job) -> OutputScale {
    OutputScale::of(job.train_spec.loss)
}

/// Names of both features if all these cells have the same; else `None`.
pub fn features(jobs: &[Job], cells: impl Iterator<Item = usize>) -> Option<[String; 2]> {
    let mut all: Vec<Vec<String>> = cells.map(|cell| summary_text::axes(&jobs[cell])).collect();
    all.dedup();
    match <[Vec<String>; 1]>::try_from(all) {
        Ok([names]) => <[String; 2]>::try_from(names).ok(),
        Err(_) => None,
    }
}

/// A model's prediction on the grid of one of `panels` panels (with notes or without), and its number of correct
/// training points.
pub fn predictions_and_correct(job: &Job, parameters: Vec<f64>, panels: usize, notes: bool) -> (Prediction, usize) {
    let network = Network::new(&job.shape, &job.train_spec, parameters);
    let (grid, shift) = (RegionsPlot::grid(&job.data.train, panels, notes).points(), job.train_spec.loss.threshold());
    let excess = |row: &[f64]| network.logit(row) - shift;
    let train = &job.data.train;
    let right = (0..train.len()).filter(|n| (excess(train.row(*n)) > 0.0) == train.y[*n]).count();
    (Prediction::Excesses((0..grid.len()).map(|n| excess(grid.row(n))).collect()), right)
}

/// Removes repeated ids.
///
/// # Errors
/// [`Error::Setting`] for more than `most` models.
pub fn deduplicated_ids(ids: &[u64], most: usize) -> Result<Vec<u64>> {
    let mut once: Vec<u64> = Vec::new();
    for id in ids {
        if !once.contains(id) {
            once.push(*id);
        }
    }
    match once.len() {
        n if n > most => {
            Err(Error::setting("--models", format!("{n} models"), format!("a list of 1 to {most} models")))
        }
        _ => Ok(once),
    }
}
