// Mapping `workgroup`: a model's lanes are in one workgroup and exchange numbers through its memory, in the same
// butterfly as `subgroup` and with bit-identical results.

/// One row of WORKGROUP words per number exchanged at once, as u32 so that no device flushes subnormals.
var<workgroup> exchange: array<array<u32, WORKGROUP>, PARAMETERS + 1u>;

/// Combines gradient sums and largest logit over the model's lanes.
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

/// Exchanges x with lane `local ^ bit` of the workgroup and returns that lane's x.
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
