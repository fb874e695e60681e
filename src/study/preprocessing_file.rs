//! `preprocessing.json`: how the data were prepared, and the networks.

use super::Study;
use super::file_names::PREPROCESSING;
use super::files::write_whole;
use crate::disk;
use crate::error::{Error, Result};
use crate::results::StudyPreprocessing;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Maximum bytes of the file: ten thousand data sets of a hundred features take less.
const MOST_TEXT: u64 = 256 << 20;

impl Study {
    /// Writes `preprocessing.json`; returns its path.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write_preprocessing(&self, preprocessing: &StudyPreprocessing) -> Result<PathBuf> {
        self.lock.check()?;
        let path = self.folder().join(PREPROCESSING);
        write_whole(&path, |file| {
            serde_json::to_writer_pretty(&mut *file, preprocessing)
                .map_err(std::io::Error::from)
                .and_then(|()| writeln!(file))
                .map_err(Error::io(&path, "write"))
        })?;
        Ok(path)
    }
}

/// Reads a `preprocessing.json`.
///
/// # Errors
/// [`Error::File`] if it is no such file.
pub fn read_preprocessing(path: &Path) -> Result<StudyPreprocessing> {
    let allowed = "a preprocessing.json that gpu-sweep wrote";
    let text = disk::text(path, MOST_TEXT, allowed)?;
    serde_json::from_str(&text).map_err(|error| {
        Error::file_at(path, error.line() as u64, error.column() as u64, format!("must be {allowed}: {error}"))
    })
}
