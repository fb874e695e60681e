// Mapping `workgroup`: a workgroup trains one model; parameters and gradients lie in storage, the signals of a tile of
// points in workgroup memory. It takes every shape, and a dispatch may end after any tile.
// Loops over layers are marked `unroll`: they are written out, so that sizes are constants in the loops within.

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

/// One tile of the points, and who works on it.
struct Tile {
    model: u32,
    /// This invocation's number within the workgroup.
    lane: u32,
    /// The tile's first point, and how many it has.
    first: u32,
    count: u32,
}

/// Bias and weighted inputs of output o of layer l for the tile's point s; `entry` is the first unit of its inputs.
fn weighted_sum(tile: Tile, l: u32, inputs: u32, entry: u32, bias: u32, weights: u32, s: u32) -> f32 {
    var z = parameters[slot(tile.model, bias)];
    let w = slot(tile.model, weights);
    for (var i = 0u; i < inputs; i++) {
        z += parameters[w + i] * layer_input(tile, l, entry, i, s);
    }
    return z;
}

/// Input i of layer l for the tile's point s: a feature, or the output of a hidden unit.
fn layer_input(tile: Tile, l: u32, entry: u32, i: u32, s: u32) -> f32 {
    if (l == 0u) {
        return point(tile.first + s, i);
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
        for (var k = tile.lane; k < OUTPUTS[l - 1u] * (INPUTS[l - 1u] + 1u); k += WORKGROUP) {
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
                delta[unit] = d * activation_derivative(delta[unit], signal[unit]);
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
            let term = logistic(z, point(tile.first + s, FEATURES));
            sum = loss_gather(sum, term);
            peak = max(peak, magnitude_bits(z));
            output[s] = term.gradient;
        }
    }
    workgroupBarrier();
    return TileLoss(loss_flush(sum).total, peak);
}

/// One update of the parameters that belong to this lane; their gradients start again from 0.
fn update(tile: Tile, lr: f32) -> u32 {
    var peak = 0u;
    for (var p = tile.lane; p < PARAMETERS; p += WORKGROUP) {
        let at = slot(tile.model, p);
        let updated = sgd(parameters[at], gradients[at] / f32(POINTS), lr);
        parameters[at] = updated;
        gradients[at] = 0.0;
        peak = max(peak, magnitude_bits(updated));
    }
    return peak;
}

/// Largest magnitude among all updated parameters, as bits.
var<workgroup> parameter_peak: atomic<u32>;
/// Whether the model has diverged: nothing changes any more.
var<workgroup> frozen: u32;

/// Lane 0 keeps the book: the recorded loss grows tile by tile, a divergence is noted with its epoch.
fn note_tile(tile: Tile, sum: TileLoss, epoch: u32, next: u32) {
    // A logit may have been found bad earlier in this epoch, perhaps in an earlier dispatch: its loss is still recorded.
    if (tile.lane == 0u && (diverged[tile.model] == RUNNING || diverged[tile.model] == epoch)) {
        if (epoch == recorded[next]) {
            let at = next * job.models + tile.model;
            let before = select(losses[at], 0.0, tile.first == 0u);
            losses[at] = before + sum.loss / f32(POINTS);
        }
        if (bad_logit(sum.peak)) {
            diverged[tile.model] = epoch;
        }
    }
}

/// After the last tile of an epoch: the update, unless the model has diverged.
fn finish_epoch(tile: Tile, epoch: u32, lr: f32) {
    storageBarrier();
    if (tile.lane == 0u) {
        frozen = u32(diverged[tile.model] != RUNNING);
        atomicStore(&parameter_peak, 0u);
    }
    workgroupBarrier();
    if (frozen == 0u) {
        atomicMax(&parameter_peak, update(tile, lr));
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
fn train(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var tile = Tile(group.x, lane, 0u, 0u);
    let lr = rates[tile.model];
    var index = job.first_tile;
    var epoch = job.first_epoch;
    var next = job.first_slot;
    if (lane == 0u) {
        frozen = u32(diverged[tile.model] != RUNNING);
    }
    workgroupBarrier();
    for (var step = 0u; step < job.steps; step++) {
        tile.first = index * TILE;
        tile.count = min(TILE, POINTS - tile.first);
        forward(tile);
        note_tile(tile, tile_loss(tile), epoch, next);
        backward(tile);
        index++;
        if (index == TILES) {
            finish_epoch(tile, epoch, lr);
            if (epoch == recorded[next]) {
                next++;
            }
            index = 0u;
            epoch++;
        }
    }
}

@compute @workgroup_size(WORKGROUP)
fn evaluate(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var tile = Tile(group.x, lane, 0u, 0u);
    for (var first = job.first_point; first < job.end_point; first += TILE) {
        tile.first = first;
        tile.count = min(TILE, job.end_point - first);
        forward(tile);
        if (lane == 0u) {
            for (var s = 0u; s < tile.count; s++) {
                scores[tile.model].correct += u32((output[s] > 0.0) == (point(first + s, FEATURES) > 0.5));
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
