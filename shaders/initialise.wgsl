// Draws the uniform initial weights of a batch, one invocation per model and stripe of parameters. Needs the mapping's
// `parameter_index`.

@group(0) @binding(4) var<storage, read_write> parameters: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn initialise(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let model = id.x;
    if (model >= job.models) {
        return;
    }
    let scale = init_scale(model);
    for (var p = id.y; p < PARAMETERS; p += groups.y) {
        var bound = 0.0;
        // Offsets ascend: a layer's weights, its biases (if any), the next layer. The last match wins.
        for (var l = 0u; l < LAYERS; l++) { // unroll
            bound = select(bound, WEIGHT_BOUNDS[l] * scale, p >= WEIGHTS[l]);
            bound = select(bound, BIAS_BOUNDS[l], p >= BIASES[l]);
        }
        parameters[parameter_index(model, p)] = initial_parameter(seeds[model], p, bound);
    }
}
