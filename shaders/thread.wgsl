// Mapping `thread`: one invocation trains one model; parameters, gradients and signals stay in its registers.
// Loops marked `unroll` are written out before compilation, so that every array index is a constant. Some have one turn or
// none: what a recipe does not need (BIAS, FIRSTS, SECONDS and CLIPS are 0 or 1) is then left out.

/// The model's parameters, in the host's order (layer by layer, weights then biases).
var<private> parameter: array<f32, PARAMETERS>;
/// Sums of the gradient over the points so far.
var<private> gradient: array<f32, PARAMETERS>;
/// What the optimizer remembers of each parameter.
var<private> first_memory: array<f32, PARAMETERS>;
var<private> second_memory: array<f32, PARAMETERS>;
/// What flows through the network for the current point: features, outputs of the hidden layers, logit.
var<private> signal: array<f32, SIGNALS>;
/// Each signal before its activation; on the way back, derivative of the point's loss by it.
var<private> delta: array<f32, SIGNALS>;
/// Largest magnitude of a logit so far, as bits.
var<private> logit_peak: u32;

/// Points whose losses share a logarithm, see `loss_gather`.
const LOSS_TERMS = 64u;

/// Neighbouring invocations read neighbouring words.
fn slot(model: u32, p: u32) -> u32 {
    return p * job.models + model;
}

/// The same for what the optimizer remembers; `k` is 0 for the first number of each parameter, 1 for the second.
fn memory_slot(model: u32, k: u32, p: u32) -> u32 {
    return slot(model, k * PARAMETERS + p);
}

fn load_parameters(model: u32) {
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        parameter[p] = parameters[slot(model, p)];
    }
}

fn load_memory(model: u32) {
    for (var p = 0u; p < FIRST_MEMORY; p++) { // unroll
        first_memory[p] = memory[memory_slot(model, 0u, p)];
    }
    for (var p = 0u; p < SECOND_MEMORY; p++) { // unroll
        second_memory[p] = memory[memory_slot(model, 1u, p)];
    }
}

/// Keeps parameters and memory for the next dispatch.
fn store(model: u32) {
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        parameters[slot(model, p)] = parameter[p];
    }
    for (var p = 0u; p < FIRST_MEMORY; p++) { // unroll
        memory[memory_slot(model, 0u, p)] = first_memory[p];
    }
    for (var p = 0u; p < SECOND_MEMORY; p++) { // unroll
        memory[memory_slot(model, 1u, p)] = second_memory[p];
    }
}

/// The logit of point n.
fn forward(n: u32) -> f32 {
    for (var f = 0u; f < FEATURES; f++) { // unroll
        signal[f] = point(n, f);
    }
    for (var l = 0u; l < LAYERS; l++) { // unroll
        for (var o = 0u; o < OUTPUTS[l]; o++) { // unroll
            var z = 0.0;
            for (var b = 0u; b < BIAS; b++) { // unroll
                z = parameter[BIASES[l] + o];
            }
            for (var i = 0u; i < INPUTS[l]; i++) { // unroll
                z += parameter[WEIGHTS[l] + o * INPUTS[l] + i] * signal[ENTRIES[l] + i];
            }
            delta[ENTRIES[l + 1u] + o] = z;
            signal[ENTRIES[l + 1u] + o] = activate(z);
        }
    }
    let logit = delta[SIGNALS - 1u];
    logit_peak = max(logit_peak, magnitude_bits(logit));
    return logit;
}

/// Adds the gradient of the current point, whose derivative by the logit is `error`.
fn backward(error: f32) {
    delta[SIGNALS - 1u] = error;
    for (var l = LAYERS; l > 0u; l--) { // unroll
        for (var o = 0u; o < OUTPUTS[l - 1u]; o++) { // unroll
            let d = delta[ENTRIES[l] + o];
            for (var b = 0u; b < BIAS; b++) { // unroll
                gradient[BIASES[l - 1u] + o] += d;
            }
            for (var i = 0u; i < INPUTS[l - 1u]; i++) { // unroll
                gradient[WEIGHTS[l - 1u] + o * INPUTS[l - 1u] + i] += d * signal[ENTRIES[l - 1u] + i];
            }
        }
        for (var i = 0u; i < HIDDEN_INPUTS[l - 1u]; i++) { // unroll
            var d = 0.0;
            for (var o = 0u; o < OUTPUTS[l - 1u]; o++) { // unroll
                d += delta[ENTRIES[l] + o] * parameter[WEIGHTS[l - 1u] + o * INPUTS[l - 1u] + i];
            }
            let before = delta[ENTRIES[l - 1u] + i];
            delta[ENTRIES[l - 1u] + i] = d * activation_slope(before, signal[ENTRIES[l - 1u] + i]);
        }
    }
}

/// Starts the sums of a batch.
fn clear_sums() {
    logit_peak = 0u;
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        gradient[p] = 0.0;
    }
}

/// By what the mean gradient over `count` points is multiplied, so that its norm stays within the model's limit.
fn clipping(count: f32, rates: Rates) -> f32 {
    var factor = 1.0;
    for (var c = 0u; c < CLIPS; c++) { // unroll
        var squares = vec2(0.0);
        for (var p = 0u; p < PARAMETERS; p++) { // unroll
            squares += norm_terms(gradient[p] / count);
        }
        factor = clip_factor(gradient_norm(squares), rates.clip);
    }
    return factor;
}

/// One update of all parameters from the sums over `count` points; returns the largest magnitude among them, as bits.
fn update(count: f32, rates: Rates, warmth: Warmth) -> u32 {
    let factor = clipping(count, rates);
    var peak = 0u;
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        var now = Slot(parameter[p], 0.0, 0.0);
        for (var k = 0u; k < FIRSTS; k++) { // unroll
            now.first = first_memory[p];
        }
        for (var k = 0u; k < SECONDS; k++) { // unroll
            now.second = second_memory[p];
        }
        let lr = select(rates.lr, rates.lr_first, p < FIRST_LAYER);
        now = optimizer_step(now, gradient[p] / count * factor, lr, rates, warmth);
        parameter[p] = now.parameter;
        for (var k = 0u; k < FIRSTS; k++) { // unroll
            first_memory[p] = now.first;
        }
        for (var k = 0u; k < SECONDS; k++) { // unroll
            second_memory[p] = now.second;
        }
        peak = max(peak, magnitude_bits(parameter[p]));
    }
    return peak;
}

@compute @workgroup_size(WORKGROUP)
fn evaluate(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.x;
    if (model >= job.models) {
        return;
    }
    load_parameters(model);
    var score = scores[model];
    logit_peak = score.peak;
    for (var first = job.first_point; first < job.end_point; first += LOSS_TERMS) {
        var sum = LossSum();
        for (var n = first; n < min(first + LOSS_TERMS, job.end_point); n++) {
            let z = forward(n);
            let y = point(n, FEATURES);
            sum = loss_gather(sum, loss_terms(z, y));
            score.correct += u32((z > THRESHOLD) == (y > 0.5));
        }
        score.loss += loss_flush(sum).total;
    }
    score.peak = logit_peak;
    scores[model] = score;
}
