// Mappings `tiled` and `streamed`, networks with several outputs that each have a target: the mean of their losses.

/// Returns the loss of the tile's point s, row n, and replaces its outputs by the derivatives of the loss.
fn output_terms(s: u32, n: u32, rates: LossParams) -> Terms {
    const share = 1.0 / f32(OUTPUT_COUNT);
    var loss = 0.0;
    for (var k = 0u; k < OUTPUT_COUNT; k++) {
        let terms = loss_terms(output_at(s, k), point(n, FEATURES + k), rates);
        set_output(s, k, terms.gradient * share);
        loss += terms.linear * share;
    }
    return Terms(0.0, loss, 0.0);
}

/// Returns 0: numbers are not classified.
fn right_at(s: u32, n: u32) -> vec2<u32> {
    return vec2(0u);
}
