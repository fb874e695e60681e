// Mapping `thread`: a model has one lane, so its sums are already complete.

fn lanes_add_up(local: u32) {
}

fn lanes_sum(x: f32, local: u32) -> f32 {
    return x;
}

fn lanes_count(n: u32, local: u32) -> u32 {
    return n;
}

fn lanes_peak(bits: u32, local: u32) -> u32 {
    return bits;
}
