// Where parameters lie with the mappings of lanes.

/// Neighbouring invocations read neighbouring words.
fn slot(model: u32, p: u32) -> u32 {
    return p * job.models + model;
}

/// The same for what the optimizer remembers; `k` is 0 for the first number of each parameter, 1 for the second.
fn memory_slot(model: u32, k: u32, p: u32) -> u32 {
    return slot(model, k * PARAMETERS + p);
}
