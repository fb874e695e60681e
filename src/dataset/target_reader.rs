//! Reads the targets of a table: labels of classes, or numbers.

use super::cell_error::{CellErrorKind, TableFacts};
use super::csv_options::Task;
use super::csv_table::{CsvTable, MAX_NUMBER};
use super::label_classes::LabelClasses;
use super::points::Targets;
use super::table_stats::is_missing;
use crate::error::{Result, quoted};
use std::io::Read;

/// Targets of the rows read so far.
pub(super) enum TargetReader {
    Labels(LabelClasses),
    /// Numbers, `[rows * outputs]`.
    Numbers {
        outputs: usize,
        values: Vec<f64>,
    },
}

impl TargetReader {
    /// Creates the reader of this many columns; several are numbers.
    pub(super) fn new(columns: usize, task: Option<Task>) -> Self {
        match columns > 1 || task == Some(Task::Regression) {
            true => Self::Numbers { outputs: columns, values: Vec::new() },
            false => Self::Labels(LabelClasses::new(task)),
        }
    }

    /// Whether the targets are numbers.
    pub(super) fn are_numbers(&self) -> bool {
        matches!(self, Self::Numbers { .. })
    }

    /// Adds a field of a row; it starts in `line` and has the value `number` if it is one. Returns what is wrong with
    /// it, or with the labels so far.
    pub(super) fn add(&mut self, text: &str, line: u64, number: Option<f64>) -> Option<CellErrorKind> {
        match self {
            Self::Labels(_) if is_missing(text) || number.is_some_and(|number| !number.is_finite()) => {
                Some(CellErrorKind::Label(text.to_owned()))
            }
            Self::Labels(classes) => classes.add(text, line, number).map(CellErrorKind::Labels),
            Self::Numbers { values, .. } => match number.filter(|number| number.abs() <= MAX_NUMBER) {
                Some(number) => {
                    values.push(number);
                    None
                }
                None => Some(CellErrorKind::Target(text.to_owned())),
            },
        }
    }

    /// Returns a line on what was taken for granted about the labels.
    pub(super) fn note(&self, label: &str) -> Option<String> {
        let Self::Labels(classes) = self else { return None };
        let count = classes.whole_numbers()?;
        let name = quoted(label);
        Some(format!("the {count} whole numbers of {name} are classes; --task regression learns them as numbers"))
    }

    /// Returns the names of the classes, none for numbers, and the targets of all rows.
    pub(super) fn decide<R: Read>(
        self,
        table: &CsvTable<R>,
        context: &TableFacts<'_>,
        positive: Option<&str>,
    ) -> Result<(Vec<String>, Targets)> {
        match self {
            Self::Labels(classes) => classes.decide(table, context, positive),
            Self::Numbers { values, .. } if values.is_empty() => Err(table.refuse_no_rows("one or more")),
            Self::Numbers { outputs, values } => Ok((Vec::new(), Targets::Real { outputs, values })),
        }
    }
}
