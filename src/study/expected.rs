//! What a chunk must hold by its question, whatever its file says.

use super::plan::Span;
use super::question::Question;
use crate::engine::Outcome;
use crate::math::tally::BINS;
use crate::statistics::{RowSet, Rows};

/// What a chunk's numbers come to.
pub(super) struct Expected {
    /// Rows of each [`RowSet`], of which a model can have so many right.
    pub rows: [Rows; 3],
    pub epochs: u32,
    /// Trials that keep curves, and points of a curve.
    pub curves: [usize; 2],
    /// Combinations with histograms, and numbers of one.
    pub histograms: [usize; 2],
    pub parameters: usize,
    pub convergence: bool,
    pub auc: bool,
}

impl Expected {
    pub fn of(span: &Span, question: &Question) -> Self {
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

    /// Whether a training can end so.
    pub fn allows(&self, outcome: &Outcome) -> bool {
        let possible = |set: RowSet| outcome.hits(set).is_none_or(|hits| self.rows[set as usize].allow(hits));
        RowSet::ALL.into_iter().all(possible) && outcome.diverged.is_none_or(|e| e <= self.epochs)
    }
}
