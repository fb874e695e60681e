// Mapping `workgroup`: a workgroup trains one model; parameters and gradients lie in storage, the signals of a tile of
// points in workgroup memory. It takes every shape, and a dispatch may end after any tile.
// Loops over layers are marked `unroll`: they are written out, so that sizes are constants in the loops within. So are
// loops of one turn or none: what a recipe does not need (BIAS, FIRSTS, SECONDS and CLIPS are 0 or 1) is left out.

/// Outputs of the hidden layers for the tile's points, `[unit, point]`.
var<workgroup> signal: array<f32, TILE * UNITS>;
/// Each hidden unit before its activation; on the way back, derivative of the point's loss by it. `[unit, point]`.
var<workgroup> delta: array<f32, TILE * UNITS>;
/// Each point's logit, then the derivative of its loss by the logit.
var<workgroup> output: array<f32, TILE>;

/// A model's parameters lie side by side.
fn slot(model: u32, p: u32) -> u32 {
    return model * PARAMETERS + p;
}

/// The same for what the optimizer remembers; `k` is 0 for the first number of each parameter, 1 for the second.
fn memory_slot(model: u32, k: u32, p: u32) -> u32 {
    return (model * (FIRSTS + SECONDS) + k) * PARAMETERS + p;
}

/// One tile of the points, and who works on it.
struct Tile {
    model: u32,
    /// This invocation's number within the workgroup.
    lane: u32,
    /// The tile's first point or, in mini-batches, its first place in the epoch's order; and how many it has.
    first: u32,
    count: u32,
}

/// Bias and weighted inputs of output o of layer l for the tile's point s; `entry` is the first unit of its inputs.
fn weighted_sum(tile: Tile, l: u32, inputs: u32, entry: u32, bias: u32, weights: u32, s: u32) -> f32 {
    var z = 0.0;
    for (var b = 0u; b < BIAS; b++) { // unroll
        z = parameters[slot(tile.model, bias)];
    }
    let w = slot(tile.model, weights);
    for (var i = 0u; i < inputs; i++) {
        z += parameters[w + i] * layer_input(tile, l, entry, i, s);
    }
    return z;
}

/// Input i of layer l for the tile's point s: a feature, or the output of a hidden unit.
fn layer_input(tile: Tile, l: u32, entry: u32, i: u32, s: u32) -> f32 {
    if (l == 0u) {
        return point(tile_row(tile, s), i);
    }
    return signal[(entry + i) * TILE + s];
}

/// Fills `signal` and leaves the logits in `output`.
fn forward(tile: Tile) {
    for (var l = 0u; l < HIDDEN_LAYERS; l++) { // unroll
        for (var k = tile.lane; k < OUTPUTS[l] * TILE; k += WORKGROUP) {
            let o = k / TILE;
            let s = k % TILE;
            if (s < tile.count) {
                let w = WEIGHTS[l] + o * INPUTS[l];
                let z = weighted_sum(tile, l, INPUTS[l], UNIT_ENTRIES[l], BIASES[l] + o, w, s);
                let unit = (UNIT_ENTRIES[l + 1u] + o) * TILE + s;
                delta[unit] = z;
                signal[unit] = activate(z);
            }
        }
        workgroupBarrier();
    }
    for (var s = tile.lane; s < tile.count; s += WORKGROUP) {
        const last = HIDDEN_LAYERS;
        output[s] = weighted_sum(tile, last, INPUTS[last], UNIT_ENTRIES[last], BIASES[last], WEIGHTS[last], s);
    }
    workgroupBarrier();
}

/// Derivative of the point's loss by output o of layer l before its activation.
fn output_delta(l: u32, exit: u32, o: u32, s: u32) -> f32 {
    if (l == HIDDEN_LAYERS) {
        return output[s];
    }
    return delta[(exit + o) * TILE + s];
}

/// Adds the tile's gradient to `gradients`; every parameter belongs to one lane. Expects the errors in `output`.
fn backward(tile: Tile) {
    for (var l = LAYERS; l > 0u; l--) { // unroll
        for (var k = tile.lane; k < OUTPUTS[l - 1u] * (INPUTS[l - 1u] + BIAS); k += WORKGROUP) {
            // The layer's parameters in their order: weights row by row, then biases.
            let is_bias = k >= OUTPUTS[l - 1u] * INPUTS[l - 1u];
            let o = select(k / INPUTS[l - 1u], k - OUTPUTS[l - 1u] * INPUTS[l - 1u], is_bias);
            let i = k % INPUTS[l - 1u];
            var sum = 0.0;
            for (var s = 0u; s < tile.count; s++) {
                var x = 1.0;
                if (!is_bias) {
                    x = layer_input(tile, l - 1u, UNIT_ENTRIES[l - 1u], i, s);
                }
                sum += output_delta(l - 1u, UNIT_ENTRIES[l], o, s) * x;
            }
            gradients[slot(tile.model, WEIGHTS[l - 1u] + k)] += sum;
        }
        for (var k = tile.lane; k < HIDDEN_INPUTS[l - 1u] * TILE; k += WORKGROUP) {
            let i = k / TILE;
            let s = k % TILE;
            if (s < tile.count) {
                var d = 0.0;
                for (var o = 0u; o < OUTPUTS[l - 1u]; o++) {
                    let w = parameters[slot(tile.model, WEIGHTS[l - 1u] + o * INPUTS[l - 1u] + i)];
                    d += w * output_delta(l - 1u, UNIT_ENTRIES[l], o, s);
                }
                let unit = (UNIT_ENTRIES[l - 1u] + i) * TILE + s;
                delta[unit] = d * activation_slope(delta[unit], signal[unit]);
            }
        }
        workgroupBarrier();
    }
}

/// Loss and largest logit (as bits) of a tile.
struct TileLoss {
    loss: f32,
    peak: u32,
}

/// Lane 0 adds the tile's losses up in the points' order; leaves the errors in `output`.
fn tile_loss(tile: Tile) -> TileLoss {
    var sum = LossSum();
    var peak = 0u;
    if (tile.lane == 0u) {
        for (var s = 0u; s < tile.count; s++) {
            let z = output[s];
            let terms = loss_terms(z, point(tile_row(tile, s), FEATURES));
            sum = loss_gather(sum, terms);
            peak = max(peak, magnitude_bits(z));
            output[s] = terms.gradient;
        }
    }
    workgroupBarrier();
    return TileLoss(loss_flush(sum).total, peak);
}

/// Each lane's sum of squared gradients.
var<workgroup> squares: array<vec2<f32>, WORKGROUP>;

/// By what the mean gradient over `count` points is multiplied, so that its norm stays within the model's limit. Every
/// lane adds the lanes' sums up in the same order.
fn clipping(tile: Tile, count: f32, rates: Rates) -> f32 {
    var factor = 1.0;
    for (var c = 0u; c < CLIPS; c++) { // unroll
        var sums = vec2(0.0);
        for (var p = tile.lane; p < PARAMETERS; p += WORKGROUP) {
            sums += norm_terms(gradients[slot(tile.model, p)] / count);
        }
        squares[tile.lane] = sums;
        workgroupBarrier();
        sums = vec2(0.0);
        for (var lane = 0u; lane < WORKGROUP; lane++) {
            sums += squares[lane];
        }
        factor = clip_factor(gradient_norm(sums), rates.clip);
    }
    return factor;
}

/// One update of the parameters that belong to this lane from the sums over `count` points, multiplied by `factor`; the
/// sums start again from 0. Returns the largest magnitude among the updated, as bits.
fn update(tile: Tile, count: f32, factor: f32, rates: Rates, warmth: Warmth) -> u32 {
    var peak = 0u;
    for (var p = tile.lane; p < PARAMETERS; p += WORKGROUP) {
        let at = slot(tile.model, p);
        var now = Slot(parameters[at], 0.0, 0.0);
        for (var k = 0u; k < FIRSTS; k++) { // unroll
            now.first = memory[memory_slot(tile.model, 0u, p)];
        }
        for (var k = 0u; k < SECONDS; k++) { // unroll
            now.second = memory[memory_slot(tile.model, 1u, p)];
        }
        let lr = select(rates.lr, rates.lr_first, p < FIRST_LAYER);
        now = optimizer_step(now, gradients[at] / count * factor, lr, rates, warmth);
        parameters[at] = now.parameter;
        for (var k = 0u; k < FIRSTS; k++) { // unroll
            memory[memory_slot(tile.model, 0u, p)] = now.first;
        }
        for (var k = 0u; k < SECONDS; k++) { // unroll
            memory[memory_slot(tile.model, 1u, p)] = now.second;
        }
        gradients[at] = 0.0;
        peak = max(peak, magnitude_bits(now.parameter));
    }
    return peak;
}

/// Largest magnitude among all updated parameters, as bits.
var<workgroup> parameter_peak: atomic<u32>;
/// Whether the model has diverged: nothing changes any more.
var<workgroup> frozen: u32;

/// After the last tile of a batch of `count` points: the update, unless the model has diverged.
fn finish_batch(tile: Tile, epoch: u32, count: f32, rates: Rates, warmth: Warmth) {
    storageBarrier();
    if (tile.lane == 0u) {
        frozen = u32(diverged[tile.model] != RUNNING);
        atomicStore(&parameter_peak, 0u);
    }
    workgroupBarrier();
    let factor = clipping(tile, count, rates);
    if (frozen == 0u) {
        atomicMax(&parameter_peak, update(tile, count, factor, rates, warmth));
    }
    storageBarrier();
    workgroupBarrier();
    if (tile.lane == 0u && frozen == 0u && bad_parameter(atomicLoad(&parameter_peak))) {
        diverged[tile.model] = epoch;
        frozen = 1u;
    }
    workgroupBarrier();
}

@compute @workgroup_size(WORKGROUP)
fn evaluate(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var tile = Tile(group.x, lane, 0u, 0u);
    for (var first = job.first_point; first < job.end_point; first += TILE) {
        tile.first = first;
        tile.count = min(TILE, job.end_point - first);
        take_rows(tile);
        forward(tile);
        if (lane == 0u) {
            for (var s = 0u; s < tile.count; s++) {
                scores[tile.model].correct += u32((output[s] > THRESHOLD) == (point(first + s, FEATURES) > 0.5));
            }
        }
        workgroupBarrier();
        let sum = tile_loss(tile);
        if (lane == 0u) {
            scores[tile.model].loss += sum.loss;
            scores[tile.model].peak = max(scores[tile.model].peak, sum.peak);
        }
        workgroupBarrier();
    }
}
