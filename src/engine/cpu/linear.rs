//! The three loops of a fully connected layer over one tile of points, `N` models side by side. A lane never reads
//! another lane, and each of its sums has one fixed order: a model's numbers don't depend on its neighbours.
//!
//! Values of a tile are `[units, size]`: unit by unit, `size` points each, of which the first few count.

use crate::math::Lanes;
use crate::model::Layer;

/// Sums made at the same time, so that one addition need not wait for another.
const SUMS: usize = 8;

/// What a layer reads: features, the same for all models, or the activations of each.
pub trait Value<const N: usize>: Copy {
    /// One for each model.
    fn lanes(self) -> Lanes<N>;
}

impl<const N: usize> Value<N> for f32 {
    #[inline(always)]
    fn lanes(self) -> Lanes<N> {
        Lanes::all(self)
    }
}

impl<const N: usize> Value<N> for Lanes<N> {
    #[inline(always)]
    fn lanes(self) -> Lanes<N> {
        self
    }
}

/// `start` + Σ weight · value for points `n` to `n + P`, over rows of `values` of `size` points.
#[inline(always)]
fn dot<const N: usize, const P: usize, V: Value<N>>(
    start: Lanes<N>,
    weights: impl Iterator<Item = Lanes<N>>,
    values: &[V],
    size: usize,
    n: usize,
) -> [Lanes<N>; P] {
    let mut sums = [start; P];
    for (weight, row) in weights.zip(values.chunks_exact(size)) {
        let row = &row[n..n + P];
        for p in 0..P {
            sums[p] = sums[p] + weight * row[p].lanes();
        }
    }
    sums
}

/// [`dot`] for all points of `out`.
#[inline(always)]
fn dots<const N: usize, V: Value<N>>(
    start: Lanes<N>,
    weights: impl Iterator<Item = Lanes<N>> + Clone,
    values: &[V],
    size: usize,
    out: &mut [Lanes<N>],
) {
    let mut n = 0;
    while n + SUMS <= out.len() {
        out[n..n + SUMS].copy_from_slice(&dot::<N, SUMS, V>(start, weights.clone(), values, size, n));
        n += SUMS;
    }
    while n < out.len() {
        out[n] = dot::<N, 1, V>(start, weights.clone(), values, size, n)[0];
        n += 1;
    }
}

/// z = W a + b for `count` points.
#[inline(always)]
pub fn forward<const N: usize, V: Value<N>>(
    layer: &Layer,
    parameters: &[Lanes<N>],
    inputs: &[V],
    size: usize,
    count: usize,
    z: &mut [Lanes<N>],
) {
    for (o, z) in z.chunks_exact_mut(size).take(layer.outputs).enumerate() {
        let weights = &parameters[layer.weight(o, 0)..][..layer.inputs];
        dots(parameters[layer.biases + o], weights.iter().copied(), inputs, size, &mut z[..count]);
    }
}

/// Derivatives by the layer's inputs, Wᵀ δ.
#[inline(always)]
pub fn backward<const N: usize>(
    layer: &Layer,
    parameters: &[Lanes<N>],
    delta: &[Lanes<N>],
    size: usize,
    count: usize,
    previous: &mut [Lanes<N>],
) {
    let weights = &parameters[layer.weights..layer.biases];
    let delta = &delta[..layer.outputs * size];
    for (i, previous) in previous.chunks_exact_mut(size).take(layer.inputs).enumerate() {
        let column = weights[i..].iter().step_by(layer.inputs).copied();
        dots(Lanes::default(), column, delta, size, &mut previous[..count]);
    }
}

/// Adds Σ δ · input over the tile to the gradient of `I` weights, from `inputs` on of `size` points each; `P` sums each.
#[inline(always)]
fn add_products<const N: usize, const I: usize, const P: usize, V: Value<N>>(
    delta: &[Lanes<N>],
    inputs: &[V],
    size: usize,
    gradient: &mut [Lanes<N>],
) {
    let rows: [&[V]; I] = std::array::from_fn(|i| &inputs[i * size..][..delta.len()]);
    let mut sums = [[Lanes::default(); P]; I];
    let whole = delta.len() / P * P;
    for n in (0..whole).step_by(P) {
        let delta = &delta[n..n + P];
        for i in 0..I {
            let row = &rows[i][n..n + P];
            for p in 0..P {
                sums[i][p] = sums[i][p] + delta[p] * row[p].lanes();
            }
        }
    }
    for n in whole..delta.len() {
        for i in 0..I {
            sums[i][0] = sums[i][0] + delta[n] * rows[i][n].lanes();
        }
    }
    for i in 0..I {
        gradient[i] = gradient[i] + total(sums[i]);
    }
}

/// Σ δ over the tile.
#[inline(always)]
fn sum<const N: usize>(delta: &[Lanes<N>]) -> Lanes<N> {
    let mut sums = [Lanes::default(); SUMS];
    let mut pieces = delta.chunks_exact(SUMS);
    for piece in &mut pieces {
        for p in 0..SUMS {
            sums[p] = sums[p] + piece[p];
        }
    }
    for (sum, rest) in sums.iter_mut().zip(pieces.remainder()) {
        *sum = *sum + *rest;
    }
    total(sums)
}

/// All of them, the first with the second half at each step.
#[inline(always)]
fn total<const N: usize, const P: usize>(mut sums: [Lanes<N>; P]) -> Lanes<N> {
    let mut half = P / 2;
    while half > 0 {
        for p in 0..half {
            sums[p] = sums[p] + sums[p + half];
        }
        half /= 2;
    }
    sums[0]
}

/// Adds the tile's gradients of weights and biases: first over the tile, then to the sum over all tiles, so that many
/// points don't wear the sum down.
#[inline(always)]
pub fn add_gradient<const N: usize, V: Value<N>>(
    layer: &Layer,
    delta: &[Lanes<N>],
    inputs: &[V],
    size: usize,
    count: usize,
    gradient: &mut [Lanes<N>],
) {
    for (o, delta) in delta.chunks_exact(size).take(layer.outputs).enumerate() {
        let delta = &delta[..count];
        let (mut i, mut rest) = (0, &mut gradient[layer.weight(o, 0)..]);
        while i + 8 <= layer.inputs {
            add_products::<N, 8, 1, V>(delta, &inputs[i * size..], size, rest);
            rest = &mut rest[8..];
            i += 8;
        }
        while i + 2 <= layer.inputs {
            add_products::<N, 2, 4, V>(delta, &inputs[i * size..], size, rest);
            rest = &mut rest[2..];
            i += 2;
        }
        if i < layer.inputs {
            add_products::<N, 1, 8, V>(delta, &inputs[i * size..], size, rest);
        }
        gradient[layer.biases + o] = gradient[layer.biases + o] + sum(delta);
    }
}
