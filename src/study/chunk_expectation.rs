//! Sizes and bounds that a chunk must have according to the study spec, whatever its file contains.

use super::chunk_plan::TrialRange;
use crate::engine::Outcome;
use crate::math::loss_bins::BINS;
use crate::results::{CurveKind, StudySpec};
use crate::statistics::{RowCounts, RowSet};

/// Expected sizes and bounds of a chunk.
pub(super) struct ChunkExpectation {
    /// Rows of each [`RowSet`]: bounds on a model's correct rows.
    pub rows: [RowCounts; 3],
    pub epochs: u32,
    pub models: usize,
    /// Curves that are kept.
    pub kinds: Vec<CurveKind>,
    /// Numbers in all curves of one kind.
    pub curve_numbers: usize,
    /// Numbers in all histograms.
    pub histogram_numbers: usize,
    /// Numbers in the initial weights of all models, and as many in the final ones; 0 if they are not kept.
    pub weight_numbers: usize,
    pub convergence: bool,
    pub auc: bool,
}

impl ChunkExpectation {
    pub fn of(span: &TrialRange, spec: &StudySpec) -> Self {
        let cell_spec = &spec.cells[span.cell];
        let (record, models) = (&cell_spec.record, span.len() as usize);
        let combinations = if record.histograms { record.combinations(&cell_spec.trials) as usize } else { 0 };
        Self {
            rows: cell_spec.all_rows(),
            epochs: spec.sweep.epochs,
            models,
            kinds: CurveKind::ALL.into_iter().filter(|kind| kind.is_kept(record)).collect(),
            curve_numbers: record.curves_in(&span.trials) * record.epochs.len(),
            histogram_numbers: combinations.min(models) * record.epochs.len() * BINS as usize,
            weight_numbers: if record.weights { models * cell_spec.shape.parameters() } else { 0 },
            convergence: record.convergence,
            auc: record.auc,
        }
    }

    /// Whether a training can have this outcome.
    pub fn allows(&self, outcome: &Outcome) -> bool {
        let possible = |set: RowSet| {
            let (rows, auc) = (self.rows[set as usize], self.auc || outcome.ordered_pairs[set as usize].is_none());
            outcome.hits(set, &self.rows).is_none_or(|hits| rows.points > 0 && auc && rows.is_possible(hits))
        };
        RowSet::ALL.into_iter().all(possible)
            && outcome.diverged.is_none_or(|e| e <= self.epochs)
            && outcome.convergence.is_some() == self.convergence
    }
}
