//! SIMD: the same number of several models in the lanes of one register. [`Vector`] implements the operations of
//! formulas and kernels once; each instruction set is a thin implementation of [`Isa`].
//!
//! Not by `wide`, which fixes the instruction set at compile time, nor by `pulp`, whose token every formula would have
//! to pass on: two dozen operations suffice here.

use super::elementary;
use super::real::{ROUNDER, Real, Single};
use super::single::elementary_functions;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Register functions, one line each: `add(a, b) = _mm512_add_ps(a, b);`.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident($($x:ident),*) = $of:expr;)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        #[allow(unused_unsafe, reason = "not every set's operations are")]
        fn $name($($x: Self::Register),*) -> Self::Register {
            unsafe { $of }
        }
    )*};
}

#[cfg(target_arch = "x86_64")]
pub mod avx2;
#[cfg(target_arch = "x86_64")]
pub mod avx512;
pub mod four_vectors;
#[cfg(target_arch = "aarch64")]
pub mod neon;
pub mod portable;

/// Largest number of lanes.
pub const MOST_LANES: usize = 16;

/// Operations on a register of f32 in one instruction set. They may be called only on processors that support the set;
/// one place detects the processor's features and selects the set.
pub trait Isa: Copy + Send + Sync + 'static {
    /// Register of `LANES` f32 without padding.
    type Register: Copy + Send + Sync + 'static;
    /// Lanes per register, at most [`MOST_LANES`].
    const LANES: usize;
    /// Number of registers.
    const REGISTERS: usize;
    /// Whether [`Isa::fma`] rounds once. All fused sets give the same bits, and so do all others.
    const FUSED: bool;

    /// Runs a kernel with the set's instructions.
    fn run<K: SimdKernel>(kernel: K) -> K::Output;

    fn splat(x: f32) -> Self::Register;
    fn add(a: Self::Register, b: Self::Register) -> Self::Register;
    fn sub(a: Self::Register, b: Self::Register) -> Self::Register;
    fn mul(a: Self::Register, b: Self::Register) -> Self::Register;
    fn div(a: Self::Register, b: Self::Register) -> Self::Register;
    fn sqrt(x: Self::Register) -> Self::Register;
    /// a b + c.
    fn fma(a: Self::Register, b: Self::Register, c: Self::Register) -> Self::Register;
    /// The larger number; `x` if it is NaN.
    fn at_least(x: Self::Register, low: Self::Register) -> Self::Register;
    /// The smaller number; `x` if it is NaN.
    fn at_most(x: Self::Register, high: Self::Register) -> Self::Register;
    /// `yes` if `x` is below 0, else `no`.
    fn if_negative(x: Self::Register, yes: Self::Register, no: Self::Register) -> Self::Register;
    /// `yes` if `x` is above 0, else `no`.
    fn if_positive(x: Self::Register, yes: Self::Register, no: Self::Register) -> Self::Register;
    fn and(a: Self::Register, b: Self::Register) -> Self::Register;
    fn xor(a: Self::Register, b: Self::Register) -> Self::Register;
    /// The number with the larger bits, as signed integers.
    fn larger_bits(a: Self::Register, b: Self::Register) -> Self::Register;
    /// Mask: bit n is set if lane n of `a` has larger bits than that of `b`, as signed integers.
    fn above_bits(a: Self::Register, b: Self::Register) -> u32;
    /// [`Single::times_power`].
    fn times_power(x: Self::Register, coded: Self::Register) -> Self::Register;
    /// [`Single::mantissa`].
    fn mantissa(x: Self::Register) -> (Self::Register, Self::Register);
}

/// Work that is compiled for an instruction set. `run` and all that it calls must be `#[inline(always)]`: a function
/// that is not inlined is compiled for the target's baseline.
pub trait SimdKernel {
    type Output;
    fn run(self) -> Self::Output;
}

/// One number of each of `LANES` models.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Vector<I: Isa>(pub I::Register);

impl<I: Isa> Vector<I> {
    /// Sets each lane to `x`.
    #[inline(always)]
    pub fn all(x: f32) -> Self {
        Self(I::splat(x))
    }

    /// Sets each lane to `make(lane)`.
    #[inline(always)]
    pub fn from_fn(mut make: impl FnMut(usize) -> f32) -> Self {
        let mut made = Self::default();
        made.lanes_mut().iter_mut().enumerate().for_each(|(lane, x)| *x = make(lane));
        made
    }

    /// Returns the lanes.
    #[inline(always)]
    pub fn lanes(&self) -> &[f32] {
        Self::flat(std::slice::from_ref(self))
    }

    /// Returns the lanes, to be written.
    #[inline(always)]
    pub fn lanes_mut(&mut self) -> &mut [f32] {
        const { assert!(size_of::<Self>() == I::LANES * size_of::<f32>() && I::LANES <= MOST_LANES) };
        // SAFETY: `LANES` f32 without padding, as just asserted; the borrow is passed on.
        unsafe { std::slice::from_raw_parts_mut(std::ptr::from_mut(self).cast(), I::LANES) }
    }

    /// Returns the lanes of all `vectors`, one vector after the other.
    #[inline(always)]
    pub fn flat(vectors: &[Self]) -> &[f32] {
        const { assert!(size_of::<Self>() == I::LANES * size_of::<f32>()) };
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts(vectors.as_ptr().cast(), vectors.len() * I::LANES) }
    }

    /// Masks each lane's bits with `bits`.
    #[inline(always)]
    fn with_bits(self, bits: u32) -> Self {
        Self(I::and(self.0, I::splat(f32::from_bits(bits))))
    }
}

impl<I: Isa> Default for Vector<I> {
    #[inline(always)]
    fn default() -> Self {
        Self::all(0.0)
    }
}

impl<I: Isa> std::fmt::Debug for Vector<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.lanes().fmt(f)
    }
}

impl<I: Isa> PartialEq for Vector<I> {
    fn eq(&self, other: &Self) -> bool {
        self.lanes() == other.lanes()
    }
}

macro_rules! lane_wise {
    ($($operation:ident $method:ident),*) => {$(
        impl<I: Isa> $operation for Vector<I> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(I::$method(self.0, other.0))
            }
        }
    )*};
}
lane_wise!(Add add, Sub sub, Mul mul, Div div);

impl<I: Isa> Neg for Vector<I> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(I::xor(self.0, I::splat(-0.0)))
    }
}

impl<I: Isa> Single for Vector<I> {
    #[inline(always)]
    fn nearest_whole(self, scale: f32) -> (Self, Self) {
        let coded = self.fma(Self::all(scale), Self::all(ROUNDER));
        (coded - Self::all(ROUNDER), coded)
    }
    #[inline(always)]
    fn times_power(self, coded: Self) -> Self {
        Self(I::times_power(self.0, coded.0))
    }
    #[inline(always)]
    fn mantissa(self) -> (Self, Self) {
        let (k, m) = I::mantissa(self.0);
        (Self(k), Self(m))
    }
    #[inline(always)]
    fn high_half(self) -> Self {
        self.with_bits(0xFFFF_F000)
    }
}

impl<I: Isa> Real for Vector<I> {
    type Bits = Self;
    /// Bit n is for lane n.
    type Mask = u32;
    const LARGEST: f64 = f32::MAX as f64;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self::all(x as f32)
    }
    #[inline(always)]
    fn fma(self, factor: Self, addend: Self) -> Self {
        Self(I::fma(self.0, factor.0, addend.0))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.with_bits(0x7FFF_FFFF)
    }
    #[inline(always)]
    fn at_least(self, low: Self) -> Self {
        Self(I::at_least(self.0, low.0))
    }
    #[inline(always)]
    fn at_most(self, high: Self) -> Self {
        Self(I::at_most(self.0, high.0))
    }
    #[inline(always)]
    fn with_sign_of(self, other: Self) -> Self {
        Self(I::xor(self.0, other.with_bits(0x8000_0000).0))
    }
    #[inline(always)]
    fn if_negative(self, yes: Self, no: Self) -> Self {
        Self(I::if_negative(self.0, yes.0, no.0))
    }
    #[inline(always)]
    fn if_positive(self, yes: Self, no: Self) -> Self {
        Self(I::if_positive(self.0, yes.0, no.0))
    }
    elementary_functions!();
    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(I::sqrt(self.0))
    }
    #[inline(always)]
    fn magnitude_bits(self) -> Self {
        self.abs()
    }
    #[inline(always)]
    fn larger(a: Self, b: Self) -> Self {
        Self(I::larger_bits(a.0, b.0))
    }
    #[inline(always)]
    fn beyond(bits: Self, limit: f64) -> u32 {
        I::above_bits(bits.0, I::splat(limit as f32))
    }
}

#[cfg(test)]
mod tests;
