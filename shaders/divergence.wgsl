// When a training is given up. Twin of src/math/divergence.rs. Looks at bits: `x != x` is false for NaN on some drivers.

/// Bits of 1e30, the largest parameter that a model may have.
const LARGEST_PARAMETER_BITS = 0x7149F2CAu;
/// Bits of infinity; beyond are the NaNs.
const INFINITY_BITS = 0x7F800000u;

/// Bits of |x|. They order as the magnitudes do, NaN above all, so that `max` over many numbers keeps the worst.
fn magnitude_bits(x: f32) -> u32 {
    return bitcast<u32>(x) & 0x7FFFFFFFu;
}

/// Whether a logit, or one of those that `bits` is the largest of, is not finite.
fn bad_logit(bits: u32) -> bool {
    return bits >= INFINITY_BITS;
}

/// Whether a parameter, or one of those that `bits` is the largest of, is not finite or beyond 1e30.
fn bad_parameter(bits: u32) -> bool {
    return bits > LARGEST_PARAMETER_BITS;
}
