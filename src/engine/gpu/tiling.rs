//! Memory layout of a model in the tile mappings, in vectors of four numbers: pure arithmetic.
//!
//! A layer is stored as its weights, row by row, then its biases; each row and the biases fill whole vectors. Its
//! gradient sums have the same layout, possibly in several copies, each for a share of a tile's points.

use super::kernel_spec::KernelSpec;

/// Numbers per vector; an invocation works on blocks of four outputs, inputs or points.
const FOUR: usize = 4;

/// Offsets and sizes in vectors; lists have one entry per layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiling {
    /// Vectors per row of weights, and vectors of a layer's outputs.
    pub in_vec4s: Vec<u32>,
    pub out_vec4s: Vec<u32>,
    /// Offset of a layer's weights, and of its biases.
    pub weights: Vec<u32>,
    pub biases: Vec<u32>,
    /// Offset of a layer's inputs in a row of signals, which has no features; then that of the outputs, if it has
    /// several.
    pub input_offsets: Vec<u32>,
    /// Offset of a layer's gradient sums, vectors per copy, and number of copies.
    pub sums: Vec<u32>,
    pub layer_vec4s: Vec<u32>,
    pub grad_splits: Vec<u32>,
    /// Vectors of a model, vectors of all its gradient sums, and row stride of the signals.
    pub model_vec4s: u32,
    pub grad_vec4s: u32,
    pub stride: u32,
}

impl Tiling {
    /// Computes the layout for workgroups of `workgroup` invocations and tiles of `tile` points; without `split`, every
    /// layer's sums have one copy.
    pub fn new(kernel_spec: &KernelSpec, workgroup: u32, tile: u32, split: bool) -> Self {
        let layers = kernel_spec.shape.layers();
        let each =
            |of: &dyn Fn(&crate::model::Layer) -> usize| layers.iter().map(|l| of(l) as u32).collect::<Vec<u32>>();
        let in_vec4s = each(&|l| l.inputs.div_ceil(FOUR));
        let out_vec4s = each(&|l| l.outputs.div_ceil(FOUR));
        let weight_rows = each(&|l| l.outputs * l.inputs.div_ceil(FOUR));
        let layer_vec4s =
            each(&|l| l.outputs * l.inputs.div_ceil(FOUR) + if l.bias { l.outputs.div_ceil(FOUR) } else { 0 });
        // Enough shares of the points to keep all invocations busy, but at least four points per share.
        let shares = |(columns, blocks): (&u32, &u32)| {
            let most = (workgroup / (columns * blocks)).min(tile / FOUR as u32).max(1);
            if split { 1 << most.ilog2() } else { 1 }
        };
        let grad_splits: Vec<u32> = in_vec4s.iter().zip(&out_vec4s).map(shares).collect();
        let all: Vec<u32> = layer_vec4s.iter().zip(&grad_splits).map(|(size, copies)| size * copies).collect();
        let (weights, sums) = (before(&layer_vec4s), before(&all));
        let (entries, blocks) = ([&[0], &out_vec4s[..]].concat(), kernel_spec.block_layers());
        Self {
            biases: weights.iter().zip(&weight_rows).map(|(start, rows)| start + rows).collect(),
            input_offsets: before(&entries),
            model_vec4s: layer_vec4s.iter().sum(),
            grad_vec4s: all.iter().sum(),
            // Odd, so that neighbouring rows are in different memory banks.
            stride: entries[..=blocks].iter().sum::<u32>() | 1,
            in_vec4s,
            out_vec4s,
            weights,
            sums,
            layer_vec4s,
            grad_splits,
        }
    }

    /// Returns the offset of each parameter of a model, in numbers; mirrors `parameter_index` in
    /// `shaders/tiled_index.wgsl`.
    pub fn slots(&self, kernel_spec: &KernelSpec) -> Vec<usize> {
        let mut slots = Vec::with_capacity(kernel_spec.shape.parameters());
        for (l, layer) in kernel_spec.shape.layers().iter().enumerate() {
            let row = |o: usize| FOUR * (self.weights[l] as usize + o * self.in_vec4s[l] as usize);
            slots.extend((0..layer.outputs).flat_map(|o| (0..layer.inputs).map(move |i| row(o) + i)));
            slots.extend((layer.biases..layer.end()).map(|b| FOUR * self.biases[l] as usize + b - layer.biases));
        }
        slots
    }
}

/// Returns the sum of all entries before each one (exclusive prefix sums).
fn before(counts: &[u32]) -> Vec<u32> {
    let sums = counts.iter().scan(0, |sum, count| {
        *sum += count;
        Some(*sum - count)
    });
    sums.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NetworkShape;
    use crate::sweep::TrainSpec;

    fn of(hidden: &[usize], workgroup: u32, tile: u32) -> (Tiling, Vec<usize>) {
        let (shape, train_spec) = (NetworkShape::new(2, hidden).unwrap(), TrainSpec::plain());
        let kernel_spec = KernelSpec { shape: &shape, train_spec: &train_spec, rows: 200, regression: false };
        let tiling = Tiling::new(&kernel_spec, workgroup, tile, true);
        let slots = tiling.slots(&kernel_spec);
        (tiling, slots)
    }

    #[test]
    fn rows_are_whole_vectors() {
        let (tiling, slots) = of(&[5, 3], 64, 16);
        // Rows of 2, 5 and 3 inputs take 1, 2 and 1 vectors; 5, 3 and 1 biases take 2, 1 and 1.
        assert_eq!((tiling.layer_vec4s, tiling.model_vec4s), (vec![5 + 2, 6 + 1, 1 + 1], 16));
        assert_eq!((tiling.weights, tiling.biases), (vec![0, 7, 14], vec![5, 13, 15]));
        assert_eq!((tiling.input_offsets, tiling.stride), (vec![0, 0, 2, 3], 3));
        assert_eq!(slots[..12], [0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21]);
        assert_eq!(slots[10 + 5..10 + 5 + 5], [28, 29, 30, 31, 32]);
        assert_eq!(slots[37 - 4..], [56, 57, 58, 60]);
    }

    #[test]
    fn idle_invocations_share_the_points() {
        let (tiling, _) = of(&[16, 16], 64, 64);
        assert_eq!((&tiling.grad_splits[..], tiling.grad_vec4s), (&[16, 4, 16][..], 16 * 20 + 4 * 68 + 16 * 5));
        assert_eq!(of(&[16, 16], 64, 16).0.grad_splits, [4, 4, 4]);
        assert_eq!(of(&[16, 16], 4, 16).0.grad_splits, [1, 1, 1]);
        assert_eq!(of(&[], 64, 64).0.input_offsets, [0, 0]);
    }
}
