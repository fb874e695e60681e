// Where parameters lie with the mappings of lanes.

/// Neighbouring invocations read neighbouring words.
fn parameter_index(model: u32, p: u32) -> u32 {
    return p * job.models + model;
}

/// The same for what the optimizer remembers; `k` is 0 for the first number of each parameter, 1 for the second.
fn state_index(model: u32, k: u32, p: u32) -> u32 {
    return parameter_index(model, k * PARAMETERS + p);
}
