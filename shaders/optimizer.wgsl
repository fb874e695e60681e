// Optimizers. Twin of src/math/optimizer.rs.

/// Plain gradient descent: the parameter after one update with the mean gradient over all points.
fn sgd(parameter: f32, gradient: f32, lr: f32) -> f32 {
    return parameter - lr * gradient;
}
