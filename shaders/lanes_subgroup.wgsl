// Mapping `subgroup`: a model's lanes are in one subgroup and exchange numbers in a butterfly. Needs subgroups of at
// least LANES lanes, numbered like the invocations; the host probes this.

/// Combines gradient sums and largest logit over the model's lanes.
fn lanes_add_up(local: u32) {
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        gradient[p] = lanes_sum(gradient[p], local);
    }
    logit_peak = lanes_peak(logit_peak, local);
}

fn lanes_sum(x: f32, local: u32) -> f32 {
    var sum = x;
    for (var k = 0u; k < LANE_BITS; k++) { // unroll
        sum += subgroupShuffleXor(sum, 1u << k);
    }
    return sum;
}

fn lanes_count(n: u32, local: u32) -> u32 {
    var sum = n;
    for (var k = 0u; k < LANE_BITS; k++) { // unroll
        sum += subgroupShuffleXor(sum, 1u << k);
    }
    return sum;
}

fn lanes_peak(bits: u32, local: u32) -> u32 {
    var peak = bits;
    for (var k = 0u; k < LANE_BITS; k++) { // unroll
        peak = max(peak, subgroupShuffleXor(peak, 1u << k));
    }
    return peak;
}
