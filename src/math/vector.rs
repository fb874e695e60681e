//! SIMD: the same number of several models side by side in one register. [`Vector`] says once what formulas and kernels do
//! with registers; an instruction set is a thin instance of [`Isa`].
//!
//! `wide` fixes its instruction set at compile time, and with `pulp` a token would have to travel through every formula;
//! what is needed here are two dozen operations.

use super::elementary;
use super::real::{ROUNDER, Real, Single, elementary_functions};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Functions of registers, a line each: `add(a, b) = _mm512_add_ps(a, b);`.
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

/// The most numbers side by side.
pub const MOST_LANES: usize = 16;

/// What a register of f32 can do in one instruction set. Only on processors that have it may anything here be called:
/// sets are chosen in one place, which asks the processor.
pub trait Isa: Copy + Send + Sync + 'static {
    /// `LANES` f32 without padding.
    type Register: Copy + Send + Sync + 'static;
    /// Numbers side by side, at most [`MOST_LANES`].
    const LANES: usize;
    /// Registers that there are.
    const REGISTERS: usize;
    /// Whether [`Isa::fma`] rounds once. The sets that fuse all give the same bits, and so do those that don't.
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
    /// The larger; `x` where it is NaN.
    fn at_least(x: Self::Register, low: Self::Register) -> Self::Register;
    /// The smaller; `x` where it is NaN.
    fn at_most(x: Self::Register, high: Self::Register) -> Self::Register;
    /// `yes` where `x` is below 0.
    fn if_negative(x: Self::Register, yes: Self::Register, no: Self::Register) -> Self::Register;
    /// `yes` where `x` is above 0.
    fn if_positive(x: Self::Register, yes: Self::Register, no: Self::Register) -> Self::Register;
    /// The bits that both have.
    fn and(a: Self::Register, b: Self::Register) -> Self::Register;
    /// The bits that one of them has.
    fn xor(a: Self::Register, b: Self::Register) -> Self::Register;
    /// The larger by their bits as whole numbers with a sign.
    fn larger_bits(a: Self::Register, b: Self::Register) -> Self::Register;
    /// Bit n: whether lane n's bits are larger, as whole numbers with a sign.
    fn above_bits(a: Self::Register, b: Self::Register) -> u32;
    /// [`Single::times_power`].
    fn times_power(x: Self::Register, coded: Self::Register) -> Self::Register;
    /// [`Single::mantissa`].
    fn mantissa(x: Self::Register) -> (Self::Register, Self::Register);
}

/// Work to be compiled for an instruction set. `run` and all that it calls must be `#[inline(always)]`: what is not inlined
/// is compiled for the target's baseline.
pub trait SimdKernel {
    type Output;
    fn run(self) -> Self::Output;
}

/// One number of each of `LANES` models.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Vector<I: Isa>(pub I::Register);

impl<I: Isa> Vector<I> {
    /// The same number in each lane.
    #[inline(always)]
    pub fn all(x: f32) -> Self {
        Self(I::splat(x))
    }

    /// `make(lane)` in each lane.
    #[inline(always)]
    pub fn from_fn(mut make: impl FnMut(usize) -> f32) -> Self {
        let mut made = Self::default();
        made.lanes_mut().iter_mut().enumerate().for_each(|(lane, x)| *x = make(lane));
        made
    }

    /// Its numbers.
    #[inline(always)]
    pub fn lanes(&self) -> &[f32] {
        Self::flat(std::slice::from_ref(self))
    }

    /// The same, to be written.
    #[inline(always)]
    pub fn lanes_mut(&mut self) -> &mut [f32] {
        const { assert!(size_of::<Self>() == I::LANES * size_of::<f32>() && I::LANES <= MOST_LANES) };
        // SAFETY: `LANES` f32 without padding, as just asserted; the borrow is passed on.
        unsafe { std::slice::from_raw_parts_mut(std::ptr::from_mut(self).cast(), I::LANES) }
    }

    /// All numbers of all of `vectors`, one vector after the other.
    #[inline(always)]
    pub fn flat(vectors: &[Self]) -> &[f32] {
        const { assert!(size_of::<Self>() == I::LANES * size_of::<f32>()) };
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts(vectors.as_ptr().cast(), vectors.len() * I::LANES) }
    }

    /// Only these of each lane's bits.
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
    /// Bit n: lane n.
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
