//! Trains a few models of the cell with the best ones again, for their weights: those whose boundaries are drawn, and
//! the representatives in `representatives.npz`.

use super::summary_text::{percent, short};
use crate::analysis::model_selection::rank;
use crate::analysis::representatives::{Candidates, Representative, write};
use crate::analysis::retrain::{ModelsByAccuracy, RetrainedModel, retrain};
use crate::engine::reference::Network;
use crate::engine::{Engine, Job};
use crate::error::Result;
use crate::parallel::*;
use crate::plot::{Boundary, DataPlot, Facets, GridOutputs};
use crate::results::{StudyResults, class};
use crate::statistics::RowSet;
use crate::sweep::Hyperparameter;
use std::path::Path;

/// Maximum number of models whose boundaries are drawn.
const BOUNDARIES: usize = 5;

/// Selected models of a cell.
pub(super) struct SelectedModels {
    /// Trials whose boundaries are drawn, the best first.
    shown: Vec<u64>,
    representatives: Vec<Representative>,
}

impl SelectedModels {
    /// Selects models in one pass over the cell's results. Shown are best, quartiles and worst of the best group; if
    /// these are few distinct outcomes, also those of the whole cell.
    ///
    /// # Errors
    /// [`crate::Error::Io`], [`crate::Error::Damaged`].
    pub(super) fn of(study: &dyn StudyResults, facets: &Facets, cell: usize) -> Result<Self> {
        let (best, spec) = (facets.view.top().map(|(_, best)| &best.group), facets.spec);
        let (part, mut candidates) = (&spec.cells[cell], Candidates::default());
        let (mut of_best, mut of_all) = (ModelsByAccuracy::default(), ModelsByAccuracy::default());
        for results in study.parts() {
            let results = results?;
            if results.cell() != cell {
                continue;
            }
            let models = results.models()?;
            for (index, outcome) in models.range().zip(&models.outcomes) {
                let rank = rank(spec, part, outcome);
                candidates.add(index, class(spec, part, outcome), outcome.diverged.unwrap_or(rank));
                if outcome.score_in_statistics(RowSet::Train).is_none() {
                    continue;
                }
                of_all.add(index, rank);
                let hyperparameters = part.trials.get(index).hyperparameters;
                let is_own = |(hyperparameter, own): (&Hyperparameter, &Option<f64>)| {
                    hyperparameters.get(*hyperparameter) == *own
                };
                if best.is_some_and(|best| facets.hyperparameters.iter().zip(&best.values).all(is_own)) {
                    of_best.add(index, rank);
                }
            }
        }
        let mut shown = of_best.spread();
        for more in of_all.spread() {
            if shown.len() < BOUNDARIES && shown.iter().all(|(rank, _)| *rank != more.0) {
                shown.push(more);
            }
        }
        shown.sort_unstable_by_key(|(rank, index)| (std::cmp::Reverse(*rank), *index));
        let shown = shown.into_iter().map(|(_, index)| index).collect();
        Ok(Self { shown, representatives: candidates.chosen() })
    }

    /// Trains them again, writes the representatives' file, and returns the models that are shown.
    ///
    /// # Errors
    /// As for [`Engine::train`]; [`crate::Error::Io`].
    pub(super) fn train(
        &self,
        engine: &mut dyn Engine,
        job: &Job,
        first: u64,
        path: &Path,
    ) -> Result<Vec<RetrainedModel>> {
        let trials = self.shown.iter().copied().chain(self.representatives.iter().map(|one| one.index));
        let mut models = retrain(engine, job, &trials.collect::<Vec<_>>())?;
        let representatives = models.split_off(self.shown.len());
        write(path, job, first, &self.representatives, &representatives)?;
        Ok(models)
    }

    /// Trains those that are shown again.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    pub(super) fn train_shown(&self, engine: &mut dyn Engine, job: &Job) -> Result<Vec<RetrainedModel>> {
        retrain(engine, job, &self.shown)
    }

    /// Evaluates the models that are shown on the picture's grid.
    pub(super) fn boundaries(&self, facets: &Facets, job: &Job, models: Vec<RetrainedModel>) -> Vec<Boundary> {
        let (grid, loss) = (DataPlot::grid(&job.data.train).points(), job.train_spec.loss);
        let [rows, ..] = job.row_counts();
        let boundary = |model: RetrainedModel| {
            let accuracy = percent(model.train.and_then(|score| score.measure(rows)), 1);
            let network = Network::new(&job.shape, &job.train_spec, model.last);
            let rows: Vec<Vec<f64>> = (0..grid.len()).into_par_iter().map(|n| network.outputs(grid.row(n))).collect();
            let outputs = GridOutputs::new(loss, rows);
            let hyperparameter = facets.hyperparameters[facets.axis];
            let name = if hyperparameter.name() == "lr" { "lr" } else { facets.view.x };
            let value = model.trial.hyperparameters.get(hyperparameter);
            let value = value.map_or(String::new(), |value| format!("{name} {}, ", short(value)));
            Boundary { label: format!("{value}seed {}: {accuracy}", model.trial.seed), outputs }
        };
        models.into_iter().map(boundary).collect()
    }
}
