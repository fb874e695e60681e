//! Inputs and labels of one tile of points, and loops over them whose values stay in registers.

use crate::math::vector::four_vectors::FourVectors;
use crate::math::vector::{Isa, Vector};

/// Inputs of a layer, or labels.
#[derive(Debug, Clone, Copy)]
pub enum TileValues<'a, I: Isa> {
    /// The same for all models.
    Shared(&'a [f32]),
    /// Separate for each model.
    Own(&'a [Vector<I>]),
}

/// Element of [`TileValues`].
pub trait TileValue<I: Isa>: Copy {
    /// Returns the value for each model.
    fn vector(self) -> Vector<I>;

    /// Returns four values as one vector.
    #[inline(always)]
    fn four(values: &[Self]) -> Vector<FourVectors<I>> {
        Vector::<FourVectors<I>>::of([values[0].vector(), values[1].vector(), values[2].vector(), values[3].vector()])
    }
}

impl<I: Isa> TileValue<I> for f32 {
    #[inline(always)]
    fn vector(self) -> Vector<I> {
        Vector::all(self)
    }
}

impl<I: Isa> TileValue<I> for Vector<I> {
    #[inline(always)]
    fn vector(self) -> Vector<I> {
        self
    }
}

/// Unrolls `$body` for `$n` in 0..`$end`, with `$end` at most 8: arrays that are only indexed by constants stay in
/// registers.
macro_rules! unrolled {
    ($n:ident < $end:expr, $body:expr) => {{
        const { assert!($end <= 8) };
        unrolled!(0 1 2 3 4 5 6 7: $n < $end, $body)
    }};
    ($($value:literal)*: $n:ident < $end:expr, $body:expr) => {{
        $(if $value < $end {
            let $n = $value;
            $body
        })*
    }};
}
pub(super) use unrolled;
