//! Pictures of a replay: the trajectory, and the decision boundaries on the way.

use super::{BoundariesPlot, BoundaryPanel, GridOutputs, Picture, PictureKind, Scene, TrajectoryPlot};
use crate::analysis::replay::ModelReplay;
use crate::analysis::trajectory::TrajectoryPoint;
use crate::engine::reference::Network;
use crate::error::Result;
use crate::parallel::*;
use crate::results::settings_text::axes;

/// Loss, accuracy, gradient norm and sharpness of a replayed model over the epochs.
#[derive(Debug, Clone)]
pub struct ReplayTrajectory<'a> {
    replay: &'a ModelReplay,
    model: String,
}

/// Decision boundaries of a replayed model at the shown epochs.
#[derive(Debug, Clone)]
pub struct ReplayBoundaries<'a> {
    replay: &'a ModelReplay,
    model: String,
    axes: Vec<String>,
    panels: Vec<BoundaryPanel>,
}

impl ModelReplay {
    /// Returns the picture of the trajectory.
    pub fn trajectory_picture(&self) -> ReplayTrajectory<'_> {
        ReplayTrajectory { replay: self, model: self.model.name() }
    }

    /// Computes the picture of the boundaries; `None` unless the network has two features and the targets are classes.
    pub fn boundaries_picture(&self) -> Option<ReplayBoundaries<'_>> {
        let job = &self.model.job;
        if job.shape.lacks_for_boundary(job.data.train.is_regression()).is_some() {
            return None;
        }
        let (grid, loss) = (BoundariesPlot::grid(&job.data.train).points(), job.train_spec.loss);
        let panel = |state: &&TrajectoryPoint| {
            let network = Network::new(&job.shape, &job.train_spec, state.parameters.clone());
            let outputs = GridOutputs::new(loss, (0..grid.len()).map(|n| network.outputs(grid.row(n))));
            BoundaryPanel { epoch: state.epoch, accuracy: self.scores(state.epoch).1, outputs }
        };
        let panels = self.shown().par_iter().map(panel).collect();
        Some(ReplayBoundaries { replay: self, model: self.model.name(), axes: axes(job), panels })
    }
}

impl Picture for ReplayTrajectory<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Trajectory
    }

    fn scene(&self) -> Result<Scene> {
        let ModelReplay { model, trajectory, settings, .. } = self.replay;
        let (loss, measure) = (model.job.train_spec.loss.words(), self.replay.measure);
        TrajectoryPlot { model: &self.model, loss, measure, trajectory, settings }.scene()
    }
}

impl Picture for ReplayBoundaries<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Boundaries
    }

    fn scene(&self) -> Result<Scene> {
        let data = &self.replay.model.job.data;
        let picture = BoundariesPlot {
            model: &self.model,
            points: &data.train,
            features: [0, 1].map(|axis| self.axes.get(axis).map_or("", String::as_str)),
            classes: data.class_names.iter().map(String::as_str).collect(),
            panels: &self.panels,
            settings: &self.replay.settings,
        };
        picture.scene()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::replay::ReplayOptions;
    use crate::engine::cpu::CpuEngine;
    use crate::engine::{ProgressEvent, ignore_progress};
    use crate::{Device, Error, Sweep};
    use std::ops::ControlFlow;

    #[test]
    fn a_model_trained_in_memory_is_the_same_again_and_drawn() {
        let models = Sweep::builder().hidden("3").lr("0.05,0.5").seeds(3).epochs(40).device(Device::Cpu);
        let (results, mut engine) = (models.train().unwrap(), CpuEngine::new().unwrap());
        let options = ReplayOptions { at: Some(vec![0, 7, 40]), snapshots: 4 };
        let replay = |engine: &mut CpuEngine, model, callback: &mut _| {
            ModelReplay::of(engine, &results.spec, model, &options, callback)
        };
        let model = results.model(4).unwrap();
        let found = replay(&mut engine, model.clone(), &mut ignore_progress).unwrap();
        assert_eq!(found.trajectory.outcome, model.kept.outcome);
        assert_eq!(found.shown().iter().map(|state| state.epoch).collect::<Vec<_>>(), [0, 7, 40]);
        assert!(found.shown().iter().all(|state| state.sharpness.is_some()));
        assert_eq!(found.scores(40).0, model.kept.outcome.train.map(|score| score.loss));
        let scene = found.boundaries_picture().unwrap().scene().unwrap();
        assert!(scene.labels.iter().any(|label| label.text == "epoch 7"));
        assert!(found.trajectory_picture().scene().is_ok());
        let mut other = model.clone();
        other.kept.outcome.train.as_mut().unwrap().correct += 1;
        let differs = replay(&mut engine, other, &mut ignore_progress).unwrap_err().to_string();
        assert!(differs.contains("model 4") && differs.contains("training points right"), "{differs}");
        // At once; while the whole training runs; before the first of the shorter ones.
        for (steps, at_training) in [(1, false), (1, true), (2, false)] {
            let mut begun = 0;
            let mut callback = |event: ProgressEvent<'_>| {
                begun += u32::from(matches!(event, ProgressEvent::Step(_)));
                let is_training = matches!(event, ProgressEvent::Trained(_));
                if begun == steps && is_training == at_training {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            };
            let stopped = ModelReplay::of(&mut engine, &results.spec, model.clone(), &options, &mut callback);
            assert!(matches!(stopped, Err(Error::Stopped)) && begun == steps, "{steps} {at_training}: {begun}");
        }
        assert!(results.model(6).unwrap_err().to_string().contains("0 to 5"));
    }
}
