//! Upper bounds on the loop iterations of one kernel invocation, counted like the drivers that limit them.

use super::kernel_spec::KernelSpec;
use super::mapping::GpuMapping;
use super::tiling::Tiling;
use crate::math::shuffle::half_bits;

/// Iterations of `order_key`: Philox's ten rounds.
const ORDER_KEY: u64 = loop_count(10, 0);

/// Returns the count for a loop of `turns` iterations with `inner` nested ones each. The final loop test counts as one
/// more, because it uses up the limit of Mesa 22's llvmpipe too.
const fn loop_count(turns: u64, inner: u64) -> u64 {
    1 + turns * (1 + inner)
}

/// Returns the iterations of a step, see [`GpuMapping::steps_per_epoch`]; `lockstep` invocations run together, each
/// loop until the slowest is done.
pub fn step(mapping: GpuMapping, kernel_spec: &KernelSpec, lockstep: u32) -> u64 {
    // Loop over steps: one iteration and the final test.
    2 + match (mapping, TileIterations::of(mapping, kernel_spec)) {
        (GpuMapping::Streamed { .. }, Some(tiles)) => tiles.tile() + tiles.update() + tiles.rows(),
        (_, Some(tiles)) => {
            let all = u64::from(kernel_spec.tiles(tiles.tile as u32));
            // An iteration is a tile. The model is loaded before the first.
            loop_count(all, tiles.tile() + tiles.rows()) + kernel_spec.batches() as u64 * tiles.update() + tiles.load()
        }
        (_, None) if kernel_spec.is_full() => full_epoch(mapping, kernel_spec),
        (_, None) => batches(mapping, kernel_spec, u64::from(lockstep)),
    }
}

/// Returns the iterations for one chunk of evaluated points, the unit of [`GpuMapping::points_per_dispatch`].
pub fn evaluated_chunk(mapping: GpuMapping, kernel_spec: &KernelSpec) -> u64 {
    match TileIterations::of(mapping, kernel_spec) {
        Some(tiles) => 1 + tiles.evaluated(),
        None => loop_count(1, loop_count(kernel_spec.loss_terms(), 0) + lane_exchange(mapping)),
    }
}

/// Returns the iterations of an evaluation apart from its points.
pub fn evaluation(mapping: GpuMapping, kernel_spec: &KernelSpec) -> u64 {
    1 + TileIterations::of(mapping, kernel_spec).map_or(3 * lane_exchange(mapping), |tiles| tiles.load())
}

/// Returns the iterations of one exchange between a model's lanes; unrolled, so 0, in a subgroup.
fn lane_exchange(mapping: GpuMapping) -> u64 {
    match mapping {
        GpuMapping::Workgroup { lanes, .. } => loop_count(u64::from(lanes.ilog2()), 0),
        _ => 0,
    }
}

/// Returns the iterations of a full-batch epoch in `shaders/lanes_full.wgsl`.
fn full_epoch(mapping: GpuMapping, kernel_spec: &KernelSpec) -> u64 {
    let lanes = u64::from(mapping.lanes());
    let points = (kernel_spec.rows as u64).div_ceil(lanes);
    // All lanes iterate as often as the one with most points.
    loop_count((kernel_spec.rows as u64).div_ceil(kernel_spec.loss_terms() * lanes), loop_count(0, 0))
        + points
        + 2 * lane_exchange(mapping)
}

/// Returns the iterations of an epoch of mini-batches in `shaders/lanes_batches.wgsl`.
fn batches(mapping: GpuMapping, kernel_spec: &KernelSpec, lockstep: u64) -> u64 {
    let (rows, batches) = (kernel_spec.rows as u64, kernel_spec.batches() as u64);
    let points = batches * (kernel_spec.batch_rows() as u64).div_ceil(u64::from(mapping.lanes()));
    let turns = points.min(rows);
    let places = loop_count(batches, loop_count(0, 0) + lane_exchange(mapping)) + turns;
    // The cycle walks of an epoch visit each number of the domain at most once. Each turn waits for the longest walk
    // among all models in lockstep.
    let models = lockstep.div_ceil(u64::from(mapping.lanes()));
    if kernel_spec.order_per_seed() { places + ORDER_KEY + turns + models * non_row_numbers(rows) } else { places }
}

/// Returns how many numbers in the domain of `shuffled` are not rows: each costs a cycle walk one step.
fn non_row_numbers(rows: u64) -> u64 {
    (1 << (2 * half_bits(rows as u32))) - rows
}

/// Iteration counts for `shaders/tiled*.wgsl`.
struct TileIterations<'a> {
    kernel_spec: &'a KernelSpec<'a>,
    tiling: Tiling,
    workgroup: u64,
    tile: u64,
}

impl<'a> TileIterations<'a> {
    fn of(mapping: GpuMapping, kernel_spec: &'a KernelSpec) -> Option<Self> {
        let (tile, tiling) = (u64::from(mapping.tile()?), mapping.tiling(kernel_spec)?);
        Some(Self { kernel_spec, tiling, workgroup: u64::from(mapping.workgroup_size()), tile })
    }

    /// Returns the iterations of one invocation for `items` that the workgroup shares.
    fn turns(&self, items: u64) -> u64 {
        items.div_ceil(self.workgroup)
    }

    /// Returns the iterations of training on one tile, without its rows and the update.
    fn tile(&self) -> u64 {
        let (last, blocks) = (self.last(), self.kernel_spec.block_layers());
        let output = if blocks > last { 0 } else { self.output_backward(last) };
        let layers = (0..blocks).map(|l| self.block_backward(l)).sum::<u64>() + output;
        // Only full batches record losses.
        let loss = if self.kernel_spec.is_full() { self.loss() } else { 0 };
        self.forward() + self.point_errors() + loss + loop_count(blocks.saturating_sub(1) as u64, 0) + layers
    }

    /// Returns the iterations of evaluating one tile.
    fn evaluated(&self) -> u64 {
        let rows = if self.kernel_spec.is_full() { 0 } else { loop_count(self.turns(self.tile), 0) };
        let (turns, outputs) = (self.turns(self.tile), self.outputs());
        let score = match self.kernel_spec.regression {
            true => loop_count(turns, loop_count(outputs, 0)) + self.loss(),
            false => loop_count(turns, if self.kernel_spec.is_softmax() { loop_count(outputs - 1, 0) } else { 0 }),
        };
        // Correct points or errors, then losses.
        rows + self.forward() + score + self.point_errors() + self.loss()
    }

    /// Returns the iterations of computing the losses and their derivatives by the outputs.
    fn point_errors(&self) -> u64 {
        let (outputs, padded) = (self.outputs(), 4 * u64::from(self.tiling.out_vec4s[self.last()]));
        let each = |times: u64| loop_count(times, 0);
        let terms = match (outputs, self.kernel_spec.is_softmax()) {
            (1, _) => 0,
            (_, true) => each(outputs - 1) + 2 * each(outputs),
            (_, false) => each(outputs),
        };
        let several = if outputs > 1 { each(outputs) + each(padded - outputs) } else { 0 };
        loop_count(self.turns(self.tile), terms + several)
    }

    /// Returns the number of outputs of the network.
    fn outputs(&self) -> u64 {
        self.kernel_spec.shape.outputs() as u64
    }

    /// Returns the output layer.
    fn last(&self) -> usize {
        self.tiling.in_vec4s.len() - 1
    }

    fn forward(&self) -> u64 {
        let (last, quarter, layers) = (self.last(), self.tile / 4, self.kernel_spec.block_layers());
        let blocks = (0..layers).map(|l| {
            let [columns, blocks, _] = self.sizes(l);
            let activation = if l < last { loop_count(4, 0) } else { 0 };
            loop_count(self.turns(blocks * quarter), loop_count(columns, 0) + activation)
        });
        let [columns, ..] = self.sizes(last);
        let output = if layers > last { 0 } else { loop_count(self.turns(self.tile), loop_count(columns, 0)) };
        loop_count(layers as u64, 0) + blocks.sum::<u64>() + output
    }

    /// Returns the iterations of adding up the lanes' losses.
    fn loss(&self) -> u64 {
        loop_count(self.tile.min(self.workgroup), 0)
    }

    fn block_backward(&self, l: usize) -> u64 {
        let [columns, blocks, _] = self.sizes(l);
        let back = if l == 0 {
            0
        } else {
            loop_count(self.turns(columns * self.tile / 4), loop_count(blocks, 0) + loop_count(4, 0))
        };
        self.sums(l, columns * blocks) + self.sums(l, blocks) + back
    }

    fn output_backward(&self, l: usize) -> u64 {
        let [columns, ..] = self.sizes(l);
        self.sums(l, columns) + self.sums(l, 1) + loop_count(self.turns(columns * self.tile), 0)
    }

    /// Returns the vectors of a layer's inputs and of its outputs, and the copies of its sums.
    fn sizes(&self, l: usize) -> [u64; 3] {
        [self.tiling.in_vec4s[l], self.tiling.out_vec4s[l], self.tiling.grad_splits[l]].map(u64::from)
    }

    /// Returns the iterations of the gradient sums, with `items` in each copy.
    fn sums(&self, l: usize, items: u64) -> u64 {
        let copies = self.sizes(l)[2];
        loop_count(self.turns(items * copies), loop_count(self.tile.div_ceil(copies), 0))
    }

    /// Returns the iterations of the update after a batch.
    fn update(&self) -> u64 {
        let Tiling { weights, layer_vec4s, grad_splits, model_vec4s, .. } = &self.tiling;
        // Each turn takes as long as its vector with most copies of the sums.
        let copies = |first: u32| {
            let turn = first..first + self.workgroup as u32;
            let layers = weights.iter().zip(layer_vec4s).zip(grad_splits);
            let within = layers.filter(|((start, size), _)| **start < turn.end && *start + *size > turn.start);
            loop_count(within.map(|(_, copies)| u64::from(*copies)).max().unwrap_or(1), 0)
        };
        let read: u64 = (0..*model_vec4s).step_by(self.workgroup as usize).map(copies).sum();
        let vectors = loop_count(self.turns(u64::from(*model_vec4s)), 0);
        let clipping = if self.kernel_spec.clips() { vectors + read + loop_count(self.workgroup, 0) } else { 0 };
        // The sums are read, then cleared.
        vectors + 2 * read + clipping
    }

    /// Returns the iterations of loading and storing the model.
    fn load(&self) -> u64 {
        2 * loop_count(self.turns(u64::from(self.tiling.model_vec4s)), 0)
            + loop_count(self.turns(u64::from(self.tiling.grad_vec4s)), 0)
    }

    /// Returns the iterations of finding the rows of a tile.
    fn rows(&self) -> u64 {
        let turns = self.turns(self.tile);
        match self.kernel_spec.is_full() {
            true => 0,
            // At least one number in four is a row on average: longer walks for a tile have probability below 1e-40.
            false if self.kernel_spec.order_per_seed() => {
                ORDER_KEY
                    + loop_count(turns, 1)
                    + non_row_numbers(self.kernel_spec.rows as u64).min(8 * self.tile + 1000)
            }
            false => loop_count(turns, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NetworkShape;
    use crate::sweep::{BatchSpec, RowOrder, TrainSpec};

    fn of(mapping: &str, batches: BatchSpec, rows: usize, lanes: u32) -> u64 {
        let (shape, train_spec) = (NetworkShape::new(2, &[3]).unwrap(), TrainSpec { batches, ..TrainSpec::plain() });
        step(
            GpuMapping::read(mapping).unwrap(),
            &KernelSpec { shape: &shape, train_spec: &train_spec, rows, regression: false },
            lanes,
        )
    }

    #[test]
    fn loops_are_counted_with_their_last_test() {
        // 200 points, 4 chunks with a final test each, the end of the loop over chunks, the step.
        assert_eq!(of("thread-64", BatchSpec::FULL, 200, 8), 200 + 4 * 2 + 1 + 2);
        let given = BatchSpec { size: 32, order: RowOrder::Shared { seed: 0 } };
        assert_eq!(of("thread-64", given, 200, 8), 200 + 7 * 2 + 1 + 2);
        // 56 of the 256 numbers are not rows.
        let own = BatchSpec { size: 32, order: RowOrder::PerSeed };
        assert_eq!(of("thread-64", own, 200, 8), 200 + 7 * 2 + 1 + 2 + 11 + 200 + 8 * 56);
    }

    #[test]
    fn lanes_share_the_points_and_exchange_their_sums() {
        // 25 points each; two exchanges of three iterations through workgroup memory, none in a subgroup.
        assert_eq!(of("subgroup-8-64", BatchSpec::FULL, 200, 8), 25 + 2 + 1 + 2);
        assert_eq!(of("workgroup-8-64", BatchSpec::FULL, 200, 8), 25 + 2 + 1 + 2 + 2 * (1 + 3));
        // 7 batches of up to 4 points each.
        let given = BatchSpec { size: 32, order: RowOrder::Shared { seed: 0 } };
        assert_eq!(of("workgroup-8-64", given, 200, 8), 28 + 7 * (2 + 1 + 3) + 1 + 2);
    }

    #[test]
    fn a_tile_is_counted_loop_by_loop() {
        // 2-3-1 on 64 invocations, tiles of 16: one column and one block in each layer, one copy of the sums.
        let forward = (1 + (1 + (1 + 1) + (1 + 4))) + (1 + (1 + 1 + 1));
        let sums = (1 + 1) + 1 + 4 * (1 + (1 + 1 + 16));
        let (losses, back) = ((1 + 1) + (1 + 16), 1 + 1);
        // 3 + 1 and 1 + 1 vectors; a copy is read and cleared.
        let update = 1 + (1 + 2 * (1 + 1));
        assert_eq!(of("streamed-64-16", BatchSpec::FULL, 200, 8), 2 + forward + sums + losses + back + update);
        // Four copies of the sums, 4 points each; 13 tiles; loading and storing.
        let tile = forward + (1 + 1) + 1 + 4 * (1 + (1 + 1 + 4)) + losses + back;
        let update = 1 + (1 + 2 * (1 + 4));
        assert_eq!(of("tiled-64-16", BatchSpec::FULL, 200, 8), 2 + 1 + 13 * (1 + tile) + update + 3 * (1 + 1));
    }
}

#[cfg(test)]
#[path = "iteration_bounds_tests.rs"]
mod counted;
