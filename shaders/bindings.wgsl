// Buffers of the entry points; each binds only those it uses. The prelude declares `points` (uniform or storage); each
// mapping declares parameters (4), gradients (8) and optimizer state (10).
// Mirrors src/engine/gpu/layout.rs, which tests that both agree.

/// One dispatch of one batch of models.
struct Job {
    /// Models in the batch.
    models: u32,
    /// Epoch in which this dispatch starts, and the tile of points within it (0 except for `streamed`).
    first_epoch: u32,
    first_tile: u32,
    /// Epochs (lane mappings) or tiles (tile mappings) in this dispatch.
    steps: u32,
    /// Index in `recorded` of its first epoch that is not before `first_epoch`.
    first_slot: u32,
    /// Points to evaluate: `first_point..end_point`.
    first_point: u32,
    end_point: u32,
}

/// Sums of one model over the points evaluated so far.
struct Score {
    loss: f32,
    /// Correct points; for a regression, bits of the sum of squared errors.
    correct: u32,
    /// Correct points with label 1; for a regression, bits of the sum of the errors' magnitudes.
    correct_positive: u32,
    /// Bits of the largest |output|.
    peak: u32,
}

/// Returns the sum of two numbers given by their bits.
fn float_sum(a: u32, b: u32) -> u32 {
    return bitcast<u32>(bitcast<f32>(a) + bitcast<f32>(b));
}

/// Value of `diverged` for a model that has not diverged; otherwise it is the epoch of divergence.
const RUNNING = 0xFFFFFFFFu;

@group(0) @binding(0) var<uniform> job: Job;
/// Seed of each model, low word first.
@group(0) @binding(2) var<storage, read> seeds: array<vec2<u32>>;
/// Hyper-parameters that the training spec uses, `[fields, models]`; see `load_rates`.
@group(0) @binding(3) var<storage, read> hyper: array<f32>;
@group(0) @binding(5) var<storage, read_write> diverged: array<u32>;
/// Recorded losses, `[slots, models]`.
@group(0) @binding(6) var<storage, read_write> losses: array<f32>;
/// Epochs before which the loss is recorded, ascending. Training never reaches the last entry, so an index of the next
/// recorded epoch stays in bounds.
@group(0) @binding(7) var<storage, read> recorded: array<u32>;
@group(0) @binding(9) var<storage, read_write> scores: array<Score>;
/// Learning-rate multipliers of the schedule, `[epochs of this dispatch]`.
@group(0) @binding(11) var<storage, read> multipliers: array<f32>;
/// Order of the rows in each epoch of this dispatch, `[epochs, points]`.
@group(0) @binding(12) var<storage, read> order: array<u32>;

/// Outputs, `[models, POINTS, OUTPUT_COUNT]`.
@group(0) @binding(13) var<storage, read_write> logits: array<f32>;

/// Returns the loss to record: NaN if the largest |logit|, given by its `bits`, is not finite.
fn sound_loss(loss: f32, bits: u32) -> f32 {
    return bitcast<f32>(select(bitcast<u32>(loss), bits | 0x7FC00000u, bad_logit(bits)));
}

/// Returns feature f of point n; from f = FEATURES on the numbers of its target: a label 0 or 1, the index of its
/// class, or a number for each output.
fn point(n: u32, f: u32) -> f32 {
    return points[n * POINT_VEC4S + f / 4u][f % 4u];
}
