//! Reads any table of text as a data set.

use super::cell_error::TableFacts;
use super::columns::selection::Selection;
use super::csv_escape::text_cell;
use super::csv_options::{CsvOptions, MAX_VALUES};
#[cfg(feature = "native")]
use super::csv_table::ALLOWED;
use super::csv_table::CsvTable;
use super::header::{refuse_ambiguous_label, refuse_class, refuse_numbers};
use super::table_extras::TableExtras;
use super::table_features::{TableFeatures, check_sample};
use super::table_rows::TableRows;
use super::{Dataset, Points, Targets};
use crate::error::{Result, quoted};
use std::io::Read;
use std::path::Path;

/// A data set read from a file; all rows are training rows, in file order.
#[derive(Debug, Clone, PartialEq)]
pub struct CsvDataset {
    /// The data, neither split nor standardized. Missing values that are to be filled are NaN.
    pub data: Dataset,
    /// Name of the label column, or of the first target.
    pub label: String,
    /// Whether the label column is the last one because none was named.
    pub by_default: bool,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
    /// What the file says beside its rows, and what became of its columns.
    pub extras: TableExtras,
}

impl CsvDataset {
    /// Describes the label column, why it was chosen, and the classes: `label column "y" (the last): 1 = "b" ...`.
    pub fn describe(&self) -> String {
        let why = if self.by_default { " (the last)" } else { "" };
        let kind = match self.data.target_names.len() {
            1 if self.data.train.is_regression() => "target",
            1 => "label",
            _ => return self.data.describe(),
        };
        format!("{kind} column {}{why}: {}", quoted(&self.label), self.data.describe())
    }
}

/// Reads a table: text with any delimiter, plain or packed by gzip, Parquet, or numpy's arrays. Every column but the
/// label is a feature, unless the options say otherwise.
///
/// # Errors
/// As for [`parse_csv`].
#[cfg(feature = "native")]
pub fn read_csv(path: &Path, options: &CsvOptions<'_>) -> Result<CsvDataset> {
    super::read::read_file(path, options)
}

/// Opens a CSV file and reads its header.
///
/// # Errors
/// As for [`CsvTable::new`].
#[cfg(feature = "native")]
pub fn open_csv(path: &Path) -> Result<CsvTable<impl Read>> {
    CsvTable::new(path, crate::disk::open(path, ALLOWED)?)
}

/// Reads a table of text from `input`; every column but the label is a feature, unless the options say otherwise.
/// `path` is for messages and the data set's name.
///
/// # Errors
/// [`crate::Error::File`] names the file, line and column (the field's number) of the first error, what is allowed, and
/// the option or command that helps, if any.
pub fn parse_csv(path: &Path, input: impl Read, options: &CsvOptions<'_>) -> Result<CsvDataset> {
    parse(path, input, options, false)
}

/// As [`parse_csv`], of a text whose first line is known to hold the columns' names.
#[cfg(feature = "native")]
pub(super) fn parse_named(path: &Path, input: impl Read, options: &CsvOptions<'_>) -> Result<CsvDataset> {
    parse(path, input, options, true)
}

fn parse(path: &Path, input: impl Read, options: &CsvOptions<'_>, is_named: bool) -> Result<CsvDataset> {
    let mut table = CsvTable::begin(path, input, options.delimiter)?;
    if options.no_header {
        table.number_columns()?;
    } else {
        table.take_names()?;
        if !is_named {
            refuse_numbers(&table)?;
        }
        table.check_names()?;
    }
    let selection = Selection::of(&table, options)?;
    check_sample(&table, &selection, options)?;
    let mut rows = TableRows::new(&table, selection, options);
    let more = rows.read(&mut table)?;
    let sampled = rows.finish_sample();
    let (has_decimal_commas, unlabelled) = (rows.has_decimal_commas(), rows.unlabelled);
    let mut features = TableFeatures::of(&mut rows, table.columns(), options);
    let context = TableFacts {
        path,
        names: table.columns(),
        no_header: options.no_header,
        label: rows.selection.targets[0],
        by_default: options.label.is_none() && options.target.is_none(),
        survey: &rows.survey,
        features: &rows.selection.features,
    };
    match features.fault.take() {
        Some(fault) => return Err(context.error(&fault)),
        None if more => return Err(context.too_many_values(table.line(0), MAX_VALUES)),
        None => {}
    }
    let label = &table.columns()[context.label];
    if rows.mixes_marks() && rows.targets.are_numbers() {
        let what = "has another decimal mark than the other columns; write all numbers with points, or all with commas";
        return Err(table.refuse_column(label, format!("{} {what}", quoted(label))));
    }
    let (note, are_numbers) = (rows.targets.note(label), rows.targets.are_numbers());
    let (class_names, mut targets) = rows.targets.decide(&table, &context, options.positive)?;
    if !options.no_header && !is_named {
        refuse_class(&table, label, &class_names)?;
    }
    if context.by_default {
        refuse_ambiguous_label(&table, &context, are_numbers)?;
    }
    features.check(&table, label)?;
    // Rows left out of the sample, then rows with missing values.
    for kept in [&sampled, &features.kept].into_iter().flatten() {
        let rows: Vec<usize> = (0..targets.len()).filter(|n| kept.get(*n).copied().unwrap_or(true)).collect();
        targets = targets.select(&rows);
    }
    let mut extras = features.extras;
    extras.notes.extend(note);
    extras.add_notes(&table, has_decimal_commas, unlabelled);
    let name = path.file_name().map_or_else(|| "data".into(), |name| name.to_string_lossy().into_owned());
    let train = Points { features: features.names.len(), x: features.x, targets };
    let target_names = rows.selection.targets.iter().map(|n| table.columns()[*n].clone()).collect();
    let data = Dataset { feature_names: features.names, class_names, target_names, ..Dataset::of(name, train) };
    Ok(CsvDataset { data, label: label.clone(), by_default: context.by_default, hash: table.hash(), extras })
}

impl Dataset {
    /// Returns the training rows as a CSV table that [`read_csv`] accepts: features, then the class or the targets, in
    /// columns of their own names. A class whose column has a number for a name is `label`: among features named by
    /// numbers, the header would look like a row of data.
    pub fn to_csv(&self) -> String {
        let names = match &self.train.targets {
            Targets::Thresholded(_) => vec!["target".to_owned()],
            Targets::Binary(_) | Targets::Classes { .. } if self.target_names[0].parse::<f64>().is_ok() => {
                vec!["label".to_owned()]
            }
            _ => self.target_names.clone(),
        };
        let names = self.feature_names.iter().chain(&names).map(|name| text_cell(name));
        let mut csv = names.collect::<Vec<_>>().join(",") + "\n";
        for n in 0..self.train.len() {
            let value = |x: &f64| if x.is_nan() { String::new() } else { x.to_string() };
            let mut cells: Vec<String> = self.train.row(n).iter().map(value).collect();
            match &self.train.targets {
                Targets::Real { outputs, .. } => {
                    cells.extend((0..*outputs).map(|k| self.train.target_number(n, k).to_string()));
                }
                Targets::Thresholded(_) => cells.push(self.train.target(n).to_string()),
                Targets::Binary(_) | Targets::Classes { .. } => {
                    cells.push(text_cell(&self.class_names[self.train.class(n)]));
                }
            }
            csv += &(cells.join(",") + "\n");
        }
        csv
    }
}

#[cfg(test)]
mod column_tests;
#[cfg(test)]
mod target_tests;
#[cfg(test)]
mod tests;
