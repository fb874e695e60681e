// Mappings `tiled` and `streamed`: the update from the sums of a batch. One invocation updates each parameter vector.

/// Vector of parameters and its gradient sums.
struct Vector {
    /// Number of components that are parameters, the rest being padding; 4 or more means all.
    width: u32,
    first_layer: bool,
    sums: Sums,
}

/// Returns vector v of a model; in a layer, rows of weights come before biases.
fn vector_at(v: u32) -> Vector {
    var found = Vector();
    for (var l = 0u; l < LAYERS; l++) { // unroll
        if (v >= WEIGHT_OFFSET[l]) {
            let k = v - WEIGHT_OFFSET[l];
            let width = INPUTS[l] - 4u * (k % IN_VEC4S[l]);
            let bias_width = OUTPUTS[l] - 4u * (k - min(k, OUTPUTS[l] * IN_VEC4S[l]));
            found.width = select(width, bias_width, k >= OUTPUTS[l] * IN_VEC4S[l]);
            found.first_layer = l == 0u;
            found.sums = Sums(GRAD_OFFSET[l] + k, LAYER_STRIDE[l], GRAD_SPLITS[l]);
        }
    }
    return found;
}

/// Returns the mean gradient over `count` points.
fn mean_gradient(model: u32, vector: Vector, count: f32) -> vec4<f32> {
    var sum = vec4(0.0);
    for (var copy = 0u; copy < vector.sums.copies; copy++) {
        sum += sum_at(model, vector.sums.first + copy * vector.sums.size);
    }
    return first_of(sum, vector.width) / count;
}

/// Sum of squared gradients of each lane.
var<workgroup> squares: array<vec2<f32>, WORKGROUP>;

/// Returns the factor that clips the mean gradient over `count` points to the model's largest norm. All lanes add the
/// lanes' sums in the same order.
fn clipping(tile: Tile, count: f32, rates: UpdateParams) -> f32 {
    var factor = 1.0;
    for (var c = 0u; c < CLIPS; c++) { // unroll
        var sums = vec2(0.0);
        for (var v = tile.lane; v < MODEL_VEC4S; v += WORKGROUP) {
            let gradient = mean_gradient(tile.model, vector_at(v), count);
            sums += norm_terms(gradient.x) + norm_terms(gradient.y) + norm_terms(gradient.z) + norm_terms(gradient.w);
        }
        squares[tile.lane] = sums;
        workgroupBarrier();
        sums = vec2(0.0);
        for (var lane = 0u; lane < WORKGROUP; lane++) {
            sums += squares[lane];
        }
        factor = clip_factor(gradient_norm(sums), rates.clip);
    }
    return factor;
}

/// Updates this lane's vectors from the sums over `count` points, multiplied by `factor`, and clears the sums. Returns
/// the bits of the largest magnitude among the updated parameters.
fn update(tile: Tile, count: f32, factor: f32, rates: UpdateParams, correction: BiasCorrection) -> u32 {
    var peak = 0u;
    for (var v = tile.lane; v < MODEL_VEC4S; v += WORKGROUP) {
        let vector = vector_at(v);
        var scale = factor;
        for (var l = 0u; l < SCALED_LAYERS; l++) { // unroll
            scale = select(scale, factor * GRADIENT_FACTORS[l], v >= WEIGHT_OFFSET[l]);
        }
        let gradient = mean_gradient(tile.model, vector, count) * scale;
        let lr = select(rates.lr, rates.lr_first, vector.first_layer);
        let updated = step_vector(tile.model, v, gradient, vector.width, lr, rates, correction);
        let sizes = bitcast<vec4<u32>>(updated) & vec4(0x7FFFFFFFu);
        peak = max(peak, max(max(sizes.x, sizes.y), max(sizes.z, sizes.w)));
        for (var copy = 0u; copy < vector.sums.copies; copy++) {
            clear_sum(tile.model, vector.sums.first + copy * vector.sums.size);
        }
    }
    return peak;
}

/// Updates vector v, whose first `width` components are parameters; the others stay 0.
fn step_vector(
    model: u32,
    v: u32,
    gradient: vec4<f32>,
    width: u32,
    lr: f32,
    rates: UpdateParams,
    correction: BiasCorrection,
) -> vec4<f32> {
    var parameter = weight(model, v);
    var first = vec4(0.0);
    var second = vec4(0.0);
    for (var k = 0u; k < FIRST_MOMENTS; k++) { // unroll
        first = optimizer_state[state_index(model, 0u, v)];
    }
    for (var k = 0u; k < SECOND_MOMENTS; k++) { // unroll
        second = optimizer_state[state_index(model, 1u, v)];
    }
    for (var c = 0u; c < 4u; c++) { // unroll
        let now = optimizer_step(ParameterState(parameter[c], first[c], second[c]), gradient[c], lr, rates, correction);
        parameter[c] = now.parameter;
        first[c] = now.first;
        second[c] = now.second;
    }
    parameter = first_of(parameter, width);
    set_weight(model, v, parameter);
    for (var k = 0u; k < FIRST_MOMENTS; k++) { // unroll
        optimizer_state[state_index(model, 0u, v)] = first_of(first, width);
    }
    for (var k = 0u; k < SECOND_MOMENTS; k++) { // unroll
        optimizer_state[state_index(model, 1u, v)] = first_of(second, width);
    }
    return parameter;
}

/// Updates the model after the last tile of a batch of `count` points, unless it has diverged.
fn finish_batch(tile: Tile, epoch: u32, count: f32, rates: UpdateParams, correction: BiasCorrection) {
    storageBarrier();
    if (tile.lane == 0u) {
        frozen = u32(diverged[tile.model] != RUNNING);
        atomicStore(&parameter_peak, 0u);
    }
    workgroupBarrier();
    let factor = clipping(tile, count, rates);
    if (frozen == 0u) {
        atomicMax(&parameter_peak, update(tile, count, factor, rates, correction));
    }
    storageBarrier();
    workgroupBarrier();
    if (tile.lane == 0u && frozen == 0u && bad_parameter(atomicLoad(&parameter_peak))) {
        diverged[tile.model] = epoch;
        frozen = 1u;
    }
    workgroupBarrier();
}
