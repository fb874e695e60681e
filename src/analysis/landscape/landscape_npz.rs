//! Writes a survey as arrays.

use super::{LandscapePanel, LandscapeSurvey, PlaneLosses, TrajectoryPath, places};
use crate::error::Result;
use crate::npz::NpzWriter;
use std::path::Path;

impl LandscapeSurvey {
    /// Writes an npz file. For the panels that have a plane: `lr [L]`, `model_id [L]`, the coordinates `a [L, n]` and
    /// `b [L, n]`, `loss [L, n, n]` (`b`, then `a`; NaN where a logit is not finite), `origin`, `u`, `v` `[L, P]`
    /// (layer by layer the weights `[out, in]`, then the biases). For the trajectories: `epoch [E]`, and `path_panel
    /// [K]`, `path_model_id [K]`, `path_seed [K]`, `path_class [K]` (index into
    /// [`crate::statistics::OutcomeClass::ALL`]), `path_parameters [K, E, P]`, and their projections onto the plane
    /// `path_a [K, E]`, `path_b [K, E]`, NaN after a divergence. `first` is the id of the cell's first model.
    ///
    /// # Errors
    /// [`crate::Error::Io`].
    pub fn write(&self, path: &Path, first: u64, epochs: &[u32]) -> Result<()> {
        let views: Vec<(&LandscapePanel, &PlaneLosses)> = self.views().collect();
        let (n, size) = views.first().map_or((0, 0), |(_, v)| (v.landscape.n, v.landscape.plane.origin.len()));
        let (l, id) = (views.len(), |seed_path: &TrajectoryPath| (first + seed_path.path.index).cast_signed());
        let mut npz = NpzWriter::create(path)?;
        npz.array("lr", &[l], views.iter().map(|(panel, _)| panel.lr))?;
        npz.array("model_id", &[l], views.iter().map(|(panel, _)| id(&panel.seed_paths[0])))?;
        npz.array("a", &[l, n], views.iter().flat_map(|(_, v)| places(v.landscape.a, n)))?;
        npz.array("b", &[l, n], views.iter().flat_map(|(_, v)| places(v.landscape.b, n)))?;
        npz.array("loss", &[l, n, n], views.iter().flat_map(|(_, v)| v.landscape.losses.iter().copied()))?;
        npz.array("origin", &[l, size], views.iter().flat_map(|(_, v)| v.landscape.plane.origin.iter().copied()))?;
        npz.array("u", &[l, size], views.iter().flat_map(|(_, v)| v.landscape.plane.u.iter().copied()))?;
        npz.array("v", &[l, size], views.iter().flat_map(|(_, v)| v.landscape.plane.v.iter().copied()))?;
        let seed_paths: Vec<(usize, &PlaneLosses, &TrajectoryPath)> = views
            .iter()
            .enumerate()
            .flat_map(|(number, (panel, view))| {
                panel.seed_paths.iter().map(move |seed_path| (number, *view, seed_path))
            })
            .collect();
        let (k, e) = (seed_paths.len(), epochs.len());
        npz.array("epoch", &[e], epochs.iter().map(|epoch| i64::from(*epoch)))?;
        npz.array("path_panel", &[k], seed_paths.iter().map(|(number, ..)| *number as i64))?;
        npz.array("path_model_id", &[k], seed_paths.iter().map(|(.., seed_path)| id(seed_path)))?;
        npz.array("path_seed", &[k], seed_paths.iter().map(|(.., seed_path)| seed_path.seed.cast_signed()))?;
        npz.array("path_class", &[k], seed_paths.iter().map(|(.., seed_path)| seed_path.class as i64))?;
        let mut parameters = npz.begin("path_parameters", &[k, e, size])?;
        for (.., seed_path) in &seed_paths {
            let there = seed_path.path.states.iter().flat_map(|(_, parameters)| parameters.iter().copied());
            parameters.extend(there.chain(std::iter::repeat(f64::NAN)).take(e * size))?;
        }
        parameters.finish()?;
        for (name, axis) in [("path_a", 0), ("path_b", 1)] {
            let mut array = npz.begin(name, &[k, e])?;
            for (_, view, seed_path) in &seed_paths {
                let place = |parameters: &[f64]| {
                    let (a, b) = view.landscape.plane.project(parameters);
                    [a, b][axis]
                };
                let there = seed_path.path.states.iter().map(|(_, parameters)| place(parameters));
                array.extend(there.chain(std::iter::repeat(f64::NAN)).take(e))?;
            }
            array.finish()?;
        }
        npz.finish()
    }
}
