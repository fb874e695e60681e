//! Fallback for every processor: 4 models per array, each lane computed as f32. Compilers turn it into SIMD
//! instructions of the target's baseline.

use super::{Isa, SimdKernel};
use crate::math::real::{Real, Single};

/// Any processor.
#[derive(Debug, Clone, Copy)]
pub struct Portable;

const LANES: usize = 4;

/// Array with the alignment of SIMD registers.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(16))]
pub struct Four([f32; LANES]);

#[inline(always)]
fn each(make: impl Fn(usize) -> f32) -> Four {
    Four([make(0), make(1), make(2), make(3)])
}

impl Isa for Portable {
    type Register = Four;
    const LANES: usize = LANES;
    const REGISTERS: usize = 16;
    const FUSED: bool = false;

    fn run<K: SimdKernel>(kernel: K) -> K::Output {
        kernel.run()
    }

    #[inline(always)]
    fn splat(x: f32) -> Four {
        Four([x; LANES])
    }
    operations! {
        add(a, b) = each(|n| a.0[n] + b.0[n]);
        sub(a, b) = each(|n| a.0[n] - b.0[n]);
        mul(a, b) = each(|n| a.0[n] * b.0[n]);
        div(a, b) = each(|n| a.0[n] / b.0[n]);
        sqrt(x) = each(|n| x.0[n].sqrt());
        fma(a, b, c) = each(|n| a.0[n].fma(b.0[n], c.0[n]));
        at_least(x, low) = each(|n| x.0[n].at_least(low.0[n]));
        at_most(x, high) = each(|n| x.0[n].at_most(high.0[n]));
        if_negative(x, yes, no) = each(|n| x.0[n].if_negative(yes.0[n], no.0[n]));
        if_positive(x, yes, no) = each(|n| x.0[n].if_positive(yes.0[n], no.0[n]));
        and(a, b) = each(|n| f32::from_bits(a.0[n].to_bits() & b.0[n].to_bits()));
        xor(a, b) = each(|n| f32::from_bits(a.0[n].to_bits() ^ b.0[n].to_bits()));
        larger_bits(a, b) = each(|n| f32::from_bits((a.0[n].to_bits() as i32).max(b.0[n].to_bits() as i32) as u32));
        times_power(x, coded) = each(|n| x.0[n].times_power(coded.0[n]));
    }
    #[inline(always)]
    fn above_bits(a: Four, b: Four) -> u32 {
        (0..LANES).fold(0, |mask, n| mask | u32::from(a.0[n].to_bits() as i32 > b.0[n].to_bits() as i32) << n)
    }
    #[inline(always)]
    fn mantissa(x: Four) -> (Four, Four) {
        (each(|n| x.0[n].mantissa().0), each(|n| x.0[n].mantissa().1))
    }
}
