// Memory layout of the lane mappings.

/// Index of parameter p. Layout `[parameters, models]`, so neighbouring invocations read neighbouring words.
fn parameter_index(model: u32, p: u32) -> u32 {
    return p * job.models + model;
}

/// Index of optimizer state of parameter p: its first number for k = 0, its second for k = 1.
fn state_index(model: u32, k: u32, p: u32) -> u32 {
    return parameter_index(model, k * PARAMETERS + p);
}
