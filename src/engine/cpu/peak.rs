//! The ceiling: how many multiplications and additions the processor can do.

use super::linear::unrolled;
use crate::math::Real;
use crate::math::vector::{Isa, Kernel, Vector};
use std::hint::black_box;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

/// Sums that grow at the same time: enough for two units of a latency of four, few enough for 16 registers.
const SUMS: usize = 8;
/// Rounds between two looks at the clock.
const ROUNDS: usize = 1 << 14;

/// Multiplies and adds in registers and nothing else; returns one of the results, so that they are wanted.
struct Multiply<I>(PhantomData<I>);

impl<I: Isa> Kernel for Multiply<I> {
    type Output = f32;

    #[inline(always)]
    fn run(self) -> f32 {
        // Unknown to the compiler, else it would work out the results itself.
        let (factor, term) = (Vector::<I>::all(black_box(0.999)), Vector::all(black_box(0.001)));
        let mut sums = [Vector::<I>::all(black_box(0.5)); SUMS];
        for _ in 0..ROUNDS {
            unrolled!(n < SUMS, sums[n] = sums[n].fma(factor, term));
        }
        let mut total = Vector::default();
        unrolled!(n < SUMS, total = total + sums[n]);
        total.lanes()[0]
    }
}

/// Multiplications and additions a second, of one thread that does them for so long.
pub fn flops<I: Isa>(time: Duration) -> f64 {
    let begun = Instant::now();
    let mut rounds = 0;
    while begun.elapsed() < time {
        black_box(I::run(Multiply::<I>(PhantomData)));
        rounds += ROUNDS;
    }
    (rounds * SUMS * I::LANES * 2) as f64 / begun.elapsed().as_secs_f64()
}
