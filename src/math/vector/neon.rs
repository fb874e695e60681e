//! NEON: 4 models per register, on every 64-bit ARM processor.

use super::{Isa, SimdKernel};
use crate::math::real::SQRT_HALF_BITS;
use std::arch::aarch64::*;

/// Processors with NEON.
#[derive(Debug, Clone, Copy)]
pub struct Neon;

#[inline(always)]
fn bits(x: float32x4_t) -> int32x4_t {
    // SAFETY: part of the target's baseline.
    unsafe { vreinterpretq_s32_f32(x) }
}

#[inline(always)]
fn number(x: int32x4_t) -> float32x4_t {
    // SAFETY: as above.
    unsafe { vreinterpretq_f32_s32(x) }
}

// SAFETY of every block, also in `operations`: part of the target's baseline.
impl Isa for Neon {
    type Register = float32x4_t;
    const LANES: usize = 4;
    const REGISTERS: usize = 32;
    const FUSED: bool = true;

    fn run<K: SimdKernel>(kernel: K) -> K::Output {
        kernel.run()
    }

    #[inline(always)]
    fn splat(x: f32) -> float32x4_t {
        unsafe { vdupq_n_f32(x) }
    }
    operations! {
        add(a, b) = vaddq_f32(a, b);
        sub(a, b) = vsubq_f32(a, b);
        mul(a, b) = vmulq_f32(a, b);
        div(a, b) = vdivq_f32(a, b);
        sqrt(x) = vsqrtq_f32(x);
        fma(a, b, c) = vfmaq_f32(c, a, b);
        at_least(x, low) = vbslq_f32(vcltq_f32(x, low), low, x);
        at_most(x, high) = vbslq_f32(vcgtq_f32(x, high), high, x);
        if_negative(x, yes, no) = vbslq_f32(vcltzq_f32(x), yes, no);
        if_positive(x, yes, no) = vbslq_f32(vcgtzq_f32(x), yes, no);
        and(a, b) = number(vandq_s32(bits(a), bits(b)));
        xor(a, b) = number(veorq_s32(bits(a), bits(b)));
        larger_bits(a, b) = number(vmaxq_s32(bits(a), bits(b)));
        times_power(x, coded) = number(vaddq_s32(bits(x), vshlq_n_s32::<23>(bits(coded))));
    }
    #[inline(always)]
    fn above_bits(a: float32x4_t, b: float32x4_t) -> u32 {
        unsafe {
            let place = vld1q_u32([1, 2, 4, 8].as_ptr());
            vaddvq_u32(vandq_u32(vcgtq_s32(bits(a), bits(b)), place))
        }
    }
    #[inline(always)]
    fn mantissa(x: float32x4_t) -> (float32x4_t, float32x4_t) {
        unsafe {
            let above = vsubq_s32(bits(x), vdupq_n_s32(SQRT_HALF_BITS));
            let k = vreinterpretq_s32_u32(vshrq_n_u32::<23>(vreinterpretq_u32_s32(above)));
            (vcvtq_f32_s32(k), number(vsubq_s32(bits(x), vshlq_n_s32::<23>(k))))
        }
    }
}
