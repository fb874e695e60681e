//! Measures the ceilings: multiply-adds of the processor, and bytes copied in memory.

use super::tile_values::unrolled;
use crate::clock::Instant;
use crate::math::Real;
use crate::math::vector::{Isa, SimdKernel, Vector};
use crate::parallel::*;
use std::hint::black_box;
use std::marker::PhantomData;
use std::time::Duration;

/// Independent sums: two units with a latency of four cycles need at least 8, and 16 registers can hold this many.
const SUMS: usize = 12;
/// Rounds between two reads of the clock: a fraction of a millisecond.
const ROUNDS: usize = 1 << 16;

/// Does nothing but multiply-adds in registers. Returns a result, so that the compiler keeps the loop.
struct FmaLoop<I>(PhantomData<I>);

impl<I: Isa> SimdKernel for FmaLoop<I> {
    type Output = f32;

    #[inline(always)]
    fn run(self) -> f32 {
        // Hides the values from the compiler, which would otherwise compute the results itself.
        let (factor, term) = (Vector::<I>::all(black_box(0.999)), Vector::all(black_box(0.001)));
        let (mut some, mut more) =
            ([Vector::<I>::all(black_box(0.5)); 8], [Vector::<I>::all(black_box(0.6)); SUMS - 8]);
        for _ in 0..ROUNDS {
            unrolled!(n < 8, some[n] = some[n].fma(factor, term));
            unrolled!(n < SUMS - 8, more[n] = more[n].fma(factor, term));
        }
        let mut total = Vector::default();
        unrolled!(n < 8, total = total + some[n]);
        unrolled!(n < SUMS - 8, total = total + more[n]);
        total.lanes()[0]
    }
}

/// Measures multiplications plus additions per second of one thread over `time`. The best round counts, since other
/// programs can only slow it down.
pub fn flops<I: Isa>(time: Duration) -> f64 {
    let (begun, mut best) = (Instant::now(), 0f64);
    while begun.elapsed() < time {
        let round = Instant::now();
        black_box(I::run(FmaLoop::<I>(PhantomData)));
        best = best.max((ROUNDS * SUMS * I::LANES * 2) as f64 / round.elapsed().as_secs_f64());
    }
    best
}

/// Bytes that a copy reads, more than the caches hold, and bytes per piece of a thread.
const COPIED: usize = 256 << 20;
const PIECE: usize = 1 << 20;
/// Number of copies; the fastest counts.
const COPIES: usize = 4;

/// Measures bytes read plus bytes written per second, by a memory copy with all threads of the current pool.
pub fn copied_bytes_per_second() -> f64 {
    // The copying threads also fill the buffers, so that on a machine of several sockets each has its pages near.
    let filled = |value: u8| (0..COPIED).into_par_iter().with_min_len(PIECE).map(|_| value).collect::<Vec<u8>>();
    let (from, mut to) = (filled(1), filled(2));
    let mut copy = || {
        let begun = Instant::now();
        to.par_chunks_mut(PIECE).zip(from.par_chunks(PIECE)).for_each(|(to, from)| to.copy_from_slice(from));
        black_box(&to);
        begun.elapsed().as_secs_f64()
    };
    let best = (0..COPIES).map(|_| copy()).fold(f64::INFINITY, f64::min);
    (2 * COPIED) as f64 / best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::vector::portable::Portable;

    #[test]
    fn the_ceilings_are_rates() {
        let flops = flops::<Portable>(Duration::from_millis(2));
        // Any processor exceeds the lower bound; the upper is over a hundred operations per cycle.
        assert!((1e7..1e12).contains(&flops), "{flops}");
        let copied = copied_bytes_per_second();
        assert!((1e8..1e13).contains(&copied), "{copied}");
    }
}
