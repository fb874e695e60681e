// Elementary functions: WGSL's own are too loose to compare engines by, and these give the CPU the same arithmetic.
// Twin of src/math/elementary.rs.

const LOG2_E = 1.442695f;
/// ln 2 in two parts; the first has 11 bits, so that its product with a small whole number is exact.
const LN2_HIGH = 0.69287109375f;
const LN2_LOW = 0.00027608682f;
/// 1.5 * 2^23: a small number added to this is rounded to a whole one, found in the low bits of the sum.
const ROUNDER = 12582912.0f;
const ROUNDER_BITS = 0x4B400000i;
/// Bits of sqrt(1/2).
const SQRT_HALF_BITS = 0x3F3504F3u;

/// exp(r) = 1 + r + r^2 (EXP_0 + EXP_1 r + ...) for |r| <= ln 2 / 2: minimax coefficients.
const EXP_0 = 0.49999994f;
const EXP_1 = 0.1666652f;
const EXP_2 = 0.041668404f;
const EXP_3 = 0.008368899f;
const EXP_4 = 0.0013814222f;
/// 2 atanh(s) = 2s + s^3 (LOG_0 + LOG_1 s^2 + ...) for |s| <= 0.172: minimax coefficients.
const LOG_0 = 0.6666678f;
const LOG_1 = 0.39976612f;
const LOG_2 = 0.29898655f;

/// exp(x) for x <= 0, below -87 that of -87 (1.6e-38). x = n ln 2 + r, then a minimax polynomial in r (relative error
/// 3e-9; all in all 1.1 ulp at most).
fn exp_negative(x: f32) -> f32 {
    let clamped = select(x, -87.0, x < -87.0);
    let n = bitcast<i32>(clamped * LOG2_E + ROUNDER) - ROUNDER_BITS;
    let r = (clamped - f32(n) * LN2_HIGH) - f32(n) * LN2_LOW;
    let tail = (((EXP_4 * r + EXP_3) * r + EXP_2) * r + EXP_1) * r + EXP_0;
    return (1.0 + (r + r * r * tail)) * bitcast<f32>((n + 127) << 23u);
}

/// log(1 + q) for 0 <= q <= 2^64. 1 + q = 2^k (1 + f), then 2 atanh(f / (2 + f)) by a minimax polynomial (relative
/// error 1e-9; all in all 2.5 ulp at most). For k = 0, f is q itself: 1 + q has forgotten a small q.
fn log1p_positive(q: f32) -> f32 {
    let bits = bitcast<u32>(1.0 + q);
    let k = (bits - SQRT_HALF_BITS) >> 23u;
    let f = select(bitcast<f32>(bits - (k << 23u)) - 1.0, q, k == 0u);
    let s = f / (2.0 + f);
    let square = s * s;
    let tail = ((LOG_2 * square + LOG_1) * square + LOG_0) * square;
    return f32(k) * LN2_HIGH + (f32(k) * LN2_LOW + (f - s * (f - tail)));
}

/// tanh(x) for x >= 0.
fn tanh_positive(x: f32) -> f32 {
    let e = exp_negative(-2.0 * x);
    return (1.0 - e) / (1.0 + e);
}

/// The upper tail of the standard normal distribution, erfc(x / sqrt(2)) / 2, for x >= 0.
fn normal_tail(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.2316419 * x);
    let series = ((((1.330274429 * t - 1.821255978) * t + 1.781477937) * t - 0.356563782) * t + 0.319381530) * t;
    return 0.3989422804 * exp_negative(-0.5 * x * x) * series;
}
