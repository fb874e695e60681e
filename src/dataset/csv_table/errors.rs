//! Errors about a table, with their place in it.

use super::CsvTable;
use crate::error::{Error, listed};
use std::io::Read;

/// Maximum number of column names in a message.
const NAMES_LISTED: usize = 40;

impl<R: Read> CsvTable<R> {
    /// Returns an error about column `n` of this row.
    pub fn refuse(&self, n: usize, what: impl Into<String>) -> Error {
        Error::file_at(&self.path, self.line(n), n as u64 + 1, what)
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
