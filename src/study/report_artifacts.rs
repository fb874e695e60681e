//! What the report asks of a results folder beyond its numbers: texts and pictures that lie in it, read with bounds and
//! never through a link, which might lead to anything of the reader's; and the places of
//! what is drawn.

use super::file_names::{PICTURES, REPRESENTATIVES, SWEEP};
use super::files::{create, write_lightly};
use super::{Study, run_record};
use crate::disk;
use crate::error::{Error, Result};
use crate::npz::Npz;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The page.
pub(super) const REPORT: &str = "report.html";
/// Largest picture: twenty thousand dots and curves of thousands of models take a few megabytes.
const MOST_PICTURE: u64 = 32 << 20;
/// Longest settings.
const MOST_SETTINGS: u64 = 4 << 20;

impl Study {
    /// `sweep.toml` as it lies there, paths in it relative to the folder.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn settings_text(&self) -> Result<String> {
        own_text(&self.folder().join(SWEEP), MOST_SETTINGS, "the settings of a results folder")
    }

    /// The runs in `run.json`, oldest first; none where it can't be read.
    pub fn runs(&self) -> Vec<Value> {
        let text = own_text(&self.folder().join(run_record::FILE), run_record::MOST_TEXT, "").unwrap_or_default();
        run_record::all(&text)
    }

    /// The folder for pictures, made if need be.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn pictures(&self) -> Result<PathBuf> {
        self.lock.check()?;
        let folder = self.folder().join(PICTURES);
        create(&folder)?;
        Ok(folder)
    }

    /// Where the weights of a few models go, and whether they are there.
    ///
    /// # Errors
    /// [`Error::Folder`] where the folder is another one by now.
    pub fn representatives(&self) -> Result<(PathBuf, bool)> {
        self.lock.check()?;
        let path = self.folder().join(REPRESENTATIVES);
        // A link, or something else of that name, is written anew.
        let there = path.symlink_metadata().is_ok_and(|found| found.is_file());
        let sound = there && Npz::open(&path).is_ok_and(|npz| npz.contains("model_id"));
        Ok((path, sound))
    }

    /// The picture of this name as SVG; None where there is none.
    ///
    /// # Errors
    /// [`Error::File`] for a link, a pipe, or what is too large.
    pub fn picture(&self, name: &str) -> Result<Option<String>> {
        let path = self.folder().join(PICTURES).join(format!("{name}.svg"));
        match path.symlink_metadata() {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            _ => own_text(&path, MOST_PICTURE, "a picture of gpu-sweep").map(Some),
        }
    }

    /// Writes `report.html`. It is not forced onto the disk: `gpu-sweep report` makes it again.
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

/// A text of the folder's own.
fn own_text(path: &Path, most: u64, allowed: &str) -> Result<String> {
    if disk::is_strange(path) {
        return Err(Error::file_is(path, "a link or a device", allowed));
    }
    disk::text(path, most, allowed)
}
