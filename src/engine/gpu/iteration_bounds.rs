//! Upper bounds of the loop iterations that one invocation of the kernels makes, counted as drivers with a limit count.

use super::kernel_spec::KernelSpec;
use super::mapping::Mapping;
use super::tiling::Tiling;
use crate::math::shuffle::half_bits;

/// Points that share a logarithm (`LOSS_TERMS` in `shaders/lanes.wgsl`).
pub const LOSS_TERMS: u64 = 64;
/// What `order_key` costs: Philox's ten rounds.
const ORDER_KEY: u64 = looped(10, 0);

/// Iterations of a loop of `turns` turns that makes `inner` iterations in each. The test that ends it counts as one more:
/// Mesa 22's llvmpipe does so, and what it counts too much it cuts off.
const fn looped(turns: u64, inner: u64) -> u64 {
    1 + turns * (1 + inner)
}

/// Iterations of a step, see [`Mapping::steps_per_epoch`]; `lockstep` is how many invocations run together, each loop until
/// the last of them is done.
pub fn step(mapping: Mapping, work: &KernelSpec, lockstep: u32) -> u64 {
    // The loop over steps: a turn, and the test that ends it.
    2 + match (mapping, TileIterations::of(mapping, work)) {
        (Mapping::Streamed { .. }, Some(tiles)) => tiles.tile() + tiles.update() + tiles.rows(),
        (_, Some(tiles)) => {
            let all = u64::from(work.tiles(tiles.tile as u32));
            // A turn is a tile here. The model is loaded before the first one.
            looped(all, tiles.tile() + tiles.rows()) + work.batches() as u64 * tiles.update() + tiles.load()
        }
        (_, None) if work.is_full() => full_epoch(mapping, work),
        (_, None) => batches(mapping, work, u64::from(lockstep)),
    }
}

/// Iterations for one chunk of evaluated points (as many as [`Mapping::points_per_dispatch`] takes at once).
pub fn evaluated_chunk(mapping: Mapping, work: &KernelSpec) -> u64 {
    match TileIterations::of(mapping, work) {
        Some(tiles) => 1 + tiles.tile() + tiles.rows(),
        None => looped(1, looped(LOSS_TERMS, 0) + butterfly(mapping)),
    }
}

/// Iterations of an evaluation apart from its points.
pub fn evaluation(mapping: Mapping, work: &KernelSpec) -> u64 {
    1 + TileIterations::of(mapping, work).map_or(3 * butterfly(mapping), |tiles| tiles.load())
}

/// One exchange between the lanes of a model; written out where they lie in a subgroup.
fn butterfly(mapping: Mapping) -> u64 {
    match mapping {
        Mapping::Workgroup { lanes, .. } => looped(u64::from(lanes.ilog2()), 0),
        _ => 0,
    }
}

/// An epoch of one update, in `shaders/lanes_full.wgsl`.
fn full_epoch(mapping: Mapping, work: &KernelSpec) -> u64 {
    let lanes = u64::from(mapping.lanes());
    let points = (work.rows as u64).div_ceil(lanes);
    // All lanes make the turns of the one with most points.
    looped((work.rows as u64).div_ceil(LOSS_TERMS * lanes), looped(0, 0)) + points + 2 * butterfly(mapping)
}

/// An epoch in mini-batches, in `shaders/lanes_batches.wgsl`.
fn batches(mapping: Mapping, work: &KernelSpec, lockstep: u64) -> u64 {
    let (rows, batches) = (work.rows as u64, work.batches() as u64);
    let points = batches * (work.batch_rows() as u64).div_ceil(u64::from(mapping.lanes()));
    let places = looped(batches, looped(0, 0) + butterfly(mapping)) + points.min(rows);
    // An epoch's walks together visit each number of the domain at most once; the lanes' orders differ.
    if work.order_per_seed() { places + ORDER_KEY + rows + lockstep * strangers(rows) } else { places }
}

/// Numbers of the domain of `shuffled` that are no rows: each costs a walk one step.
fn strangers(rows: u64) -> u64 {
    (1 << (2 * half_bits(rows as u32))) - rows
}

/// Counts for `shaders/tiled*.wgsl`.
struct TileIterations<'a> {
    work: &'a KernelSpec<'a>,
    tiling: Tiling,
    workgroup: u64,
    tile: u64,
}

impl<'a> TileIterations<'a> {
    fn of(mapping: Mapping, work: &'a KernelSpec) -> Option<Self> {
        let (tile, tiling) = (u64::from(mapping.tile()?), mapping.tiling(work)?);
        Some(Self { work, tiling, workgroup: u64::from(mapping.workgroup_size()), tile })
    }

    /// Turns of one invocation for items that all share.
    fn turns(&self, items: u64) -> u64 {
        items.div_ceil(self.workgroup)
    }

    /// One tile, trained on or evaluated: signals, losses, sums of the gradient.
    fn tile(&self) -> u64 {
        let last = self.tiling.columns.len() - 1;
        let layers: u64 = (0..=last).map(|l| if l == last { self.output_layer(l) } else { self.hidden_layer(l) }).sum();
        // The loops over layers themselves, forward and back.
        2 * looped(last as u64, 0)
            + layers
            + looped(self.turns(self.tile), 0)
            + looped(self.tile.min(self.workgroup), 0)
    }

    fn hidden_layer(&self, l: usize) -> u64 {
        let [columns, blocks, _] = self.sizes(l);
        let quarter = self.tile / 4;
        let forward = looped(self.turns(blocks * quarter), looped(columns, 0) + looped(4, 0));
        let back = if l == 0 { 0 } else { looped(self.turns(columns * quarter), looped(blocks, 0) + looped(4, 0)) };
        forward + self.sums(l, columns * blocks) + self.sums(l, blocks) + back
    }

    fn output_layer(&self, l: usize) -> u64 {
        let [columns, ..] = self.sizes(l);
        let back = looped(self.turns(columns * self.tile), 0);
        looped(self.turns(self.tile), looped(columns, 0)) + self.sums(l, columns) + self.sums(l, 1) + back
    }

    /// Vectors of a layer's inputs and of its outputs, and copies of its sums.
    fn sizes(&self, l: usize) -> [u64; 3] {
        [self.tiling.columns[l], self.tiling.blocks[l], self.tiling.copies[l]].map(u64::from)
    }

    /// Sums of the gradient, `items` in each copy.
    fn sums(&self, l: usize, items: u64) -> u64 {
        let copies = self.sizes(l)[2];
        looped(self.turns(items * copies), looped(self.tile.div_ceil(copies), 0))
    }

    /// After a batch.
    fn update(&self) -> u64 {
        let vectors = self.turns(u64::from(self.tiling.model));
        let copies = looped(self.tiling.copies.iter().copied().max().map_or(1, u64::from), 0);
        let clipping = if self.work.clips() { looped(vectors, copies) + looped(self.workgroup, 0) } else { 0 };
        looped(vectors, 2 * copies) + clipping
    }

    /// Loading and storing the model.
    fn load(&self) -> u64 {
        2 * looped(self.turns(u64::from(self.tiling.model)), 0) + looped(self.turns(u64::from(self.tiling.all_sums)), 0)
    }

    /// Finding the rows of a tile.
    fn rows(&self) -> u64 {
        let turns = self.turns(self.tile);
        match self.work.is_full() {
            true => 0,
            // A row follows at least every fourth number on average: walks of a tile longer than this have a chance below 1e-40.
            false if self.work.order_per_seed() => {
                ORDER_KEY + looped(turns, 0) + self.tile + strangers(self.work.rows as u64).min(8 * self.tile + 1000)
            }
            false => looped(turns, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NetworkShape;
    use crate::sweep::{BatchSpec, RowOrder, TrainSpec};

    fn of(mapping: &str, batches: BatchSpec, rows: usize, lanes: u32) -> u64 {
        let (shape, recipe) = (NetworkShape::new(2, &[3]).unwrap(), TrainSpec { batches, ..TrainSpec::plain() });
        step(Mapping::parse(mapping).unwrap(), &KernelSpec { shape: &shape, recipe: &recipe, rows }, lanes)
    }

    #[test]
    fn loops_are_counted_with_their_last_test() {
        // 200 points, 4 chunks with their own tests, the end of the loop over chunks, the step.
        assert_eq!(of("thread-64", BatchSpec::FULL, 200, 8), 200 + 4 * 2 + 1 + 2);
        let given = BatchSpec { size: 32, order: RowOrder::Shared { seed: 0 } };
        assert_eq!(of("thread-64", given, 200, 8), 200 + 7 * 2 + 1 + 2);
        // 56 of the 256 numbers are no rows.
        let own = BatchSpec { size: 32, order: RowOrder::PerSeed };
        assert_eq!(of("thread-64", own, 200, 8), 200 + 7 * 2 + 1 + 2 + 11 + 200 + 8 * 56);
    }

    #[test]
    fn lanes_share_the_points_and_exchange_their_sums() {
        // 25 points each; two exchanges of three turns through workgroup memory, none in a subgroup.
        assert_eq!(of("subgroup-8-64", BatchSpec::FULL, 200, 8), 25 + 2 + 1 + 2);
        assert_eq!(of("workgroup-8-64", BatchSpec::FULL, 200, 8), 25 + 2 + 1 + 2 + 2 * (1 + 3));
        // 7 batches of up to 4 points each.
        let given = BatchSpec { size: 32, order: RowOrder::Shared { seed: 0 } };
        assert_eq!(of("workgroup-8-64", given, 200, 8), 28 + 7 * (2 + 1 + 3) + 1 + 2);
    }

    #[test]
    fn a_tile_is_counted_loop_by_loop() {
        // 2-3-1 by 64 invocations, tiles of 16: one column and one block in each layer, one copy of the sums.
        let forward = (1 + (1 + (1 + 1) + (1 + 4))) + (1 + (1 + 1 + 1));
        let sums = 2 * (1 + 1) + 4 * (1 + (1 + 1 + 16));
        let (losses, back) = ((1 + 1) + (1 + 16), 1 + 1);
        // 3 + 1 and 1 + 1 vectors; a copy is read and cleared.
        let update = 1 + (1 + 2 * (1 + 1));
        assert_eq!(of("streamed-64-16", BatchSpec::FULL, 200, 8), 2 + forward + sums + losses + back + update);
        // Four copies of the sums, 4 points each; 13 tiles; loading and storing.
        let tile = forward + 2 * (1 + 1) + 4 * (1 + (1 + 1 + 4)) + losses + back;
        let update = 1 + (1 + 2 * (1 + 4));
        assert_eq!(of("tiled-64-16", BatchSpec::FULL, 200, 8), 2 + 1 + 13 * (1 + tile) + update + 3 * (1 + 1));
    }
}
