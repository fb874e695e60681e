// Sums over the recorded losses of a batch, one invocation per model: whether and how fast each model converges.
// Mirrors src/math/convergence.rs. Losses are recorded before every epoch.

struct Reduction {
    models: u32,
    /// Epochs of the whole training; this dispatch reads `first..end`.
    epochs: u32,
    first: u32,
    end: u32,
}

struct Convergence {
    loss_sum: f32,
    inverse_sum: f32,
    /// Sum over the last `LAST` epochs.
    last: f32,
}

@group(0) @binding(0) var<uniform> reduction: Reduction;
/// `[epochs, models]`.
@group(0) @binding(1) var<storage, read> losses: array<f32>;
@group(0) @binding(2) var<storage, read> diverged: array<u32>;
@group(0) @binding(3) var<storage, read_write> found: array<Convergence>;

const LAST = 20u;
const LARGEST = 1e6;
const SMALLEST = 1e-12;
const INFINITY_BITS = 0x7F800000u;

/// Returns loss / first, at most LARGEST; LARGEST if it is not finite. Tests bits because comparisons with NaN, even
/// `x != x`, are wrong on some drivers.
fn normalised(loss: f32, first: f32) -> f32 {
    let ratio = loss / first;
    let finite_loss = (bitcast<u32>(loss) & INFINITY_BITS) != INFINITY_BITS;
    let known = finite_loss && (bitcast<u32>(ratio) & INFINITY_BITS) != INFINITY_BITS;
    return select(LARGEST, min(ratio, LARGEST), known);
}

/// Returns 1 / x, with x raised to at least SMALLEST.
fn inverse(x: f32) -> f32 {
    return 1.0 / max(x, SMALLEST);
}

@compute @workgroup_size(64)
fn reduce(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.x;
    if (model >= reduction.models) {
        return;
    }
    let start = losses[model];
    let alive = diverged[model];
    var sums = found[model];
    for (var epoch = reduction.first; epoch < reduction.end; epoch++) {
        let loss = losses[epoch * reduction.models + model];
        // The loss before the epoch of divergence exists; later ones were never written.
        let x = select(LARGEST, normalised(loss, start), epoch <= alive);
        sums.loss_sum += x;
        sums.inverse_sum += inverse(x);
        sums.last += select(0.0, x, epoch + LAST >= reduction.epochs);
    }
    found[model] = sums;
}
