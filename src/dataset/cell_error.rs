//! Errors for tables that cannot be used as data sets. A message sums up the problem over all rows and suggests a fix.

use super::columns::faults;
use super::columns::plan::ColumnFault;
use super::label_fault::LabelFault;
use super::points::MAX_CLASSES;
pub(super) use super::table_facts::TableFacts;
use super::table_facts::found;
use super::table_stats::{TableStats, is_missing};
use crate::error::{Error, quoted};

/// The first invalid cell.
#[derive(Debug)]
pub(super) struct CellError {
    /// Line and column, from 1.
    pub(super) place: (u64, u64),
    pub(super) what: CellErrorKind,
}

/// Kind of invalid cell.
#[derive(Debug)]
pub(super) enum CellErrorKind {
    /// Number that is infinite or beyond 1e30 in magnitude: the field's text.
    Beyond(String),
    /// First field of a feature that does not fit: the field's text.
    Column(ColumnFault, String),
    /// Name of no set in the column that `--split-column` names: the field's text.
    Split(String),
    /// Label that is missing or infinite: the field's text.
    Label(String),
    /// Target that is no number: the field's text.
    Target(String),
    /// Labels that are no classes.
    Labels(LabelFault),
}

impl TableFacts<'_> {
    /// Returns the error for an invalid cell.
    pub(super) fn error(&self, fault: &CellError) -> Error {
        let column = fault.place.1 as usize - 1;
        let name = quoted(&self.names[column]);
        let what = match &fault.what {
            CellErrorKind::Beyond(text) => faults::beyond(self, column, text),
            CellErrorKind::Column(kind, text) => faults::sentence(self, *kind, column, fault.place.0, text),
            CellErrorKind::Split(text) => {
                format!("{name} must be train, validation or test in each row, as --split-column, not {}", found(text))
            }
            CellErrorKind::Label(text) => self.label(column, true, text),
            CellErrorKind::Target(text) if is_missing(text) => self.label(column, false, text),
            CellErrorKind::Target(text) => {
                let numbers =
                    "a finite number, at most 1e30 in magnitude, as --task regression or several targets need";
                format!("target {name} must be {numbers}, not {}{}", found(text), self.taken())
            }
            CellErrorKind::Labels(fault) => {
                let what = format!("label {name} has {fault}{}", self.taken());
                let allowed = format!("two classes, or up to {MAX_CLASSES} words or whole numbers");
                let numbers = if fault.are_numbers() { "; --task regression learns numbers" } else { "" };
                format!("{what}; there must be {allowed}{numbers}{}", self.other_labels())
            }
        };
        Error::file_at(self.path, fault.place.0, fault.place.1, what)
    }

    /// Returns the error for a table of more values than may be; the first row beyond is in `line`.
    pub(super) fn too_many_values(&self, line: u64, most: usize) -> Error {
        let features = self.features.len();
        let what = format!("more than {most} values, rows times {features} features, the most there may be");
        let rows = most / features.max(1);
        let what = format!("{what}; --max-rows {rows} takes a random sample, or --drop leaves out columns");
        Error::file_at(self.path, line, 1, what)
    }

    /// Returns the sentence about a label that is no class, or a target that is no number.
    fn label(&self, column: usize, is_class: bool, text: &str) -> String {
        let name = quoted(&self.names[column]);
        let (word, kind) = if is_class { ("label", "a class") } else { ("target", "a number") };
        let what = format!("{word} {name} must be {kind} in each row, not {}", found(text));
        if !is_missing(text) {
            return what;
        }
        let TableStats { rows, columns } = self.survey;
        let what = format!("{what}: its value is missing (of {rows} rows, {} have no {word})", columns[column].missing);
        let other = if is_class { "; a class must have another name" } else { "" };
        format!("{what}; to leave out such rows: --missing drop{other}")
    }
}
