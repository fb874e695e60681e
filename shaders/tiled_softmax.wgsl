// Mappings `tiled` and `streamed`, networks with a logit for each of several classes: their loss and score.

/// Returns the greatest logit of the tile's point s.
fn greatest_logit(s: u32) -> Greatest {
    var greatest = Greatest(output_at(s, 0u), 0.0);
    for (var k = 1u; k < OUTPUT_COUNT; k++) {
        greatest = softmax_greatest(greatest, output_at(s, k), f32(k));
    }
    return greatest;
}

/// Returns the loss of the tile's point s, row n, and replaces its logits by the derivatives of the loss.
fn output_terms(s: u32, n: u32, rates: LossParams) -> Terms {
    let label = point(n, FEATURES);
    let greatest = greatest_logit(s);
    var sums = SoftmaxSums();
    for (var k = 0u; k < OUTPUT_COUNT; k++) {
        let z = output_at(s, k);
        let power = softmax_power(greatest, z);
        sums = softmax_add(sums, greatest, z, power, f32(k), label);
        set_output(s, k, power);
    }
    for (var k = 0u; k < OUTPUT_COUNT; k++) {
        var gradient = softmax_gradient(sums, greatest, output_at(s, k), f32(k), label);
        for (var c = 0u; c < SMOOTHED; c++) { // unroll
            gradient += softmax_shift(rates, f32(k), label, f32(OUTPUT_COUNT));
        }
        for (var c = 0u; c < WEIGHTED; c++) { // unroll
            gradient *= class_weight(label);
        }
        set_output(s, k, gradient);
    }
    var terms = softmax_loss(sums);
    for (var c = 0u; c < SMOOTHED; c++) { // unroll
        terms = smoothed_softmax_loss(sums, rates, f32(OUTPUT_COUNT));
    }
    return weighted(terms, n);
}

/// Returns whether the tile's point s, row n, is classified right; the second number is 0.
fn right_at(s: u32, n: u32) -> vec2<u32> {
    return vec2(u32(greatest_logit(s).class_index == point(n, FEATURES)), 0u);
}
