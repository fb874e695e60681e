// Losses of a point with logit z and label y in {0, 1}, and their gradients by z. Twin of src/math/loss.rs.
// Needs elementary.wgsl.

/// What loss and gradient share at one point: the loss is `linear` + log(1 + `e`).
struct Terms {
    /// Derivative of the loss by the logit.
    gradient: f32,
    /// The loss without its logarithm.
    linear: f32,
    e: f32,
}

/// sigmoid(z) - y; max(t, 0) and exp(-|z|). With t = (1 - 2y) z the gradient is (1 - 2y) sigmoid(t), which nothing
/// cancels in.
fn bce_terms(z: f32, y: f32) -> Terms {
    let sign = 1.0 - 2.0 * y;
    let t = sign * z;
    let e = exp_negative(-abs(z));
    let sigmoid = select(1.0, e, t < 0.0) / (1.0 + e);
    return Terms(sign * sigmoid, select(t, 0.0, t < 0.0), e);
}

/// 2 (z - y); (z - y)^2 and no logarithm.
fn mse_terms(z: f32, y: f32) -> Terms {
    let error = z - y;
    return Terms(2.0 * error, error * error, 0.0);
}

/// A sum of losses with one logarithm for many points; starts at all zeros.
struct LossSum {
    /// Sum of linear parts since the last flush.
    linear: f32,
    /// Product of (1 + e) since the last flush, less 1: small e are not forgotten.
    product: f32,
    /// Loss up to the last flush.
    total: f32,
}

/// Adds a point. Flush after at most 64: the product may reach 2^64.
fn loss_gather(sum: LossSum, point: Terms) -> LossSum {
    return LossSum(sum.linear + point.linear, sum.product + point.e * (1.0 + sum.product), sum.total);
}

/// Moves what was gathered to the total.
fn loss_flush(sum: LossSum) -> LossSum {
    return LossSum(0.0, 0.0, sum.total + (sum.linear + log1p_positive(sum.product)));
}
