//! What every processor can do: 4 models an array, each lane by itself as f32 does it. Compilers make SIMD instructions
//! of the target's baseline from it.

use super::{Isa, Kernel};
use crate::math::real::{Real, Single};

/// Any processor.
#[derive(Debug, Clone, Copy)]
pub struct Portable;

const LANES: usize = 4;

/// Aligned as SIMD registers are.
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

    fn run<K: Kernel>(kernel: K) -> K::Output {
        kernel.run()
    }

    #[inline(always)]
    fn splat(x: f32) -> Four {
        Four([x; LANES])
    }
    #[inline(always)]
    fn add(a: Four, b: Four) -> Four {
        each(|n| a.0[n] + b.0[n])
    }
    #[inline(always)]
    fn sub(a: Four, b: Four) -> Four {
        each(|n| a.0[n] - b.0[n])
    }
    #[inline(always)]
    fn mul(a: Four, b: Four) -> Four {
        each(|n| a.0[n] * b.0[n])
    }
    #[inline(always)]
    fn div(a: Four, b: Four) -> Four {
        each(|n| a.0[n] / b.0[n])
    }
    #[inline(always)]
    fn sqrt(x: Four) -> Four {
        each(|n| x.0[n].sqrt())
    }
    #[inline(always)]
    fn fma(a: Four, b: Four, c: Four) -> Four {
        each(|n| a.0[n].fma(b.0[n], c.0[n]))
    }
    #[inline(always)]
    fn at_least(x: Four, low: Four) -> Four {
        each(|n| x.0[n].at_least(low.0[n]))
    }
    #[inline(always)]
    fn if_negative(x: Four, yes: Four, no: Four) -> Four {
        each(|n| x.0[n].if_negative(yes.0[n], no.0[n]))
    }
    #[inline(always)]
    fn if_positive(x: Four, yes: Four, no: Four) -> Four {
        each(|n| x.0[n].if_positive(yes.0[n], no.0[n]))
    }
    #[inline(always)]
    fn and(a: Four, b: Four) -> Four {
        each(|n| f32::from_bits(a.0[n].to_bits() & b.0[n].to_bits()))
    }
    #[inline(always)]
    fn xor(a: Four, b: Four) -> Four {
        each(|n| f32::from_bits(a.0[n].to_bits() ^ b.0[n].to_bits()))
    }
    #[inline(always)]
    fn larger_bits(a: Four, b: Four) -> Four {
        each(|n| f32::from_bits((a.0[n].to_bits() as i32).max(b.0[n].to_bits() as i32) as u32))
    }
    #[inline(always)]
    fn above_bits(a: Four, b: Four) -> u32 {
        (0..LANES).fold(0, |mask, n| mask | u32::from(a.0[n].to_bits() as i32 > b.0[n].to_bits() as i32) << n)
    }
    #[inline(always)]
    fn times_power(x: Four, coded: Four) -> Four {
        each(|n| x.0[n].times_power(coded.0[n]))
    }
    #[inline(always)]
    fn mantissa(x: Four) -> (Four, Four) {
        (each(|n| x.0[n].mantissa().0), each(|n| x.0[n].mantissa().1))
    }
}
