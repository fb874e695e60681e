//! Data sets: points with two classes, split into training and test rows, ready for every engine.

mod cell_error;
mod conversion_hints;
mod csv;
mod csv_escape;
mod csv_records;
mod csv_table;
mod delimiter;
mod foreign_format;
mod generate;
mod hashing_reader;
mod header;
mod in_memory;
mod label_classes;
mod prepare;
mod table_stats;

pub use csv::{CsvDataset, CsvOptions, MAX_ROWS, breast_cancer, parse_csv, read_csv};
pub use csv_escape::text_cell;
pub use csv_table::{CsvTable, MAX_NUMBER};
pub use generate::{Generator, GeneratorSettings, qwerties};
pub use hashing_reader::{HashingReader, hex};

use crate::error::shown;

/// Rows of features with a class each. `x` is row-major `[rows, features]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// Values in a row.
    pub features: usize,
    /// `[rows * features]`; finite. f32 engines round each value once.
    pub x: Vec<f64>,
    /// `[rows]`; true is the positive class, label 1.
    pub y: Vec<bool>,
    /// `[rows]`: what the output is to be, where that is another number than the label, 0 or 1.
    pub targets: Option<Vec<f64>>,
}

impl Points {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// What the output of row `n` is to be: its label as a number, or its own target.
    pub fn target(&self, n: usize) -> f64 {
        self.targets.as_ref().map_or(f64::from(u8::from(self.y[n])), |targets| targets[n])
    }

    /// The features of row `n`.
    pub fn row(&self, n: usize) -> &[f64] {
        &self.x[n * self.features..(n + 1) * self.features]
    }
}

/// What was done to each feature before training: `x' = (x - mean) / std`, from the training rows alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Standardization {
    /// Mean of each feature.
    pub mean: Vec<f64>,
    /// Population standard deviation (divided by n, not n - 1); 1 for a constant feature.
    pub std: Vec<f64>,
}

/// Training rows, perhaps validation and test rows, and what to call things.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// For titles and summaries: `qwerties` or the file's name.
    pub name: String,
    /// What models learn from.
    pub train: Points,
    /// What choices between models are made on; none without such a split.
    pub validation: Option<Points>,
    /// What they are also scored on; none without a split.
    pub test: Option<Points>,
    /// Column names, one per feature.
    pub feature_names: Vec<String>,
    /// What label 0 and label 1 were called in the source.
    pub class_names: [String; 2],
    /// None where features are as they were in the source.
    pub scaling: Option<Standardization>,
}

impl Dataset {
    /// Training rows, then validation and test rows, if there are any.
    pub fn sets(&self) -> impl Iterator<Item = &Points> {
        [Some(&self.train), self.validation.as_ref(), self.test.as_ref()].into_iter().flatten()
    }

    /// Which class has which label and how many of all rows, such as `1 = "1" (212 of 569 rows), 0 = "0" (357)`.
    pub fn describe(&self) -> String {
        let labels = || self.sets().flat_map(|points| &points.y);
        let (rows, ones) = (labels().count(), labels().filter(|label| **label).count());
        if self.train.targets.is_some() {
            return format!("targets are numbers; {ones} of {rows} are above 1/2, class 1");
        }
        let [zero, one] = &self.class_names;
        format!("1 = {} ({ones} of {rows} rows), 0 = {} ({})", shown(one), shown(zero), rows - ones)
    }
}
