//! Numbers that the formulas are written for: f64 defines right, f32 does what the shaders do, a vector does so for several
//! models at once.

use super::elementary;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number, or several side by side. Nothing here branches on a value, so that compilers can vectorise it.
pub trait Real:
    Copy + Default + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// Bits of a magnitude, ordered as the magnitudes are, NaN above all.
    type Bits: Copy;
    /// A yes or no for each number.
    type Mask;
    /// The largest finite number.
    const LARGEST: f64;

    /// `x`, rounded once if need be.
    fn splat(x: f64) -> Self;
    /// self · factor + addend; vectors may round once, f32 and f64 round twice.
    fn fma(self, factor: Self, addend: Self) -> Self;
    /// Magnitude.
    fn abs(self) -> Self;
    /// The larger of the two; NaN where this is NaN.
    fn at_least(self, low: Self) -> Self;
    /// The smaller of the two; NaN where this is NaN.
    fn at_most(self, high: Self) -> Self;
    /// This, which has no sign, with the sign of `other`, of 0 and NaN too.
    fn with_sign_of(self, other: Self) -> Self;
    /// `yes` where this is below 0, else `no`; `no` where this is NaN.
    fn if_negative(self, yes: Self, no: Self) -> Self;
    /// `yes` where this is above 0, else `no`; `no` where this is NaN.
    fn if_positive(self, yes: Self, no: Self) -> Self;
    /// exp(x) for x <= 0.
    fn exp_negative(self) -> Self;
    /// log(1 + q) for q >= 0.
    fn log1p_positive(self) -> Self;
    /// tanh(x) for x >= 0.
    fn tanh_positive(self) -> Self;
    /// exp(-x² / 2) / √(2π) for x >= 0.
    fn normal_density(self) -> Self;
    /// erfc(x / √2) / 2 for x >= 0.
    fn normal_tail(self) -> Self;
    /// √x for x >= 0.
    fn sqrt(self) -> Self;
    /// Bits of the magnitude.
    fn magnitude_bits(self) -> Self::Bits;
    /// The larger of two magnitudes.
    fn larger(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// Whether a magnitude is beyond `limit`, a finite number from 0; a NaN is.
    fn beyond(bits: Self::Bits, limit: f64) -> Self::Mask;
}

/// f32, alone or side by side: what the polynomials of `elementary` need besides [`Real`].
pub trait Single: Real {
    /// The whole number nearest to self · scale, of magnitude below 2^22: as it is, and as code for
    /// [`Single::times_power`].
    fn nearest_whole(self, scale: f32) -> (Self, Self);
    /// self · 2^n, of a code for n; where that and this are normal numbers.
    fn times_power(self, coded: Self) -> Self;
    /// k and m with self = 2^k m, m between √½ and √2; for numbers from √½.
    fn mantissa(self) -> (Self, Self);
    /// This without the last 12 of its 24 bits, so that its square is exact.
    fn high_half(self) -> Self;
}

/// 1.5 · 2^23: a small number added to this is rounded to a whole one, found in the low bits of the sum.
pub(super) const ROUNDER: f32 = 12_582_912.0;
/// Bits of √½.
pub(super) const SQRT_HALF_BITS: i32 = 0x3F35_04F3;

/// The functions of [`Real`] that f32 and vectors of it take from `elementary`.
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
        // The low bits of the code are n; what else is in it is shifted away.
        f32::from_bits(self.to_bits().wrapping_add(coded.to_bits() << 23))
    }
    #[inline(always)]
    fn mantissa(self) -> (Self, Self) {
        let bits = self.to_bits();
        let k = bits.wrapping_sub(SQRT_HALF_BITS as u32) >> 23;
        // Through i32: SIMD sets have no conversion from unsigned.
        (k as i32 as f32, f32::from_bits(bits.wrapping_sub(k << 23)))
    }
    #[inline(always)]
    fn high_half(self) -> Self {
        f32::from_bits(self.to_bits() & 0xFFFF_F000)
    }
}

impl Real for f64 {
    type Bits = u64;
    type Mask = bool;
    const LARGEST: f64 = f64::MAX;

    fn splat(x: f64) -> Self {
        x
    }
    fn fma(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }
    fn abs(self) -> Self {
        self.abs()
    }
    fn at_least(self, low: Self) -> Self {
        if self < low { low } else { self }
    }
    fn at_most(self, high: Self) -> Self {
        if self > high { high } else { self }
    }
    fn with_sign_of(self, other: Self) -> Self {
        self.copysign(other)
    }
    fn if_negative(self, yes: Self, no: Self) -> Self {
        if self < 0.0 { yes } else { no }
    }
    fn if_positive(self, yes: Self, no: Self) -> Self {
        if self > 0.0 { yes } else { no }
    }
    fn exp_negative(self) -> Self {
        self.exp()
    }
    fn log1p_positive(self) -> Self {
        self.ln_1p()
    }
    fn tanh_positive(self) -> Self {
        self.tanh()
    }
    fn normal_density(self) -> Self {
        0.398_942_280_401_432_7 * (-0.5 * self * self).exp()
    }
    fn normal_tail(self) -> Self {
        0.5 * libm::erfc(self * std::f64::consts::FRAC_1_SQRT_2)
    }
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    fn magnitude_bits(self) -> u64 {
        self.abs().to_bits()
    }
    fn larger(a: u64, b: u64) -> u64 {
        a.max(b)
    }
    fn beyond(bits: u64, limit: f64) -> bool {
        bits > limit.to_bits()
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
        // A magnitude has no sign bit: as signed numbers they order alike, and every SIMD set compares those.
        (a as i32).max(b as i32) as u32
    }
    #[inline(always)]
    fn beyond(bits: u32, limit: f64) -> bool {
        bits > (limit as f32).to_bits()
    }
}
