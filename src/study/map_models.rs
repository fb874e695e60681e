//! Maps: one model per pixel, with convergence statistics of its losses.

use super::Study;
use crate::error::{Error, Result};
use crate::math::convergence::Convergence;
use crate::npz::NpzWriter;
use crate::results::ModelColumns;
use crate::sweep::{Hyperparameter, Trials};
use std::path::{Path, PathBuf};

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

impl MapModels {
    /// Returns which models converged, row-major `[y, x]`.
    pub fn converged(&self) -> Vec<bool> {
        self.pixels.iter().map(Convergence::is_converged).collect()
    }

    /// Writes an npz file: the values of each axis, once by name (`lr [H]`, `lr_first [W]`) and once as `x` or `y`, and
    /// the arrays `converged` (0 or 1), `loss_sum`, `inverse_sum` and `last` of [`Convergence`], each `[H, W]`.
    ///
    /// # Errors
    /// [`Error::Io`].
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

impl Study {
    /// Writes `models.parquet`, `models.csv` (up to 100,000 models) and `map.npz` of a map whose models are all
    /// trained, with curves and weights if they are kept; returns the map and the files. Equal chunks give equal bytes.
    ///
    /// # Errors
    /// [`Error::Folder`] if the study is no map or models are missing; [`Error::Io`]; [`Error::Damaged`].
    pub fn write_map(&self) -> Result<(MapModels, Vec<PathBuf>)> {
        self.check_whole()?;
        let axes = self.spec.sweep.map;
        let places = axes.and_then(|axes| PixelPositions::of(&self.spec.cells[0].trials, axes.x, axes.y));
        let none = || Error::Folder { path: self.folder.clone(), what: "is not a map".into() };
        let places = places.ok_or_else(none)?;
        let missing = Convergence { loss_sum: f64::NAN, inverse_sum: f64::NAN, last: f64::NAN };
        let mut pixels = vec![missing; places.x.values.len() * places.y.values.len()];
        let (epochs, mut updates) = (self.spec.sweep.epochs, 0);
        let mut files = self.write_models(&mut |models: &ModelColumns| {
            for (index, outcome) in models.range().zip(&models.outcomes) {
                pixels[places.pixel(index)] = outcome.convergence.unwrap_or(missing);
                updates += u64::from(outcome.diverged.map_or(epochs, |epoch| epochs.min(epoch + 1)));
            }
        })?;
        let PixelPositions { x, y, .. } = places;
        let map = MapModels { x, y, pixels, updates };
        let path = self.folder.join("map.npz");
        map.write(&path)?;
        files.push(path);
        files.extend(self.write_curves()?);
        files.extend(self.write_weights()?);
        Ok((map, files))
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
