//! AVX-512: 16 models per register.

use super::{Isa, SimdKernel};
use crate::math::real::SQRT_HALF_BITS;
use std::arch::x86_64::*;

/// Processors with AVX-512F.
#[derive(Debug, Clone, Copy)]
pub struct Avx512;

#[inline(always)]
fn bits(x: __m512) -> __m512i {
    // SAFETY: as for the whole set, see [`Isa`].
    unsafe { _mm512_castps_si512(x) }
}

#[inline(always)]
fn number(x: __m512i) -> __m512 {
    // SAFETY: as above.
    unsafe { _mm512_castsi512_ps(x) }
}

// SAFETY of every block, also in `operations`: this set is selected only after its features are detected, see [`Isa`].
impl Isa for Avx512 {
    type Register = __m512;
    const LANES: usize = 16;
    const REGISTERS: usize = 32;
    const FUSED: bool = true;

    fn run<K: SimdKernel>(kernel: K) -> K::Output {
        #[target_feature(enable = "avx512f,fma")]
        fn compiled<K: SimdKernel>(kernel: K) -> K::Output {
            kernel.run()
        }
        unsafe { compiled(kernel) }
    }

    #[inline(always)]
    fn splat(x: f32) -> __m512 {
        unsafe { _mm512_set1_ps(x) }
    }
    operations! {
        add(a, b) = _mm512_add_ps(a, b);
        sub(a, b) = _mm512_sub_ps(a, b);
        mul(a, b) = _mm512_mul_ps(a, b);
        div(a, b) = _mm512_div_ps(a, b);
        sqrt(x) = _mm512_sqrt_ps(x);
        fma(a, b, c) = _mm512_fmadd_ps(a, b, c);
        // These instructions return the second operand if either is NaN.
        at_least(x, low) = _mm512_max_ps(low, x);
        at_most(x, high) = _mm512_min_ps(high, x);
        if_negative(x, yes, no) = _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_LT_OQ>(x, _mm512_setzero_ps()), no, yes);
        if_positive(x, yes, no) = _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(x, _mm512_setzero_ps()), no, yes);
        and(a, b) = number(_mm512_and_si512(bits(a), bits(b)));
        xor(a, b) = number(_mm512_xor_si512(bits(a), bits(b)));
        larger_bits(a, b) = number(_mm512_max_epi32(bits(a), bits(b)));
        times_power(x, coded) = number(_mm512_add_epi32(bits(x), _mm512_slli_epi32::<23>(bits(coded))));
    }
    #[inline(always)]
    fn above_bits(a: __m512, b: __m512) -> u32 {
        unsafe { _mm512_cmpgt_epi32_mask(bits(a), bits(b)).into() }
    }
    #[inline(always)]
    fn mantissa(x: __m512) -> (__m512, __m512) {
        unsafe {
            let k = _mm512_srli_epi32::<23>(_mm512_sub_epi32(bits(x), _mm512_set1_epi32(SQRT_HALF_BITS)));
            let rest = _mm512_sub_epi32(bits(x), _mm512_slli_epi32::<23>(k));
            (_mm512_cvtepi32_ps(k), number(rest))
        }
    }
}
