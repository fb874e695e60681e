// Lane mappings, networks with several outputs that each have a target: the mean of their losses, and their errors.

/// Returns the loss of point n and replaces the outputs in `delta` by the derivatives of the loss.
fn output_terms(n: u32, rates: LossParams) -> Terms {
    const share = 1.0 / f32(OUTPUT_COUNT);
    var loss = 0.0;
    for (var k = 0u; k < OUTPUT_COUNT; k++) { // unroll
        let terms = loss_terms(delta[OUTPUT_ENTRY + k], point(n, FEATURES + k), rates);
        delta[OUTPUT_ENTRY + k] = terms.gradient * share;
        loss += terms.linear * share;
    }
    return Terms(0.0, loss, 0.0);
}

/// Returns 0: numbers are not classified.
fn right_at(n: u32) -> vec2<u32> {
    return vec2(0u);
}

/// Returns the sums of the squared errors of point n and of the errors' magnitudes.
fn errors_at(n: u32) -> vec2<f32> {
    var sums = vec2(0.0);
    for (var k = 0u; k < OUTPUT_COUNT; k++) { // unroll
        let error = delta[OUTPUT_ENTRY + k] - point(n, FEATURES + k);
        sums += vec2(error * error, abs(error));
    }
    return sums;
}
