// What entry points may bind; each binds what it uses. `points` is declared in the prelude: uniform or storage; parameters (4),
// gradients (8) and optimizer's memory (10) by each mapping.
// Twin of src/engine/gpu/layout.rs, checked by machine.

/// One dispatch of one batch of models.
struct Job {
    /// Models in the batch.
    models: u32,
    /// The epoch in which this dispatch starts, and the tile of points within it (0 but in `streamed`).
    first_epoch: u32,
    first_tile: u32,
    /// Epochs (mappings of lanes) or tiles to do.
    steps: u32,
    /// Index in `recorded` of the first epoch from `first_epoch` on whose loss is recorded.
    first_slot: u32,
    /// Points to evaluate: from `first_point` to before `end_point`.
    first_point: u32,
    end_point: u32,
}

/// A model's sums over the points evaluated so far.
struct Score {
    loss: f32,
    correct: u32,
    /// Of `correct`, those of label 1.
    correct_positive: u32,
    /// Largest magnitude of a logit, as bits.
    peak: u32,
}

/// A model that has not diverged; else `diverged` holds the epoch.
const RUNNING = 0xFFFFFFFFu;

@group(0) @binding(0) var<uniform> job: Job;
/// Seeds of the models, low word first.
@group(0) @binding(2) var<storage, read> seeds: array<vec2<u32>>;
/// The numbers of a recipe's models, `[fields, models]`; see `load_rates`.
@group(0) @binding(3) var<storage, read> hyper: array<f32>;
@group(0) @binding(5) var<storage, read_write> diverged: array<u32>;
/// Recorded losses, `[slots, models]`.
@group(0) @binding(6) var<storage, read_write> losses: array<f32>;
/// Epochs before which the loss is recorded, ascending; the last entry is never reached.
@group(0) @binding(7) var<storage, read> recorded: array<u32>;
@group(0) @binding(9) var<storage, read_write> scores: array<Score>;
/// The schedule's multipliers for the dispatch's epochs.
@group(0) @binding(11) var<storage, read> multipliers: array<f32>;
/// The order of the rows in each of the dispatch's epochs, `[epochs, points]`.
@group(0) @binding(12) var<storage, read> order: array<u32>;

/// Logits, `[models, POINTS]`.
@group(0) @binding(13) var<storage, read_write> logits: array<f32>;

/// A loss to record: NaN where a logit, of which `bits` is the largest, is not finite.
fn sound_loss(loss: f32, bits: u32) -> f32 {
    return bitcast<f32>(select(bitcast<u32>(loss), bits | 0x7FC00000u, bad_logit(bits)));
}

/// Feature f (or, with f = FEATURES, the label: 0 or 1) of point n.
fn point(n: u32, f: u32) -> f32 {
    return points[n * POINT_VEC4S + f / 4u][f % 4u];
}
