//! Files of a landscape, and its JSON record.

use super::json_record::{names, write_log};
use crate::analysis::hessian::{self, FLAT};
use crate::analysis::landscape::{Directions, LandscapePanel};
use crate::analysis::model_landscape::ModelLandscape;
use crate::error::Result;
use crate::plot::write_all;
use crate::statistics::OutcomeClass;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

impl ModelLandscape {
    /// Writes `landscape.npz`, `hessian.csv` (for small networks), pictures and `landscape.json` into an existing
    /// folder; returns their paths.
    ///
    /// # Errors
    /// [`crate::Error::Io`], [`crate::Error::Picture`].
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let arrays = folder.join("landscape.npz");
        self.survey.write(&arrays, self.first, &self.epochs)?;
        let mut files = vec![arrays];
        if !self.curvatures.is_empty() {
            files.push(folder.join("hessian.csv"));
            hessian::write(&files[1], self.first, self.model.job.shape.parameters(), &self.curvatures)?;
        }
        files.extend(write_all(&[&self.picture()], folder)?);
        let log = folder.join("landscape.json");
        files.push(log.clone());
        write_log(&log, &self.json(&files))?;
        Ok(files)
    }

    /// Returns the results as JSON; `files` are those that were written.
    pub fn json(&self, files: &[PathBuf]) -> Value {
        let directions = match &self.directions {
            Directions::Filter { seed } => json!({ "kind": "filter", "seed": seed }),
            Directions::Params(names) => json!({ "kind": "params", "names": names.0 }),
            Directions::Pca => json!({ "kind": "pca" }),
        };
        let (model, survey) = (&self.model, &self.survey);
        json!({
            "model": model.id, "lr": model.trial.lr(), "seed": model.trial.seed, "settings": self.settings,
            "version": env!("CARGO_PKG_VERSION"), "engine": self.engine, "mapping": model.job.mapping,
            "same_end": true, "directions": directions, "snapshots": self.epochs,
            "networks": survey.networks, "points": model.job.data.train.len(), "seconds": survey.seconds,
            "panels": survey.panels.iter().map(|panel| self.panel(panel)).collect::<Vec<_>>(),
            "hessian": { "success": self.spectrum(true), "failure": self.spectrum(false), "flat_below": FLAT },
            "files": names(files),
        })
    }

    fn panel(&self, panel: &LandscapePanel) -> Value {
        let own = &panel.seed_paths[0];
        let view = panel.view.as_ref().map(|view| {
            let land = &view.landscape;
            let [least, median] = panel.least_and_median_loss();
            let missing = land.losses.iter().filter(|loss| !loss.is_finite()).count();
            json!({ "a": land.a, "b": land.b, "grid": land.n, "least_loss": least, "median_loss": median,
                "not_finite": missing, "shares": view.shares })
        });
        let ended = |class| panel.ended(class);
        json!({
            "lr": panel.lr, "model": self.first + own.path.index, "class": own.class.name(),
            "train_loss": own.path.outcome.train.map(|score| score.loss), "paths": panel.seed_paths.len(),
            "successes": ended(OutcomeClass::Success), "diverged": ended(OutcomeClass::Diverged), "view": view,
        })
    }
}
