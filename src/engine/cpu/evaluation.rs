//! Scores one block of models on a data set, without training.

use super::network::{Networks, Pass, PassOptions};
use super::pass_sums::{PassSums, ScoreOptions};
use super::tiles::Tiles;
use crate::engine::Score;
use crate::math::vector::Isa;
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;

/// Computes loss and accuracy over all points.
pub fn score<I: Isa>(networks: &mut Networks<I>, tiles: &Tiles) -> PassSums<I> {
    let mut pass_sums = PassSums::default();
    for tile in tiles.iter() {
        I::run(Pass {
            networks,
            tile,
            pass_options: PassOptions { wanted: ScoreOptions::All, gradient: false, errors: tiles.regression },
            pass_sums: &mut pass_sums,
        });
    }
    pass_sums
}

/// Scores at most [`Isa::LANES`] models given by their parameters; `None` if a logit is not finite.
pub fn evaluate<I: Isa>(
    shape: &NetworkShape,
    train_spec: &TrainSpec,
    models: &[&[f64]],
    tiles: &Tiles,
) -> Vec<Option<Score>> {
    let mut networks = Networks::<I>::new(shape, train_spec, tiles.size);
    models.iter().enumerate().for_each(|(lane, parameters)| networks.set(lane, parameters));
    let pass_sums = score(&mut networks, tiles);
    let bad = pass_sums.bad();
    (0..models.len()).map(|lane| (bad >> lane & 1 == 0).then(|| pass_sums.score(lane, tiles.rows()))).collect()
}
