// Initial weights of a batch, made on the device: one invocation a model and stripe of parameters.

@compute @workgroup_size(WORKGROUP)
fn initialise(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let model = id.x;
    if (model >= job.models) {
        return;
    }
    for (var p = id.y; p < PARAMETERS; p += groups.y) {
        var bound = BOUNDS[0];
        for (var l = 1u; l < LAYERS; l++) { // unroll
            bound = select(bound, BOUNDS[l], p >= WEIGHTS[l]);
        }
        parameters[slot(model, p)] = initial_parameter(seeds[model], p, bound);
    }
}
