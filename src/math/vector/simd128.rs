//! WebAssembly's 128-bit SIMD: 4 models per register. Without a fused multiply-add, so that its bits are those of the
//! portable code.

use super::{Isa, SimdKernel};
use crate::math::real::SQRT_HALF_BITS;
use std::arch::wasm32::*;

/// A browser, or another host of WebAssembly, with SIMD.
#[derive(Debug, Clone, Copy)]
pub struct Simd128;

const LANES: usize = 4;

impl Isa for Simd128 {
    type Register = v128;
    const LANES: usize = LANES;
    const REGISTERS: usize = 16;
    const FUSED: bool = false;

    fn run<K: SimdKernel>(kernel: K) -> K::Output {
        kernel.run()
    }

    #[inline(always)]
    fn splat(x: f32) -> v128 {
        f32x4_splat(x)
    }
    operations! {
        add(a, b) = f32x4_add(a, b);
        sub(a, b) = f32x4_sub(a, b);
        mul(a, b) = f32x4_mul(a, b);
        div(a, b) = f32x4_div(a, b);
        sqrt(x) = f32x4_sqrt(x);
        fma(a, b, c) = f32x4_add(f32x4_mul(a, b), c);
        // One instruction of the processor each, and `x` where it is NaN.
        at_least(x, low) = f32x4_pmax(x, low);
        at_most(x, high) = f32x4_pmin(x, high);
        if_negative(x, yes, no) = v128_bitselect(yes, no, f32x4_lt(x, f32x4_splat(0.0)));
        if_positive(x, yes, no) = v128_bitselect(yes, no, f32x4_gt(x, f32x4_splat(0.0)));
        and(a, b) = v128_and(a, b);
        xor(a, b) = v128_xor(a, b);
        larger_bits(a, b) = i32x4_max(a, b);
        times_power(x, coded) = i32x4_add(x, i32x4_shl(coded, 23));
    }
    #[inline(always)]
    fn above_bits(a: v128, b: v128) -> u32 {
        u32::from(i32x4_bitmask(i32x4_gt(a, b)))
    }
    #[inline(always)]
    fn mantissa(x: v128) -> (v128, v128) {
        let k = u32x4_shr(i32x4_sub(x, i32x4_splat(SQRT_HALF_BITS)), 23);
        (f32x4_convert_i32x4(k), i32x4_sub(x, i32x4_shl(k, 23)))
    }
}
