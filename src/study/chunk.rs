//! The results of consecutive trials, as columns.

use super::columns::{Column, ListColumn, NamedColumns};
use crate::engine::{Batch, Outcome, Record};
use crate::math::convergence::Convergence;
use crate::math::loss_bins::BINS;
use crate::results::{CellSpec, CurveKind, ModelColumns, StudySpec, curve, status};
use crate::statistics::{LossCounts, RowSet};
use crate::sweep::{CellColumn, Hyperparameter};
use std::ops::Range;

/// Column names of the weights: initial and final.
pub(super) const WEIGHTS: [&str; 2] = ["init_weights", "final_weights"];

/// Column names of the convergence statistics.
pub(super) const CONVERGENCE: [&str; 3] = ["loss_sum", "inverse_sum", "last_losses"];
/// Column name of the loss histograms.
pub(super) const LOSS_COUNTS: &str = "loss_counts";

/// A chunk while it is filled.
pub(super) struct Chunk {
    models: ModelColumns,
    /// Per [`CurveKind`]: row-major `[models that keep curves, recorded epochs]`.
    curves: [Vec<f32>; 4],
    /// Initial and final weights, row-major `[models, parameters]`.
    weights: [Vec<f64>; 2],
    /// Loss histograms of all its models.
    losses: Option<LossCounts>,
}

impl Chunk {
    /// Creates an empty chunk that starts with trial `first` of a cell.
    pub fn new(cell: usize, first: u64) -> Self {
        let models = ModelColumns { cell, first, outcomes: Vec::new() };
        Self { models, curves: Default::default(), weights: Default::default(), losses: None }
    }

    /// Returns the trials so far.
    pub fn range(&self) -> Range<u64> {
        self.models.range()
    }

    pub fn outcomes(&self) -> &[Outcome] {
        &self.models.outcomes
    }

    /// Appends the results of the trials `part`, which are in `batch`.
    pub fn append(&mut self, batch: &Batch, part: Range<u64>, record: &Record) {
        debug_assert_eq!(self.range().end, part.start);
        let rows = (part.start - batch.first) as usize..(part.end - batch.first) as usize;
        self.models.outcomes.extend_from_slice(&batch.outcomes[rows.clone()]);
        let [start, end] = [rows.start, rows.end].map(|row| row.min(batch.curves.models));
        for kind in CurveKind::ALL.into_iter().filter(|kind| kind.is_kept(record)) {
            let values = of_rows(curve(batch, kind), start..end, record.epochs.len());
            self.curves[kind as usize].extend(values.iter().map(|v| to_f32(*v)));
        }
        if let Some(counts) = &batch.losses {
            // `part` holds all models of the batch: the sink has checked that.
            self.losses.get_or_insert_with(|| LossCounts::new(counts.combinations, counts.slots)).merge(counts);
        }
        if let Some(weights) = &batch.weights {
            let width = weights.initial.len() / batch.outcomes.len();
            self.weights[0].extend_from_slice(of_rows(&weights.initial, rows.clone(), width));
            self.weights[1].extend_from_slice(of_rows(&weights.last, rows, width));
        }
    }

    /// Converts the chunk to the columns of its file.
    pub fn into_table(self, question: &StudySpec) -> NamedColumns {
        let (rows, first) = (self.models.outcomes.len(), self.models.first);
        let part = &question.cells[self.models.cell];
        let mut table = trial_columns(question, &self.models);
        table.extend(result_columns(&self.models, part));
        let record = &part.record;
        table.extend(record.convergence.then(|| convergence_columns(&self.models)).into_iter().flatten());
        for (kind, values) in CurveKind::ALL.into_iter().zip(self.curves).filter(|(kind, _)| kind.is_kept(record)) {
            let lists = ListColumn { rows, width: record.epochs.len(), values };
            table.push((kind.column(), Column::Floats(lists)));
        }
        if let Some(counts) = &self.losses {
            // The first row of each combination holds its histograms.
            let combinations = record.combinations(&part.trials);
            let first = (0..rows as u64).map(|row| (first + row) % combinations).take(combinations as usize);
            let values = first.flat_map(|c| counts.of(c as usize).iter().map(|n| n.cast_signed())).collect();
            let width = counts.slots * BINS as usize;
            table.push((LOSS_COUNTS, Column::Counts(ListColumn { rows, width, values })));
        }
        for (name, values) in WEIGHTS.into_iter().zip(self.weights).filter(|_| record.weights) {
            table.push((name, Column::Doubles(ListColumn { rows, width: part.shape.parameters(), values })));
        }
        table
    }
}

/// Returns the columns that identify trials: `model_id`, the settings in which cells differ, every hyper-parameter that
/// any cell has, `seed`.
pub(super) fn trial_columns(question: &StudySpec, models: &ModelColumns) -> NamedColumns {
    let part = &question.cells[models.cell];
    let trials = || models.range().map(|index| part.trials.get(index));
    let text = |column: CellColumn| Column::Shared(vec![part.choices.text(column).into(); models.outcomes.len()]);
    let mut table = vec![("model_id", Column::Whole(models.range().map(|index| part.first + index).collect()))];
    table.extend(question.varying().into_iter().map(|column| (column.name(), text(column))));
    for scalar in question.scalars() {
        let values = trials().map(|trial| trial.hyperparameters.get(scalar));
        let column = match scalar {
            Hyperparameter::Lr => Column::Real(trials().map(|trial| trial.lr()).collect()),
            _ => Column::MaybeReal(values.collect()),
        };
        table.push((scalar.name(), column));
    }
    table.push(("seed", Column::Whole(trials().map(|trial| trial.seed).collect())));
    table
}

/// Returns a chunk's score columns for a set of rows: mean loss, correct rows, correct rows of label 1.
pub(super) fn score_columns(set: RowSet) -> [&'static str; 3] {
    match set {
        RowSet::Train => ["train_loss", "train_correct", "train_correct_positive"],
        RowSet::Validation => ["val_loss", "val_correct", "val_correct_positive"],
        RowSet::Test => ["test_loss", "test_correct", "test_correct_positive"],
    }
}

/// Returns a chunk's column of ordered pairs, for the AUC on a set of rows: whole numbers, which f64 holds exactly.
pub(super) fn pairs_column(set: RowSet) -> &'static str {
    ["train_ordered_pairs", "val_ordered_pairs", "test_ordered_pairs"][set as usize]
}

/// Returns the result columns of a chunk, with scores on the sets that have rows.
fn result_columns(models: &ModelColumns, part: &CellSpec) -> NamedColumns {
    let real = |value: &dyn Fn(&Outcome) -> Option<f64>| Column::MaybeReal(models.outcomes.iter().map(value).collect());
    let count = |value: &dyn Fn(&Outcome) -> Option<u32>| {
        Column::MaybeInt(models.outcomes.iter().map(|o| value(o).map(u32::cast_signed)).collect())
    };
    let mut table = NamedColumns::new();
    for set in RowSet::ALL.into_iter().filter(|set| part.rows(*set).points > 0) {
        let [loss, correct, positive] = score_columns(set);
        table.push((loss, real(&|o| o.score(set).map(|s| s.loss))));
        table.push((correct, count(&|o| o.score(set).map(|s| s.correct))));
        table.push((positive, count(&|o| o.score(set).map(|s| s.correct_positive))));
        if part.record.auc {
            let pairs = models.outcomes.iter().map(|o| o.ordered_pairs[set as usize].map(|n| n as f64));
            table.push((pairs_column(set), Column::MaybeReal(pairs.collect())));
        }
    }
    table.extend([
        ("status", Column::Text(models.outcomes.iter().map(status).collect())),
        ("diverged_epoch", count(&|o| o.diverged)),
        ("first_loss", real(&|o| o.first_loss)),
        ("late_loss", real(&|o| o.late_loss)),
        ("silent", count(&|o| Some(o.silent.into()))),
    ]);
    table
}

/// Returns the convergence columns of a chunk and of `models.parquet`.
pub(super) fn convergence_columns(models: &ModelColumns) -> NamedColumns {
    let values: [fn(Convergence) -> f64; 3] = [|c| c.loss_sum, |c| c.inverse_sum, |c| c.last];
    let column = |value: fn(Convergence) -> f64| {
        Column::MaybeReal(models.outcomes.iter().map(|outcome| outcome.convergence.map(value)).collect())
    };
    CONVERGENCE.into_iter().zip(values.map(column)).collect()
}

/// Returns the given rows of a row-major matrix.
fn of_rows(values: &[f64], rows: Range<usize>, width: usize) -> &[f64] {
    &values[rows.start * width..rows.end * width]
}

/// Rounds to f32; every NaN gets the same bits, so that equal curves are equal bytes.
fn to_f32(value: f64) -> f32 {
    if value.is_nan() { f32::NAN } else { value as f32 }
}
