// Mappings `tiled` and `streamed`: scores, without training.

/// Points of the tile that are on the right side.
var<workgroup> correct: atomic<u32>;
/// Those of them with label 1.
var<workgroup> correct_positive: atomic<u32>;

@compute @workgroup_size(WORKGROUP)
fn evaluate(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var tile = Tile(group.x, lane, 0u, 0u);
    load_model(tile);
    for (var first = job.first_point; first < job.end_point; first += TILE) {
        tile.first = first;
        tile.count = min(TILE, job.end_point - first);
        take_rows(tile);
        forward(tile);
        for (var s = lane; s < tile.count; s += WORKGROUP) {
            let above = output[s] > THRESHOLD;
            let label = point(first + s, FEATURES) > 0.5;
            atomicAdd(&correct, u32(above == label));
            atomicAdd(&correct_positive, u32(above && label));
        }
        workgroupBarrier();
        point_errors(tile);
        if (lane == 0u) {
            scores[tile.model].loss += tile_loss();
        }
        workgroupBarrier();
    }
    if (lane == 0u) {
        scores[tile.model].correct += atomicLoad(&correct);
        scores[tile.model].correct_positive += atomicLoad(&correct_positive);
        scores[tile.model].peak = max(scores[tile.model].peak, atomicLoad(&logit_peak));
    }
}

/// Writes the logits of the points from `first_point` to before `end_point`.
@compute @workgroup_size(WORKGROUP)
fn rank(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var tile = Tile(group.x, lane, 0u, 0u);
    load_model(tile);
    for (var first = job.first_point; first < job.end_point; first += TILE) {
        tile.first = first;
        tile.count = min(TILE, job.end_point - first);
        take_rows(tile);
        forward(tile);
        for (var s = lane; s < tile.count; s += WORKGROUP) {
            logits[tile.model * POINTS + first + s] = output[s];
        }
        workgroupBarrier();
    }
}
