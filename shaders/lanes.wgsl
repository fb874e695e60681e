// Mappings `thread`, `subgroup` and `workgroup`: LANES neighbouring invocations (`thread`: one) train a model.
// Parameters, gradients and signals stay in registers. Each lane takes a share of the points. The mapping's `lanes_*`
// add the lanes' sums in a fixed order, so every lane then holds the same bits and makes the same update. Lanes of a
// diverged or missing model stay in the loop, because exchanges need all lanes.
// Loops marked `unroll` are unrolled before compilation, so that every array index is a constant. BIAS, FIRST_MOMENTS,
// SECOND_MOMENTS, CLIPS, CLASSIFIES, REGRESSES, WEIGHTED and SMOOTHED are 0 or 1: a loop over them is a compile-time
// condition.

@group(0) @binding(4) var<storage, read_write> parameters: array<f32>;
/// Optimizer state, initially 0; see `state_index`.
@group(0) @binding(10) var<storage, read_write> optimizer_state: array<f32>;

/// Parameters of the model in the host's order (layer by layer, weights then biases).
var<private> parameter: array<f32, PARAMETERS>;
/// Gradient sums over the points so far.
var<private> gradient: array<f32, PARAMETERS>;
/// Optimizer state of each parameter.
var<private> first_moments: array<f32, PARAMETERS>;
var<private> second_moments: array<f32, PARAMETERS>;
/// Signals of the current point: features, outputs of the hidden layers, outputs.
var<private> signal: array<f32, SIGNALS>;
/// Pre-activation of each signal; `backward` replaces it by the derivative of the point's loss.
var<private> delta: array<f32, SIGNALS>;
/// Bits of the largest |output| so far.
var<private> logit_peak: u32;

/// Points that all lanes of a model process between two logarithms; LOSS_TERMS of each lane share one, see
/// `loss_gather`.
const CHUNK = LOSS_TERMS * LANES;

fn load_parameters(model: u32) {
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        parameter[p] = parameters[parameter_index(model, p)];
    }
}

fn load_optimizer_state(model: u32) {
    for (var p = 0u; p < FIRST_MOMENT_NUMBERS; p++) { // unroll
        first_moments[p] = optimizer_state[state_index(model, 0u, p)];
    }
    for (var p = 0u; p < SECOND_MOMENT_NUMBERS; p++) { // unroll
        second_moments[p] = optimizer_state[state_index(model, 1u, p)];
    }
}

/// Stores parameters and optimizer state for the next dispatch.
fn store(model: u32) {
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        parameters[parameter_index(model, p)] = parameter[p];
    }
    for (var p = 0u; p < FIRST_MOMENT_NUMBERS; p++) { // unroll
        optimizer_state[state_index(model, 0u, p)] = first_moments[p];
    }
    for (var p = 0u; p < SECOND_MOMENT_NUMBERS; p++) { // unroll
        optimizer_state[state_index(model, 1u, p)] = second_moments[p];
    }
}

// A sample-step is `forward` and `backward` with a loss. For 2-1-1 with ReLU and the logistic loss it takes 46
// instructions: 32 for the loss (17 of them the exponential), 5 for ReLU. src/engine/cost.rs counts other networks.

/// Computes the outputs of point n, the last entries of `delta`.
fn forward(n: u32) {
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
    for (var o = 0u; o < OUTPUT_COUNT; o++) { // unroll
        logit_peak = max(logit_peak, magnitude_bits(delta[OUTPUT_ENTRY + o]));
    }
}

/// Adds the gradient of the current point, given the derivatives of its loss by the outputs in `delta`.
fn backward() {
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

/// Clears the sums of a batch.
fn clear_sums() {
    logit_peak = 0u;
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        gradient[p] = 0.0;
    }
}

/// Returns the factor that clips the mean gradient over `count` points to the model's largest norm.
fn clipping(count: f32, rates: UpdateParams) -> f32 {
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

/// Updates all parameters from the sums over `count` points; returns the bits of the largest magnitude among them.
fn update(count: f32, rates: UpdateParams, correction: BiasCorrection) -> u32 {
    let factor = clipping(count, rates);
    var peak = 0u;
    for (var p = 0u; p < PARAMETERS; p++) { // unroll
        var now = ParameterState(parameter[p], 0.0, 0.0);
        for (var k = 0u; k < FIRST_MOMENTS; k++) { // unroll
            now.first = first_moments[p];
        }
        for (var k = 0u; k < SECOND_MOMENTS; k++) { // unroll
            now.second = second_moments[p];
        }
        var scale = factor;
        for (var l = 0u; l < SCALED_LAYERS; l++) { // unroll
            scale = select(scale, factor * GRADIENT_FACTORS[l], p >= WEIGHTS[l]);
        }
        let lr = select(rates.lr, rates.lr_first, p < FIRST_LAYER);
        now = optimizer_step(now, gradient[p] / count * scale, lr, rates, correction);
        parameter[p] = now.parameter;
        for (var k = 0u; k < FIRST_MOMENTS; k++) { // unroll
            first_moments[p] = now.first;
        }
        for (var k = 0u; k < SECOND_MOMENTS; k++) { // unroll
            second_moments[p] = now.second;
        }
        peak = max(peak, magnitude_bits(parameter[p]));
    }
    return peak;
}

/// Updates the model from complete sums over `count` points unless a logit is not finite; returns whether the model has
/// not diverged.
fn update_parameters(count: f32, rates: UpdateParams, correction: BiasCorrection) -> bool {
    if (bad_logit(logit_peak)) {
        return false;
    }
    return !bad_parameter(update(count, rates, correction));
}

/// Model and lane of an invocation.
struct Place {
    /// Index of the model in the batch; a surplus lane has the last model's.
    model: u32,
    /// Index among the model's lanes, and index in the workgroup.
    lane: u32,
    local: u32,
    /// Whether this lane has a model, and whether it writes the model's results.
    works: bool,
    writes: bool,
}

/// Loads the model to train; returns whether it exists and has not diverged.
fn begin(place: Place) -> bool {
    load_parameters(place.model);
    load_optimizer_state(place.model);
    return place.works && diverged[place.model] == RUNNING;
}

fn place_of(invocation: u32, local: u32) -> Place {
    let model = invocation / LANES;
    let lane = invocation % LANES;
    let works = model < job.models;
    return Place(min(model, job.models - 1u), lane, local, works, works && lane == 0u);
}

@compute @workgroup_size(WORKGROUP)
fn evaluate(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let place = place_of(id.x, local);
    load_parameters(place.model);
    let rates = load_loss_params(place.model);
    let end = select(0u, job.end_point, place.works);
    logit_peak = 0u;
    var score = scores[place.model];
    var correct = 0u;
    var correct_positive = 0u;
    var errors = vec2(0.0);
    for (var first = job.first_point; first < job.end_point; first += CHUNK) {
        var sum = LossSum();
        for (var n = first + place.lane; n < min(first + CHUNK, end); n += LANES) {
            forward(n);
            for (var c = 0u; c < CLASSIFIES; c++) { // unroll
                let right = right_at(n);
                correct += right.x;
                correct_positive += right.y;
            }
            for (var c = 0u; c < REGRESSES; c++) { // unroll
                errors += errors_at(n);
            }
            sum = loss_gather(sum, output_terms(n, rates));
        }
        score.loss += lanes_sum(loss_flush(sum).total, local);
    }
    for (var c = 0u; c < CLASSIFIES; c++) { // unroll
        score.correct += lanes_count(correct, local);
        score.correct_positive += lanes_count(correct_positive, local);
    }
    for (var c = 0u; c < REGRESSES; c++) { // unroll
        score.correct = float_sum(score.correct, bitcast<u32>(lanes_sum(errors.x, local)));
        score.correct_positive = float_sum(score.correct_positive, bitcast<u32>(lanes_sum(errors.y, local)));
    }
    score.peak = max(score.peak, lanes_peak(logit_peak, local));
    if (place.writes) {
        scores[place.model] = score;
    }
}

/// Writes the outputs of the points `first_point..end_point`.
@compute @workgroup_size(WORKGROUP)
fn write_logits(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let place = place_of(id.x, local);
    load_parameters(place.model);
    let end = select(0u, job.end_point, place.works);
    for (var n = job.first_point + place.lane; n < end; n += LANES) {
        forward(n);
        for (var o = 0u; o < OUTPUT_COUNT; o++) { // unroll
            logits[(place.model * POINTS + n) * OUTPUT_COUNT + o] = delta[OUTPUT_ENTRY + o];
        }
    }
}
