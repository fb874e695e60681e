//! Files of a replay, and its JSON record.

use super::json_record::{names, write_log};
use crate::analysis::replay::ModelReplay;
use crate::analysis::trajectory::TrajectoryPoint;
use crate::error::Result;
use crate::plot::{Picture, write_all};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

impl ModelReplay {
    /// Writes `trajectory.npz`, pictures and `replay.json` into an existing folder; returns their paths.
    ///
    /// # Errors
    /// [`crate::Error::Io`], [`crate::Error::Picture`].
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let (arrays, log) = (folder.join("trajectory.npz"), folder.join("replay.json"));
        self.trajectory.write(&arrays, self.measure)?;
        let (trajectory, boundaries) = (self.trajectory_picture(), self.boundaries_picture());
        let boundaries = boundaries.as_ref().map(|picture| picture as &dyn Picture);
        let pictures: Vec<&dyn Picture> = std::iter::once(&trajectory as _).chain(boundaries).collect();
        let drawn = write_all(&pictures, folder)?;
        let files = [vec![arrays], drawn, vec![log.clone()]].concat();
        write_log(&log, &self.json(&files))?;
        Ok(files)
    }

    /// Returns the results as JSON; `files` are those that were written.
    pub fn json(&self, files: &[PathBuf]) -> Value {
        let measure = format!("train_{}", self.measure.column());
        let row = |state: &&TrajectoryPoint| {
            let (loss, accuracy) = self.scores(state.epoch);
            let sharpness = state.sharpness.map(|s| s.value);
            json!({ "epoch": state.epoch, "train_loss": loss, measure.clone(): accuracy, "lr": state.lr,
                "gradient_norm": state.gradient_norm, "sharpness": sharpness })
        };
        let (model, outcome) = (&self.model, &self.trajectory.outcome);
        json!({
            "model": model.id, "lr": model.trial.lr(), "seed": model.trial.seed, "settings": self.settings,
            "version": env!("CARGO_PKG_VERSION"), "engine": self.engine, "mapping": model.job.mapping,
            "same_bits": true, "epochs": model.job.epochs, "diverged_epoch": outcome.diverged,
            "train_loss": outcome.train.map(|score| score.loss),
            "train_correct": outcome.train.filter(|score| score.errors.is_none()).map(|score| score.correct),
            "train_squared_error": outcome.train.and_then(|score| score.errors).map(|errors| errors.squared),
            "states": self.shown().iter().map(row).collect::<Vec<_>>(), "files": names(files),
        })
    }
}
