// Softmax cross-entropy of a point with a logit for each of several classes, in steps that read one logit at a time:
// `softmax_greatest` over all logits, then `softmax_add`, then `softmax_gradient`. The loss is log(1 + `e`) + (m - z_y)
// with the greatest logit m and `e`, the sum of exp(z_k - m) over the others. Mirrors src/math/softmax.rs.
// Needs elementary.wgsl and loss.wgsl.

/// Greatest logit of a point so far; starts with that of class 0.
struct Greatest {
    logit: f32,
    /// Index of its class; of equal logits the lowest. It is the prediction.
    class_index: f32,
}

/// Sums over the logits of a point so far; start at 0.
struct SoftmaxSums {
    /// Sum of exp(z_k - m), without the greatest logit.
    e: f32,
    /// m - z of the point's class.
    own: f32,
    /// Sum of m - z_k.
    spread: f32,
}

/// Adds the logit `z` of class `k`.
fn softmax_greatest(found: Greatest, z: f32, k: f32) -> Greatest {
    let more = z - found.logit > 0.0;
    return Greatest(select(found.logit, z, more), select(found.class_index, k, more));
}

/// Returns exp(z - m).
fn softmax_power(greatest: Greatest, z: f32) -> f32 {
    return exp_negative(z - greatest.logit);
}

/// Adds the logit `z` of class `k` and its `softmax_power`; `label` is the point's class.
fn softmax_add(sums: SoftmaxSums, greatest: Greatest, z: f32, power: f32, k: f32, label: f32) -> SoftmaxSums {
    let below = greatest.logit - z;
    return SoftmaxSums(
        sums.e + select(power, 0.0, greatest.class_index == k),
        sums.own + select(0.0, below, label == k),
        sums.spread + below,
    );
}

/// Returns the derivative by the logit of class `k`, given its `softmax_power`: p_k, less 1 for the point's class. For
/// a prediction that is right, that is -`e` / (1 + `e`), which has no cancellation.
fn softmax_gradient(sums: SoftmaxSums, greatest: Greatest, power: f32, k: f32, label: f32) -> f32 {
    let total = 1.0 + sums.e;
    let own = select(power - total, -sums.e, greatest.class_index == k);
    return select(power, own, label == k) / total;
}

/// Returns how much label smoothing adds to the derivative by the logit of class `k`: the target p is
/// (1 - s) [k = y] + s / `classes`.
fn softmax_shift(rates: LossParams, k: f32, label: f32, classes: f32) -> f32 {
    return rates.label_smoothing * (select(0.0, 1.0, label == k) - 1.0 / classes);
}

/// Returns the loss, without a gradient.
fn softmax_loss(sums: SoftmaxSums) -> Terms {
    return Terms(0.0, sums.own, sums.e);
}

/// Returns the loss with smoothed labels: log(1 + `e`) plus the sum of p_k (m - z_k).
fn smoothed_softmax_loss(sums: SoftmaxSums, rates: LossParams, classes: f32) -> Terms {
    let shift = rates.label_smoothing * (sums.spread / classes - sums.own);
    return Terms(0.0, sums.own + shift, sums.e);
}
