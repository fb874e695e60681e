//! JSON record of a command's results.

use crate::error::{Error, Result};
use crate::study::write_whole;
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes the record, atomically.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn write_log(path: &Path, object: &Value) -> Result<()> {
    let text = format!("{object:#}\n");
    write_whole(path, |file| file.write_all(text.as_bytes()).map_err(Error::io(path, "write")))
}

/// Returns the paths as a record lists them.
pub(super) fn names(files: &[PathBuf]) -> Vec<String> {
    files.iter().map(|file| file.display().to_string()).collect()
}
