// Losses of a point with output z and target y, and their derivatives dL/dz. Where there are two classes, z is the
// logit and y the label, 0 or 1. Mirrors src/math/loss.rs and src/math/loss_params.rs.
// Needs elementary.wgsl.

/// Numbers of a model's loss; 0 in kernels that do not read them.
struct LossParams {
    /// s: a label is learnt as y (1 - s) + s / 2.
    label_smoothing: f32,
}

/// How far the target of label `y` is from it.
fn target_shift(y: f32, params: LossParams) -> f32 {
    return params.label_smoothing * (0.5 - y);
}

/// Gradient and loss of one point; the loss is `linear` + log(1 + `e`).
struct Terms {
    /// dL/dz at the logit.
    gradient: f32,
    /// Loss without its logarithm.
    linear: f32,
    e: f32,
}

/// Logistic loss: gradient sigmoid(z) - y, `linear` max(t, 0), `e` exp(-|z|), with t = (1 - 2y) z. The gradient is
/// computed as (1 - 2y) sigmoid(t), which has no cancellation.
fn bce_terms(z: f32, y: f32) -> Terms {
    let sign = 1.0 - 2.0 * y;
    let t = sign * z;
    let e = exp_negative(-abs(z));
    let sigmoid = select(1.0, e, t < 0.0) / (1.0 + e);
    return Terms(sign * sigmoid, select(t, 0.0, t < 0.0), e);
}

/// `bce_terms` for the target p = y + `shift` instead of the label: the loss is that of the label less `shift` z, and
/// the gradient sigmoid(z) - p is that of the label less `shift`.
fn shifted_bce_terms(z: f32, y: f32, shift: f32) -> Terms {
    let plain = bce_terms(z, y);
    return Terms(plain.gradient - shift, plain.linear - shift * z, plain.e);
}

/// Squared error: gradient 2 (z - y), `linear` (z - y)^2, no logarithm.
fn mse_terms(z: f32, y: f32) -> Terms {
    let error = z - y;
    return Terms(2.0 * error, error * error, 0.0);
}

/// `mse_terms` for the target y + `shift` instead of the label.
fn shifted_mse_terms(z: f32, y: f32, shift: f32) -> Terms {
    return mse_terms(z, y + shift);
}

/// Hinge loss with s = 2y - 1: gradient -s and `linear` 1 - s z within the margin s z < 1, else 0; no logarithm.
fn hinge_terms(z: f32, y: f32) -> Terms {
    let sign = 1.0 - 2.0 * y;
    let margin = 1.0 + sign * z;
    return Terms(select(0.0, sign, margin > 0.0), select(margin, 0.0, margin < 0.0), 0.0);
}

/// Absolute error: gradient sign of z - y, 0 at 0, `linear` |z - y|, no logarithm.
fn mae_terms(z: f32, y: f32) -> Terms {
    let error = z - y;
    return Terms(select(select(0.0, -1.0, error < 0.0), 1.0, error > 0.0), abs(error), 0.0);
}

/// Huber's loss: gradient the error z - y, limited to 1 in size; with the limited size m, `linear` m (|error| - m / 2).
fn huber_terms(z: f32, y: f32) -> Terms {
    let error = z - y;
    let size = abs(error);
    let limited = select(size, 1.0, size > 1.0);
    return Terms(select(limited, -limited, error < 0.0), limited * (size - 0.5 * limited), 0.0);
}

/// Sum of losses with one logarithm for many points; starts at all zeros.
struct LossSum {
    /// Sum of linear parts since the last flush.
    linear: f32,
    /// Product of (1 + e) since the last flush, minus 1 to keep small e.
    product: f32,
    /// Loss up to the last flush.
    total: f32,
}

/// Adds a point. Flush after at most LOSS_TERMS points: the product may reach 2^64.
fn loss_gather(sum: LossSum, point: Terms) -> LossSum {
    return LossSum(sum.linear + point.linear, sum.product + point.e * (1.0 + sum.product), sum.total);
}

/// Moves the gathered losses to the total.
fn loss_flush(sum: LossSum) -> LossSum {
    return LossSum(0.0, 0.0, sum.total + (sum.linear + log1p_positive(sum.product)));
}
