//! Reads any CSV file as a data set with two classes.

use super::cell_error::{CellError, CellErrorKind, TableFacts};
use super::csv_escape::text_cell;
#[cfg(feature = "native")]
use super::csv_table::ALLOWED;
use super::csv_table::CsvTable;
use super::header::{label_column, refuse_ambiguous_label, refuse_class, refuse_numbers};
use super::label_classes::LabelClasses;
use super::table_stats::{FieldContent, TableStats, is_missing};
use super::{Dataset, Points, Targets};
use crate::error::{Result, quoted};
use std::io::Read;
use std::path::Path;

/// Maximum number of data rows.
pub const MAX_ROWS: usize = 100_000;

/// Options for reading a CSV table.
#[derive(Debug, Clone, Copy, Default)]
pub struct CsvOptions<'a> {
    /// Label column: its name, its number from 1, or from the end as -1, -2, ...; None: the last column.
    pub label: Option<&'a str>,
    /// Class that becomes label 1; None: the greater number, or the later word in sort order.
    pub positive: Option<&'a str>,
    /// Whether the first line is data; columns are then named `x1`, `x2`, ...
    pub no_header: bool,
}

/// A data set read from a file; all rows are training rows, in file order.
#[derive(Debug, Clone, PartialEq)]
pub struct CsvDataset {
    /// The data, neither split nor standardized.
    pub data: Dataset,
    /// Name of the label column.
    pub label: String,
    /// Whether the label column is the last one because none was named.
    pub by_default: bool,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
}

impl CsvDataset {
    /// Describes the label column, why it was chosen, and the classes: `label column "y" (the last): 1 = "b" ...`.
    pub fn describe(&self) -> String {
        let why = if self.by_default { " (the last)" } else { "" };
        format!("label column {}{why}: {}", quoted(&self.label), self.data.describe())
    }
}

/// Reads a CSV file; every column but the label is a feature.
///
/// # Errors
/// As for [`parse_csv`].
#[cfg(feature = "native")]
pub fn read_csv(path: &Path, options: &CsvOptions<'_>) -> Result<CsvDataset> {
    parse_csv(path, crate::disk::open(path, ALLOWED)?, options)
}

/// Opens a CSV file and reads its header.
///
/// # Errors
/// As for [`CsvTable::new`].
#[cfg(feature = "native")]
pub fn open_csv(path: &Path) -> Result<CsvTable<impl Read>> {
    CsvTable::new(path, crate::disk::open(path, ALLOWED)?)
}

/// Reads a CSV table from `input`; every column but the label is a feature. `path` is for messages and the data set's
/// name.
///
/// # Errors
/// [`crate::Error::File`] names the file, line and column (the field's number) of the first error, what is allowed, and
/// the option or command that helps, if any.
pub fn parse_csv(path: &Path, input: impl Read, options: &CsvOptions<'_>) -> Result<CsvDataset> {
    let mut table = CsvTable::begin(path, input)?;
    if options.no_header {
        table.number_columns();
    } else {
        table.take_names()?;
        refuse_numbers(&table)?;
        table.check_names()?;
    }
    let column = label_column(&table, options.label)?;
    let mut rows = CsvRows::new(table.columns().len(), column);
    let more = rows.read(&mut table)?;
    let context = TableFacts {
        path,
        names: table.columns(),
        no_header: options.no_header,
        label: column,
        by_default: options.label.is_none(),
        survey: &rows.survey,
    };
    match &rows.fault {
        Some(fault) => return Err(context.error(fault)),
        None if more => return Err(context.too_many_rows(table.line(0), MAX_ROWS)),
        None => {}
    }
    let (class_names, y) = rows.classes.decide(&table, &context, options.positive)?;
    let label = &table.columns()[column];
    if !options.no_header {
        refuse_class(&table, label, &class_names)?;
    }
    if context.by_default {
        refuse_ambiguous_label(&table, &context)?;
    }
    let name = path.file_name().map_or_else(|| "data".into(), |name| name.to_string_lossy().into_owned());
    let mut feature_names = table.columns().to_vec();
    feature_names.remove(column);
    let train = Points { features: feature_names.len(), x: rows.x, targets: Targets::Binary(y) };
    let data = Dataset { feature_names, class_names: class_names.into(), ..Dataset::of(name, train) };
    Ok(CsvDataset { data, label: label.clone(), by_default: options.label.is_none(), hash: table.hash() })
}

/// Rows read so far.
struct CsvRows {
    label: usize,
    /// Feature values, `[rows * features]`.
    x: Vec<f64>,
    classes: LabelClasses,
    survey: TableStats,
    /// The first invalid cell; from its row on, rows are only counted.
    fault: Option<CellError>,
}

impl CsvRows {
    fn new(columns: usize, label: usize) -> Self {
        Self { label, x: Vec::new(), classes: LabelClasses::new(), survey: TableStats::new(columns), fault: None }
    }

    /// Reads up to [`MAX_ROWS`] rows; returns whether there are more. After an invalid cell, the following rows are
    /// only counted, up to the first unreadable one.
    fn read<R: Read>(&mut self, table: &mut CsvTable<R>) -> Result<bool> {
        while self.survey.rows < MAX_ROWS as u64 {
            let more = match table.next_row() {
                Ok(true) => self.add(table).map(|()| true),
                end => end,
            };
            match more {
                Ok(true) => {}
                Err(error) if self.fault.is_none() => return Err(error),
                Ok(false) | Err(_) => return Ok(false),
            }
        }
        if self.fault.is_some() { Ok(false) } else { table.next_row() }
    }

    /// Adds the table's current row.
    fn add<R: Read>(&mut self, table: &CsvTable<R>) -> Result<()> {
        let Self { label, x, classes, survey, fault } = self;
        survey.add(table, |n, text, field| {
            if fault.is_none() {
                let what = match (n == *label, field) {
                    (true, _) => add_label(classes, text, table.line(n)),
                    (false, FieldContent::Number(number)) => {
                        x.push(number);
                        None
                    }
                    (false, _) => Some(CellErrorKind::Feature(text.to_owned())),
                };
                *fault = what.map(|what| CellError { place: (table.line(n), n as u64 + 1), what });
            }
        })
    }
}

/// Adds a row's label; returns the error if it is invalid.
fn add_label(classes: &mut LabelClasses, text: &str, line: u64) -> Option<CellErrorKind> {
    let number = text.parse::<f64>().ok();
    if is_missing(text) || number.is_some_and(|number| !number.is_finite()) {
        return Some(CellErrorKind::Label(text.to_owned()));
    }
    classes.add(text, line, number).map(CellErrorKind::Third)
}

impl Dataset {
    /// Returns the training rows as a CSV table that [`read_csv`] accepts: features, then the class in a column
    /// `label`. Data with regression targets have these in a column `target` instead.
    pub fn to_csv(&self) -> String {
        let last = if self.train.is_regression() { "target" } else { "label" };
        let names = self.feature_names.iter().map(String::as_str).chain([last]).map(text_cell);
        let mut csv = names.collect::<Vec<_>>().join(",") + "\n";
        for n in 0..self.train.len() {
            let values = self.train.row(n).iter().map(f64::to_string);
            let last = match &self.train.targets {
                Targets::Real { .. } => self.train.target(n).to_string(),
                Targets::Binary(_) | Targets::Classes { .. } => {
                    text_cell(&self.class_names[self.train.target(n) as usize])
                }
            };
            csv += &(values.chain([last]).collect::<Vec<_>>().join(",") + "\n");
        }
        csv
    }
}

#[cfg(test)]
mod tests;
