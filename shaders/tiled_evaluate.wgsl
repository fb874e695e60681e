// Mappings `tiled` and `streamed`: evaluation without training.

/// Correctly classified points of this dispatch.
var<workgroup> correct: atomic<u32>;
/// Correctly classified points with label 1.
var<workgroup> correct_positive: atomic<u32>;

/// Sums of the squared errors of each lane and of the errors' magnitudes.
var<workgroup> lane_errors: array<vec2<f32>, WORKGROUP>;

/// Adds the errors of the tile's outputs to the model's score.
fn add_errors(tile: Tile) {
    var sums = vec2(0.0);
    for (var s = tile.lane; s < tile.count; s += WORKGROUP) {
        for (var k = 0u; k < OUTPUT_COUNT; k++) {
            let error = output_at(s, k) - point(tile_row(tile, s), FEATURES + k);
            sums += vec2(error * error, abs(error));
        }
    }
    lane_errors[tile.lane] = sums;
    workgroupBarrier();
    if (tile.lane == 0u) {
        sums = vec2(0.0);
        for (var lane = 0u; lane < min(TILE, WORKGROUP); lane++) {
            sums += lane_errors[lane];
        }
        let score = &scores[tile.model];
        (*score).correct = float_sum((*score).correct, bitcast<u32>(sums.x));
        (*score).correct_positive = float_sum((*score).correct_positive, bitcast<u32>(sums.y));
    }
}

/// Computes the outputs of the tile that starts at point `first`; returns the tile.
fn outputs_from(model: Tile, first: u32) -> Tile {
    var tile = model;
    tile.first = first;
    tile.count = min(TILE, job.end_point - first);
    take_rows(tile);
    forward(tile);
    return tile;
}

@compute @workgroup_size(WORKGROUP)
fn evaluate(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let model = Tile(group.x, lane, 0u, 0u);
    load_model(model);
    let rates = load_loss_params(model.model);
    for (var first = job.first_point; first < job.end_point; first += TILE) {
        let tile = outputs_from(model, first);
        for (var c = 0u; c < CLASSIFIES; c++) { // unroll
            for (var s = lane; s < tile.count; s += WORKGROUP) {
                let right = right_at(s, first + s);
                atomicAdd(&correct, right.x);
                atomicAdd(&correct_positive, right.y);
            }
        }
        for (var c = 0u; c < REGRESSES; c++) { // unroll
            add_errors(tile);
        }
        workgroupBarrier();
        point_errors(tile, rates);
        if (lane == 0u) {
            scores[tile.model].loss += tile_loss();
        }
        workgroupBarrier();
    }
    if (lane == 0u) {
        let score = &scores[model.model];
        for (var c = 0u; c < CLASSIFIES; c++) { // unroll
            (*score).correct += atomicLoad(&correct);
            (*score).correct_positive += atomicLoad(&correct_positive);
        }
        (*score).peak = max((*score).peak, atomicLoad(&logit_peak));
    }
}

/// Writes the outputs of the points `first_point..end_point`.
@compute @workgroup_size(WORKGROUP)
fn write_logits(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let model = Tile(group.x, lane, 0u, 0u);
    load_model(model);
    for (var first = job.first_point; first < job.end_point; first += TILE) {
        let tile = outputs_from(model, first);
        for (var s = lane; s < tile.count; s += WORKGROUP) {
            for (var k = 0u; k < OUTPUT_COUNT; k++) {
                logits[(tile.model * POINTS + first + s) * OUTPUT_COUNT + k] = output_at(s, k);
            }
        }
        workgroupBarrier();
    }
}
