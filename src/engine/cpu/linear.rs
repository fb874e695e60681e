//! The three loops of a fully connected layer over one tile of points, `N` models side by side. A lane never reads
//! another lane, and each of its sums has one fixed order: a model's numbers don't depend on its neighbours.
//!
//! Values of a tile of `count` points are `[units, count]`: unit by unit.

use crate::math::Lanes;
use crate::model::Layer;

/// Sums made at the same time, so that one addition need not wait for another.
const SUMS: usize = 8;

/// What a layer reads, or the labels.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a, const N: usize> {
    /// The same for all models.
    Shared(&'a [f32]),
    /// Each model's own.
    Own(&'a [Lanes<N>]),
}

/// One of [`Values`].
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

/// Does `$body` for `$p` from 0 to below `$end`, at most 8, and leaves no loop: compilers would vectorise over that instead
/// of over the lanes, at a twentieth of the speed.
macro_rules! unrolled {
    ($p:ident < $end:expr, $body:expr) => {
        const { assert!($end <= 8) };
        unrolled!(0 1 2 3 4 5 6 7: $p < $end, $body);
    };
    ($($value:literal)*: $p:ident < $end:expr, $body:expr) => {
        $(if $value < $end {
            let $p = $value;
            $body
        })*
    };
}

/// `start` + Σ weight · value for points `n` to `n + P`, over rows of `values` of `count` points.
#[inline(always)]
fn dot<const N: usize, const P: usize, V: Value<N>>(
    start: Lanes<N>,
    weights: impl Iterator<Item = Lanes<N>>,
    values: &[V],
    count: usize,
    n: usize,
) -> [Lanes<N>; P] {
    let mut sums = [start; P];
    for (weight, row) in weights.zip(values.chunks_exact(count)) {
        let row = &row[n..n + P];
        unrolled!(p < P, sums[p] = sums[p] + weight * row[p].lanes());
    }
    sums
}

/// [`dot`] for all points of `out`.
#[inline(always)]
fn dots<const N: usize, V: Value<N>>(
    start: Lanes<N>,
    weights: impl Iterator<Item = Lanes<N>> + Clone,
    values: &[V],
    out: &mut [Lanes<N>],
) {
    let (mut n, count) = (0, out.len());
    while n + SUMS <= count {
        out[n..n + SUMS].copy_from_slice(&dot::<N, SUMS, V>(start, weights.clone(), values, count, n));
        n += SUMS;
    }
    while n < count {
        out[n] = dot::<N, 1, V>(start, weights.clone(), values, count, n)[0];
        n += 1;
    }
}

/// z = W a + b for `count` points.
#[inline(always)]
pub fn forward<const N: usize>(
    layer: &Layer,
    parameters: &[Lanes<N>],
    inputs: Values<N>,
    count: usize,
    z: &mut [Lanes<N>],
) {
    for (o, z) in z.chunks_exact_mut(count).take(layer.outputs).enumerate() {
        let weights = parameters[layer.weight(o, 0)..][..layer.inputs].iter().copied();
        let start = if layer.bias { parameters[layer.biases + o] } else { Lanes::default() };
        match inputs {
            Values::Shared(inputs) => dots(start, weights, inputs, z),
            Values::Own(inputs) => dots(start, weights, inputs, z),
        }
    }
}

/// Derivatives by the layer's inputs, Wᵀ δ.
#[inline(always)]
pub fn backward<const N: usize>(
    layer: &Layer,
    parameters: &[Lanes<N>],
    delta: &[Lanes<N>],
    count: usize,
    previous: &mut [Lanes<N>],
) {
    let weights = &parameters[layer.weights..layer.biases];
    for (i, previous) in previous.chunks_exact_mut(count).take(layer.inputs).enumerate() {
        let column = weights[i..].iter().step_by(layer.inputs).copied();
        dots(Lanes::default(), column, delta, previous);
    }
}

/// Adds Σ δ · input over the tile to the gradient of `I` weights, from `inputs` on; `P` sums each.
#[inline(always)]
fn add_products<const N: usize, const I: usize, const P: usize, V: Value<N>>(
    delta: &[Lanes<N>],
    inputs: &[V],
    gradient: &mut [Lanes<N>],
) {
    let rows: [&[V]; I] = std::array::from_fn(|i| &inputs[i * delta.len()..][..delta.len()]);
    let mut sums = [[Lanes::default(); P]; I];
    let whole = delta.len() / P * P;
    for n in (0..whole).step_by(P) {
        let delta = &delta[n..n + P];
        unrolled!(i < I, {
            let row = &rows[i][n..n + P];
            unrolled!(p < P, sums[i][p] = sums[i][p] + delta[p] * row[p].lanes());
        });
    }
    for n in whole..delta.len() {
        unrolled!(i < I, sums[i][0] = sums[i][0] + delta[n] * rows[i][n].lanes());
    }
    unrolled!(i < I, gradient[i] = gradient[i] + total(sums[i]));
}

/// Σ δ over the tile.
#[inline(always)]
fn sum<const N: usize>(delta: &[Lanes<N>]) -> Lanes<N> {
    let mut sums = [Lanes::default(); SUMS];
    let mut pieces = delta.chunks_exact(SUMS);
    for piece in &mut pieces {
        unrolled!(p < SUMS, sums[p] = sums[p] + piece[p]);
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

/// Adds the gradients of one unit's weights.
#[inline(always)]
fn add_weights<const N: usize, V: Value<N>>(delta: &[Lanes<N>], inputs: &[V], gradient: &mut [Lanes<N>]) {
    let count = delta.len();
    let (mut i, mut rest) = (0, gradient);
    while rest.len() >= 8 {
        add_products::<N, 8, 1, V>(delta, &inputs[i * count..], rest);
        rest = &mut rest[8..];
        i += 8;
    }
    while rest.len() >= 2 {
        add_products::<N, 2, 4, V>(delta, &inputs[i * count..], rest);
        rest = &mut rest[2..];
        i += 2;
    }
    if !rest.is_empty() {
        add_products::<N, 1, 8, V>(delta, &inputs[i * count..], rest);
    }
}

/// Adds the tile's gradients of weights and biases: first over the tile, then to the sum over all tiles, so that many
/// points don't wear the sum down.
#[inline(always)]
pub fn add_gradient<const N: usize>(
    layer: &Layer,
    delta: &[Lanes<N>],
    inputs: Values<N>,
    count: usize,
    gradient: &mut [Lanes<N>],
) {
    for (o, delta) in delta.chunks_exact(count).take(layer.outputs).enumerate() {
        let weights = &mut gradient[layer.weight(o, 0)..][..layer.inputs];
        match inputs {
            Values::Shared(inputs) => add_weights(delta, inputs, weights),
            Values::Own(inputs) => add_weights(delta, inputs, weights),
        }
        if layer.bias {
            gradient[layer.biases + o] = gradient[layer.biases + o] + sum(delta);
        }
    }
}
