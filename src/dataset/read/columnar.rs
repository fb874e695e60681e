//! What formats that hold columns have in common.

use super::super::csv_options::MAX_VALUES;
use crate::error::{Error, Result, quoted};
use crate::model::MAX_FEATURES;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Most rows times columns of a file: `--max-rows` takes a sample of them, but all are read.
const MOST_FIELDS: u64 = 1000 * MAX_VALUES as u64;

/// Refuses more columns than a network has inputs.
pub(super) fn check_columns(path: &Path, columns: usize) -> Result<()> {
    if columns <= MAX_FEATURES + 1 {
        return Ok(());
    }
    let what = format!("{columns} columns; there must be a label and up to {MAX_FEATURES} features");
    Err(Error::file(path, what))
}

/// Returns what is wrong with so many rows, if anything is.
pub(super) fn check_rows(rows: u64, columns: usize) -> Result<(), String> {
    if rows.saturating_mul(columns.max(1) as u64) <= MOST_FIELDS {
        return Ok(());
    }
    Err(format!("{rows} rows of {columns} columns; there may be {MOST_FIELDS} values"))
}

/// The error of a column whose values are neither numbers nor words: `lists or records`.
pub(super) fn unusable(path: &Path, column: &str, holds: &str) -> Error {
    let what = format!("column {} holds {holds}; each value must be a number or a word", quoted(column));
    Error::file(path, what)
}

/// Calls a crate that panics on some damaged files, and returns that as an error.
pub(super) fn guarded<T, E: std::fmt::Display>(work: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| error.to_string().replace('\n', " ")),
        Err(_) => Err("it is damaged".into()),
    }
}
