//! AVX2 with FMA: 8 models per register.

use super::{Isa, SimdKernel};
use crate::math::real::SQRT_HALF_BITS;
use std::arch::x86_64::*;

/// Processors with AVX2 and FMA.
#[derive(Debug, Clone, Copy)]
pub struct Avx2;

#[inline(always)]
fn bits(x: __m256) -> __m256i {
    // SAFETY: as for the whole set, see [`Isa`].
    unsafe { _mm256_castps_si256(x) }
}

#[inline(always)]
fn number(x: __m256i) -> __m256 {
    // SAFETY: as above.
    unsafe { _mm256_castsi256_ps(x) }
}

// SAFETY of every block, also in `operations`: this set is selected only after its features are detected, see [`Isa`].
impl Isa for Avx2 {
    type Register = __m256;
    const LANES: usize = 8;
    const REGISTERS: usize = 16;
    const FUSED: bool = true;

    fn run<K: SimdKernel>(kernel: K) -> K::Output {
        #[target_feature(enable = "avx2,fma")]
        fn compiled<K: SimdKernel>(kernel: K) -> K::Output {
            kernel.run()
        }
        unsafe { compiled(kernel) }
    }

    #[inline(always)]
    fn splat(x: f32) -> __m256 {
        unsafe { _mm256_set1_ps(x) }
    }
    operations! {
        add(a, b) = _mm256_add_ps(a, b);
        sub(a, b) = _mm256_sub_ps(a, b);
        mul(a, b) = _mm256_mul_ps(a, b);
        div(a, b) = _mm256_div_ps(a, b);
        sqrt(x) = _mm256_sqrt_ps(x);
        fma(a, b, c) = _mm256_fmadd_ps(a, b, c);
        // These instructions return the second operand if either is NaN.
        at_least(x, low) = _mm256_max_ps(low, x);
        at_most(x, high) = _mm256_min_ps(high, x);
        if_negative(x, yes, no) = _mm256_blendv_ps(no, yes, _mm256_cmp_ps::<_CMP_LT_OQ>(x, _mm256_setzero_ps()));
        if_positive(x, yes, no) = _mm256_blendv_ps(no, yes, _mm256_cmp_ps::<_CMP_GT_OQ>(x, _mm256_setzero_ps()));
        and(a, b) = _mm256_and_ps(a, b);
        xor(a, b) = _mm256_xor_ps(a, b);
        larger_bits(a, b) = number(_mm256_max_epi32(bits(a), bits(b)));
        times_power(x, coded) = number(_mm256_add_epi32(bits(x), _mm256_slli_epi32::<23>(bits(coded))));
    }
    #[inline(always)]
    fn above_bits(a: __m256, b: __m256) -> u32 {
        unsafe { _mm256_movemask_ps(number(_mm256_cmpgt_epi32(bits(a), bits(b)))) as u32 }
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
