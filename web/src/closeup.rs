//! Single models: their weights over the epochs, and what they predict on the plane.

use crate::thrown;
use crate::trainer::Trainer;
use gpu_sweep::analysis::parameter_paths::{ParameterPath, paths};
use gpu_sweep::engine::Job;
use gpu_sweep::engine::ignore_progress;
use gpu_sweep::engine::reference::Network;
use gpu_sweep::plot::{GridOutputs, OutputScale, RegionsPlot};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Trainer {
    /// Returns the parameters of models of a cell before each of these epochs (ascending), row-major `[models, epochs,
    /// parameters]`; NaN after a divergence. The models are trained again up to each of them.
    pub fn weights(&mut self, cell: usize, trials: &[u32], epochs: &[u32]) -> Result<Vec<f64>, JsError> {
        let (job, trials) = (&self.prepared.jobs[cell], trials.iter().map(|trial| u64::from(*trial)));
        let trials: Vec<u64> = trials.collect();
        let found = paths(&mut self.engine, job, &trials, epochs, &mut ignore_progress).map_err(thrown)?;
        Ok(flat(&found, epochs.len(), job.shape.parameters()))
    }

    /// Returns an image, RGBA, `places` wide and high, of what models of a cell predict around its training points, one
    /// after the other; `weights` is row-major `[models, parameters]`. Transparent where an output is not finite.
    pub fn regions(&self, cell: usize, weights: &[f64], places: usize) -> Vec<u8> {
        let job = &self.prepared.jobs[cell];
        weights.chunks_exact(job.shape.parameters()).flat_map(|weights| image(job, weights, places)).collect()
    }
}

/// Returns the states of paths, row-major `[models, epochs, parameters]`; NaN after a divergence.
pub(crate) fn flat(paths: &[ParameterPath], epochs: usize, parameters: usize) -> Vec<f64> {
    let mut weights = vec![f64::NAN; paths.len() * epochs * parameters];
    for (path, row) in paths.iter().zip(weights.chunks_exact_mut(epochs * parameters)) {
        for ((_, state), place) in path.states.iter().zip(row.chunks_exact_mut(parameters)) {
            place.copy_from_slice(state);
        }
    }
    weights
}

/// Returns an image, RGBA, of what a model predicts around the training points.
pub(crate) fn image(job: &Job, weights: &[f64], places: usize) -> Vec<u8> {
    let (loss, grid) = (job.train_spec.loss, RegionsPlot::square_grid(&job.data.train, places));
    let (points, scale) = (grid.points(), OutputScale::of(loss));
    let network = Network::new(&job.shape, &job.train_spec, weights.to_vec());
    let outputs = GridOutputs::new(loss, (0..points.len()).map(|n| network.outputs(points.row(n))));
    // The grid begins at the bottom, an image at the top.
    let places = (0..places).rev().flat_map(|row| (0..places).map(move |column| row * places + column));
    let colour = |place: usize| scale.colour_at(&outputs, place).map_or([0; 4], |(r, g, b)| [r, g, b, 255]);
    places.flat_map(colour).collect()
}
