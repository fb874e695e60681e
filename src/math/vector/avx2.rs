//! AVX2 with FMA: 8 models a register.

use super::{Isa, Kernel};
use crate::math::real::SQRT_HALF_BITS;
use std::arch::x86_64::*;

/// Processors with AVX2 and FMA.
#[derive(Debug, Clone, Copy)]
pub struct Avx2;

#[inline(always)]
fn bits(x: __m256) -> __m256i {
    // SAFETY: as for all of the set, see [`Isa`].
    unsafe { _mm256_castps_si256(x) }
}

#[inline(always)]
fn number(x: __m256i) -> __m256 {
    // SAFETY: as above.
    unsafe { _mm256_castsi256_ps(x) }
}

// SAFETY of all: whoever names the set has asked the processor, see [`Isa`].
impl Isa for Avx2 {
    type Register = __m256;
    const LANES: usize = 8;
    const REGISTERS: usize = 16;
    const FUSED: bool = true;

    fn run<K: Kernel>(kernel: K) -> K::Output {
        #[target_feature(enable = "avx2,fma")]
        fn compiled<K: Kernel>(kernel: K) -> K::Output {
            kernel.run()
        }
        unsafe { compiled(kernel) }
    }

    #[inline(always)]
    fn splat(x: f32) -> __m256 {
        unsafe { _mm256_set1_ps(x) }
    }
    #[inline(always)]
    fn add(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_mul_ps(a, b) }
    }
    #[inline(always)]
    fn div(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_div_ps(a, b) }
    }
    #[inline(always)]
    fn sqrt(x: __m256) -> __m256 {
        unsafe { _mm256_sqrt_ps(x) }
    }
    #[inline(always)]
    fn fma(a: __m256, b: __m256, c: __m256) -> __m256 {
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn at_least(x: __m256, low: __m256) -> __m256 {
        // The second one where either is NaN.
        unsafe { _mm256_max_ps(low, x) }
    }
    #[inline(always)]
    fn if_negative(x: __m256, yes: __m256, no: __m256) -> __m256 {
        unsafe { _mm256_blendv_ps(no, yes, _mm256_cmp_ps::<_CMP_LT_OQ>(x, _mm256_setzero_ps())) }
    }
    #[inline(always)]
    fn if_positive(x: __m256, yes: __m256, no: __m256) -> __m256 {
        unsafe { _mm256_blendv_ps(no, yes, _mm256_cmp_ps::<_CMP_GT_OQ>(x, _mm256_setzero_ps())) }
    }
    #[inline(always)]
    fn and(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_and_ps(a, b) }
    }
    #[inline(always)]
    fn xor(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_xor_ps(a, b) }
    }
    #[inline(always)]
    fn larger_bits(a: __m256, b: __m256) -> __m256 {
        unsafe { number(_mm256_max_epi32(bits(a), bits(b))) }
    }
    #[inline(always)]
    fn above_bits(a: __m256, b: __m256) -> u32 {
        unsafe { _mm256_movemask_ps(number(_mm256_cmpgt_epi32(bits(a), bits(b)))) as u32 }
    }
    #[inline(always)]
    fn times_power(x: __m256, coded: __m256) -> __m256 {
        unsafe { number(_mm256_add_epi32(bits(x), _mm256_slli_epi32::<23>(bits(coded)))) }
    }
    #[inline(always)]
    fn mantissa(x: __m256) -> (__m256, __m256) {
        unsafe {
            let k = _mm256_srli_epi32::<23>(_mm256_sub_epi32(bits(x), _mm256_set1_epi32(SQRT_HALF_BITS)));
            let rest = _mm256_sub_epi32(bits(x), _mm256_slli_epi32::<23>(k));
            (_mm256_cvtepi32_ps(k), number(rest))
        }
    }
}
