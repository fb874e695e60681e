// Mapping `thread`: one invocation trains one model; parameters, gradients and signals stay in its registers.
// Loops marked `unroll` are written out before compilation, so that every array index is a constant.

/// The model's parameters, in the host's order (layer by layer, weights then biases).
var<private> parameter: array<f32, PARAMETERS>;
/// Sums of the gradient over the points so far.
var<private> gradient: array<f32, PARAMETERS>;
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

fn load_parameters(model: u32) {
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        parameter[p] = parameters[slot(model, p)];
    }
}

/// The logit of point n.
fn forward(n: u32) -> f32 {
    for (var f = 0u; f < FEATURES; f++) { // unroll
        signal[f] = point(n, f);
    }
    for (var l = 0u; l < LAYERS; l++) { // unroll
        for (var o = 0u; o < OUTPUTS[l]; o++) { // unroll
            var z = parameter[BIASES[l] + o];
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
            gradient[BIASES[l - 1u] + o] += d;
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
            delta[ENTRIES[l - 1u] + i] = d * activation_derivative(before, signal[ENTRIES[l - 1u] + i]);
        }
    }
}

/// Sums the gradient over all points; the loss too, which costs little: one logarithm per 64 points.
fn epoch_sums() -> f32 {
    logit_peak = 0u;
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        gradient[p] = 0.0;
    }
    var sum = LossSum();
    for (var first = 0u; first < POINTS; first += LOSS_TERMS) {
        for (var n = first; n < min(first + LOSS_TERMS, POINTS); n++) {
            let term = logistic(forward(n), point(n, FEATURES));
            sum = loss_gather(sum, term);
            backward(term.gradient);
        }
        sum = loss_flush(sum);
    }
    return sum.total;
}

/// One update of all parameters; returns the largest magnitude among them, as bits.
fn update(lr: f32) -> u32 {
    var peak = 0u;
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        parameter[p] = sgd(parameter[p], gradient[p] / f32(POINTS), lr);
        peak = max(peak, magnitude_bits(parameter[p]));
    }
    return peak;
}

@compute @workgroup_size(WORKGROUP)
fn train(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.x;
    if (model >= job.models) {
        return;
    }
    if (diverged[model] != RUNNING) {
        return;
    }
    load_parameters(model);
    let lr = rates[model];
    var next = job.first_slot;
    for (var epoch = job.first_epoch; epoch < job.first_epoch + job.steps; epoch++) {
        let loss = epoch_sums();
        if (epoch == recorded[next]) {
            losses[next * job.models + model] = loss / f32(POINTS);
            next++;
        }
        if (bad_logit(logit_peak)) {
            diverged[model] = epoch;
            break;
        }
        if (bad_parameter(update(lr))) {
            diverged[model] = epoch;
            break;
        }
    }
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        parameters[slot(model, p)] = parameter[p];
    }
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
            sum = loss_gather(sum, logistic(z, y));
            score.correct += u32((z > 0.0) == (y > 0.5));
        }
        score.loss += loss_flush(sum).total;
    }
    score.peak = logit_peak;
    scores[model] = score;
}
