// Mappings `tiled` and `streamed`, networks with several outputs: these are in `delta`, behind the hidden layers'
// pre-activations.

/// Index in `delta` of the first vector of outputs of the tile's point s.
fn output_row(s: u32) -> u32 {
    return s * ROW_STRIDE + ACT_OFFSET[LAYERS];
}

/// Returns output k of the tile's point s.
fn output_at(s: u32, k: u32) -> f32 {
    return delta[output_row(s) + k / 4u][k % 4u];
}

fn set_output(s: u32, k: u32, value: f32) {
    delta[output_row(s) + k / 4u][k % 4u] = value;
}

/// Does nothing: the output layer is one of the blocks.
fn forward_output(tile: Tile) {
}

fn backward_output(tile: Tile) {
}

fn output_sums(tile: Tile) {
}

/// Replaces the outputs by dL/dz, padding by 0; stores the losses in `lane_losses` and the largest output in
/// `logit_peak`.
fn point_errors(tile: Tile, rates: LossParams) {
    var sum = LossSum();
    var gathered = 0u;
    var peak = 0u;
    for (var s = tile.lane; s < tile.count; s += WORKGROUP) {
        for (var k = 0u; k < OUTPUT_COUNT; k++) {
            peak = max(peak, magnitude_bits(output_at(s, k)));
        }
        sum = loss_gather(sum, output_terms(s, tile_row(tile, s), rates));
        for (var k = OUTPUT_COUNT; k < 4u * OUT_VEC4S[HIDDEN_LAYERS]; k++) {
            set_output(s, k, 0.0);
        }
        gathered++;
        if (gathered % LOSS_TERMS == 0u) {
            sum = loss_flush(sum);
        }
    }
    lane_losses[tile.lane] = loss_flush(sum).total;
    atomicMax(&logit_peak, peak);
    workgroupBarrier();
}
