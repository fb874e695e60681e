//! Sizes and bounds that a chunk must have according to the study spec, whatever its file claims.

use super::chunk_file::ChunkLabels;
use super::chunk_plan::TrialRange;
use super::{ENGINE, SavedEngine, Study};
use crate::engine::Outcome;
use crate::error::{Error, Result};
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

impl Study {
    /// Returns the labels that a chunk of this study must have.
    pub(super) fn labels(&self, span: &TrialRange) -> Result<ChunkLabels> {
        let unknown = || Error::Damaged { path: self.folder.join(ENGINE), what: "it does not say who trains".into() };
        let SavedEngine { engine, mappings } = self.engine.as_ref().ok_or_else(unknown)?;
        let (question, part) = (&self.spec, &self.spec.cells[span.cell]);
        let mapping = mappings.get(span.cell).ok_or_else(unknown)?;
        let rest = [
            ("digest", question.digest.clone()),
            ("cell", span.cell.to_string()),
            ("engine", engine.engine.clone()),
            ("device", if engine.engine == "cpu" { "cpu".into() } else { engine.device.clone() }),
            ("mapping", mapping.clone()),
            ("train_points", part.train.points.to_string()),
            ("validation_points", part.validation.points.to_string()),
            ("test_points", part.test.points.to_string()),
            ("epochs", question.sweep.epochs.to_string()),
            ("record_every", question.sweep.record_stride().to_string()),
        ];
        Ok(ChunkLabels::of_chunk(&rest, &span.trials))
    }
}
