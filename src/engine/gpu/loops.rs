//! Upper bounds of the loop iterations that one invocation of the kernels makes, counted as drivers with a limit count.

use super::plan::Mapping;
use super::work::Work;
use crate::math::shuffle::half_bits;
use crate::model::Layer;

/// Points that share a logarithm (`LOSS_TERMS` in `shaders/thread.wgsl`).
pub const LOSS_TERMS: u64 = 64;
/// What `order_key` costs: Philox's ten rounds.
const ORDER_KEY: u64 = looped(10, 0);

/// Iterations of a loop of `turns` turns that makes `inner` iterations in each. The test that ends it counts as one more:
/// Mesa 22's llvmpipe does so, and what it counts too much it cuts off.
const fn looped(turns: u64, inner: u64) -> u64 {
    1 + turns * (1 + inner)
}

/// Iterations of a step, see [`Mapping::steps_per_epoch`]; `lanes` is how many invocations run in lockstep, each loop until
/// the last of them is done.
pub fn step(mapping: Mapping, work: &Work, lanes: u32) -> u64 {
    // The loop over steps: a turn, and the test that ends it.
    2 + match mapping {
        Mapping::Thread { .. } if work.is_full() => chunks(work.rows as u64),
        Mapping::Thread { .. } => batches(work, u64::from(lanes)),
        Mapping::Workgroup { workgroup, tile } => tile_of_points(work, u64::from(workgroup), u64::from(tile)),
    }
}

/// A loop over `points` points in chunks that share a logarithm.
pub fn chunks(points: u64) -> u64 {
    looped(points.div_ceil(LOSS_TERMS), looped(0, 0)) + points
}

/// An epoch in mini-batches, in `shaders/thread_batches.wgsl`.
fn batches(work: &Work, lanes: u64) -> u64 {
    let rows = work.rows as u64;
    let places = looped(work.batches() as u64, looped(0, 0)) + rows;
    // An epoch's walks together visit each number of the domain at most once; the lanes' orders differ.
    if work.order_per_seed() { places + ORDER_KEY + rows + lanes * strangers(rows) } else { places }
}

/// Numbers of the domain of `shuffled` that are no rows: each costs a walk one step.
fn strangers(rows: u64) -> u64 {
    (1 << (2 * half_bits(rows as u32))) - rows
}

/// One tile in `shaders/workgroup.wgsl`, training or evaluating.
fn tile_of_points(work: &Work, workgroup: u64, tile: u64) -> u64 {
    let turns = |items: u64| items.div_ceil(workgroup);
    let layer = |(l, layer): (usize, &Layer)| {
        let (inputs, outputs) = (layer.inputs as u64, layer.outputs as u64);
        let forward = looped(turns(outputs * tile), looped(inputs, 0));
        let gradient = looped(turns(outputs * (inputs + 1)), looped(tile, 0));
        let back = if l == 0 { 0 } else { looped(turns(inputs * tile), looped(outputs, 0)) };
        forward + gradient + back
    };
    let update = looped(turns(work.shape.parameters() as u64), 0);
    let clipping = if work.clips() { update + looped(workgroup, 0) } else { 0 };
    let layers: u64 = work.shape.layers().iter().enumerate().map(layer).sum();
    layers + 2 * looped(tile, 0) + update + clipping + tile_rows(work, turns(tile), tile)
}

/// Finding the rows of a tile.
fn tile_rows(work: &Work, turns: u64, tile: u64) -> u64 {
    match work.is_full() {
        true => 0,
        // A row follows at least every fourth number on average: walks of a tile longer than this have a chance below 1e-40.
        false if work.order_per_seed() => {
            ORDER_KEY + looped(turns, 0) + tile + strangers(work.rows as u64).min(8 * tile + 1000)
        }
        false => looped(turns, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Shape;
    use crate::sweep::{Batches, Order, Recipe};

    fn of(mapping: &str, batches: Batches, rows: usize, lanes: u32) -> u64 {
        let (shape, recipe) = (Shape::new(2, &[3]).unwrap(), Recipe { batches, ..Recipe::plain() });
        step(Mapping::parse(mapping).unwrap(), &Work { shape: &shape, recipe: &recipe, rows }, lanes)
    }

    #[test]
    fn loops_are_counted_with_their_last_test() {
        // 200 points, 4 chunks with their own tests, the end of the loop over chunks, the step.
        assert_eq!(of("thread-64", Batches::FULL, 200, 8), 200 + 4 * 2 + 1 + 2);
        let given = Batches { size: 32, order: Order::Shared { seed: 0 } };
        assert_eq!(of("thread-64", given, 200, 8), 200 + 7 * 2 + 1 + 2);
        // 56 of the 256 numbers are no rows.
        let own = Batches { size: 32, order: Order::PerSeed };
        assert_eq!(of("thread-64", own, 200, 8), 200 + 7 * 2 + 1 + 2 + 11 + 200 + 8 * 56);
    }

    #[test]
    fn a_tile_is_counted_loop_by_loop() {
        // Forward 2-3 and 3-1, gradients of 9 and 4 parameters, back through 3 units, the tile's loss and score, the update.
        let (forward, gradient) = ((1 + 2 * (1 + 3)) + (1 + (1 + 4)), (1 + 18) + (1 + 18));
        let rest = (1 + (1 + 1 + 1)) + 2 * (1 + 16) + (1 + 1) + 2;
        assert_eq!(of("workgroup-64-16", Batches::FULL, 200, 8), forward + gradient + rest - 4);
    }
}
