// Mapping `workgroup`: a model's lanes lie in one workgroup and exchange numbers through its memory, as the butterfly of
// `subgroup` does, to the same bits.

/// A row of invocations for each number that is exchanged at once; as bits, which no device flushes.
var<workgroup> exchange: array<array<u32, WORKGROUP>, PARAMETERS + 1u>;

/// Makes gradient and largest logit those of all the model's points.
fn lanes_add_up(local: u32) {
    for (var k = 0u; k < LANE_BITS; k++) {
        let partner = local ^ (1u << k);
        for (var p = 0u; p < PARAMETERS; p++) { // unroll
            exchange[p][local] = bitcast<u32>(gradient[p]);
        }
        exchange[PARAMETERS][local] = logit_peak;
        workgroupBarrier();
        for (var p = 0u; p < PARAMETERS; p++) { // unroll
            gradient[p] += bitcast<f32>(exchange[p][partner]);
        }
        logit_peak = max(logit_peak, exchange[PARAMETERS][partner]);
        workgroupBarrier();
    }
}

/// What the lane with number `local ^ bit` of the workgroup hands over in exchange.
fn swapped(x: u32, local: u32, bit: u32) -> u32 {
    exchange[0][local] = x;
    workgroupBarrier();
    let other = exchange[0][local ^ bit];
    workgroupBarrier();
    return other;
}

fn lanes_sum(x: f32, local: u32) -> f32 {
    var sum = x;
    for (var k = 0u; k < LANE_BITS; k++) {
        sum += bitcast<f32>(swapped(bitcast<u32>(sum), local, 1u << k));
    }
    return sum;
}

fn lanes_count(n: u32, local: u32) -> u32 {
    var sum = n;
    for (var k = 0u; k < LANE_BITS; k++) {
        sum += swapped(sum, local, 1u << k);
    }
    return sum;
}

fn lanes_peak(bits: u32, local: u32) -> u32 {
    var peak = bits;
    for (var k = 0u; k < LANE_BITS; k++) {
        peak = max(peak, swapped(peak, local, 1u << k));
    }
    return peak;
}
