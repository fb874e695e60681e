//! The table of all models, `models.parquet` and `models.csv`, in memory.

use super::models::status;
use super::summary::class;
use super::summary_table::tabled;
use super::{ModelColumns, StudySpec};
use crate::engine::{MeanErrors, Outcome};
use crate::math::convergence::Convergence;
use crate::statistics::{CorrectRows, RowCounts, RowSet};
use crate::sweep::{CellColumn, Hyperparameter};
use std::sync::Arc;

/// Column names of the convergence statistics.
const CONVERGENCE: [&str; 3] = ["loss_sum", "inverse_sum", "last_losses"];

/// Values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Unsigned 64-bit numbers (ids, seeds).
    /// Whole numbers.
    Whole(Vec<u64>),
    /// Numbers.
    Real(Vec<f64>),
    /// Numbers, some missing.
    MaybeReal(Vec<Option<f64>>),
    /// Whole numbers, some missing.
    MaybeInt(Vec<Option<i32>>),
    /// Words of this program.
    Text(Vec<&'static str>),
    /// Texts shared by many rows.
    /// Texts of the settings.
    Shared(Vec<Arc<str>>),
}

/// Named columns, in order.
pub type NamedColumns = Vec<(&'static str, Column)>;

impl Column {
    /// Returns the number of values.
    pub fn rows(&self) -> usize {
        match self {
            Self::Whole(values) => values.len(),
            Self::Real(values) => values.len(),
            Self::MaybeReal(values) => values.len(),
            Self::MaybeInt(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Shared(values) => values.len(),
        }
    }
}

/// Returns the columns of `models.parquet` and `models.csv`.
pub fn model_table(spec: &StudySpec, models: &ModelColumns) -> NamedColumns {
    let cell_spec = &spec.cells[models.cell];
    let real = |value: &dyn Fn(&Outcome) -> Option<f64>| Column::MaybeReal(models.outcomes.iter().map(value).collect());
    let mut table = trial_columns(spec, models);
    for set in tabled(spec) {
        let rows = cell_spec.all_rows();
        let of = |share: fn(RowCounts, CorrectRows) -> Option<f64>| {
            real(&|o| o.hits(set, &rows).and_then(|hits| share(cell_spec.rows(set), hits)))
        };
        let [loss, accuracy, balanced, r_squared, rmse, mae] = match set {
            RowSet::Train => ["train_loss", "train_acc", "balanced_acc", "train_r2", "train_rmse", "train_mae"],
            RowSet::Validation => ["val_loss", "val_acc", "val_balanced_acc", "val_r2", "val_rmse", "val_mae"],
            RowSet::Test => ["test_loss", "test_acc", "test_balanced_acc", "test_r2", "test_rmse", "test_mae"],
        };
        table.push((loss, real(&|o| o.score(set).map(|score| score.loss))));
        if let Some(numbers) = cell_spec.rows(set).numbers() {
            let of = |measure: &dyn Fn(MeanErrors) -> f64| real(&|o| o.score(set)?.errors.map(measure));
            table.push((r_squared, of(&|errors| numbers.r_squared(errors.squared))));
            table.push((rmse, of(&|errors| numbers.in_units(errors.squared.sqrt()))));
            table.push((mae, of(&|errors| numbers.in_units(errors.absolute))));
            continue;
        }
        table.push((accuracy, of(RowCounts::accuracy)));
        table.push((balanced, of(RowCounts::balanced_accuracy)));
        if spec.records_auc() {
            table.push((["auc", "val_auc", "test_auc"][set as usize], of(RowCounts::auc)));
        }
    }
    table.extend([
        ("status", Column::Text(models.outcomes.iter().map(status).collect())),
        (
            "diverged_epoch",
            Column::MaybeInt(models.outcomes.iter().map(|o| o.diverged.map(u32::cast_signed)).collect()),
        ),
        ("class", Column::Text(models.outcomes.iter().map(|o| class(spec, cell_spec, o).name()).collect())),
    ]);
    table.extend(cell_spec.record.convergence.then(|| convergence_columns(models)).into_iter().flatten());
    table
}

/// Returns the columns that identify trials: `model_id`, the settings in which cells differ, every hyper-parameter that
/// any cell has, `seed`.
fn trial_columns(spec: &StudySpec, models: &ModelColumns) -> NamedColumns {
    let part = &spec.cells[models.cell];
    let trials = || models.range().map(|index| part.trials.get(index));
    let text = |column: CellColumn| Column::Shared(vec![part.choices.text(column).into(); models.outcomes.len()]);
    let mut table = vec![("model_id", Column::Whole(models.range().map(|index| part.first + index).collect()))];
    table.extend(spec.varying().into_iter().map(|column| (column.name(), text(column))));
    for hyperparameter in spec.hyperparameters() {
        let values = trials().map(|trial| trial.hyperparameters.get(hyperparameter));
        let column = match hyperparameter {
            Hyperparameter::Lr => Column::Real(trials().map(|trial| trial.lr()).collect()),
            _ => Column::MaybeReal(values.collect()),
        };
        table.push((hyperparameter.name(), column));
    }
    table.push(("seed", Column::Whole(trials().map(|trial| trial.seed).collect())));
    table
}

/// Returns the convergence columns of `models.parquet`.
fn convergence_columns(models: &ModelColumns) -> NamedColumns {
    let values: [fn(Convergence) -> f64; 3] = [|c| c.loss_sum, |c| c.inverse_sum, |c| c.last];
    let column = |value: fn(Convergence) -> f64| {
        Column::MaybeReal(models.outcomes.iter().map(|outcome| outcome.convergence.map(value)).collect())
    };
    CONVERGENCE.into_iter().zip(values.map(column)).collect()
}
