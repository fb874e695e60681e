// Where parameters lie with the mappings of tiles: a model's side by side, each row of weights and each layer's biases in
// whole vec4s.

fn slot(model: u32, p: u32) -> u32 {
    var at = 0u;
    for (var l = 0u; l < LAYERS; l++) { // unroll
        let k = p - min(p, WEIGHTS[l]);
        let weight = 4u * (VECTORS[l] + k / INPUTS[l] * COLUMNS[l]) + k % INPUTS[l];
        at = select(at, weight, p >= WEIGHTS[l]);
        at = select(at, 4u * BIAS_VECTORS[l] + (p - min(p, BIASES[l])), p >= BIASES[l]);
    }
    return model * 4u * MODEL_VECTORS + at;
}
