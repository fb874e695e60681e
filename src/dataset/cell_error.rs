//! Errors for tables that cannot be used as data sets. A message sums up the problem over all rows and suggests a fix.

use super::conversion_hints::{columns as python, pandas, read_csv};
use super::label_fault::LabelFault;
use super::points::MAX_CLASSES;
use super::table_stats::{ColumnStats, TableStats, is_missing};
use crate::error::{Error, listed, quoted};
use std::collections::BTreeSet;
use std::path::Path;

/// Maximum number of columns named in a message.
const NAMED: usize = 6;

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
    /// Feature that is not a finite number of at most 1e30 in magnitude: the field's text.
    Feature(String),
    /// Label that is missing or infinite: the field's text.
    Label(String),
    /// Labels that are no classes.
    Labels(LabelFault),
}

/// Facts about a table from which messages are built.
pub(super) struct TableFacts<'a> {
    pub(super) path: &'a Path,
    pub(super) names: &'a [String],
    /// Whether the first line is data, not column names.
    pub(super) no_header: bool,
    /// Index of the label column.
    pub(super) label: usize,
    /// Whether the label column is the last one by default, without `--label`.
    pub(super) by_default: bool,
    pub(super) survey: &'a TableStats,
}

impl TableFacts<'_> {
    /// Returns the error for an invalid cell.
    pub(super) fn error(&self, fault: &CellError) -> Error {
        let column = fault.place.1 as usize - 1;
        let name = quoted(&self.names[column]);
        let what = match &fault.what {
            CellErrorKind::Feature(text) => self.feature(fault.place.0, column, text),
            CellErrorKind::Label(text) => self.label(column, text),
            CellErrorKind::Labels(fault) => {
                let what = format!("label {name} has {fault}{}", self.taken());
                let allowed = format!("two classes, or up to {MAX_CLASSES} words or whole numbers");
                format!("{what}; there must be {allowed}{}", self.other_labels())
            }
        };
        Error::file_at(self.path, fault.place.0, fault.place.1, what)
    }

    /// Returns the error for a table of more than `most` rows; the first row beyond is in `line`.
    pub(super) fn too_many_rows(&self, line: u64, most: usize) -> Error {
        let sample = format!("t.sample({most}, random_state=0)");
        let command = pandas(&self.read(&[]), &[sample], "sample.csv");
        let what =
            format!("more than {most} rows of data, the most there may be; for a random sample of them: {command}");
        Error::file_at(self.path, line, 1, what)
    }

    /// Returns a note that the label column was chosen by default; empty if it was not.
    pub(super) fn taken(&self) -> &'static str {
        if self.by_default { "; without --label, the last column is the label" } else { "" }
    }

    /// Returns a hint naming the other columns with two values, with the `--label` option to type.
    pub(super) fn other_labels(&self) -> String {
        let two: Vec<&str> = self.survey.two_valued(self.label).map(|n| self.names[n].as_str()).collect();
        match &two[..] {
            [] => "; no other column has two values".into(),
            [only] => format!("; {} has two values: --label {}", quoted(only), quoted(only)),
            [first, ..] => format!(
                "; with two values: {}: --label {} or another",
                listed(two.iter().copied(), NAMED),
                quoted(first)
            ),
        }
    }

    fn label(&self, column: usize, text: &str) -> String {
        let name = quoted(&self.names[column]);
        let what = format!("label {name} must be a class in each row, not {}", found(text));
        if !is_missing(text) {
            return what;
        }
        let TableStats { rows, columns } = self.survey;
        let what = format!("{what}: its value is missing (of {rows} rows, {} have no label)", columns[column].missing);
        let step = format!("t.dropna(subset={})", python([self.names[column].as_str()]));
        let command = pandas(&self.read(&[]), &[step], "labelled.csv");
        format!("{what}; to leave out such rows: {command}; a class must have another name")
    }

    fn feature(&self, line: u64, column: usize, text: &str) -> String {
        let number = "a finite number, at most 1e30 in magnitude";
        let bad: Vec<usize> = (0..self.names.len()).filter(|n| *n != self.label && self.column(*n).is_bad()).collect();
        let what = format!("{} must be {number}, not {}", quoted(&self.names[column]), found(text));
        if !self.column(column).is_bad() {
            return what;
        }
        if self.no_header && line == 1 {
            return format!("{what}; if the first line names the columns, leave out --no-header");
        }
        let is_text = self.column(column).has_two_values() && self.column(column).texts > 0;
        let label = match self.by_default && is_text {
            true => format!("; if it is the label, --label {}", quoted(&self.names[column])),
            false => String::new(),
        };
        format!("{what}{}{label}; to make numbers of it: {}", self.counts(&bad), self.command(&bad))
    }

    fn column(&self, n: usize) -> &ColumnStats {
        &self.survey.columns[n]
    }

    /// Returns how many rows lack a value or hold text, by column.
    fn counts(&self, columns: &[usize]) -> String {
        let count = |n: &usize| {
            let ColumnStats { missing, texts, .. } = self.column(*n);
            let name = quoted(&self.names[*n]);
            match (missing, texts) {
                (_, 0) => format!("{name} has no value in {missing}"),
                (0, _) => format!("{name} is text in {texts}"),
                _ => format!("{name} has no value in {missing} and is text in {texts}"),
            }
        };
        let counts: Vec<String> = columns.iter().take(NAMED).map(count).collect();
        let more = match columns.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} columns more"),
        };
        format!(" (of {} rows, {}{more})", self.survey.rows, counts.join(", "))
    }

    /// Returns a command that drops text columns with many values, drops rows with missing values, and one-hot encodes
    /// text columns with few values; `bad` are the columns with problems.
    fn command(&self, bad: &[usize]) -> String {
        let all_commas = |n: &usize| self.column(*n).texts == self.column(*n).decimal_commas;
        let texts: Vec<usize> = bad.iter().copied().filter(|n| self.column(*n).texts > 0 && !all_commas(n)).collect();
        let (few, many): (Vec<usize>, Vec<usize>) =
            texts.into_iter().partition(|n| self.column(*n).has_few_values(self.survey.rows));
        let named = |columns: &[usize]| python(columns.iter().map(|n| self.names[*n].as_str()));
        let mut steps = Vec::new();
        if !many.is_empty() {
            steps.push(format!("t.drop(columns={})", named(&many)));
        }
        if self.survey.columns.iter().any(|column| column.missing > 0) {
            steps.push("t.dropna()".into());
        }
        if !few.is_empty() {
            steps.push(format!("pandas.get_dummies(t, columns={}, dtype=int)", named(&few)));
        }
        let then = match few.is_empty() {
            true => String::new(),
            false => format!(", then --label {}", quoted(&self.names[self.label])),
        };
        pandas(&self.read(bad), &steps, "numbers.csv") + &then
    }

    /// Returns the pandas expression that reads the file as this program does.
    fn read(&self, bad: &[usize]) -> String {
        let mut options = Vec::new();
        let own: BTreeSet<&str> =
            self.survey.columns.iter().flat_map(|column| &column.own_words).map(String::as_str).collect();
        if !own.is_empty() {
            options.push(format!("na_values={}", python(own)));
        }
        if bad.iter().any(|n| self.column(*n).decimal_commas > 0) {
            options.push("decimal=','".to_owned());
        }
        match self.no_header {
            true => {
                options.push("header=None".to_owned());
                read_csv(self.path, &options) + ".rename(columns=lambda n: f'x{n + 1}')"
            }
            false => read_csv(self.path, &options),
        }
    }
}

impl ColumnStats {
    /// Whether some rows hold no number in this column: a missing value or text.
    fn is_bad(&self) -> bool {
        self.missing > 0 || self.texts > 0
    }
}

/// Returns `empty` for an empty field, else its quoted text, such as `"NA"`.
fn found(text: &str) -> String {
    if text.is_empty() { "empty".into() } else { quoted(text) }
}
