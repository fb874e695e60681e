//! Reads a CSV file with a header, row by row, and builds all errors about it in one format: file, line and column (the
//! field's number from 1), with the column's header name in the text.

use super::conversion_hints::{pandas, read_csv};
use super::csv_escape::meant;
use super::csv_records::{CsvRecord, CsvRecords, RecordError};
use super::delimiter::{OtherDelimiter, other_than_comma};
use super::foreign_format::{ForeignFormat, recognize};
use crate::error::{Error, Result, listed, quoted};
use crate::model::MAX_FEATURES;
use crate::plural::plural;
use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Maximum magnitude of a number in a table: f32 can hold it, and its square is far from overflow in f64.
pub const MAX_NUMBER: f64 = 1e30;
/// Maximum number of column names in a message.
const NAMES_LISTED: usize = 40;
/// Description of a valid file, for messages.
pub(super) const ALLOWED: &str = "a CSV file in UTF-8 with a header line and rows of data";

/// A CSV table being read.
pub struct CsvTable<R> {
    path: PathBuf,
    records: CsvRecords<R>,
    record: CsvRecord,
    /// Line of the header, or of the first row if there is no header.
    header_line: u64,
    columns: Vec<String>,
    /// Whether `record` already holds the first row, which was read to count the columns.
    read_ahead: bool,
}

impl<R: Read> CsvTable<R> {
    /// Reads the header of a CSV file from `input`; `path` is for messages.
    ///
    /// # Errors
    /// [`Error::File`] if the file can't be read, is empty or not CSV, or has an empty or duplicate column name.
    pub fn new(path: &Path, input: R) -> Result<Self> {
        let mut table = Self::begin(path, input)?;
        table.take_names()?;
        table.check_names()?;
        Ok(table)
    }

    /// Uses the first record as the header.
    pub(super) fn take_names(&mut self) -> Result<()> {
        self.columns = (0..self.record.len()).map(|n| self.name(n)).collect::<Result<_>>()?;
        self.records.limit(self.columns.len());
        Ok(())
    }

    /// Rejects a header with a duplicate name.
    pub(super) fn check_names(&self) -> Result<()> {
        let mut seen = HashSet::new();
        match self.columns.iter().position(|name| !seen.insert(name)) {
            Some(n) => {
                let name = quoted(&self.columns[n]);
                Err(self.refuse(n, format!("column name {name} for the second time; each column must have its own")))
            }
            None => Ok(()),
        }
    }

    /// Uses the first record as the first row; columns are named `x1`, `x2`, ...
    pub(super) fn number_columns(&mut self) {
        self.columns = (1..=self.record.len()).map(|n| format!("x{n}")).collect();
        self.records.limit(self.columns.len());
        self.read_ahead = true;
    }

    /// Rejects other formats and reads the first record; the caller decides whether it is a header or a row.
    pub(super) fn begin(path: &Path, input: R) -> Result<Self> {
        let mut records = CsvRecords::new(input, MAX_FEATURES + 1).map_err(Error::io(path, "read"))?;
        let start = records.start().map_err(Error::io(path, "read"))?;
        if let Some(ForeignFormat { what, way_on }) = recognize(path, start) {
            return Err(Error::file_is(path, &format!("{what}; to make one: {way_on}"), ALLOWED));
        }
        if let Some(OtherDelimiter { what, way_on }) = other_than_comma(path, start) {
            let allowed = "commas between columns, and points in numbers";
            return Err(Error::file_at(path, 1, 0, format!("must have {allowed}, not {what}; to make them: {way_on}")));
        }
        let (record, columns) = (CsvRecord::default(), Vec::new());
        let mut table = Self { path: path.into(), records, record, header_line: 1, columns, read_ahead: false };
        if !table.advance()? {
            return Err(Error::file_at(path, 1, 1, format!("must be {ALLOWED}, but is empty")));
        }
        table.header_line = table.record.line(0);
        Ok(table)
    }

    /// Returns name `n` of the header; an empty one is an error.
    fn name(&self, n: usize) -> Result<String> {
        match self.text(n)? {
            "" => {
                let without = |why: &str, read: String, steps: &[String]| {
                    format!("; {why}: {}", pandas(&read, steps, "named.csv"))
                };
                let last = format!("t.iloc[:, :{n}]");
                let way_on = match n {
                    0 => without("without the row numbers", read_csv(&self.path, &["index_col=0".into()]), &[]),
                    n if n + 1 == self.record.len() => {
                        without("without the empty last column", read_csv(&self.path, &[]), &[last])
                    }
                    _ => String::new(),
                };
                Err(self.refuse(n, format!("a column without a name; each must have one{way_on}")))
            }
            name => Ok(name.to_owned()),
        }
    }

    /// Returns the column names: trimmed, distinct, not empty.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Returns the SHA-256 of the file's bytes; call it after the last row.
    pub fn hash(&self) -> String {
        self.records.hash()
    }

    /// Advances to the next row; returns false if there is none.
    ///
    /// # Errors
    /// [`Error::File`] for a row with more or fewer fields than the header, a field beyond 1 MiB, a row beyond 4 MiB,
    /// or malformed quotes.
    pub fn next_row(&mut self) -> Result<bool> {
        if !std::mem::take(&mut self.read_ahead) && !self.advance()? {
            return Ok(false);
        }
        let (fields, expected) = (self.record.len(), self.columns.len());
        if fields == expected {
            return Ok(true);
        }
        let (ends, header) = (plural(fields as u64, "field"), plural(expected as u64, "field"));
        let what = format!("the row ends after {ends}; it must have {header}, as the header");
        Err(Error::file_at(&self.path, self.record.line(fields - 1), fields as u64 + 1, what))
    }

    fn advance(&mut self) -> Result<bool> {
        let refuse = |line, column, what: String| Error::file_at(&self.path, line, column, what);
        let before = (self.record.len() > 0).then(|| self.record.line(0));
        self.records.next(&mut self.record).map_err(|problem| match problem {
            RecordError::Io(source) => Error::io(&self.path, "read")(source),
            RecordError::Field { line, column, what } => refuse(line, column, what.into()),
            RecordError::TooMany { line } if self.columns.is_empty() => {
                let what = format!("more than {} columns", MAX_FEATURES + 1);
                let what = format!("{what}; there must be a label and up to {MAX_FEATURES} features");
                refuse(line, MAX_FEATURES as u64 + 2, what)
            }
            RecordError::TooMany { line } => {
                let fields = plural(self.columns.len() as u64, "field");
                let what = format!("the row goes on after {fields}; it must have as many as the header");
                let first = before == Some(self.header_line);
                let command = || pandas(&read_csv(&self.path, &["index_col=0".into()]), &[], "named.csv");
                let way_on = match first {
                    true => format!("; if the first column holds the names of the rows, without them: {}", command()),
                    false => String::new(),
                };
                refuse(line, self.columns.len() as u64 + 1, what + &way_on)
            }
        })
    }

    /// Returns the text in column `n` of this row, trimmed and without the apostrophe of [`super::text_cell`].
    ///
    /// # Errors
    /// [`Error::File`] if it is not UTF-8.
    pub fn text(&self, n: usize) -> Result<&str> {
        let text = std::str::from_utf8(self.record.bytes(n));
        text.map(|text| meant(text.trim())).map_err(|_| self.refuse(n, "must be text in UTF-8, not other bytes"))
    }

    /// Returns the line in which column `n` of this row starts, from 1.
    pub fn line(&self, n: usize) -> u64 {
        self.record.line(n)
    }

    /// Returns an error about column `n` of this row.
    pub fn refuse(&self, n: usize, what: impl Into<String>) -> Error {
        Error::file_at(&self.path, self.record.line(n), n as u64 + 1, what)
    }

    /// Returns an error about the whole header.
    pub fn refuse_header(&self, what: impl Into<String>) -> Error {
        Error::file_at(&self.path, self.header_line, 0, what)
    }

    /// Returns an error about a whole column, positioned at its name in the header.
    pub fn refuse_column(&self, name: &str, what: impl Into<String>) -> Error {
        let column = self.columns.iter().position(|column| column == name).map_or(0, |n| n as u64 + 1);
        Error::file_at(&self.path, self.header_line, column, what)
    }

    /// Returns the error for a table with only a header, positioned at the line after it.
    pub fn refuse_no_rows(&self, allowed: &str) -> Error {
        Error::file_at(&self.path, self.header_line + 1, 1, format!("no rows of data; there must be {allowed}"))
    }

    /// Returns the column names for a message.
    pub fn listed_columns(&self) -> String {
        listed(self.columns.iter().map(String::as_str), NAMES_LISTED)
    }
}
