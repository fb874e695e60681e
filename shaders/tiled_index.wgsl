// Memory layout of the tile mappings: the parameters of a model are contiguous; each row of weights and each layer's
// biases fill whole vec4s.

fn parameter_index(model: u32, p: u32) -> u32 {
    var at = 0u;
    for (var l = 0u; l < LAYERS; l++) { // unroll
        let k = p - min(p, WEIGHTS[l]);
        let weight = 4u * (WEIGHT_OFFSET[l] + k / INPUTS[l] * IN_VEC4S[l]) + k % INPUTS[l];
        at = select(at, weight, p >= WEIGHTS[l]);
        at = select(at, 4u * BIAS_OFFSET[l] + (p - min(p, BIASES[l])), p >= BIASES[l]);
    }
    return model * 4u * MODEL_VEC4S + at;
}
