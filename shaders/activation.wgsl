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

/// Slope 0.01 below 0, PyTorch's default. 1 ulp at most.
fn leaky_relu(z: f32) -> f32 {
    return select(z, 0.01 * z, z < 0.0);
}

/// 0.01 at the kink, as in PyTorch.
fn leaky_relu_slope(z: f32, a: f32) -> f32 {
    return select(0.01, 1.0, z > 0.0);
}

/// 2.7 ulp at most, never beyond +-1.
fn tanh_unit(z: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(tanh_positive(abs(z))) | (bitcast<u32>(z) & 0x80000000u));
}

/// 1 - a^2. Right to 2.1e-7 absolutely, of at most 1: the output has forgotten how far from +-1 it is.
fn tanh_slope(z: f32, a: f32) -> f32 {
    return 1.0 - a * a;
}

/// 2.5 ulp at most; below -87 right to 2e-38 absolutely.
fn sigmoid(z: f32) -> f32 {
    let e = exp_negative(-abs(z));
    return select(1.0, e, z < 0.0) / (1.0 + e);
}

/// a (1 - a). Right to 1e-7 absolutely, of at most 1/4: the output has forgotten how far from 1 it is.
fn sigmoid_slope(z: f32, a: f32) -> f32 {
    return a * (1.0 - a);
}

/// The standard normal distribution's share below z.
fn normal_below(z: f32) -> f32 {
    let tail = normal_tail(abs(z));
    return select(1.0 - tail, tail, z < 0.0);
}

/// 6 ulp at most; below -12.8 right to 1e-36 absolutely.
fn gelu(z: f32) -> f32 {
    return z * normal_below(z);
}

/// The share below z, and z times the density. With t = tail(|z|) - |z| density(z) that is t below 0, else 1 - t: what is
/// small stays exact. Right to 2e-7 absolutely, as its zero at -0.75 allows.
fn gelu_slope(z: f32, a: f32) -> f32 {
    let distance = abs(z);
    let t = normal_tail(distance) - distance * normal_density(distance);
    return select(1.0 - t, t, z < 0.0);
}

/// Where `silu` has long been z or 0.
const SILU_END = 1000.0f;

/// 3 ulp at most; below -87 right to 2e-35 absolutely.
fn silu(z: f32) -> f32 {
    let near = select(z, -SILU_END, z + SILU_END < 0.0);
    return near * sigmoid(near);
}

/// s (1 + z (1 - s)) with s = sigmoid(z). With s of -|z|, so that 1 - s is exact, that is t below 0, else 1 - t. Right to
/// 2e-7 absolutely, as its zero at -1.28 allows.
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
