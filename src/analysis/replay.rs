//! Trains one model of a study again, checks that every bit is the study's, and selects what to show of its trajectory.

use super::study_model::{StudyModel, values};
use super::trajectory::{Trajectory, TrajectoryPoint, differences, replay_mismatch, spaced, trace_trajectory};
use crate::engine::{Engine, EngineInfo, ProgressCallback};
use crate::error::{Error, Result};
use crate::results::{StudySpec, settings_text};
use crate::statistics::Measure;
use crate::statistics::number_format::baseline_words;

/// Maximum number of epochs that are shown side by side.
pub const MOST_SHOWN_EPOCHS: usize = 9;

/// What to look at in a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayOptions {
    /// Epochs to show, 1 to [`MOST_SHOWN_EPOCHS`]; `None`: 0, the last one and some between.
    pub at: Option<Vec<u32>>,
    /// Approximate number of epochs at which parameters, gradient norm and sharpness are computed, at least 2: half of
    /// them evenly spaced, half geometrically. The model is trained up to each of them.
    pub snapshots: u32,
}

impl Default for ReplayOptions {
    fn default() -> Self {
        Self { at: None, snapshots: 100 }
    }
}

impl ReplayOptions {
    /// Returns the epochs to show: the given ones; else the first, the last, and some between, each three times the one
    /// before.
    fn shown(&self, epochs: u32) -> Result<Vec<u32>> {
        let usual = || vec![0, epochs / 81, epochs / 27, epochs / 9, epochs / 3, epochs];
        let mut shown = self.at.clone().unwrap_or_else(usual);
        if let Some(beyond) = shown.iter().find(|epoch| **epoch > epochs) {
            return Err(Error::setting("--at", beyond, format!("a list of epochs from 0 to {epochs}")));
        }
        shown.sort_unstable();
        shown.dedup();
        match shown.len() {
            1..=MOST_SHOWN_EPOCHS => Ok(shown),
            n => {
                let allowed = format!("a list of 1 to {MOST_SHOWN_EPOCHS} epochs");
                Err(Error::setting("--at", format!("{n} epochs"), allowed))
            }
        }
    }
}

/// A model trained again, bit for bit as in the study.
#[derive(Debug, Clone)]
pub struct ModelReplay {
    /// The model in the study.
    pub model: StudyModel,
    /// Engine that trained it again.
    pub engine: EngineInfo,
    /// Losses, parameters, gradient norm and sharpness by epoch.
    pub trajectory: Trajectory,
    /// Epochs to show, ascending.
    pub shown_epochs: Vec<u32>,
    /// Settings such as `learning rate 0.0238 · seed 3 · qwerties · 2-1-1 ReLU · 200 points · 1000 epochs`.
    pub settings: String,
    /// What is measured of the model.
    pub measure: Measure,
}

impl ModelReplay {
    /// Trains `model` of the study `spec` again on the engine that trained it.
    ///
    /// # Errors
    /// [`Error::Setting`] for epochs beyond the last; as for [`trace_trajectory`]; [`Error::Device`] if any bit
    /// differs from the study; [`Error::Stopped`] by the callback.
    pub fn of(
        engine: &mut dyn Engine,
        spec: &StudySpec,
        model: StudyModel,
        options: &ReplayOptions,
        callback: &mut ProgressCallback<'_>,
    ) -> Result<Self> {
        let (job, trial) = (&model.job, &model.trial);
        let shown_epochs = options.shown(job.epochs)?;
        let wanted = [spaced(job.epochs, options.snapshots), shown_epochs.clone()].concat();
        let trajectory = trace_trajectory(engine, job, trial.index, &wanted, callback)?;
        let cell_spec = &spec.cells[model.cell];
        if let Some(first) = differences(&model.kept, &cell_spec.record.epochs, &trajectory).first() {
            return Err(replay_mismatch(model.id, first));
        }
        let words = [format!("seed {}", trial.seed), settings_text::model(spec, model.cell, job)];
        let measure = cell_spec.train.measure();
        let baseline = baseline_words(measure, cell_spec.train.baseline());
        let settings =
            values(trial, spec.hyperparameters()).chain(words).chain([baseline]).collect::<Vec<_>>().join(" · ");
        Ok(Self { engine: engine.info().clone(), model, trajectory, shown_epochs, settings, measure })
    }

    /// Returns the states to show: those of the shown epochs, and the end of a diverged model.
    pub fn shown(&self) -> Vec<&TrajectoryPoint> {
        let end = self.trajectory.outcome.diverged;
        let is_shown = |state: &&TrajectoryPoint| self.shown_epochs.contains(&state.epoch) || Some(state.epoch) == end;
        let mut states: Vec<&TrajectoryPoint> = self.trajectory.states.iter().filter(is_shown).collect();
        if states.len() > MOST_SHOWN_EPOCHS {
            states.remove(MOST_SHOWN_EPOCHS - 1);
        }
        states
    }

    /// Returns training loss and accuracy (a fraction) before an epoch; `None` if they are not finite or not recorded.
    pub fn scores(&self, epoch: u32) -> (Option<f64>, Option<f64>) {
        let trajectory = &self.trajectory;
        let at =
            |curve: &[f64]| curve.get(trajectory.epochs.binary_search(&epoch).ok()?).copied().filter(|v| v.is_finite());
        (at(&trajectory.train_loss), at(&trajectory.train_accuracy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_to_show_are_within_the_training_and_few() {
        let shown = |at: Option<Vec<u32>>, epochs| ReplayOptions { at, ..ReplayOptions::default() }.shown(epochs);
        assert_eq!(shown(None, 1000).unwrap(), [0, 12, 37, 111, 333, 1000]);
        assert_eq!(shown(None, 2).unwrap(), [0, 2]);
        assert_eq!(shown(Some(vec![5, 0, 5]), 5).unwrap(), [0, 5]);
        assert!(shown(Some(vec![6]), 5).unwrap_err().to_string().contains("epochs from 0 to 5, not 6"));
        assert!(shown(Some((0..10).collect()), 90).unwrap_err().to_string().contains("10 epochs"));
        assert!(shown(Some(Vec::new()), 90).is_err());
    }
}
