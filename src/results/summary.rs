//! Statistics of models by combination of settings.

use super::selection_rows::choice;
use super::{CellSpec, ModelColumns, StudySpec};
use crate::engine::Outcome;
use crate::statistics::{ModelResult, OutcomeClass, RowSet, Summary};
use crate::sweep::Hyperparameter;

/// Computes the statistics of these models.
pub fn summary_of(question: &StudySpec, models: impl Iterator<Item = ModelColumns>) -> Summary {
    let mut summary = no_models(question);
    models.for_each(|models| count(&mut summary, question, &models));
    summary
}

pub(crate) fn no_models(question: &StudySpec) -> Summary {
    let cells = &question.cells;
    let groups = cells.iter().map(|part| part.trials.histograms().unwrap_or(part.trials.len())).sum();
    Summary::new(cells.iter().map(CellSpec::all_rows).collect())
        .of_groups(groups)
        .sharing_seeds(question.shares_seeds())
        .selecting(question.sweep.select, question.sweep.loss)
        .of_axes(question.scalars().into_iter().map(Hyperparameter::name).collect())
}

/// Adds models to the statistics.
pub(crate) fn count(summary: &mut Summary, question: &StudySpec, models: &ModelColumns) {
    let (part, scalars) = (&question.cells[models.cell], question.scalars());
    for (index, outcome) in models.range().zip(&models.outcomes) {
        let trial = part.trials.get(index);
        let values: Vec<Option<f64>> = scalars.iter().map(|scalar| trial.hyperparameters.get(*scalar)).collect();
        let model = ModelResult {
            id: part.first + index,
            class: class(question, part, outcome),
            hits: RowSet::ALL.map(|set| outcome.hits(set)),
            loss: outcome.train.map(|score| score.loss),
        };
        let choice = choice(question, part, index, trial.seed, outcome);
        summary.add_chosen(models.cell, &values, model, choice);
    }
}

/// Returns the class of a model's outcome in this cell.
pub fn class(question: &StudySpec, part: &CellSpec, outcome: &Outcome) -> OutcomeClass {
    let threshold = part.train.success_threshold(question.sweep.success_threshold);
    OutcomeClass::of(&outcome.ending(), part.train.points, part.train.majority(), threshold)
}
