// Mappings `tiled` and `streamed`, networks with one output: the output layer, its loss and score.

/// Logit of each point; `point_errors` replaces it by dL/dz.
var<workgroup> output: array<f32, TILE>;

/// Computes the tile's outputs from the last hidden layer.
fn forward_output(tile: Tile) {
    for (var s = tile.lane; s < tile.count; s += WORKGROUP) {
        output[s] = logit(tile, s);
    }
    workgroupBarrier();
}

/// Returns the logit of the tile's point s.
fn logit(tile: Tile, s: u32) -> f32 {
    const last = HIDDEN_LAYERS;
    var z = vec4(0.0);
    for (var b = 0u; b < BIAS; b++) { // unroll
        z = weight(tile.model, BIAS_OFFSET[last]);
    }
    for (var i = 0u; i < IN_VEC4S[last]; i++) {
        z += weight(tile.model, WEIGHT_OFFSET[last] + i) * layer_input(tile, last, ACT_OFFSET[last], i, s);
    }
    return (z.x + z.y) + (z.z + z.w);
}

/// Replaces the logits in `output` by dL/dz; stores the losses in `lane_losses` and the largest logit in `logit_peak`.
fn point_errors(tile: Tile, rates: LossParams) {
    var sum = LossSum();
    var peak = 0u;
    for (var s = tile.lane; s < tile.count; s += WORKGROUP) {
        let z = output[s];
        let n = tile_row(tile, s);
        let terms = weighted(loss_terms(z, point(n, FEATURES), rates), n);
        sum = loss_gather(sum, terms);
        peak = max(peak, magnitude_bits(z));
        output[s] = terms.gradient;
    }
    lane_losses[tile.lane] = loss_flush(sum).total;
    atomicMax(&logit_peak, peak);
    workgroupBarrier();
}

/// Computes `delta` of the last hidden layer.
fn backward_output(tile: Tile) {
    const last = HIDDEN_LAYERS;
    for (var k = tile.lane; k < HIDDEN_IN_VEC4S[last] * TILE; k += WORKGROUP) {
        let column = k / TILE;
        let s = k % TILE;
        let at = s * ROW_STRIDE + ACT_OFFSET[last] + column;
        if (s < tile.count) {
            let d = output[s] * weight(tile.model, WEIGHT_OFFSET[last] + column);
            delta[at] = first_of(d * slope4(delta[at], signal[at]), INPUTS[last] - 4u * column);
        }
    }
    workgroupBarrier();
}

/// Adds to the output layer's gradient sums.
fn output_sums(tile: Tile) {
    const last = HIDDEN_LAYERS;
    for (var k = tile.lane; k < IN_VEC4S[last] * GRAD_SPLITS[last]; k += WORKGROUP) {
        let column = k % IN_VEC4S[last];
        let copy = k / IN_VEC4S[last];
        var sum = vec4(0.0);
        for (var s = copy; s < tile.count; s += GRAD_SPLITS[last]) {
            sum += output[s] * layer_input(tile, last, ACT_OFFSET[last], column, s);
        }
        add_to_sum(tile.model, GRAD_OFFSET[last] + copy * LAYER_STRIDE[last] + column, sum);
    }
    for (var copy = tile.lane; copy < GRAD_SPLITS[last] * BIAS; copy += WORKGROUP) {
        var sum = 0.0;
        for (var s = copy; s < tile.count; s += GRAD_SPLITS[last]) {
            sum += output[s];
        }
        let at = GRAD_OFFSET[last] + copy * LAYER_STRIDE[last] + IN_VEC4S[last];
        add_to_sum(tile.model, at, vec4(sum, 0.0, 0.0, 0.0));
    }
}

/// Returns output k of the tile's point s.
fn output_at(s: u32, k: u32) -> f32 {
    return output[s];
}

/// Returns whether the tile's point s, row n, is classified right, and whether it is and has label 1.
fn right_at(s: u32, n: u32) -> vec2<u32> {
    let above = output[s] > THRESHOLD;
    let label = point(n, FEATURES) > 0.5;
    return vec2(u32(above == label), u32(above && label));
}
