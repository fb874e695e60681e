//! Any CSV file with a header as a data set of two classes.

use super::cell::text_cell;
use super::classes::Classes;
use super::table::Table;
use super::{Dataset, Points};
use crate::error::{Result, shown};
use std::io::Read;
use std::path::Path;

/// Most rows of data.
pub const MAX_ROWS: usize = 100_000;

/// A data set read from a file, all rows for training, as they stand in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct FromCsv {
    /// Neither split nor standardised.
    pub data: Dataset,
    /// Name of the label column.
    pub label: String,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
}

/// Reads a CSV file: `label` names the column of the classes (default: the last), `positive` the class with label 1
/// (default: the greater number, or the later word in sort order); all other columns are features.
///
/// # Errors
/// [`crate::Error::File`] names file, line and column (the field's number) of the first thing that is not as it
/// should be, and what is allowed.
pub fn read_csv(path: &Path, label: Option<&str>, positive: Option<&str>) -> Result<FromCsv> {
    let name = path.file_name().map_or_else(|| "data".into(), |name| name.to_string_lossy().into_owned());
    parse_csv(Table::open(path)?, name, label, positive)
}

/// The Breast Cancer Wisconsin (Diagnostic) table, 569 rows of 30 features, as it lies in `tests/data/` (its README names the
/// authors and the licence): label 1 is malignant.
///
/// # Errors
/// As for [`read_csv`]; none, as the tests show.
pub fn breast_cancer() -> Result<FromCsv> {
    let bytes: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/breast_cancer.csv"));
    parse_csv(Table::new(Path::new("breast_cancer.csv"), bytes)?, "breast cancer".into(), None, None)
}

/// As [`read_csv`], from an open table; `name` is the data set's.
///
/// # Errors
/// As there.
pub fn parse_csv<R: Read>(
    mut table: Table<R>,
    name: String,
    label: Option<&str>,
    positive: Option<&str>,
) -> Result<FromCsv> {
    let column = label_column(&table, label)?;
    let (mut classes, mut x, mut rows) = (Classes::new(), Vec::new(), 0);
    while table.next_row()? {
        if rows == MAX_ROWS {
            return Err(table.refuse(0, format!("more than {MAX_ROWS} rows of data"), format!("up to {MAX_ROWS}")));
        }
        for n in 0..table.columns().len() {
            match n == column {
                true => classes.add(&table, n)?,
                false => x.push(table.number(n)?),
            }
        }
        rows += 1;
    }
    let mut feature_names = table.columns().to_vec();
    let label = feature_names.remove(column);
    let (class_names, y) = classes.decide(&table, &label, positive)?;
    let train = Points { features: feature_names.len(), x, y, targets: None };
    let data = Dataset { name, train, validation: None, test: None, feature_names, class_names, scaling: None };
    Ok(FromCsv { data, label, hash: table.hash() })
}

impl Dataset {
    /// All training rows as a CSV table: features, then the label in a column `label`, as [`read_csv`] takes it; of data with targets
    /// that are no labels, these in a column `target`.
    pub fn to_csv(&self) -> String {
        let last = if self.train.targets.is_some() { "target" } else { "label" };
        let names = self.feature_names.iter().map(String::as_str).chain([last]).map(text_cell);
        let mut csv = names.collect::<Vec<_>>().join(",") + "\n";
        for (n, label) in self.train.y.iter().enumerate() {
            let values = self.train.row(n).iter().map(f64::to_string);
            let last = match &self.train.targets {
                Some(targets) => targets[n].to_string(),
                None => text_cell(&self.class_names[usize::from(*label)]),
            };
            csv += &(values.chain([last]).collect::<Vec<_>>().join(",") + "\n");
        }
        csv
    }
}

/// The index of the label column, if the others make features.
fn label_column<R: Read>(table: &Table<R>, label: Option<&str>) -> Result<usize> {
    let columns = table.columns();
    let column = match label {
        None => Some(columns.len() - 1),
        Some(label) => columns.iter().position(|name| name == label.trim()),
    };
    let column = column.ok_or_else(|| {
        let what = format!("no label column {}", shown(label.unwrap_or_default()));
        table.refuse_header(what, format!("one of {}", table.listed_columns()))
    })?;
    if columns.len() == 1 {
        let what = format!("no features beside label {}", shown(&columns[column]));
        return Err(table.refuse_header(what, "two or more columns, with commas between them"));
    }
    Ok(column)
}

#[cfg(test)]
mod tests;
