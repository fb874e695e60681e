//! Texts and pictures in a results folder that the report includes, and the paths of its output. Reads are limited in
//! size and never follow links, which could point at any file of the user.

use super::file_names::{PICTURES, REPORT, REPRESENTATIVES, SWEEP};
use super::files::{create, write_lightly};
use super::{Study, run_record};
use crate::disk;
use crate::error::{Error, Result};
use crate::npz::Npz;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Maximum bytes of a picture: twenty thousand dots and curves of thousands of models take a few megabytes.
const MOST_PICTURE: u64 = 32 << 20;
/// Maximum bytes of the settings.
const MOST_SETTINGS: u64 = 4 << 20;

impl Study {
    /// Reads `sweep.toml` unchanged, with paths relative to the folder.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn settings_text(&self) -> Result<String> {
        own_text(&self.folder().join(SWEEP), MOST_SETTINGS, "the settings of a results folder")
    }

    /// Reads the runs in `run.json`, oldest first; none if it can't be read.
    pub fn runs(&self) -> Vec<Value> {
        let text = own_text(&self.folder().join(run_record::FILE), run_record::MOST_TEXT, "").unwrap_or_default();
        run_record::all(&text)
    }

    /// Returns the folder of pictures, and creates it if necessary.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn pictures(&self) -> Result<PathBuf> {
        self.lock.check()?;
        let folder = self.folder().join(PICTURES);
        create(&folder)?;
        Ok(folder)
    }

    /// Returns the path of the representative models' weights, and whether a sound file is there.
    ///
    /// # Errors
    /// [`Error::Io`] if the folder was replaced.
    pub fn representatives(&self) -> Result<(PathBuf, bool)> {
        self.lock.check()?;
        let path = self.folder().join(REPRESENTATIVES);
        // A link, or anything else of that name but a file, is replaced.
        let there = path.symlink_metadata().is_ok_and(|found| found.is_file());
        let sound = there && Npz::open(&path).is_ok_and(|npz| npz.contains("model_id"));
        Ok((path, sound))
    }

    /// Reads the SVG picture of this name; None if there is none.
    ///
    /// # Errors
    /// [`Error::File`] for a link, a pipe, or a file that is too large.
    pub fn picture(&self, name: &str) -> Result<Option<String>> {
        let path = self.folder().join(PICTURES).join(format!("{name}.svg"));
        match path.symlink_metadata() {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            _ => own_text(&path, MOST_PICTURE, "a picture of gpu-sweep").map(Some),
        }
    }

    /// Writes `report.html` without flushing it to the disk: `gpu-sweep report` can write it again.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write_report(&self, page: &str) -> Result<PathBuf> {
        let path = self.folder().join(REPORT);
        write_lightly(&path, page)?;
        Ok(path)
    }

    /// Whether there is a `report.html`.
    pub fn has_report(&self) -> bool {
        self.folder().join(REPORT).is_file()
    }
}

/// Reads a text, but not through a link.
fn own_text(path: &Path, most: u64, allowed: &str) -> Result<String> {
    if disk::is_special(path) {
        return Err(Error::file_is(path, "a link or a device", allowed));
    }
    disk::text(path, most, allowed)
}
