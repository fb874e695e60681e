//! Four registers as one: long dependency chains, such as an exponential, run interleaved for four points, which hides
//! the latency of instructions.

use super::{Isa, SimdKernel, Vector};

/// Four registers of `I`. Not selected as an instruction set, but obtained by [`Vector::quads`].
#[derive(Debug, Clone, Copy)]
pub struct FourVectors<I>(I);

/// Evaluates `$of` for each of the four.
macro_rules! each {
    ($n:ident => $of:expr) => {{
        [
            {
                let $n = 0;
                $of
            },
            {
                let $n = 1;
                $of
            },
            {
                let $n = 2;
                $of
            },
            {
                let $n = 3;
                $of
            },
        ]
    }};
}

impl<I: Isa> Isa for FourVectors<I> {
    type Register = [I::Register; 4];
    const LANES: usize = 4 * I::LANES;
    const REGISTERS: usize = I::REGISTERS / 4;
    const FUSED: bool = I::FUSED;

    fn run<K: SimdKernel>(kernel: K) -> K::Output {
        I::run(kernel)
    }

    #[inline(always)]
    fn splat(x: f32) -> Self::Register {
        [I::splat(x); 4]
    }
    operations! {
        add(a, b) = each!(n => I::add(a[n], b[n]));
        sub(a, b) = each!(n => I::sub(a[n], b[n]));
        mul(a, b) = each!(n => I::mul(a[n], b[n]));
        div(a, b) = each!(n => I::div(a[n], b[n]));
        sqrt(x) = each!(n => I::sqrt(x[n]));
        fma(a, b, c) = each!(n => I::fma(a[n], b[n], c[n]));
        at_least(x, low) = each!(n => I::at_least(x[n], low[n]));
        at_most(x, high) = each!(n => I::at_most(x[n], high[n]));
        if_negative(x, yes, no) = each!(n => I::if_negative(x[n], yes[n], no[n]));
        if_positive(x, yes, no) = each!(n => I::if_positive(x[n], yes[n], no[n]));
        and(a, b) = each!(n => I::and(a[n], b[n]));
        xor(a, b) = each!(n => I::xor(a[n], b[n]));
        larger_bits(a, b) = each!(n => I::larger_bits(a[n], b[n]));
        times_power(x, coded) = each!(n => I::times_power(x[n], coded[n]));
    }
    /// Bit n: whether lane n of any of the four has larger bits.
    #[inline(always)]
    fn above_bits(a: Self::Register, b: Self::Register) -> u32 {
        let [w, x, y, z] = each!(n => I::above_bits(a[n], b[n]));
        w | x | y | z
    }
    #[inline(always)]
    fn mantissa(x: Self::Register) -> (Self::Register, Self::Register) {
        let [a, b, c, d] = each!(n => I::mantissa(x[n]));
        ([a.0, b.0, c.0, d.0], [a.1, b.1, c.1, d.1])
    }
}

impl<I: Isa> Vector<I> {
    /// Splits the vectors into groups of four and a remainder.
    #[inline(always)]
    pub fn quads(vectors: &mut [Self]) -> (&mut [Vector<FourVectors<I>>], &mut [Self]) {
        const { assert!(size_of::<Vector<FourVectors<I>>>() == 4 * size_of::<Self>()) };
        const { assert!(align_of::<Vector<FourVectors<I>>>() == align_of::<Self>()) };
        let (whole, rest) = vectors.split_at_mut(vectors.len() / 4 * 4);
        // SAFETY: four consecutive vectors have the layout of one group, as asserted above; the borrow is passed on.
        (unsafe { std::slice::from_raw_parts_mut(whole.as_mut_ptr().cast(), whole.len() / 4) }, rest)
    }
}

impl<I: Isa> Vector<FourVectors<I>> {
    /// Returns the four vectors.
    #[inline(always)]
    pub fn parts(self) -> [Vector<I>; 4] {
        each!(n => Vector(self.0[n]))
    }

    /// Combines four vectors.
    #[inline(always)]
    pub fn of(parts: [Vector<I>; 4]) -> Self {
        Self(each!(n => parts[n].0))
    }
}
