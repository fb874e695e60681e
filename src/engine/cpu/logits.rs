//! Outputs of given models, point by point.

use super::network::{Forward, Networks};
use super::tiles::Tiles;
use crate::math::vector::Isa;
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;

/// Computes the outputs of at most [`Isa::LANES`] models given by their parameters, row-major
/// `[models, points, outputs]`.
pub fn of<I: Isa>(shape: &NetworkShape, train_spec: &TrainSpec, models: &[&[f64]], tiles: &Tiles) -> Vec<f64> {
    let mut networks = Networks::<I>::new(shape, train_spec, tiles.size);
    models.iter().enumerate().for_each(|(lane, parameters)| networks.set(lane, parameters));
    let mut rows: Vec<Vec<f64>> = models.iter().map(|_| Vec::with_capacity(tiles.rows())).collect();
    for tile in tiles.iter() {
        I::run(Forward { networks: &mut networks, tile });
        let outputs = networks.outputs(tile.count);
        for n in 0..tile.count {
            for output in outputs.iter().skip(n).step_by(tile.count) {
                rows.iter_mut().zip(output.lanes()).for_each(|(row, output)| row.push(f64::from(*output)));
            }
        }
    }
    rows.concat()
}
