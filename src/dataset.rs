//! Data sets for binary classification: labelled points, split into training, validation and test rows.

mod cell_error;
mod columns;
mod conversion_hints;
mod csv;
mod csv_escape;
mod csv_options;
mod csv_record;
mod csv_records;
mod csv_table;
mod delimiter;
mod foreign_format;
mod generate;
mod hashing_reader;
mod header;
mod in_memory;
mod label_classes;
mod number;
mod prepare;
mod read;
mod row_sample;
mod table_extras;
mod table_facts;
mod table_features;
mod table_rows;
mod table_stats;
mod third_label;

pub use columns::encode::TableColumn;
pub use csv::{CsvDataset, breast_cancer, parse_csv};
#[cfg(feature = "native")]
pub use csv::{open_csv, read_csv};
pub use csv_escape::text_cell;
pub use csv_options::{Categorical, CsvOptions, MAX_VALUES, Missing};
pub use csv_table::{CsvTable, MAX_NUMBER};
pub use delimiter::Delimiter;
pub use generate::{Generator, GeneratorSettings, qwerties};
pub use hashing_reader::{HashingReader, hex};
pub use prepare::RowUse;
pub use table_extras::TableExtras;

use crate::error::quoted;

/// Rows of features, each with a binary label. `x` is row-major `[rows, features]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// Features per row.
    pub features: usize,
    /// Feature values, `[rows * features]`, all finite. Engines that compute in f32 round each value once.
    pub x: Vec<f64>,
    /// Labels, `[rows]`; true is the positive class, label 1.
    pub y: Vec<bool>,
    /// Regression targets, `[rows]`; None: the target is the label, 0 or 1.
    pub targets: Option<Vec<f64>>,
}

impl Points {
    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// Returns the target of row `n`: its regression target, or else its label as 0 or 1.
    pub fn target(&self, n: usize) -> f64 {
        self.targets.as_ref().map_or(f64::from(u8::from(self.y[n])), |targets| targets[n])
    }

    /// Returns the features of row `n`.
    pub fn row(&self, n: usize) -> &[f64] {
        &self.x[n * self.features..(n + 1) * self.features]
    }
}

/// Standardization of the features before training: `x' = (x - mean) / std`, estimated on the training rows alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Standardization {
    /// Mean of each feature.
    pub mean: Vec<f64>,
    /// Population standard deviation (divided by n, not n - 1); 1 for a constant feature.
    pub std: Vec<f64>,
}

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
    /// Names of label 0 and label 1 in the source.
    pub class_names: [String; 2],
    /// Standardization of the features; None: they are as in the source.
    pub scaling: Option<Standardization>,
}

impl Dataset {
    /// Returns the training rows, then the validation and test rows if they exist.
    pub fn sets(&self) -> impl Iterator<Item = &Points> {
        [Some(&self.train), self.validation.as_ref(), self.test.as_ref()].into_iter().flatten()
    }

    /// Describes the classes and their number of rows over all sets: `1 = "1" (212 of 569 rows), 0 = "0" (357)`.
    pub fn describe(&self) -> String {
        let labels = || self.sets().flat_map(|points| &points.y);
        let (rows, ones) = (labels().count(), labels().filter(|label| **label).count());
        if self.train.targets.is_some() {
            return format!("targets are numbers; {ones} of {rows} are above 1/2, class 1");
        }
        let [zero, one] = &self.class_names;
        format!("1 = {} ({ones} of {rows} rows), 0 = {} ({})", quoted(one), quoted(zero), rows - ones)
    }
}
