// Mappings `tiled` and `streamed`: evaluation without training.

/// Correctly classified points of this dispatch.
var<workgroup> correct: atomic<u32>;
/// Correctly classified points with label 1.
var<workgroup> correct_positive: atomic<u32>;

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
        for (var s = lane; s < tile.count; s += WORKGROUP) {
            let above = output[s] > THRESHOLD;
            let label = point(first + s, FEATURES) > 0.5;
            atomicAdd(&correct, u32(above == label));
            atomicAdd(&correct_positive, u32(above && label));
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
        (*score).correct += atomicLoad(&correct);
        (*score).correct_positive += atomicLoad(&correct_positive);
        (*score).peak = max((*score).peak, atomicLoad(&logit_peak));
    }
}

/// Writes the logits of the points `first_point..end_point`.
@compute @workgroup_size(WORKGROUP)
fn write_logits(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let model = Tile(group.x, lane, 0u, 0u);
    load_model(model);
    for (var first = job.first_point; first < job.end_point; first += TILE) {
        let tile = outputs_from(model, first);
        for (var s = lane; s < tile.count; s += WORKGROUP) {
            logits[tile.model * POINTS + first + s] = output[s];
        }
        workgroupBarrier();
    }
}
