//! Several models' numbers side by side, as SIMD instructions take them.

use super::elementary;
use super::real::{Real, Single};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// `N` f32 side by side, one for each of `N` models. Each lane does exactly what f32 does.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(32))]
pub struct Lanes<const N: usize>(pub [f32; N]);

/// Said in a loop over [`Lanes`], keeps compilers from vectorising over its rounds, which they like better than over the
/// lanes within a round although it is many times slower. Costs nothing.
#[inline(always)]
pub fn round_by_round() {
    std::hint::black_box(());
}

impl<const N: usize> Default for Lanes<N> {
    #[inline(always)]
    fn default() -> Self {
        Self([0.0; N])
    }
}

impl<const N: usize> Lanes<N> {
    /// The same number in each lane.
    #[inline(always)]
    pub fn all(x: f32) -> Self {
        Self([x; N])
    }

    /// All numbers of all of `lanes`, one after the other: what is done to each of them alike is fastest done so.
    #[inline(always)]
    pub fn flat(lanes: &[Self]) -> &[f32] {
        const { assert!(size_of::<Self>() == N * size_of::<f32>(), "no padding between lanes") };
        // SAFETY: the layout is that of `[f32; N]`, without padding as just asserted; the borrow is passed on.
        unsafe { std::slice::from_raw_parts(lanes.as_ptr().cast(), lanes.len() * N) }
    }

    /// The same, to be written.
    #[inline(always)]
    pub fn flat_mut(lanes: &mut [Self]) -> &mut [f32] {
        const { assert!(size_of::<Self>() == N * size_of::<f32>(), "no padding between lanes") };
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(lanes.as_mut_ptr().cast(), lanes.len() * N) }
    }

    #[inline(always)]
    fn zip(mut self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        for lane in 0..N {
            self.0[lane] = f(self.0[lane], other.0[lane]);
        }
        self
    }

    #[inline(always)]
    fn map(mut self, f: impl Fn(f32) -> f32) -> Self {
        for lane in 0..N {
            self.0[lane] = f(self.0[lane]);
        }
        self
    }
}

macro_rules! lane_wise {
    ($($operation:ident $method:ident),*) => {$(
        impl<const N: usize> $operation for Lanes<N> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.zip(other, |a, b| a.$method(b))
            }
        }
    )*};
}
lane_wise!(Add add, Sub sub, Mul mul, Div div);

impl<const N: usize> Neg for Lanes<N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.map(|x| -x)
    }
}

impl<const N: usize> Single for Lanes<N> {
    #[inline(always)]
    fn nearest_power(self) -> (Self, Self) {
        (self.map(|x| x.nearest_power().0), self.map(|x| x.nearest_power().1))
    }
    #[inline(always)]
    fn mantissa(self) -> (Self, Self) {
        (self.map(|x| x.mantissa().0), self.map(|x| x.mantissa().1))
    }
    #[inline(always)]
    fn high_half(self) -> Self {
        self.map(f32::high_half)
    }
}

impl<const N: usize> Real for Lanes<N> {
    type Bits = [u32; N];
    type Mask = [bool; N];
    const LARGEST: f64 = f32::MAX as f64;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self::all(x as f32)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.map(f32::abs)
    }
    #[inline(always)]
    fn if_negative(mut self, yes: Self, no: Self) -> Self {
        for lane in 0..N {
            self.0[lane] = self.0[lane].if_negative(yes.0[lane], no.0[lane]);
        }
        self
    }
    #[inline(always)]
    fn if_positive(mut self, yes: Self, no: Self) -> Self {
        for lane in 0..N {
            self.0[lane] = self.0[lane].if_positive(yes.0[lane], no.0[lane]);
        }
        self
    }
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
    fn normal_tail(self) -> Self {
        elementary::normal_tail(self)
    }
    #[inline(always)]
    fn normal_density(self) -> Self {
        elementary::normal_density(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.map(f32::sqrt)
    }
    #[inline(always)]
    fn magnitude_bits(self) -> [u32; N] {
        self.0.map(f32::magnitude_bits)
    }
    #[inline(always)]
    fn larger(mut a: [u32; N], b: [u32; N]) -> [u32; N] {
        for lane in 0..N {
            a[lane] = f32::larger(a[lane], b[lane]);
        }
        a
    }
    #[inline(always)]
    fn beyond(bits: [u32; N], limit: f64) -> [bool; N] {
        bits.map(|bits| f32::beyond(bits, limit))
    }
}
