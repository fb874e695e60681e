//! Data sets: rows of features with targets, split into training, validation and test rows.

mod built_in;
mod built_in_settings;
mod cell_error;
mod column_summary;
mod columns;
mod conversion_hints;
mod csv;
mod csv_escape;
mod csv_options;
mod csv_record;
mod csv_records;
mod csv_table;
mod delimiter;
mod folds;
mod foreign_format;
mod generate;
mod hashing_reader;
mod header;
mod in_memory;
mod label_classes;
mod label_fault;
mod label_noise;
mod new_rows;
mod new_table;
mod number;
mod points;
mod prepare;
mod preprocessing;
mod read;
mod row_sample;
mod table_extras;
mod table_facts;
mod table_features;
mod table_rows;
mod table_stats;
mod tables;
mod target_reader;

pub use built_in::{BuiltIn, qwerties};
pub use built_in_settings::BuiltInSettings;
pub use column_summary::ColumnSummary;
pub use columns::encode::TableColumn;
pub use csv::{CsvDataset, parse_csv};
#[cfg(feature = "native")]
pub use csv::{open_csv, read_csv};
pub use csv_escape::text_cell;
pub use csv_options::{Categorical, CsvOptions, MAX_VALUES, Missing, Task};
pub use csv_table::{CsvTable, MAX_NUMBER};
pub use delimiter::Delimiter;
pub use folds::Fold;
pub use hashing_reader::{HashingReader, hex};
pub use new_rows::{NewRows, NewTargets};
pub use points::{MAX_CLASSES, MAX_OUTPUTS, Points, Targets};
pub use prepare::RowUse;
pub use preprocessing::{Preprocessing, TableRules, TargetEncoding};
pub use table_extras::TableExtras;

use crate::error::{number, quoted};

/// Standardization of the features before training: `x' = (x - mean) / std`, estimated on the training rows alone.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Standardization {
    /// Mean of each feature.
    pub mean: Vec<f64>,
    /// Population standard deviation (divided by n, not n - 1); 1 for a constant feature.
    pub std: Vec<f64>,
}

/// Most classes that [`Dataset::describe`] names.
const MOST_NAMED: usize = 5;

/// A data set: training rows, optional validation and test rows, and names.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Name in titles and summaries: `qwerties` or a file name.
    pub name: String,
    /// Training rows.
    pub train: Points,
    /// Validation rows, used for model selection; None without such a split.
    pub validation: Option<Points>,
    /// Test rows, used for scores only; None without such a split.
    pub test: Option<Points>,
    /// Column names, one per feature.
    pub feature_names: Vec<String>,
    /// Names of the classes in the source, by index; empty for regression.
    pub class_names: Vec<String>,
    /// Names of the columns of the targets: one label, or numbers.
    pub target_names: Vec<String>,
    /// Columns of the table that became the features, in their order; empty: each feature is a column of numbers.
    pub columns: Vec<TableColumn>,
    /// Standardization of the features; None: they are as in the source.
    pub scaling: Option<Standardization>,
    /// Standardization of regression targets; None: they are as in the source.
    pub target_scaling: Option<Standardization>,
}

impl Dataset {
    /// Creates a data set of training rows alone; features are named `x1`, `x2`, ..., classes `0`, `1`, ...
    /// and targets `label`, or `y1`, `y2`, ...
    pub fn of(name: impl Into<String>, train: Points) -> Self {
        let numbered = |letter: char, count: usize| (1..=count).map(|n| format!("{letter}{n}")).collect();
        let (class_names, target_names) = match &train.targets {
            Targets::Binary(_) | Targets::Thresholded(_) => (vec!["0".into(), "1".into()], vec!["label".into()]),
            Targets::Classes { classes, .. } => {
                ((0..*classes).map(|class| class.to_string()).collect(), vec!["label".into()])
            }
            Targets::Real { outputs, .. } => (Vec::new(), numbered('y', *outputs)),
        };
        let (name, feature_names) = (name.into(), numbered('x', train.features));
        let (validation, test, columns, scaling, target_scaling) = (None, None, Vec::new(), None, None);
        Self {
            name,
            train,
            validation,
            test,
            feature_names,
            class_names,
            target_names,
            columns,
            scaling,
            target_scaling,
        }
    }

    /// Returns the training rows, then the validation and test rows if they exist.
    pub fn sets(&self) -> impl Iterator<Item = &Points> {
        [Some(&self.train), self.validation.as_ref(), self.test.as_ref()].into_iter().flatten()
    }

    /// Describes regression targets: `numbers from 25 to 346 in 442 rows`, or `2 targets: "a" 1 to 3, ...`.
    fn describe_numbers(&self, rows: usize) -> String {
        let outputs = self.train.targets.numbers();
        let of =
            |k: usize| self.sets().flat_map(move |points| (0..points.len()).map(move |n| points.target_number(n, k)));
        let (least, most) = (|k| of(k).fold(f64::INFINITY, f64::min), |k| of(k).fold(f64::NEG_INFINITY, f64::max));
        if outputs == 1 {
            return format!("numbers from {} to {} in {rows} rows", number(least(0)), number(most(0)));
        }
        let one = |k: usize| format!("{} {} to {}", quoted(&self.target_names[k]), number(least(k)), number(most(k)));
        let named: Vec<String> = (0..outputs.min(MOST_NAMED)).map(one).collect();
        let more = if outputs > MOST_NAMED { ", ..." } else { "" };
        format!("{outputs} targets: {}{more}, numbers in {rows} rows", named.join(", "))
    }

    /// Describes the classes and their number of rows over all sets: `1 = "1" (212 of 569 rows), 0 = "0" (357)`.
    pub fn describe(&self) -> String {
        let rows: usize = self.sets().map(Points::len).sum();
        if self.train.is_regression() {
            return self.describe_numbers(rows);
        }
        if let Targets::Thresholded(_) = &self.train.targets {
            let ones = self.sets().flat_map(Points::labels).filter(|label| *label).count();
            return format!("targets are numbers; {ones} of {rows} are above 1/2, class 1");
        }
        let classes = self.class_names.len();
        let mut counts = vec![0; classes];
        for set in self.sets() {
            counts.iter_mut().zip(set.strata_sizes()).for_each(|(count, rows)| *count += rows);
        }
        // Of two classes the positive one comes first.
        let order: Vec<usize> = if classes == 2 { vec![1, 0] } else { (0..classes.min(MOST_NAMED)).collect() };
        let class = |(n, k): (usize, &usize)| {
            let of = if n == 0 { format!(" of {rows} rows") } else { String::new() };
            format!("{k} = {} ({}{of})", quoted(&self.class_names[*k]), counts[*k])
        };
        let named = order.iter().enumerate().map(class).collect::<Vec<_>>().join(", ");
        match classes {
            2 => named,
            _ if classes > MOST_NAMED => format!("{classes} classes: {named}, ..."),
            _ => format!("{classes} classes: {named}"),
        }
    }
}
