//! The results of consecutive trials, as columns.

use super::columns::{Column, Lists, Table};
use crate::engine::{Batch, Outcome, Record};
use crate::sweep::Trials;
use std::ops::Range;

/// Column names of the curves, in the order of [`ChunkCurves`].
pub(super) const CURVES: [&str; 4] = ["train_loss_curve", "train_acc_curve", "test_loss_curve", "test_acc_curve"];
/// Column names of the weights: initial and final.
pub(super) const WEIGHTS: [&str; 2] = ["init_weights", "final_weights"];

/// Which of a trial's curves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveKind {
    /// Mean loss over the training points.
    TrainLoss,
    /// Share of the training points right.
    TrainAccuracy,
    /// Mean loss over the test points.
    TestLoss,
    /// Share of the test points right.
    TestAccuracy,
}

impl CurveKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::TrainLoss, Self::TrainAccuracy, Self::TestLoss, Self::TestAccuracy];

    /// Its name in `curves.npz`; a chunk's column adds `_curve`.
    pub fn name(self) -> &'static str {
        self.column().trim_end_matches("_curve")
    }

    /// Its column in a chunk.
    pub(super) fn column(self) -> &'static str {
        CURVES[self as usize]
    }

    /// Whether `record` keeps it, of the trials that keep curves.
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

/// Results of the trials from `first` on, one entry a trial in each list.
#[derive(Debug, Clone, PartialEq)]
pub struct Models {
    /// Index of the first trial.
    pub first: u64,
    /// Learning rates.
    pub lr: Vec<f64>,
    /// Seeds of the initial weights.
    pub seed: Vec<u64>,
    /// Results.
    pub outcomes: Vec<Outcome>,
}

/// One chunk while it fills.
pub(super) struct Chunk {
    models: Models,
    /// Per [`CurveKind`]: row-major `[models that keep curves, recorded epochs]`.
    curves: [Vec<f32>; 4],
    /// Initial and final ones, row-major `[models, parameters]`.
    weights: [Vec<f64>; 2],
}

impl Chunk {
    /// An empty chunk that starts with trial `first`.
    pub fn new(first: u64) -> Self {
        let models = Models { first, lr: Vec::new(), seed: Vec::new(), outcomes: Vec::new() };
        Self { models, curves: Default::default(), weights: Default::default() }
    }

    /// The trials in it so far.
    pub fn range(&self) -> Range<u64> {
        self.models.range()
    }

    pub fn outcomes(&self) -> &[Outcome] {
        &self.models.outcomes
    }

    /// Takes the results of trials `part`, which `batch` holds, after those that are here already.
    pub fn append(&mut self, batch: &Batch, part: Range<u64>, trials: &Trials, record: &Record) {
        debug_assert_eq!(self.range().end, part.start);
        let rows = |range: &Range<u64>| (range.start - batch.first) as usize..(range.end - batch.first) as usize;
        for trial in part.clone().map(|index| trials.get(index)) {
            self.models.lr.push(trial.lr());
            self.models.seed.push(trial.seed);
        }
        self.models.outcomes.extend_from_slice(&batch.outcomes[rows(&part)]);
        let [start, end] = [rows(&part).start, rows(&part).end].map(|row| row.min(batch.curves.models));
        for kind in CurveKind::ALL.into_iter().filter(|kind| kind.is_kept(record)) {
            let values = of_rows(curve(batch, kind), start..end, record.epochs.len());
            self.curves[kind as usize].extend(values.iter().map(|v| to_f32(*v)));
        }
        if let Some(weights) = &batch.weights {
            let width = weights.initial.len() / batch.outcomes.len();
            self.weights[0].extend_from_slice(of_rows(&weights.initial, rows(&part), width));
            self.weights[1].extend_from_slice(of_rows(&weights.last, rows(&part), width));
        }
    }

    /// The columns of the chunk's file, with nothing left behind.
    pub fn into_table(self, record: &Record, parameters: usize) -> Table {
        let rows = self.models.outcomes.len();
        let mut table = self.models.columns();
        for (kind, values) in CurveKind::ALL.into_iter().zip(self.curves).filter(|(kind, _)| kind.is_kept(record)) {
            let lists = Lists { rows, width: record.epochs.len(), values };
            table.push((kind.column(), Column::Floats(lists)));
        }
        for (name, values) in WEIGHTS.into_iter().zip(self.weights).filter(|_| record.weights) {
            table.push((name, Column::Doubles(Lists { rows, width: parameters, values })));
        }
        table
    }
}

impl Models {
    /// The trials in it.
    pub fn range(&self) -> Range<u64> {
        self.first..self.first + self.outcomes.len() as u64
    }

    /// The scalar columns of a chunk.
    fn columns(&self) -> Table {
        let real = |value: fn(&Outcome) -> Option<f64>| Column::MaybeReal(self.outcomes.iter().map(value).collect());
        let count = |value: fn(&Outcome) -> Option<u32>| {
            Column::MaybeInt(self.outcomes.iter().map(|o| value(o).map(u32::cast_signed)).collect())
        };
        vec![
            ("model_id", Column::Whole(self.range().collect())),
            ("lr", Column::Real(self.lr.clone())),
            ("seed", Column::Whole(self.seed.clone())),
            ("train_loss", real(|o| o.train.map(|s| s.loss))),
            ("train_correct", count(|o| o.train.map(|s| s.correct))),
            ("test_loss", real(|o| o.test.map(|s| s.loss))),
            ("test_correct", count(|o| o.test.map(|s| s.correct))),
            ("status", Column::Text(self.outcomes.iter().map(status).collect())),
            ("diverged_epoch", count(|o| o.diverged)),
        ]
    }
}

/// What the status column says.
pub(super) fn status(outcome: &Outcome) -> &'static str {
    if outcome.diverged.is_some() { "diverged" } else { "ok" }
}

/// A batch's curve of one kind; empty where the batch has none.
pub(super) fn curve(batch: &Batch, kind: CurveKind) -> &[f64] {
    let optional = match kind {
        CurveKind::TrainLoss => return &batch.curves.train_loss,
        CurveKind::TrainAccuracy => &batch.curves.train_accuracy,
        CurveKind::TestLoss => &batch.curves.test_loss,
        CurveKind::TestAccuracy => &batch.curves.test_accuracy,
    };
    optional.as_deref().unwrap_or_default()
}

/// The given rows of a row-major matrix.
fn of_rows(values: &[f64], rows: Range<usize>, width: usize) -> &[f64] {
    &values[rows.start * width..rows.end * width]
}

/// Rounds once; every NaN becomes the same one, so that equal curves are equal bytes.
fn to_f32(value: f64) -> f32 {
    if value.is_nan() { f32::NAN } else { value as f32 }
}
