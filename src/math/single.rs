//! f32 as a number type: it computes as the shaders do.

use super::elementary;
use super::real::{ROUNDER, Real, SQRT_HALF_BITS, Single};

/// Functions of [`Real`] that f32 and vectors of it take from `elementary`.
macro_rules! elementary_functions {
    () => {
        #[inline(always)]
        fn exp_negative(self) -> Self {
            elementary::exp_negative(self)
        }
        #[inline(always)]
        fn log1p_positive(self) -> Self {
            elementary::log1p_positive(self)
        }
        #[inline(always)]
        fn tanh_positive(self) -> Self {
            elementary::tanh_positive(self)
        }
        #[inline(always)]
        fn normal_density(self) -> Self {
            elementary::normal_density(self)
        }
        #[inline(always)]
        fn normal_tail(self) -> Self {
            elementary::normal_tail(self)
        }
    };
}
pub(super) use elementary_functions;

impl Single for f32 {
    #[inline(always)]
    fn nearest_whole(self, scale: f32) -> (Self, Self) {
        let coded = self.fma(scale, ROUNDER);
        (coded - ROUNDER, coded)
    }
    #[inline(always)]
    fn times_power(self, coded: Self) -> Self {
        // The low bits of the code are n; the shift drops all others.
        f32::from_bits(self.to_bits().wrapping_add(coded.to_bits() << 23))
    }
    #[inline(always)]
    fn mantissa(self) -> (Self, Self) {
        let bits = self.to_bits();
        let k = bits.wrapping_sub(SQRT_HALF_BITS as u32) >> 23;
        // Converts by way of i32: SIMD instruction sets have no conversion from unsigned integers.
        (k as i32 as f32, f32::from_bits(bits.wrapping_sub(k << 23)))
    }
    #[inline(always)]
    fn high_half(self) -> Self {
        f32::from_bits(self.to_bits() & 0xFFFF_F000)
    }
}

impl Real for f32 {
    type Bits = u32;
    type Mask = bool;
    const LARGEST: f64 = f32::MAX as f64;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn fma(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.abs()
    }
    #[inline(always)]
    fn at_least(self, low: Self) -> Self {
        if self < low { low } else { self }
    }
    #[inline(always)]
    fn at_most(self, high: Self) -> Self {
        if self > high { high } else { self }
    }
    #[inline(always)]
    fn with_sign_of(self, other: Self) -> Self {
        self.copysign(other)
    }
    #[inline(always)]
    fn if_negative(self, yes: Self, no: Self) -> Self {
        if self < 0.0 { yes } else { no }
    }
    #[inline(always)]
    fn if_positive(self, yes: Self, no: Self) -> Self {
        if self > 0.0 { yes } else { no }
    }
    elementary_functions!();
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn magnitude_bits(self) -> u32 {
        self.to_bits() & 0x7FFF_FFFF
    }
    #[inline(always)]
    fn larger(a: u32, b: u32) -> u32 {
        // A magnitude has no sign bit, so signed comparison gives the same order, and every SIMD instruction set has
        // that.
        (a as i32).max(b as i32) as u32
    }
    #[inline(always)]
    fn beyond(bits: u32, limit: f64) -> bool {
        bits > (limit as f32).to_bits()
    }
}
