//! Sizes and bounds that a chunk must have according to the study spec, whatever its file claims.

use super::chunk_plan::TrialRange;
use crate::engine::Outcome;
use crate::math::loss_bins::BINS;
use crate::results::StudySpec;
use crate::statistics::{RowCounts, RowSet};

/// Expected sizes and bounds of a chunk.
pub(super) struct ChunkExpectation {
    /// Rows of each [`RowSet`]: bounds on a model's correct rows.
    pub rows: [RowCounts; 3],
    pub epochs: u32,
    /// Trials that keep curves, and points per curve.
    pub curves: [usize; 2],
    /// Combinations with histograms, and numbers per combination.
    pub histograms: [usize; 2],
    pub parameters: usize,
    pub convergence: bool,
    pub auc: bool,
}

impl ChunkExpectation {
    pub fn of(span: &TrialRange, question: &StudySpec) -> Self {
        let part = &question.cells[span.cell];
        let (record, models) = (&part.record, span.len());
        let combinations = if record.histograms { record.combinations(&part.trials).min(models) } else { 0 };
        Self {
            rows: part.all_rows(),
            epochs: question.sweep.epochs,
            curves: [record.curves_in(&span.trials), record.epochs.len()],
            histograms: [combinations as usize, record.epochs.len() * BINS as usize],
            parameters: part.shape.parameters(),
            convergence: record.convergence,
            auc: record.auc,
        }
    }

    /// Whether a training can have this outcome.
    pub fn allows(&self, outcome: &Outcome) -> bool {
        let possible = |set: RowSet| outcome.hits(set).is_none_or(|hits| self.rows[set as usize].is_possible(hits));
        RowSet::ALL.into_iter().all(possible) && outcome.diverged.is_none_or(|e| e <= self.epochs)
    }
}
