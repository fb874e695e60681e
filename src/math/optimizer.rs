//! Optimizers. Twin of `shaders/optimizer.wgsl`.

use super::Real;

/// Plain gradient descent: the parameter after one update with the mean gradient over all points.
#[inline(always)]
pub fn sgd<R: Real>(parameter: R, gradient: R, lr: R) -> R {
    parameter - lr * gradient
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sgd_steps_against_the_gradient() {
        assert_eq!(sgd(1.0, 2.0, 0.25), 0.5);
        assert_eq!(sgd(1.0f32, -2.0, 0.25), 1.5);
    }
}
