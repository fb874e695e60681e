// Mapping `tiled`: the model and its gradient sums stay in workgroup memory during a dispatch.

var<workgroup> kept: array<vec4<f32>, MODEL_VEC4S>;
/// Gradient sums over the points of the batch so far, layer by layer; see `Sums`.
var<workgroup> sums: array<vec4<f32>, GRAD_VEC4S>;

fn load_model(tile: Tile) {
    for (var v = tile.lane; v < MODEL_VEC4S; v += WORKGROUP) {
        kept[v] = parameters[tile.model * MODEL_VEC4S + v];
    }
    for (var v = tile.lane; v < GRAD_VEC4S; v += WORKGROUP) {
        sums[v] = vec4(0.0);
    }
    workgroupBarrier();
}

/// Stores the model for the next dispatch, but no sums: a dispatch ends after a complete batch.
fn store_model(tile: Tile) {
    for (var v = tile.lane; v < MODEL_VEC4S; v += WORKGROUP) {
        parameters[tile.model * MODEL_VEC4S + v] = kept[v];
    }
}

fn weight(model: u32, v: u32) -> vec4<f32> {
    return kept[v];
}

fn set_weight(model: u32, v: u32, value: vec4<f32>) {
    kept[v] = value;
}

fn sum_at(model: u32, v: u32) -> vec4<f32> {
    return sums[v];
}

fn add_to_sum(model: u32, v: u32, value: vec4<f32>) {
    sums[v] += value;
}

fn clear_sum(model: u32, v: u32) {
    sums[v] = vec4(0.0);
}
