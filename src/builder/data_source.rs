//! Data sources of a builder: a file, or a data set in memory.

use super::Builder;
use crate::dataset::{Dataset, Targets, Task};
use crate::error::{Error, Result, quoted};
use crate::sweep::{ColumnNames, Setting, Sweep};
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
        if builder.memory.take().is_some() {
            // Set by the previous in-memory data set.
            let sweep = &mut builder.options.sweep;
            (sweep.positive, sweep.target, sweep.task) = (None, None, None);
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

/// Data in memory; the sweep names them as a file of that name. The class names are those of the data set. Constant
/// features are left out, as of a file.
impl DataSource for &Dataset {
    fn apply_to(self, builder: &mut Builder) -> Result<()> {
        let refuse =
            |what: &str| Err(Error::usage(format!("the data set {}", quoted(&self.name)), format!("must be {what}")));
        if matches!(self.train.targets, Targets::Thresholded(_)) {
            return refuse("one with classes or numbers as targets; random is made by --dataset random");
        }
        if self.sets().count() > 1 || self.scaling.is_some() {
            return refuse("one that is not yet split or standardised");
        }
        if Path::new(&self.name).file_name() != Some(self.name.as_ref()) || self.name.contains(['\0', '\\']) {
            return refuse("one with a name that a file may have");
        }
        Path::new(&format!("{}.csv", self.name)).apply_to(builder)?;
        builder.memory = Some(self.clone().without_constants());
        let sweep = &mut builder.options.sweep;
        // As the data are read again from a file.
        (sweep.label, sweep.target, sweep.task, sweep.positive) = (None, None, None, None);
        match &self.train.targets {
            Targets::Binary(_) | Targets::Thresholded(_) => sweep.positive = Some(self.class_names[1].clone()),
            Targets::Classes { .. } => sweep.task = Some(Task::Classes),
            Targets::Real { .. } => {
                sweep.task = Some(Task::Regression);
                sweep.target = Some(ColumnNames(self.target_names.join(",")));
            }
        }
        // Settings of a table in a file.
        let plain = Sweep::default();
        let of_files =
            ["no_header", "delimiter", "features", "drop", "categorical", "missing", "max_rows", "split_column"];
        of_files.into_iter().filter_map(Setting::named).for_each(|setting| setting.copy(&plain, sweep));
        Ok(())
    }
}
