// Lane mappings, networks with one output: its loss and score.

/// Returns the loss of point n and replaces the output in `delta` by the derivative of the loss.
fn output_terms(n: u32, rates: LossParams) -> Terms {
    let terms = weighted(loss_terms(delta[OUTPUT_ENTRY], point(n, FEATURES), rates), n);
    delta[OUTPUT_ENTRY] = terms.gradient;
    return terms;
}

/// Returns whether point n is classified right, and whether it is and has label 1.
fn right_at(n: u32) -> vec2<u32> {
    let above = delta[OUTPUT_ENTRY] > THRESHOLD;
    let label = point(n, FEATURES) > 0.5;
    return vec2(u32(above == label), u32(above && label));
}

/// Returns the squared error of point n and the error's magnitude.
fn errors_at(n: u32) -> vec2<f32> {
    let error = delta[OUTPUT_ENTRY] - point(n, FEATURES);
    return vec2(error * error, abs(error));
}
