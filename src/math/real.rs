//! Number types of the formulas: f64 is the reference, f32 (in `single`) computes as the shaders do, and a vector does
//! the same for several models at once.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number, or several in the lanes of a vector. No function branches on a value, so that compilers can vectorise.
pub trait Real:
    Copy + Default + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// Bits of a magnitude. They sort as the magnitudes do, with NaN on top.
    type Bits: Copy;
    /// A boolean per number.
    type Mask;
    /// Largest finite number.
    const LARGEST: f64;

    /// Converts `x`, rounding at most once.
    fn splat(x: f64) -> Self;
    /// Returns self · factor + addend. Vectors may round once; f32 and f64 round twice.
    fn fma(self, factor: Self, addend: Self) -> Self;
    /// Returns the magnitude.
    fn abs(self) -> Self;
    /// Returns the larger number; NaN if `self` is NaN.
    fn at_least(self, low: Self) -> Self;
    /// Returns the smaller number; NaN if `self` is NaN.
    fn at_most(self, high: Self) -> Self;
    /// Returns `self`, which must have no sign, with the sign of `other`, including that of 0 and NaN.
    fn with_sign_of(self, other: Self) -> Self;
    /// Returns `yes` if `self` is below 0, else `no`; `no` for NaN.
    fn if_negative(self, yes: Self, no: Self) -> Self;
    /// Returns `yes` if `self` is above 0, else `no`; `no` for NaN.
    fn if_positive(self, yes: Self, no: Self) -> Self;
    /// Returns exp(x) for x <= 0.
    fn exp_negative(self) -> Self;
    /// Returns log(1 + q) for q >= 0.
    fn log1p_positive(self) -> Self;
    /// Returns tanh(x) for x >= 0.
    fn tanh_positive(self) -> Self;
    /// Returns exp(-x² / 2) / √(2π) for x >= 0.
    fn normal_density(self) -> Self;
    /// Returns erfc(x / √2) / 2 for x >= 0.
    fn normal_tail(self) -> Self;
    /// Returns √x for x >= 0.
    fn sqrt(self) -> Self;
    /// Returns the bits of the magnitude.
    fn magnitude_bits(self) -> Self::Bits;
    /// Returns the larger of two magnitudes.
    fn larger(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// Whether a magnitude exceeds `limit`, a finite number >= 0; true for NaN.
    fn beyond(bits: Self::Bits, limit: f64) -> Self::Mask;
}

/// f32 or a vector of it: operations beyond [`Real`] that the polynomials of `elementary` need.
pub trait Single: Real {
    /// Returns the integer nearest to self · scale, of magnitude below 2^22: as a number, and encoded for
    /// [`Single::times_power`].
    fn nearest_whole(self, scale: f32) -> (Self, Self);
    /// Returns self · 2^n for an encoded n; both `self` and the product must be normal numbers.
    fn times_power(self, coded: Self) -> Self;
    /// Returns k and m with self = 2^k m and m between √½ and √2, for numbers from √½.
    fn mantissa(self) -> (Self, Self);
    /// Clears the last 12 of the 24 significant bits, so that the square is exact.
    fn high_half(self) -> Self;
}

/// 1.5 · 2^23. Adding a small number to it rounds that number to an integer, which is in the low bits of the sum.
pub(super) const ROUNDER: f32 = 12_582_912.0;
/// Bits of √½.
pub(super) const SQRT_HALF_BITS: i32 = 0x3F35_04F3;

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
