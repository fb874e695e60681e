//! What would be learnt of a data set: its columns, targets, sets and baseline.

use super::super::Sweep;
use super::data_cache;
use crate::dataset::{ColumnSummary, Dataset, Points, Targets};
use crate::error::{Error, Result};

/// A data set as settings prepare it, in the units of its source.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct DataSummary {
    /// File name, or name of the built-in data set.
    pub name: String,
    /// The target column and what is learnt of it, in a line.
    pub target: String,
    /// `binary`, `classes` or `regression`.
    pub task: &'static str,
    /// Lines on what was detected and left out.
    pub notes: Vec<String>,
    /// Rows of all sets.
    pub rows: usize,
    /// Features of the network.
    pub features: usize,
    /// Columns of the source, in its order.
    pub columns: Vec<ColumnSummary>,
    /// The classes by their index; empty for numbers.
    pub classes: Vec<ClassSummary>,
    /// The sets of the first data seed.
    pub sets: Vec<SetSummary>,
    /// Number of data sets: folds, or data seeds.
    pub data_sets: u32,
}

/// A class.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ClassSummary {
    /// Its name in the source.
    pub name: String,
    /// Its rows in all sets.
    pub rows: usize,
    /// Their share of all rows.
    pub share: f64,
}

/// A set of rows, and what a model gets right on it that knows the targets of the training rows and no features.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SetSummary {
    /// `training`, `validation` or `test`.
    pub set: &'static str,
    /// Its rows.
    pub rows: usize,
    /// Share of the rows that are of the most common class of the training rows; None for numbers.
    pub baseline_accuracy: Option<f64>,
    /// Of each target, the root mean square distance from the mean of the training rows; empty for classes.
    pub baseline_rmse: Vec<f64>,
}

impl DataSummary {
    /// Reads or makes the data of `sweep`, and splits them by its first data seed.
    ///
    /// # Errors
    /// [`Error::Setting`] if the sweep has several built-in data sets; otherwise as for [`super::Inputs::load`].
    pub fn of(sweep: &Sweep) -> Result<Self> {
        sweep.validate()?;
        let [source] = sweep.dataset.all() else {
            return Err(Error::setting("--dataset", &sweep.dataset, "a single data set where it is described"));
        };
        // Scaled numbers would not be those of the source.
        let sweep = Sweep { standardize: Some(false), standardize_target: false, ..sweep.clone() };
        let raw = data_cache::raw(&sweep, *source, sweep.data_seed, &mut sweep.clone())?;
        let (target, notes, columns) = (raw.description.clone(), raw.extras.notes.clone(), raw.columns());
        let cell = sweep.cells().remove(0);
        let data = data_cache::prepared(&sweep, raw, &cell)?;
        let rows = data.sets().map(Points::len).sum();
        Ok(Self {
            name: data.name.clone(),
            target,
            task: match &data.train.targets {
                Targets::Binary(_) => "binary",
                Targets::Classes { .. } => "classes",
                Targets::Thresholded(_) | Targets::Real { .. } => "regression",
            },
            notes,
            rows,
            features: data.train.features,
            columns,
            classes: classes(&data, rows),
            sets: sets(&data),
            data_sets: sweep.number_of_data_seeds(),
        })
    }
}

fn classes(data: &Dataset, rows: usize) -> Vec<ClassSummary> {
    if data.train.has_numbers() {
        return Vec::new();
    }
    let one = |(class, name): (usize, &String)| {
        let of_class: usize = data.sets().map(|points| points.strata_sizes()[class]).sum();
        ClassSummary { name: name.clone(), rows: of_class, share: of_class as f64 / rows as f64 }
    };
    data.class_names.iter().enumerate().map(one).collect()
}

fn sets(data: &Dataset) -> Vec<SetSummary> {
    let (largest, mean) = (data.train.largest_class(), |k: usize| mean(&data.train.target_column(k)));
    let targets = if data.train.has_numbers() { data.train.targets.numbers() } else { 0 };
    let one = |(set, points): (&'static str, &Points)| {
        let rows = points.len();
        let share = |class: usize| points.strata_sizes()[class] as f64 / rows as f64;
        let rmse = |k: usize| {
            let middle = mean(k);
            mean_square(points.target_column(k).iter().map(|y| y - middle)).sqrt()
        };
        let baseline_rmse = (0..targets).map(rmse).collect();
        SetSummary { set, rows, baseline_accuracy: largest.map(share), baseline_rmse }
    };
    let validation = data.validation.as_ref().map(|points| ("validation", points));
    let test = data.test.as_ref().map(|points| ("test", points));
    [Some(("training", &data.train)), validation, test].into_iter().flatten().map(one).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn mean_square(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), x| (sum + x * x, count + 1.0));
    sum / count
}
