//! Maps: one model per pixel, with convergence statistics of its losses.

use super::{ModelColumns, StudyResults, StudySpec};
use crate::error::Result;
use crate::math::convergence::Convergence;
#[cfg(feature = "native")]
use crate::npz::NpzWriter;
use crate::sweep::{Hyperparameter, Trials};
#[cfg(feature = "native")]
use std::path::Path;

/// Values of a hyper-parameter along one axis of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapSide {
    /// The hyper-parameter.
    pub hyperparameter: Hyperparameter,
    /// Values of the pixels, in order.
    pub values: Vec<f64>,
}

/// Results of a map's models.
#[derive(Debug, Clone, PartialEq)]
pub struct MapModels {
    /// Horizontal axis, from left to right.
    pub x: MapSide,
    /// Vertical axis, from bottom to top.
    pub y: MapSide,
    /// Row-major `[y, x]`.
    pub pixels: Vec<Convergence>,
    /// Total updates of all models; a diverged model stops early.
    pub updates: u64,
}

/// Collects the models of a map.
pub struct MapCollector {
    places: PixelPositions,
    pixels: Vec<Convergence>,
    epochs: u32,
    updates: u64,
}

impl MapCollector {
    /// Starts without models; None if the study is no map.
    pub fn of(spec: &StudySpec) -> Option<Self> {
        let axes = spec.sweep.map?;
        let places = PixelPositions::of(&spec.cells[0].trials, axes.x, axes.y)?;
        let missing = Convergence { loss_sum: f64::NAN, inverse_sum: f64::NAN, last: f64::NAN };
        let pixels = vec![missing; places.x.values.len() * places.y.values.len()];
        Some(Self { places, pixels, epochs: spec.sweep.epochs, updates: 0 })
    }

    /// Adds models.
    pub fn add(&mut self, models: &ModelColumns) {
        for (index, outcome) in models.range().zip(&models.outcomes) {
            if let Some(convergence) = outcome.convergence {
                self.pixels[self.places.pixel(index)] = convergence;
            }
            self.updates += u64::from(outcome.diverged.map_or(self.epochs, |epoch| self.epochs.min(epoch + 1)));
        }
    }

    /// Returns the map.
    pub fn finish(self) -> MapModels {
        let PixelPositions { x, y, .. } = self.places;
        MapModels { x, y, pixels: self.pixels, updates: self.updates }
    }
}

impl MapModels {
    /// Returns the map of these results.
    ///
    /// # Errors
    /// As for [`StudyResults::refuse`] if the study is no map; as for [`super::ResultsPart::models`].
    pub fn of(results: &dyn StudyResults) -> Result<Self> {
        let mut map = MapCollector::of(results.spec()).ok_or_else(|| results.refuse("is not a map".into()))?;
        for part in results.parts() {
            map.add(&part?.models()?);
        }
        Ok(map.finish())
    }

    /// Returns which models converged, row-major `[y, x]`.
    pub fn converged(&self) -> Vec<bool> {
        self.pixels.iter().map(Convergence::is_converged).collect()
    }

    /// Writes an npz file: the values of each axis, once by name (`lr [H]`, `lr_first [W]`) and once as `x` or `y`, and
    /// the arrays `converged` (0 or 1), `loss_sum`, `inverse_sum` and `last` of [`Convergence`], each `[H, W]`.
    ///
    /// # Errors
    /// [`crate::Error::Io`].
    #[cfg(feature = "native")]
    pub fn write(&self, path: &Path) -> Result<()> {
        let shape = [self.y.values.len(), self.x.values.len()];
        let mut npz = NpzWriter::create(path)?;
        for (name, side) in [("x", &self.x), ("y", &self.y)] {
            npz.array(name, &[side.values.len()], side.values.iter().copied())?;
            npz.array(side.hyperparameter.name(), &[side.values.len()], side.values.iter().copied())?;
        }
        npz.array("converged", &shape, self.pixels.iter().map(|pixel| i64::from(pixel.is_converged())))?;
        npz.array("loss_sum", &shape, self.pixels.iter().map(|pixel| pixel.loss_sum as f32))?;
        npz.array("inverse_sum", &shape, self.pixels.iter().map(|pixel| pixel.inverse_sum as f32))?;
        npz.array("last", &shape, self.pixels.iter().map(|pixel| pixel.last as f32))?;
        npz.finish()
    }
}

/// Pixel positions of a map's models.
struct PixelPositions {
    x: MapSide,
    y: MapSide,
    /// Trials from one value to the next, for x and y.
    strides: [u64; 2],
}

impl PixelPositions {
    /// Computes the positions for a grid whose other axes have a single value; None if it is no grid or lacks an axis.
    fn of(trials: &Trials, x: Hyperparameter, y: Hyperparameter) -> Option<Self> {
        let Trials::Grid { axes, .. } = trials else { return None };
        let found = |hyperparameter: Hyperparameter| {
            let at = axes.iter().position(|(own, _)| *own == hyperparameter)?;
            let stride = axes[..at].iter().map(|(_, values)| values.len() as u64).product();
            Some((MapSide { hyperparameter, values: axes[at].1.clone() }, stride))
        };
        let ((x, across), (y, up)) = (found(x)?, found(y)?);
        Some(Self { x, y, strides: [across, up] })
    }

    /// Returns the pixel of a trial.
    fn pixel(&self, index: u64) -> usize {
        let (width, height) = (self.x.values.len(), self.y.values.len());
        let place = |stride: u64, count: usize| (index / stride % count as u64) as usize;
        place(self.strides[1], height) * width + place(self.strides[0], width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_where_its_values_are_whichever_axis_runs_faster() {
        let axes = vec![
            (Hyperparameter::Lr, vec![1.0, 2.0, 3.0]),
            (Hyperparameter::LrFirst, vec![10.0, 20.0]),
            (Hyperparameter::Momentum, vec![0.5]),
        ];
        let trials = Trials::Grid { axes, first_seed: 0, independent_seeds: false, count: 6 };
        for (x, y) in [(Hyperparameter::LrFirst, Hyperparameter::Lr), (Hyperparameter::Lr, Hyperparameter::LrFirst)] {
            let places = PixelPositions::of(&trials, x, y).unwrap();
            let mut seen = vec![0; 6];
            for index in 0..6 {
                let (pixel, trial) = (places.pixel(index), trials.get(index).hyperparameters);
                let width = places.x.values.len();
                assert_eq!(trial.get(x), Some(places.x.values[pixel % width]));
                assert_eq!(trial.get(y), Some(places.y.values[pixel / width]));
                seen[pixel] += 1;
            }
            assert_eq!(seen, [1; 6]);
        }
        assert!(PixelPositions::of(&trials, Hyperparameter::Lr, Hyperparameter::Clip).is_none());
    }
}
