// Mapping `streamed`: the model and its gradient sums are in storage. Takes every network shape if tiles are small
// enough; a dispatch may end after any tile.

/// Gradient sums over the points of the batch so far, layer by layer; see `Sums`.
@group(0) @binding(8) var<storage, read_write> gradients: array<vec4<f32>>;

fn load_model(tile: Tile) {
}

fn store_model(tile: Tile) {
}

fn weight(model: u32, v: u32) -> vec4<f32> {
    return parameters[model * MODEL_VEC4S + v];
}

fn set_weight(model: u32, v: u32, value: vec4<f32>) {
    parameters[model * MODEL_VEC4S + v] = value;
}

fn sum_at(model: u32, v: u32) -> vec4<f32> {
    return gradients[model * GRAD_VEC4S + v];
}

fn add_to_sum(model: u32, v: u32, value: vec4<f32>) {
    gradients[model * GRAD_VEC4S + v] += value;
}

fn clear_sum(model: u32, v: u32) {
    gradients[model * GRAD_VEC4S + v] = vec4(0.0);
}
