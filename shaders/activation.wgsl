// Activations of the hidden layers. Twin of src/math/activation.rs.

/// ReLU. Written so that NaN passes where the driver honours it: `max` may turn NaN into 0.
fn activate(z: f32) -> f32 {
    return select(z, 0.0, z < 0.0);
}

/// Derivative at pre-activation `z`, where the activation was `a`; 0 at the kink, as in PyTorch.
fn activation_derivative(z: f32, a: f32) -> f32 {
    return select(0.0, 1.0, z > 0.0);
}
