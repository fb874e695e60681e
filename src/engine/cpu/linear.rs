//! The three matrix products of a fully connected layer over one tile of points, one model per SIMD lane. A lane never
//! reads another lane, and each sum has one fixed order on all instruction sets: a model's results don't depend on its
//! neighbours.
//!
//! Values of a tile of `count` points are stored unit by unit: `[units, count]`.

use super::narrow_layers;
use super::tile_values::{TileValue, TileValues, unrolled};
use crate::math::Real;
use crate::math::vector::{Isa, Vector};
use crate::model::Layer;
use std::ops::Range;

/// Matrix view of a slice: element (r, c) is at r · `down` + c · `across`.
#[derive(Debug, Clone, Copy)]
struct Matrix<'a, T> {
    values: &'a [T],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a, T: Copy> Matrix<'a, T> {
    #[inline(always)]
    fn new(values: &'a [T], [rows, columns]: [usize; 2], [row_stride, column_stride]: [usize; 2]) -> Self {
        assert!(rows > 0 && columns > 0 && (rows - 1) * row_stride + (columns - 1) * column_stride < values.len());
        Self { values, rows, columns, row_stride, column_stride }
    }

    /// # Safety
    /// `row` must be below `rows` and `column` below `columns`.
    #[inline(always)]
    unsafe fn at(self, row: usize, column: usize) -> T {
        debug_assert!(row < self.rows && column < self.columns);
        // SAFETY: `new` checked that the last element is in the slice, and this one is not behind it.
        unsafe { *self.values.get_unchecked(row * self.row_stride + column * self.column_stride) }
    }
}

/// Block size along k: every sum adds this many terms before any sum adds more, so that the operands stay in a core's
/// cache.
const K_BLOCK: usize = 64;

/// Matrix product: Σ left[row, k] · right[k, column] for each row and column, added in the order of k.
struct Product<'a, I: Isa, V> {
    left: Matrix<'a, Vector<I>>,
    right: Matrix<'a, V>,
    /// Element (row, column) is at row · `down` + column.
    target: &'a mut [Vector<I>],
    down: usize,
}

/// Initial value of the sums of a [`Product`].
#[derive(Clone, Copy)]
enum SumStart<'a, I: Isa> {
    Zero,
    /// One value per row.
    Rows(&'a [Vector<I>]),
    /// The target's current values.
    Target,
}

impl<I: Isa, V: TileValue<I>> Product<'_, I, V> {
    /// Writes the sums to the target. Each starts from its row's value in `starts`, or from 0 if `starts` is empty.
    #[inline(always)]
    fn put(mut self, starts: &[Vector<I>]) {
        let mut begin = if starts.is_empty() { SumStart::Zero } else { SumStart::Rows(starts) };
        for k in (0..self.left.columns).step_by(K_BLOCK) {
            self.add_terms(begin, k..self.left.columns.min(k + K_BLOCK), false);
            begin = SumStart::Target;
        }
    }

    /// Adds the sums to the target's values; for at most [`TERMS`] terms.
    #[inline(always)]
    fn add(mut self) {
        assert!(self.left.columns <= K_BLOCK);
        self.add_terms(SumStart::Zero, 0..self.left.columns, true);
    }

    /// Works in pieces of R × C sums that stay in registers: R + C values are read for R · C multiplications.
    #[inline(always)]
    fn add_terms(&mut self, begin: SumStart<I>, terms: Range<usize>, added: bool) {
        let done = match I::REGISTERS {
            32.. => self.rows::<4, 4>(0, begin, terms.clone(), added),
            _ => self.rows::<2, 4>(0, begin, terms.clone(), added),
        };
        self.rows::<1, 8>(done, begin, terms, added);
    }

    /// Computes as many whole pieces of R rows as fit, from row `first` on; returns the first row after them.
    #[inline(always)]
    fn rows<const R: usize, const C: usize>(
        &mut self,
        first: usize,
        begin: SumStart<I>,
        terms: Range<usize>,
        added: bool,
    ) -> usize {
        let (end, columns) = (first + (self.left.rows - first) / R * R, self.right.columns);
        let whole = columns / C * C;
        for row in (first..end).step_by(R) {
            for column in (0..whole).step_by(C) {
                self.piece::<R, C>([row, column], begin, terms.clone(), added);
            }
            for column in whole..columns {
                self.piece::<R, 1>([row, column], begin, terms.clone(), added);
            }
        }
        end
    }

    #[inline(always)]
    fn piece<const R: usize, const C: usize>(
        &mut self,
        [row, column]: [usize; 2],
        begin: SumStart<I>,
        terms: Range<usize>,
        added: bool,
    ) {
        let (left, right) = (self.left, self.right);
        assert!(row + R <= left.rows && column + C <= right.columns);
        assert!(terms.end <= left.columns && left.columns == right.rows);
        let mut sums = [[Vector::default(); C]; R];
        match begin {
            SumStart::Zero => {}
            SumStart::Rows(starts) => unrolled!(r < R, unrolled!(c < C, sums[r][c] = starts[row + r])),
            SumStart::Target => unrolled!(r < R, {
                let values = &self.target[(row + r) * self.down + column..][..C];
                unrolled!(c < C, sums[r][c] = values[c])
            }),
        }
        let mut factors = [Vector::default(); R];
        for k in terms {
            // SAFETY: the asserts above bound all indices, here and below.
            unrolled!(r < R, factors[r] = unsafe { left.at(row + r, k) });
            unrolled!(c < C, {
                let value = unsafe { right.at(k, column + c) }.vector();
                unrolled!(r < R, sums[r][c] = factors[r].fma(value, sums[r][c]));
            });
        }
        unrolled!(r < R, {
            let values = &mut self.target[(row + r) * self.down + column..][..C];
            unrolled!(c < C, values[c] = if added { values[c] + sums[r][c] } else { sums[r][c] });
        });
    }
}

/// Computes z = W a + b for `count` points.
#[inline(always)]
pub fn forward<I: Isa>(
    layer: &Layer,
    parameters: &[Vector<I>],
    inputs: TileValues<I>,
    count: usize,
    z: &mut [Vector<I>],
) {
    let weights = Matrix::new(&parameters[layer.weights..], [layer.outputs, layer.inputs], [layer.inputs, 1]);
    let biases = &parameters[layer.biases..layer.end()];
    let (size, steps) = ([layer.inputs, count], [count, 1]);
    match inputs {
        TileValues::Shared(inputs) => {
            Product { left: weights, right: Matrix::new(inputs, size, steps), target: z, down: count }.put(biases);
        }
        TileValues::Own(inputs) => {
            Product { left: weights, right: Matrix::new(inputs, size, steps), target: z, down: count }.put(biases);
        }
    }
}

/// Computes the derivatives by the layer's inputs, Wᵀ δ.
#[inline(always)]
pub fn backward<I: Isa>(
    layer: &Layer,
    parameters: &[Vector<I>],
    delta: &[Vector<I>],
    count: usize,
    previous: &mut [Vector<I>],
) {
    let weights = Matrix::new(&parameters[layer.weights..], [layer.inputs, layer.outputs], [1, layer.inputs]);
    let delta = Matrix::new(delta, [layer.outputs, count], [count, 1]);
    Product { left: weights, right: delta, target: previous, down: count }.put(&[]);
}

/// Adds the tile's gradients of weights and biases. Summing over each tile first limits rounding error over many
/// points.
#[inline(always)]
pub fn add_gradient<I: Isa>(
    layer: &Layer,
    delta: &[Vector<I>],
    inputs: TileValues<I>,
    count: usize,
    gradient: &mut [Vector<I>],
) {
    match inputs {
        TileValues::Shared(inputs) => add_gradient_of(layer, delta, inputs, count, gradient),
        TileValues::Own(inputs) => add_gradient_of(layer, delta, inputs, count, gradient),
    }
}

#[inline(always)]
fn add_gradient_of<I: Isa, V: TileValue<I>>(
    layer: &Layer,
    delta: &[Vector<I>],
    inputs: &[V],
    count: usize,
    gradient: &mut [Vector<I>],
) {
    if narrow_layers::is_narrow(layer) {
        return narrow_layers::add_gradient(layer, delta, inputs, count, gradient);
    }
    let delta_by_unit = Matrix::new(delta, [layer.outputs, count], [count, 1]);
    let inputs = Matrix::new(inputs, [count, layer.inputs], [1, count]);
    let weights = &mut gradient[layer.weights..layer.biases];
    Product { left: delta_by_unit, right: inputs, target: weights, down: layer.inputs }.add();
    if layer.bias {
        for (bias, delta) in gradient[layer.biases..layer.end()].iter_mut().zip(delta.chunks_exact(count)) {
            *bias = *bias + narrow_layers::sum(delta);
        }
    }
}
