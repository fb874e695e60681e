//! Gradients of layers with too few weights for the pieces of a product. Each sum is split into several partial sums,
//! so that an addition need not wait for the one before.

use super::tile_values::{TileValue, unrolled};
use crate::math::Real;
use crate::math::vector::{Isa, Vector};
use crate::model::Layer;

/// Partial sums that are accumulated side by side.
const PARTS: usize = 4;

/// Whether this module should compute the layer's gradient.
pub fn is_narrow(layer: &Layer) -> bool {
    layer.inputs <= 2 || layer.inputs * layer.outputs < 8
}

/// Adds the gradients of a narrow layer over one tile of `count` points.
#[inline(always)]
pub fn add_gradient<I: Isa, V: TileValue<I>>(
    layer: &Layer,
    delta: &[Vector<I>],
    inputs: &[V],
    count: usize,
    gradient: &mut [Vector<I>],
) {
    for (o, delta) in delta.chunks_exact(count).take(layer.outputs).enumerate() {
        let (first, inputs) = (layer.weight(o, 0), &inputs[..layer.inputs * count]);
        let mut bias = Vector::default();
        let mut pairs = inputs.chunks_exact(2 * count);
        for (pair, inputs) in (&mut pairs).enumerate() {
            let (sums, sum) = sums::<I, V, 2>(delta, inputs);
            bias = sum;
            add(&mut gradient[first + 2 * pair], sums[0]);
            add(&mut gradient[first + 2 * pair + 1], sums[1]);
        }
        if !pairs.remainder().is_empty() {
            let ([last], sum) = sums::<I, V, 1>(delta, pairs.remainder());
            bias = sum;
            add(&mut gradient[first + layer.inputs - 1], last);
        }
        if layer.bias {
            add(&mut gradient[layer.biases + o], bias);
        }
    }
}

#[inline(always)]
fn add<I: Isa>(to: &mut Vector<I>, sum: Vector<I>) {
    *to = *to + sum;
}

/// Returns Σ δ · input for each of `W` inputs, and Σ δ.
#[inline(always)]
fn sums<I: Isa, V: TileValue<I>, const W: usize>(delta: &[Vector<I>], inputs: &[V]) -> ([Vector<I>; W], Vector<I>) {
    let rows: [&[V]; W] = std::array::from_fn(|i| &inputs[i * delta.len()..][..delta.len()]);
    let (mut products, mut plain) = ([[Vector::default(); PARTS]; W], [Vector::default(); PARTS]);
    let whole = delta.len() / PARTS * PARTS;
    for n in (0..whole).step_by(PARTS) {
        let rows: [&[V]; W] = std::array::from_fn(|i| &rows[i][n..n + PARTS]);
        let delta = &delta[n..n + PARTS];
        unrolled!(p < PARTS, {
            plain[p] = plain[p] + delta[p];
            unrolled!(i < W, products[i][p] = delta[p].fma(rows[i][p].vector(), products[i][p]));
        });
    }
    for n in whole..delta.len() {
        plain[0] = plain[0] + delta[n];
        unrolled!(i < W, products[i][0] = delta[n].fma(rows[i][n].vector(), products[i][0]));
    }
    let mut totals = [Vector::default(); W];
    unrolled!(i < W, totals[i] = total(products[i]));
    (totals, total(plain))
}

/// Returns Σ δ.
#[inline(always)]
pub fn sum<I: Isa>(delta: &[Vector<I>]) -> Vector<I> {
    let mut parts = [Vector::default(); 2 * PARTS];
    let mut pieces = delta.chunks_exact(2 * PARTS);
    for piece in &mut pieces {
        unrolled!(p < 2 * PARTS, parts[p] = parts[p] + piece[p]);
    }
    for (part, rest) in parts.iter_mut().zip(pieces.remainder()) {
        *part = *part + *rest;
    }
    let [a, b, c, d, e, f, g, h] = parts;
    total([a + e, b + f, c + g, d + h])
}

#[inline(always)]
fn total<I: Isa>([a, b, c, d]: [Vector<I>; PARTS]) -> Vector<I> {
    (a + c) + (b + d)
}
