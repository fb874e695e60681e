//! Selection of the best hyper-parameter value: which rows and models it uses. It uses validation rows if there are
//! any, else training rows, but never test rows.

use super::{CellSpec, StudySpec};
use crate::engine::Outcome;
use crate::statistics::{RowCounts, RowSet, Select, SelectionScore};

/// Maximum models in the comparison by seed, as long as each combination has [`FEW_SEEDS`].
const MOST_COMPARED: u64 = 100_000;
const FEW_SEEDS: u64 = 25;

impl CellSpec {
    /// Returns the rows on which the best value is selected.
    pub fn selection_rows(&self) -> RowSet {
        if self.validation.points > 0 { RowSet::Validation } else { RowSet::Train }
    }

    /// Returns the rows on which the selected value is evaluated: test rows if any, else those of the selection.
    pub fn reported_rows(&self) -> RowSet {
        if self.test.points > 0 { RowSet::Test } else { self.selection_rows() }
    }

    /// Returns the accuracy of always predicting the most common class on these rows, or the R² of their mean.
    pub fn baseline(&self, set: RowSet) -> f64 {
        self.rows(set).baseline()
    }
}

/// Least R² in comparisons: less counts as much, so that a few models far below do not drown all others. As far below
/// the baseline 0 as the best is above it: cut at 0, the mean of noise would be above the baseline.
const LEAST_R_SQUARED: f64 = -1.0;

/// Returns a model's score for the selection, the higher the better; `None` if it diverged or exploded.
pub fn choice_score(spec: &StudySpec, cell_spec: &CellSpec, outcome: &Outcome) -> Option<f64> {
    let (set, select) = (cell_spec.selection_rows(), spec.sweep.select);
    let rows: RowCounts = cell_spec.rows(set);
    let (score, hits) = outcome.score_in_statistics(set).zip(outcome.hits(set, &cell_spec.all_rows()))?;
    match select {
        Select::Accuracy => score.measure(rows),
        Select::Balanced | Select::Auc | Select::Loss => select.score(rows, hits, score.loss),
    }
}

/// Returns a trial's score for the selection, and its seed if it takes part in the comparison by seed: the first whole
/// seeds do, about 100,000 models in all.
pub(crate) fn choice(
    spec: &StudySpec,
    cell_spec: &CellSpec,
    index: u64,
    seed: u64,
    outcome: &Outcome,
) -> SelectionScore {
    let combinations: u64 = spec.cells.iter().map(|cell_spec| cell_spec.trials.combinations()).sum::<u64>().max(1);
    let seeds = (MOST_COMPARED / combinations).max(FEW_SEEDS).min(10 * MOST_COMPARED / combinations);
    let compared = index < seeds.saturating_mul(cell_spec.trials.combinations());
    let least = if spec.sweep.select == Select::Loss { f64::NEG_INFINITY } else { LEAST_R_SQUARED };
    let score = choice_score(spec, cell_spec, outcome).map(|score| score.max(least));
    SelectionScore { score, seed: compared.then_some(seed) }
}
