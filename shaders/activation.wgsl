// Activations of the hidden layers and their derivatives at pre-activation `z`, where the activation was `a`.
// Twin of src/math/activation.rs. Needs elementary.wgsl.

/// max(z, 0). Written so that NaN passes where the driver honours it: `max` may turn NaN into 0.
fn relu(z: f32) -> f32 {
    return select(z, 0.0, z < 0.0);
}

/// 0 at the kink, as in PyTorch.
fn relu_slope(z: f32, a: f32) -> f32 {
    return select(0.0, 1.0, z > 0.0);
}

/// Slope 0.01 below 0, PyTorch's default.
fn leaky_relu(z: f32) -> f32 {
    return select(z, 0.01 * z, z < 0.0);
}

/// 0.01 at the kink, as in PyTorch.
fn leaky_relu_slope(z: f32, a: f32) -> f32 {
    return select(0.01, 1.0, z > 0.0);
}

fn tanh_unit(z: f32) -> f32 {
    let magnitude = tanh_positive(abs(z));
    return select(magnitude, -magnitude, z < 0.0);
}

fn tanh_slope(z: f32, a: f32) -> f32 {
    return 1.0 - a * a;
}

fn sigmoid(z: f32) -> f32 {
    let e = exp_negative(-abs(z));
    return select(1.0, e, z < 0.0) / (1.0 + e);
}

fn sigmoid_slope(z: f32, a: f32) -> f32 {
    return a * (1.0 - a);
}

/// The standard normal distribution's share below z.
fn normal_below(z: f32) -> f32 {
    let tail = normal_tail(abs(z));
    return select(1.0 - tail, tail, z < 0.0);
}

fn gelu(z: f32) -> f32 {
    return z * normal_below(z);
}

/// The share below z, and z times the density at z.
fn gelu_slope(z: f32, a: f32) -> f32 {
    let density = 0.3989422804014327 * exp_negative(-0.5 * z * z);
    return normal_below(z) + z * density;
}

fn silu(z: f32) -> f32 {
    return z * sigmoid(z);
}

/// s (1 + z (1 - s)) with s = sigmoid(z).
fn silu_slope(z: f32, a: f32) -> f32 {
    let s = sigmoid(z);
    return s * (1.0 + z * (1.0 - s));
}

fn identity(z: f32) -> f32 {
    return z;
}

fn identity_slope(z: f32, a: f32) -> f32 {
    return 1.0;
}
