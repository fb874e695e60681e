//! A CSV file with a header, row by row. Every complaint about it is made here, in one voice: the file, the line, and
//! as the column the field's number from 1, with its header name in the text.

use super::cell::meant;
use super::fields::{Problem, Record, Records};
use crate::disk;
use crate::error::{Error, Result, listed, shown};
use crate::model::MAX_FEATURES;
use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest magnitude of a number in a table: f32 engines hold it, and its square is far from overflow in f64.
pub const MAX_NUMBER: f64 = 1e30;
/// Column names listed in a message.
const NAMES_LISTED: usize = 40;
const ALLOWED: &str = "a CSV file in UTF-8 with a header line and rows of data";

/// A table being read.
pub struct Table<R = File> {
    path: PathBuf,
    records: Records<R>,
    record: Record,
    /// Line of the header.
    header_line: u64,
    columns: Vec<String>,
}

impl Table {
    /// Opens a CSV file and reads its header.
    ///
    /// # Errors
    /// [`Error::File`] where the file can't be read, is empty, or has a header with an empty or doubled name.
    pub fn open(path: &Path) -> Result<Self> {
        Self::new(path, disk::open(path, ALLOWED)?)
    }
}

impl<R: Read> Table<R> {
    /// As [`Table::open`], from bytes that are said to be the file at `path`.
    ///
    /// # Errors
    /// As for [`Table::open`].
    pub fn new(path: &Path, input: R) -> Result<Self> {
        let records = Records::new(input, MAX_FEATURES + 1).map_err(Error::io(path, "read"))?;
        let mut table = Self { path: path.into(), records, record: Record::default(), header_line: 1, columns: vec![] };
        if !table.advance()? {
            return Err(Error::file_at(path, 1, 1, "is empty", ALLOWED));
        }
        table.header_line = table.record.line(0);
        table.columns = (0..table.record.len()).map(|n| table.name(n)).collect::<Result<_>>()?;
        let mut seen = HashSet::new();
        if let Some(n) = table.columns.iter().position(|name| !seen.insert(name.clone())) {
            let what = format!("column name {} for the second time", shown(&table.columns[n]));
            return Err(table.refuse(n, what, "a name of its own for each column"));
        }
        table.records.limit(table.columns.len());
        Ok(table)
    }

    /// Name `n` of the header.
    fn name(&self, n: usize) -> Result<String> {
        match self.text(n)? {
            "" => Err(self.refuse(n, "a column without a name", "a name for each column; no unnamed row numbers")),
            name => Ok(name.to_owned()),
        }
    }

    /// The header's names, trimmed; all different, none empty.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// SHA-256 of the file's bytes, once there are no more rows.
    pub fn hash(&self) -> String {
        self.records.hash()
    }

    /// Goes to the next row; false where there is none.
    ///
    /// # Errors
    /// [`Error::File`] for a row with more or fewer fields than the header, a field beyond 1 MiB, a row beyond 4 MiB and wrong quotes.
    pub fn next_row(&mut self) -> Result<bool> {
        if !self.advance()? {
            return Ok(false);
        }
        let (fields, expected) = (self.record.len(), self.columns.len());
        if fields == expected {
            return Ok(true);
        }
        let allowed = format!("{}, as in the header", count(expected, "field"));
        let what = format!("the row ends after {}", count(fields, "field"));
        Err(Error::file_at(&self.path, self.record.line(fields - 1), fields as u64 + 1, what, allowed))
    }

    fn advance(&mut self) -> Result<bool> {
        let refuse = |line, column, what, allowed| Error::file_at(&self.path, line, column, what, allowed);
        self.records.next(&mut self.record).map_err(|problem| match problem {
            Problem::Io(source) => Error::io(&self.path, "read")(source),
            Problem::Field { line, column, what, allowed } => refuse(line, column, what.into(), allowed.into()),
            Problem::TooMany { line } if self.columns.is_empty() => {
                let allowed = format!("a label and up to {MAX_FEATURES} features");
                refuse(line, MAX_FEATURES as u64 + 2, format!("more than {} columns", MAX_FEATURES + 1), allowed)
            }
            Problem::TooMany { line } => {
                let fields = count(self.columns.len(), "field");
                let what = format!("the row goes on after {fields}");
                refuse(line, self.columns.len() as u64 + 1, what, format!("{fields}, as in the header"))
            }
        })
    }

    /// The text in column `n` of this row, trimmed, without the apostrophe of [`super::text_cell`].
    ///
    /// # Errors
    /// [`Error::File`] where it is no UTF-8.
    pub fn text(&self, n: usize) -> Result<&str> {
        let text = std::str::from_utf8(self.record.bytes(n));
        text.map(|text| meant(text.trim())).map_err(|_| self.refuse(n, "bytes that are no UTF-8", "text in UTF-8"))
    }

    /// The number in column `n` of this row.
    ///
    /// # Errors
    /// [`Error::File`] where there is none, or none that is finite and at most [`MAX_NUMBER`] in magnitude.
    pub fn number(&self, n: usize) -> Result<f64> {
        let text = self.text(n)?;
        match text.parse::<f64>() {
            Ok(number) if number.abs() <= MAX_NUMBER => Ok(number),
            _ => {
                let what = if text.is_empty() { "is empty".into() } else { format!("is {}", shown(text)) };
                let allowed = "a finite number, at most 1e30 in magnitude";
                Err(self.refuse(n, format!("{} {what}", shown(&self.columns[n])), allowed))
            }
        }
    }

    /// The line in which column `n` of this row starts, from 1.
    pub fn line(&self, n: usize) -> u64 {
        self.record.line(n)
    }

    /// A complaint about column `n` of this row.
    pub fn refuse(&self, n: usize, what: impl Into<String>, allowed: impl Into<String>) -> Error {
        Error::file_at(&self.path, self.record.line(n), n as u64 + 1, what, allowed)
    }

    /// A complaint about the header as a whole.
    pub fn refuse_header(&self, what: impl Into<String>, allowed: impl Into<String>) -> Error {
        Error::file_at(&self.path, self.header_line, 0, what, allowed)
    }

    /// A complaint about all of a column: its place is its name in the header.
    pub fn refuse_column(&self, name: &str, what: impl Into<String>, allowed: impl Into<String>) -> Error {
        let column = self.columns.iter().position(|column| column == name).map_or(0, |n| n as u64 + 1);
        Error::file_at(&self.path, self.header_line, column, what, allowed)
    }

    /// The complaint that there is only a header, where the first row is due.
    pub fn refuse_no_rows(&self, allowed: impl Into<String>) -> Error {
        Error::file_at(&self.path, self.header_line + 1, 1, "no rows of data", allowed)
    }

    /// The header's names for a message.
    pub fn listed_columns(&self) -> String {
        listed(self.columns.iter().map(String::as_str), NAMES_LISTED)
    }
}

/// `1 field`, `2 fields`.
fn count(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}
