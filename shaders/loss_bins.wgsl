// Counts the recorded losses of a batch: how many models of each combination lie in which bin before each recorded epoch.
// Twin of src/math/loss_bins.rs.

struct LossHistogram {
    models: u32,
    /// The combination of the first model; the others follow in turn.
    first_combination: u32,
    combinations: u32,
    /// Recorded epochs, the end left out: the host knows those losses.
    slots: u32,
}

@group(0) @binding(0) var<uniform> job: LossHistogram;
@group(0) @binding(1) var<storage, read> losses: array<f32>;
@group(0) @binding(2) var<storage, read> diverged: array<u32>;
@group(0) @binding(3) var<storage, read> recorded: array<u32>;
/// `[combinations, slots, bins]`.
@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;

/// Bins of an octave, and the one for losses below 2^-16.
const PER_OCTAVE_BITS = 3u;
/// Bits of 2^-16 and of 2^8, the ends of what has bins of its own.
const LOWEST_BITS = 0x37800000u;
const HIGHEST_BITS = 0x43800000u;
/// 24 octaves, and one bin on either side.
const OCTAVE_BINS = 192u;
/// Where no loss is known any more.
const MISSING = OCTAVE_BINS + 2u;
const BINS = OCTAVE_BINS + 3u;

/// The bin of a loss by its bits: 0 below 2^-16, then eight to an octave, one from 2^8 on, one for what is no number.
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
