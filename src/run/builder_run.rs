//! A builder's runs into a folder, and its settings from a file.

use super::{Observer, RunOutcome, Session};
use crate::builder::Builder;
use crate::error::{Error, Result};
use crate::study::{read_config, write_whole};
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

/// Maximum size in bytes of an in-memory data set as CSV: a study copies no larger file into its folder.
const MOST_TEXT: usize = 64 << 20;

impl Builder {
    /// Replaces all settings by those of a `sweep.toml`.
    pub fn config(self, path: impl AsRef<Path>) -> Self {
        self.try_with(|builder| {
            builder.based_on(read_config(path.as_ref())?, None);
            Ok(())
        })
    }

    /// Trains, and writes tables, pictures and the report into the folder. An interrupted run with the same settings
    /// resumes.
    ///
    /// # Errors
    /// As for [`crate::builder::RunOptions::run`].
    pub fn run(self) -> Result<(Session, RunOutcome)> {
        self.run_observed(&())
    }

    /// Like [`Builder::run`], and reports progress to `observer`.
    ///
    /// # Errors
    /// As for [`crate::builder::RunOptions::run`].
    pub fn run_observed(mut self, observer: &dyn Observer) -> Result<(Session, RunOutcome)> {
        let _until_the_end = self.write_data()?;
        // There is no command line.
        self.checked_options()?.run(Vec::new(), observer)
    }

    /// Writes data in memory as a file until the sweep has run: the study copies it into its folder, so that it can
    /// resume.
    fn write_data(&mut self) -> Result<Option<TempDir>> {
        let Some(data) = self.memory.take() else { return Ok(None) };
        let text = data.to_csv();
        if text.len() > MOST_TEXT {
            let what = "must be one of up to 64 MB as CSV; name a file for a larger one";
            return Err(Error::usage(format!("the data set {:?}", data.name), what));
        }
        let folder = tempfile::tempdir().map_err(Error::io(&std::env::temp_dir(), "write"))?;
        let path = folder.path().join(format!("{}.csv", data.name));
        write_whole(&path, |file| file.write_all(text.as_bytes()).map_err(Error::io(&path, "write")))?;
        self.options.sweep.data = Some(path);
        Ok(Some(folder))
    }
}
