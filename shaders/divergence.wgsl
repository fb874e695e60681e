// Criteria for divergence, which ends a training. Mirrors src/math/divergence.rs.
// Tests bits because `x != x` is false for NaN on some drivers.

/// Bits of 1e30, the largest parameter of a model that has not diverged.
const LARGEST_PARAMETER_BITS = 0x7149F2CAu;
/// Bits of infinity; those of NaNs are larger.
const INFINITY_BITS = 0x7F800000u;

/// Returns the bits of |x|. They are ordered like the magnitudes, with NaN above all, so `max` keeps the worst number.
fn magnitude_bits(x: f32) -> u32 {
    return bitcast<u32>(x) & 0x7FFFFFFFu;
}

/// Whether a logit is not finite; `bits` are those of one |logit| or of the largest of many.
fn bad_logit(bits: u32) -> bool {
    return bits >= INFINITY_BITS;
}

/// Whether a parameter is not finite or beyond 1e30; `bits` are those of one magnitude or of the largest of many.
fn bad_parameter(bits: u32) -> bool {
    return bits > LARGEST_PARAMETER_BITS;
}
