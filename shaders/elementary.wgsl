// Elementary functions. WGSL's built-ins are too inaccurate to compare engines; these match the CPU's arithmetic.
// Mirrors src/math/elementary.rs.

const LOG2_E = 1.442695f;
/// ln 2 in two parts; the first has 11 bits, so that its product with a small integer is exact.
const LN2_HIGH = 0.69287109375f;
const LN2_LOW = 0.00027608682f;
/// 1.5 * 2^23: adding it rounds a small number to an integer, which is in the low bits of the sum.
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
/// r coth(r) = COTH_0 + COTH_1 r^2 + ... for |r| <= ln 2 / 4: minimax coefficients.
const COTH_0 = 1.0f;
const COTH_1 = 0.3333325f;
const COTH_2 = -0.022134094f;
/// ln 2 / 2, to 1e-9.
const LN2_HALF = 0.3465736f;
/// Clamp for tanh's argument: in f32 tanh is 1 from 9.011 on.
const TANH_END = 10.0f;
/// exp(-t / 2) / sqrt(2 pi) = REST_0 + REST_1 t + ... for 0 <= t <= 0.102: minimax coefficients.
const REST_0 = 0.3989423f;
const REST_1 = -0.19947119f;
const REST_2 = 0.049861696f;
const REST_3 = -0.008148827f;
/// density(x) / tail(x) - x = (TAIL_P_0 + TAIL_P_1 x + ...) / (TAIL_Q_0 + ...) of the standard normal distribution for
/// 0 <= x <= 13: minimax coefficients.
const TAIL_P_0 = 0.7978845f;
const TAIL_P_1 = 0.3952015f;
const TAIL_P_2 = 0.101569876f;
const TAIL_P_3 = 0.011342153f;
const TAIL_Q_0 = 1.0f;
const TAIL_Q_1 = 0.9507387f;
const TAIL_Q_2 = 0.42369652f;
const TAIL_Q_3 = 0.101186275f;
const TAIL_Q_4 = 0.011352864f;
/// Beyond this the density and the tail are set to 0: they are near f32's smallest normal number.
const NORMAL_END = 13.0f;

/// Returns exp(x) for x <= 0; for x < -87 exp(-87) = 1.6e-38. Splits x = n ln 2 + r and uses a minimax polynomial in r
/// (relative error 3e-9; total error at most 1.1 ulp).
fn exp_negative(x: f32) -> f32 {
    let clamped = select(x, -87.0, x < -87.0);
    let n = bitcast<i32>(clamped * LOG2_E + ROUNDER) - ROUNDER_BITS;
    let r = (clamped - f32(n) * LN2_HIGH) - f32(n) * LN2_LOW;
    let tail = (((EXP_4 * r + EXP_3) * r + EXP_2) * r + EXP_1) * r + EXP_0;
    return (1.0 + (r + r * r * tail)) * bitcast<f32>((n + 127) << 23u);
}

/// Returns log(1 + q) for 0 <= q <= 2^64. Splits 1 + q = 2^k (1 + f) and computes 2 atanh(f / (2 + f)) by a minimax
/// polynomial (relative error 1e-9; total error at most 2.5 ulp). For k = 0, f is q itself: 1 + q loses a small q.
fn log1p_positive(q: f32) -> f32 {
    let bits = bitcast<u32>(1.0 + q);
    let k = (bits - SQRT_HALF_BITS) >> 23u;
    let f = select(bitcast<f32>(bits - (k << 23u)) - 1.0, q, k == 0u);
    let s = f / (2.0 + f);
    let square = s * s;
    let tail = ((LOG_2 * square + LOG_1) * square + LOG_0) * square;
    return f32(k) * LN2_HIGH + (f32(k) * LN2_LOW + (f - s * (f - tail)));
}

/// Returns tanh(x) for x >= 0. Splits x = n ln 2 / 2 + r. The tanh of the two terms is (2^n - 1) / (2^n + 1) and r / C
/// with C = r coth(r), a minimax polynomial (relative error 2e-9). By the addition theorem tanh(x) = p / (p + C - r)
/// with p = h (C + r) + r and h = (2^n - 1) / 2. A large p cancels its own error. Error at most 2.7 ulp, 1.5 ulp for
/// x >= 1; never exceeds 1; a small x is returned unchanged.
fn tanh_positive(x: f32) -> f32 {
    let near = select(x, TANH_END, x > TANH_END);
    let n = bitcast<i32>(near * (2.0 * LOG2_E) + ROUNDER) - ROUNDER_BITS;
    let r = near - f32(n) * LN2_HALF;
    let ratio = (COTH_2 * (r * r) + COTH_1) * (r * r) + COTH_0;
    let h = bitcast<f32>((n + 126) << 23u) - 0.5;
    let p = h * (ratio + r) + r;
    let quotient = p / (p + (ratio - r));
    // WGSL allows division an error of 2.5 ulp, so the quotient may exceed 1.
    return select(quotient, 1.0, quotient > 1.0);
}

/// Returns the density exp(-x^2 / 2) / sqrt(2 pi) of the standard normal distribution for x >= 0; 0 for x > 13 (where
/// it is below 8e-38). Splits x^2 / 2 into h^2 / 2, exact because h has 12 bits, and a rest of at most 0.051, for which
/// a cubic approximates exp (relative error 3e-8, mostly rounding of its first coefficient). Error at most 2.7 ulp.
fn normal_density(x: f32) -> f32 {
    let h = bitcast<f32>(bitcast<u32>(x) & 0xFFFFF000u);
    let t = (x - h) * (x + h);
    let rest = ((REST_3 * t + REST_2) * t + REST_1) * t + REST_0;
    return select(exp_negative(-0.5 * h * h) * rest, 0.0, NORMAL_END - x < 0.0);
}

/// Returns the upper tail of the standard normal distribution, erfc(x / sqrt(2)) / 2, for x >= 0; 0 for x > 13 (where
/// it is below 6e-39). Computed as density * q / (x q + p) with minimax polynomials p and q (relative error 5e-8). All
/// terms are positive, and errors of q and p matter less for larger x. Error at most 5.5 ulp.
fn normal_tail(x: f32) -> f32 {
    let p = ((TAIL_P_3 * x + TAIL_P_2) * x + TAIL_P_1) * x + TAIL_P_0;
    let q = (((TAIL_Q_4 * x + TAIL_Q_3) * x + TAIL_Q_2) * x + TAIL_Q_1) * x + TAIL_Q_0;
    // Both polynomials overflow for huge x.
    return select(normal_density(x) * (q / (x * q + p)), 0.0, NORMAL_END - x < 0.0);
}
