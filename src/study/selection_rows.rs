//! Which models choose the best value of a study, and by what: on validation rows where there are any, else on training rows; never on
//! test rows.

use super::spec::{CellSpec, StudySpec};
use crate::engine::Outcome;
use crate::statistics::{RowCounts, RowSet, SelectionScore};

/// Most models whose seeds are compared, as long as each combination has [`FEW_SEEDS`].
const MOST_COMPARED: u64 = 100_000;
const FEW_SEEDS: u64 = 25;

impl CellSpec {
    /// The rows that the best value is chosen on.
    pub fn chosen_on(&self) -> RowSet {
        if self.validation.points > 0 { RowSet::Validation } else { RowSet::Train }
    }

    /// The rows that the chosen value is graded on: test rows where there are any, else those that choose.
    pub fn graded_on(&self) -> RowSet {
        if self.test.points > 0 { RowSet::Test } else { self.chosen_on() }
    }

    /// The accuracy of always naming the larger class, on these rows.
    pub fn baseline(&self, set: RowSet) -> f64 {
        self.rows(set).baseline()
    }
}

/// The score that a model is chosen by: the higher, the better; `None` of one that diverged or exploded.
pub fn choice_score(question: &StudySpec, part: &CellSpec, outcome: &Outcome) -> Option<f64> {
    let (set, select) = (part.chosen_on(), question.sweep.select);
    let rows: RowCounts = part.rows(set);
    let (score, hits) = outcome.counted(set).zip(outcome.hits(set))?;
    select.score(rows, hits, score.loss)
}

/// What a trial brings to the choice. Compared seed by seed are the first whole seeds, about 100,000 models in all.
pub(super) fn choice(
    question: &StudySpec,
    part: &CellSpec,
    index: u64,
    seed: u64,
    outcome: &Outcome,
) -> SelectionScore {
    let combinations: u64 = question.cells.iter().map(|part| part.trials.combinations()).sum::<u64>().max(1);
    let seeds = (MOST_COMPARED / combinations).max(FEW_SEEDS).min(10 * MOST_COMPARED / combinations);
    let compared = index < seeds.saturating_mul(part.trials.combinations());
    SelectionScore { score: choice_score(question, part, outcome), seed: compared.then_some(seed) }
}
