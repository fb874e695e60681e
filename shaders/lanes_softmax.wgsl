// Lane mappings, networks with a logit for each of several classes: their loss and score.

/// Returns the greatest logit in `delta`.
fn greatest_logit() -> Greatest {
    var greatest = Greatest(delta[OUTPUT_ENTRY], 0.0);
    for (var k = 1u; k < OUTPUT_COUNT; k++) { // unroll
        greatest = softmax_greatest(greatest, delta[OUTPUT_ENTRY + k], f32(k));
    }
    return greatest;
}

/// Returns the loss of point n and replaces the logits in `delta` by the derivatives of the loss.
fn output_terms(n: u32, rates: LossParams) -> Terms {
    let label = point(n, FEATURES);
    let greatest = greatest_logit();
    var sums = SoftmaxSums();
    for (var k = 0u; k < OUTPUT_COUNT; k++) { // unroll
        let z = delta[OUTPUT_ENTRY + k];
        let power = softmax_power(greatest, z);
        sums = softmax_add(sums, greatest, z, power, f32(k), label);
        delta[OUTPUT_ENTRY + k] = power;
    }
    for (var k = 0u; k < OUTPUT_COUNT; k++) { // unroll
        var gradient = softmax_gradient(sums, greatest, delta[OUTPUT_ENTRY + k], f32(k), label);
        for (var c = 0u; c < SMOOTHED; c++) { // unroll
            gradient += softmax_shift(rates, f32(k), label, f32(OUTPUT_COUNT));
        }
        delta[OUTPUT_ENTRY + k] = gradient;
    }
    var terms = softmax_loss(sums);
    for (var c = 0u; c < SMOOTHED; c++) { // unroll
        terms = smoothed_softmax_loss(sums, rates, f32(OUTPUT_COUNT));
    }
    for (var c = 0u; c < WEIGHTED; c++) { // unroll
        for (var k = 0u; k < OUTPUT_COUNT; k++) { // unroll
            delta[OUTPUT_ENTRY + k] *= class_weight(label);
        }
    }
    return weighted(terms, n);
}

/// Returns whether point n is classified right; the second number is 0.
fn right_at(n: u32) -> vec2<u32> {
    return vec2(u32(greatest_logit().class_index == point(n, FEATURES)), 0u);
}

/// Returns 0: classes have no errors.
fn errors_at(n: u32) -> vec2<f32> {
    return vec2(0.0);
}
