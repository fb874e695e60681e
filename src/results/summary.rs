//! Statistics of models by combination of settings.

use super::selection_rows::choice;
use super::{CellSpec, ModelColumns, StudyResults, StudySpec};
use crate::engine::Outcome;
use crate::error::Result;
use crate::statistics::{ModelResult, OutcomeClass, RowSet, Summary};
use crate::sweep::{ClassWeight, Hyperparameter};

/// Computes the statistics of these models.
pub fn summary_of(spec: &StudySpec, models: impl Iterator<Item = ModelColumns>) -> Summary {
    let mut summary = no_models(spec);
    models.for_each(|models| count(&mut summary, spec, &models));
    summary
}

/// Computes the statistics of all results, part by part.
///
/// # Errors
/// As for [`super::ResultsPart::models`].
pub fn summary_of_results(results: &dyn StudyResults) -> Result<Summary> {
    let mut summary = no_models(results.spec());
    for part in results.parts() {
        count(&mut summary, results.spec(), &part?.models()?);
    }
    Ok(summary)
}

pub(crate) fn no_models(spec: &StudySpec) -> Summary {
    let cells = &spec.cells;
    let groups = cells.iter().map(|cell_spec| cell_spec.trials.histograms().unwrap_or(cell_spec.trials.len())).sum();
    Summary::new(cells.iter().map(CellSpec::all_rows).collect())
        .of_groups(groups)
        .sharing_seeds(spec.shares_seeds())
        .selecting(spec.sweep.select, cells.first().map_or(spec.sweep.loss, |cell_spec| cell_spec.loss))
        .weighing_classes(spec.sweep.class_weight != ClassWeight::None)
        .of_axes(spec.hyperparameters().into_iter().map(Hyperparameter::name).collect())
}

/// Adds models to the statistics.
pub(crate) fn count(summary: &mut Summary, spec: &StudySpec, models: &ModelColumns) {
    let (cell_spec, hyperparameters) = (&spec.cells[models.cell], spec.hyperparameters());
    let rows = cell_spec.all_rows();
    for (index, outcome) in models.range().zip(&models.outcomes) {
        let trial = cell_spec.trials.get(index);
        let values: Vec<Option<f64>> =
            hyperparameters.iter().map(|hyperparameter| trial.hyperparameters.get(*hyperparameter)).collect();
        let model = ModelResult {
            id: cell_spec.first + index,
            class: class(spec, cell_spec, outcome),
            hits: RowSet::ALL.map(|set| outcome.hits(set, &rows)),
            loss: outcome.train.map(|score| score.loss),
        };
        let choice = choice(spec, cell_spec, index, trial.seed, outcome);
        summary.add_chosen(models.cell, &values, model, choice);
    }
}

/// Returns the class of a model's outcome in this cell.
pub fn class(spec: &StudySpec, cell_spec: &CellSpec, outcome: &Outcome) -> OutcomeClass {
    let threshold = cell_spec.train.success_threshold(spec.sweep.success_threshold);
    let rows = cell_spec.train;
    OutcomeClass::of(&outcome.ending(rows), rows.steps(), rows.majority(), threshold)
}
