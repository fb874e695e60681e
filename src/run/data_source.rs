//! What a builder's sweep learns from: a file, or data from memory.

use super::Builder;
use crate::dataset::Dataset;
use crate::error::{Error, Result, shown};
use crate::study::write_whole;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where data come from.
pub trait DataSource {
    /// Puts them into the builder.
    ///
    /// # Errors
    /// [`Error::Setting`] for data that a sweep can't begin with; [`Error::Io`].
    fn give(self, builder: &mut Builder) -> Result<()>;
}

impl DataSource for &Path {
    fn give(self, builder: &mut Builder) -> Result<()> {
        if builder.kept.take().is_some() {
            // What data from memory brought along.
            builder.options.sweep.positive = None;
        }
        builder.options.sweep.data = Some(self.into());
        builder.named.insert("data");
        Ok(())
    }
}

impl DataSource for &str {
    fn give(self, builder: &mut Builder) -> Result<()> {
        Path::new(self).give(builder)
    }
}

impl DataSource for PathBuf {
    fn give(self, builder: &mut Builder) -> Result<()> {
        self.as_path().give(builder)
    }
}

/// Largest text of data from memory: a study copies no larger file into its folder.
const MOST_TEXT: usize = 64 << 20;

/// Kept as a CSV file until the sweep has run: a study copies it into its folder, so that it can be resumed. Its classes have the names
/// that the data set gives them.
impl DataSource for &Dataset {
    fn give(self, builder: &mut Builder) -> Result<()> {
        let refuse =
            |what: &str| Err(Error::usage(format!("the data set {}", shown(&self.name)), format!("must be {what}")));
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
        path.as_path().give(builder)?;
        builder.kept = Some(folder);
        let sweep = &mut builder.options.sweep;
        (sweep.label, sweep.positive, sweep.no_header) = (None, Some(self.class_names[1].clone()), false);
        Ok(())
    }
}
