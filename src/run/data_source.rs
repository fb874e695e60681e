//! Data sources of a builder: a file, or a data set in memory.

use super::Builder;
use crate::dataset::Dataset;
use crate::error::{Error, Result, quoted};
use crate::study::write_whole;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A source of training data.
pub trait DataSource {
    /// Sets the builder's data.
    ///
    /// # Errors
    /// [`Error::Usage`] for data that a sweep can't use; [`Error::Io`] if they can't be written as a file.
    fn apply_to(self, builder: &mut Builder) -> Result<()>;
}

impl DataSource for &Path {
    fn apply_to(self, builder: &mut Builder) -> Result<()> {
        if builder.data_folder.take().is_some() {
            // Set by the previous in-memory data set.
            builder.options.sweep.positive = None;
        }
        builder.options.sweep.data = Some(self.into());
        builder.named.insert("data");
        Ok(())
    }
}

impl DataSource for &str {
    fn apply_to(self, builder: &mut Builder) -> Result<()> {
        Path::new(self).apply_to(builder)
    }
}

impl DataSource for PathBuf {
    fn apply_to(self, builder: &mut Builder) -> Result<()> {
        self.as_path().apply_to(builder)
    }
}

/// Maximum size in bytes of an in-memory data set as CSV: a study copies no larger file into its folder.
const MOST_TEXT: usize = 64 << 20;

/// Written to a temporary CSV file until the sweep has run: a study copies the file into its folder, so that it can
/// resume. The class names are those of the data set.
impl DataSource for &Dataset {
    fn apply_to(self, builder: &mut Builder) -> Result<()> {
        let refuse =
            |what: &str| Err(Error::usage(format!("the data set {}", quoted(&self.name)), format!("must be {what}")));
        if self.train.targets.is_some() {
            return refuse("one with classes as labels; random is made by --dataset random");
        }
        if self.sets().count() > 1 || self.scaling.is_some() {
            return refuse("one that is not yet split or standardised");
        }
        if Path::new(&self.name).file_name() != Some(self.name.as_ref()) || self.name.contains(['\0', '\\']) {
            return refuse("one with a name that a file may have");
        }
        let text = self.to_csv();
        if text.len() > MOST_TEXT {
            return refuse("one of up to 64 MB as CSV; name a file for a larger one");
        }
        let folder = tempfile::tempdir().map_err(Error::io(&std::env::temp_dir(), "write"))?;
        let path = folder.path().join(format!("{}.csv", self.name));
        write_whole(&path, |file| file.write_all(text.as_bytes()).map_err(Error::io(&path, "write")))?;
        path.as_path().apply_to(builder)?;
        builder.data_folder = Some(folder);
        let sweep = &mut builder.options.sweep;
        (sweep.label, sweep.positive, sweep.no_header) = (None, Some(self.class_names[1].clone()), false);
        Ok(())
    }
}
