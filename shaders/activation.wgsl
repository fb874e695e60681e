// Activations of the hidden layers, and their slopes at pre-activation `z` with activation `a`.
// Mirrors src/math/activation.rs. Needs elementary.wgsl.

/// max(z, 0). Propagates NaN if the driver supports it; `max` may turn NaN into 0.
fn relu(z: f32) -> f32 {
    return select(z, 0.0, z < 0.0);
}

/// 0 at the kink, as in PyTorch.
fn relu_slope(z: f32, a: f32) -> f32 {
    return select(0.0, 1.0, z > 0.0);
}

/// Slope 0.01 below 0, PyTorch's default. Error at most 1 ulp.
fn leaky_relu(z: f32) -> f32 {
    return select(z, 0.01 * z, z < 0.0);
}

/// 0.01 at the kink, as in PyTorch.
fn leaky_relu_slope(z: f32, a: f32) -> f32 {
    return select(0.01, 1.0, z > 0.0);
}

/// exp(z) - 1 below 0 as -2t / (1 + t) with t = tanh(-z / 2), which has no cancellation near 0.
fn elu(z: f32) -> f32 {
    let t = tanh_positive(0.5 * abs(z));
    return select(z, -2.0 * t / (1.0 + t), z < 0.0);
}

/// exp(z) = a + 1 below 0.
fn elu_slope(z: f32, a: f32) -> f32 {
    return select(1.0, a + 1.0, z < 0.0);
}

/// Error at most 2.7 ulp; never exceeds +-1.
fn tanh_unit(z: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(tanh_positive(abs(z))) | (bitcast<u32>(z) & 0x80000000u));
}

/// 1 - a^2. Absolute error at most 2.1e-7 (the maximum is 1): rounding `a` loses its distance from +-1.
fn tanh_slope(z: f32, a: f32) -> f32 {
    return 1.0 - a * a;
}

/// Error at most 2.5 ulp; for z < -87 absolute error at most 2e-38.
fn sigmoid(z: f32) -> f32 {
    let e = exp_negative(-abs(z));
    return select(1.0, e, z < 0.0) / (1.0 + e);
}

/// a (1 - a). Absolute error at most 1e-7 (the maximum is 1/4): rounding `a` loses its distance from 1.
fn sigmoid_slope(z: f32, a: f32) -> f32 {
    return a * (1.0 - a);
}

/// Cumulative distribution function of the standard normal distribution.
fn normal_below(z: f32) -> f32 {
    let tail = normal_tail(abs(z));
    return select(1.0 - tail, tail, z < 0.0);
}

/// Error at most 6 ulp; for z < -12.8 absolute error at most 1e-36.
fn gelu(z: f32) -> f32 {
    return z * normal_below(z);
}

/// cdf(z) + z density(z). With t = tail(|z|) - |z| density(z) this is t for z < 0, else 1 - t, which keeps small values
/// accurate. Absolute error at most 2e-7; no relative bound is possible at the zero near -0.75.
fn gelu_slope(z: f32, a: f32) -> f32 {
    let distance = abs(z);
    let t = normal_tail(distance) - distance * normal_density(distance);
    return select(1.0 - t, t, z < 0.0);
}

/// Clamp for |z|: `exp_negative` stops falling at -87, so its product with a huge |z| would no longer be about 0.
const SILU_END = 1000.0f;

/// Error at most 3 ulp; for z < -87 absolute error at most 2e-35.
fn silu(z: f32) -> f32 {
    let near = select(z, -SILU_END, z + SILU_END < 0.0);
    return near * sigmoid(near);
}

/// s (1 + z (1 - s)) with s = sigmoid(z). Computed as t for z < 0, else 1 - t, where t is the slope at -|z|: there
/// 1 - s does not cancel. Absolute error at most 2e-7; no relative bound is possible at the zero near -1.28.
fn silu_slope(z: f32, a: f32) -> f32 {
    let distance = abs(z);
    let near = select(distance, SILU_END, SILU_END - distance < 0.0);
    let e = exp_negative(-near);
    let above = 1.0 / (1.0 + e);
    let t = e * above * (1.0 - near * above);
    return select(1.0 - t, t, z < 0.0);
}

fn identity(z: f32) -> f32 {
    return z;
}

fn identity_slope(z: f32, a: f32) -> f32 {
    return 1.0;
}
