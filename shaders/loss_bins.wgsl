// Histograms of the recorded losses of a batch: counts the models of each combination by loss bin before each recorded
// epoch. Mirrors src/math/loss_bins.rs.

struct LossHistogram {
    models: u32,
    /// Combination of the first model; model m has (first_combination + m) % combinations.
    first_combination: u32,
    combinations: u32,
    /// Recorded epochs except the final one: the host has those losses.
    slots: u32,
}

@group(0) @binding(0) var<uniform> job: LossHistogram;
@group(0) @binding(1) var<storage, read> losses: array<f32>;
@group(0) @binding(2) var<storage, read> diverged: array<u32>;
@group(0) @binding(3) var<storage, read> recorded: array<u32>;
/// `[combinations, slots, bins]`.
@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;

/// Bins of an octave, as a power of two.
const PER_OCTAVE_BITS = 3u;
/// Bits of 2^-16 and 2^8, the ends of the range that is divided into octaves.
const LOWEST_BITS = 0x37800000u;
const HIGHEST_BITS = 0x43800000u;
/// Bins of the 24 octaves; one more is below them, one above.
const OCTAVE_BINS = 192u;
/// Bin of unknown losses, such as those after a divergence.
const MISSING = OCTAVE_BINS + 2u;
const BINS = OCTAVE_BINS + 3u;

/// Returns the bin of a loss, given its bits: 0 below 2^-16, then eight per octave, one from 2^8 on, and MISSING for
/// negative, infinite and NaN losses.
fn loss_bin(bits: u32) -> u32 {
    let inside = (clamp(bits, LOWEST_BITS, HIGHEST_BITS) - LOWEST_BITS) >> (23u - PER_OCTAVE_BITS);
    let known = select(1u + inside, 0u, bits < LOWEST_BITS);
    return select(known, MISSING, bits >= 0x7F800000u);
}

@compute @workgroup_size(64)
fn count(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.x;
    let slot = id.y;
    if (model >= job.models) {
        return;
    }
    let known = recorded[slot] <= diverged[model];
    let bin = select(MISSING, loss_bin(bitcast<u32>(losses[slot * job.models + model])), known);
    let combination = (job.first_combination + model) % job.combinations;
    atomicAdd(&counts[(combination * job.slots + slot) * BINS + bin], 1u);
}
