//! Results of models in memory: outcomes by cell, and curves.

use crate::engine::{Batch, Outcome, Record};
use crate::statistics::Measure;
use crate::sweep::Trial;
use std::ops::Range;

/// Kind of curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveKind {
    /// Mean loss over the training points.
    TrainLoss,
    /// Accuracy, or R², on the training points.
    TrainAccuracy,
    /// Mean loss over the test points.
    TestLoss,
    /// Accuracy, or R², on the test points.
    TestAccuracy,
}

impl CurveKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::TrainLoss, Self::TrainAccuracy, Self::TestLoss, Self::TestAccuracy];

    /// Returns its name in chunks of a study.
    pub fn name(self) -> &'static str {
        ["train_loss", "train_acc", "test_loss", "test_acc"][self as usize]
    }

    /// Returns its name in `curves.npz`: an "accuracy" is what is measured.
    pub fn array_name(self, measure: Measure) -> String {
        self.name().replace("acc", measure.column())
    }

    /// Whether `record` keeps this kind for the trials that keep curves.
    pub fn is_kept(self, record: &Record) -> bool {
        record.curves_below > 0
            && match self {
                Self::TrainLoss => true,
                Self::TrainAccuracy => record.accuracy,
                Self::TestLoss => record.test,
                Self::TestAccuracy => record.accuracy && record.test,
            }
    }
}

/// Results of consecutive trials of one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelColumns {
    /// Index of the cell.
    pub cell: usize,
    /// Index of the first trial within the cell.
    pub first: u64,
    /// One outcome per trial.
    pub outcomes: Vec<Outcome>,
}

impl ModelColumns {
    /// Returns the trials, as indices within the cell.
    pub fn range(&self) -> Range<u64> {
        self.first..self.first + self.outcomes.len() as u64
    }
}

/// One model's curve.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCurve {
    /// Index of the cell.
    pub cell: usize,
    /// The model's trial.
    pub trial: Trial,
    /// One value per epoch of [`crate::engine::Record::epochs`]; NaN from the divergence on.
    pub values: Vec<f32>,
}

/// Stored results of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptModel {
    /// Outcome of the training.
    pub outcome: Outcome,
    /// Each kind of curve that is kept, with a value per epoch of [`crate::engine::Record::epochs`].
    pub curves: Vec<(CurveKind, Vec<f32>)>,
    /// Final weights, `[parameters]`, if they are kept.
    pub weights: Option<Vec<f64>>,
}

/// Returns the value of the status column.
pub(crate) fn status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome { diverged: Some(_), .. } => "diverged",
        outcome if outcome.is_exploded() => "exploded",
        _ => "ok",
    }
}

/// Returns a batch's curve of one kind; empty if the batch has none.
pub(crate) fn curve(batch: &Batch, kind: CurveKind) -> &[f64] {
    let optional = match kind {
        CurveKind::TrainLoss => return &batch.curves.train_loss,
        CurveKind::TrainAccuracy => &batch.curves.train_accuracy,
        CurveKind::TestLoss => &batch.curves.test_loss,
        CurveKind::TestAccuracy => &batch.curves.test_accuracy,
    };
    optional.as_deref().unwrap_or_default()
}

/// Rounds to f32; every NaN gets the same bits, so that equal curves are equal bytes.
pub(crate) fn to_f32(value: f64) -> f32 {
    if value.is_nan() { f32::NAN } else { value as f32 }
}
