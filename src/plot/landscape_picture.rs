//! Picture of the loss around a model of a study.

use super::{LandscapePlot, Picture, PictureKind, Scene};
use crate::analysis::model_landscape::ModelLandscape;
use crate::error::Result;

/// Picture of a [`ModelLandscape`].
#[derive(Debug, Clone)]
pub struct LandscapePicture<'a> {
    found: &'a ModelLandscape,
    model: String,
}

impl ModelLandscape {
    /// Returns the picture.
    pub fn picture(&self) -> LandscapePicture<'_> {
        LandscapePicture { found: self, model: self.model.name() }
    }
}

impl Picture for LandscapePicture<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Landscape
    }

    fn scene(&self) -> Result<Scene> {
        let ModelLandscape { model, survey, directions, settings, .. } = self.found;
        let (lr, loss) = (model.trial.lr(), model.job.train_spec.loss.words());
        LandscapePlot { model: &self.model, lr, survey, directions, loss, settings }.scene()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::landscape::LandscapeRequest;
    use crate::analysis::model_landscape::LandscapeOptions;
    use crate::engine::cpu::CpuEngine;
    use crate::engine::ignore_progress;
    use crate::{Device, Error, Sweep};
    use std::ops::ControlFlow;

    #[test]
    fn the_loss_around_a_model_trained_in_memory_is_drawn() {
        let models = Sweep::builder().lr("0.05,0.5").seeds(3).epochs(30).device(Device::Cpu);
        let (results, mut engine) = (models.train().unwrap(), CpuEngine::new().unwrap());
        let request = LandscapeRequest { grid: 9, ..LandscapeRequest::default() };
        let options = LandscapeOptions { request, snapshots: 4, ..LandscapeOptions::default() };
        let landscape = |engine: &mut CpuEngine, model, callback: &mut _| {
            ModelLandscape::of(engine, &results.spec, model, &options, callback)
        };
        let model = results.model(2).unwrap();
        let found = landscape(&mut engine, model.clone(), &mut ignore_progress).unwrap();
        assert_eq!((found.survey.panels.len(), found.survey.networks), (2, 2 * 81));
        assert!(found.curvatures.len() == 6 && found.picture().scene().is_ok());
        assert!(found.survey.panels.iter().all(|panel| panel.least_and_median_loss()[0].is_some()));
        let stopped = landscape(&mut engine, model.clone(), &mut |_| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(Error::Stopped)));
        let mut diverged = model;
        diverged.kept.outcome.diverged = Some(3);
        let refused = landscape(&mut engine, diverged, &mut ignore_progress).unwrap_err().to_string();
        assert!(refused.contains("diverged in epoch 3"), "{refused}");
    }
}
