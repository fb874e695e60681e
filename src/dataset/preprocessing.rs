//! How rows of a table become inputs of a network, and what its outputs mean: what it takes to use weights elsewhere.

use super::columns::encode::TableColumn;
use super::csv_options::Missing;
use super::delimiter::Delimiter;
use super::{Dataset, Standardization};
use serde::{Deserialize, Serialize};

/// Rules by which the table was read, and by which other tables are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TableRules {
    /// Whether the first line is data; columns are then called `x1`, `x2`, ...
    pub no_header: bool,
    /// What separates the columns; None: as in the first lines.
    pub delimiter: Option<Delimiter>,
    /// What becomes of missing values.
    pub missing: Missing,
}

/// What outputs are about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TargetEncoding {
    /// One of these classes, by index.
    Classes {
        /// Column of the labels.
        name: String,
        /// Names of the classes in the source.
        classes: Vec<String>,
    },
    /// Numbers.
    Numbers {
        /// Columns of the targets, one per output.
        names: Vec<String>,
        /// Standardization of the targets: a value is output × std + mean; None: outputs are values.
        scaling: Option<Standardization>,
    },
}

/// Preparation of a data set, estimated on its training rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// Name of the data set: a file or a built-in one.
    pub source: String,
    /// How tables are read.
    pub rules: TableRules,
    /// Columns of the table that become features, in their order.
    pub columns: Vec<TableColumn>,
    /// Names of the features, the inputs of the network.
    pub features: Vec<String>,
    /// Standardization of the features: an input is (feature - mean) / std; None: inputs are features.
    pub scaling: Option<Standardization>,
    /// What outputs are about.
    pub target: TargetEncoding,
}

impl Preprocessing {
    /// Returns the preparation of a data set that was read by `rules`.
    pub fn of(data: &Dataset, rules: TableRules) -> Self {
        let numbers = |(n, name): (usize, &String)| TableColumn::of_numbers(name, n);
        let columns = match data.columns.is_empty() {
            true => data.feature_names.iter().enumerate().map(numbers).collect(),
            false => data.columns.clone(),
        };
        let names = data.target_names.clone();
        let target = match data.train.is_regression() {
            true => TargetEncoding::Numbers { names, scaling: data.target_scaling.clone() },
            false => TargetEncoding::Classes {
                name: names.into_iter().next().unwrap_or_default(),
                classes: data.class_names.clone(),
            },
        };
        let (source, features, scaling) = (data.name.clone(), data.feature_names.clone(), data.scaling.clone());
        Self { source, rules, columns, features, scaling, target }
    }

    /// Standardizes the features of a row.
    pub fn scale(&self, row: &mut [f64]) {
        let Some(Standardization { mean, std }) = &self.scaling else { return };
        row.iter_mut().zip(mean.iter().zip(std)).for_each(|(x, (mean, std))| *x = (*x - mean) / std);
    }

    /// Returns the names of the columns of the targets.
    pub fn target_names(&self) -> &[String] {
        match &self.target {
            TargetEncoding::Classes { name, .. } => std::slice::from_ref(name),
            TargetEncoding::Numbers { names, .. } => names,
        }
    }

    /// Returns the value in the user's units of output `n` of a regression.
    pub fn value(&self, n: usize, output: f64) -> f64 {
        match &self.target {
            TargetEncoding::Numbers { scaling: Some(Standardization { mean, std }), .. } => output * std[n] + mean[n],
            _ => output,
        }
    }
}
