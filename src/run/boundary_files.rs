//! Files of a picture of boundaries, and their JSON record.

use super::json_record::{names, write_log};
use crate::analysis::boundary::BoundaryModels;
use crate::analysis::study_model::{SelectionReason, ShownModel};
use crate::error::Result;
use crate::plot::write;
use crate::results::settings_text::cell_name;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

impl BoundaryModels {
    /// Writes `boundary.png`, `boundary.svg` and `boundary.json` into an existing folder; returns their paths.
    ///
    /// # Errors
    /// [`crate::Error::Io`], [`crate::Error::Picture`].
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let (mut files, log) =
            (Vec::from(write(&self.picture(), &folder.join("boundary"))?), folder.join("boundary.json"));
        files.push(log.clone());
        write_log(&log, &self.json(&files))?;
        Ok(files)
    }

    /// Returns the results as JSON; `files` are those that were written.
    pub fn json(&self, files: &[PathBuf]) -> Value {
        json!({
            "version": env!("CARGO_PKG_VERSION"), "settings": self.settings, "engine": self.engine, "same_bits": true,
            "models": self.models.iter().map(|(shown, _)| self.model(shown)).collect::<Vec<_>>(), "files": names(files),
        })
    }

    fn model(&self, shown: &ShownModel) -> Value {
        let (spec, trial) = (&self.spec, &shown.trial);
        let word = shown.reason.map(SelectionReason::word).filter(|word| !word.is_empty());
        json!({ "model": shown.id, "lr": trial.lr(), "seed": trial.seed, "cell": cell_name(spec, shown.cell),
            "class": shown.class(spec).name(), "train_acc": shown.accuracy(spec),
            "diverged_epoch": shown.outcome.diverged, "role": word })
    }
}
