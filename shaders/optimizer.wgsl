// Optimizers with PyTorch's update rules. Mirrors src/math/optimizer.rs. Needs elementary.wgsl, divergence.wgsl and the
// prelude's WEIGHT_DECAY: whether weight decay is used.

/// Parameter and its optimizer state, initially 0.
struct ParameterState {
    parameter: f32,
    first: f32,
    second: f32,
}

/// Hyper-parameters of a model as the updates read them; those that the training spec does not use are 0.
struct UpdateParams {
    /// Learning rates of the first layer and of the others, before the schedule.
    lr_first: f32,
    lr: f32,
    weight_decay: f32,
    /// Largest norm of the model's gradient.
    clip: f32,
    momentum: f32,
    /// Adam's beta1, 1 - beta1 and -ln(beta1) / 2.
    beta1: f32,
    one_minus_beta1: f32,
    half_decay_rate1: f32,
    /// The same for beta2.
    beta2: f32,
    one_minus_beta2: f32,
    half_decay_rate2: f32,
    /// RMSprop's alpha and 1 - alpha.
    alpha: f32,
    one_minus_alpha: f32,
    epsilon: f32,
}

/// Returns the rates with learning rates multiplied by the schedule's `multiplier`.
fn scheduled(rates: UpdateParams, multiplier: f32) -> UpdateParams {
    var changed = rates;
    changed.lr_first = rates.lr_first * multiplier;
    changed.lr = rates.lr * multiplier;
    return changed;
}

/// Returns Adam's bias correction 1 - b^updates of a moving average with decay b, given `half_decay_rate` = -ln(b) / 2.
/// The plain power would cancel for b near 1.
fn bias_correction(half_decay_rate: f32, updates: f32) -> f32 {
    let t = tanh_positive(half_decay_rate * updates);
    return 2.0 * t / (1.0 + t);
}

/// `bias_correction` of both moments at one update; 1 for optimizers without it.
struct BiasCorrection {
    first: f32,
    second: f32,
}

/// Returns x^2 and (x / 2^64)^2, to be summed for a norm; the second sum overflows only for far larger x.
fn norm_terms(x: f32) -> vec2<f32> {
    let small = x * 0x1p-64f;
    return vec2(x * x, small * small);
}

/// Returns the norm from these sums, using the second if the first is infinite. (The CPU engine uses f64 instead.)
fn gradient_norm(squares: vec2<f32>) -> f32 {
    return select(sqrt(squares.x), sqrt(squares.y) * 0x1p+64f, bad_logit(magnitude_bits(squares.x)));
}

/// Returns the clipping factor min(1, limit / (norm + 1e-6)) of a gradient with this norm.
fn clip_factor(norm: f32, limit: f32) -> f32 {
    let factor = limit / (norm + 1e-6);
    return select(1.0, factor, factor - 1.0 < 0.0);
}

/// Returns the gradient of the loss plus L2 weight decay.
fn with_weight_decay(gradient: f32, parameter: f32, rates: UpdateParams) -> f32 {
    if (WEIGHT_DECAY) {
        return gradient + rates.weight_decay * parameter;
    }
    return gradient;
}

/// What a step needs besides a parameter's state and gradient.
struct StepParams {
    /// Learning rate of the parameter's layer in this epoch.
    lr: f32,
    rates: UpdateParams,
    correction: BiasCorrection,
}

/// p - lr g.
fn sgd_step(state: ParameterState, gradient: f32, at: StepParams) -> ParameterState {
    let total = with_weight_decay(gradient, state.parameter, at.rates);
    return ParameterState(state.parameter - at.lr * total, state.first, state.second);
}

/// v = m v + g; p - lr v.
fn momentum_step(state: ParameterState, gradient: f32, at: StepParams) -> ParameterState {
    let velocity = at.rates.momentum * state.first + with_weight_decay(gradient, state.parameter, at.rates);
    return ParameterState(state.parameter - at.lr * velocity, velocity, state.second);
}

/// v = m v + g; p - lr (g + m v).
fn nesterov_step(state: ParameterState, gradient: f32, at: StepParams) -> ParameterState {
    let total = with_weight_decay(gradient, state.parameter, at.rates);
    let velocity = at.rates.momentum * state.first + total;
    return ParameterState(state.parameter - at.lr * (total + at.rates.momentum * velocity), velocity, state.second);
}

/// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2; p - lr m' / (sqrt(v') + epsilon), where m' and v' are divided by
/// their bias correction.
fn adam_step(state: ParameterState, gradient: f32, at: StepParams) -> ParameterState {
    return moments_step(state, with_weight_decay(gradient, state.parameter, at.rates), at);
}

/// p *= 1 - lr * weight_decay, then `adam_step` with the gradient of the loss alone.
fn adamw_step(state: ParameterState, gradient: f32, at: StepParams) -> ParameterState {
    let parameter = shrunk(state.parameter, at.lr, at.rates);
    return moments_step(ParameterState(parameter, state.first, state.second), gradient, at);
}

/// The parameter after decoupled weight decay.
fn shrunk(parameter: f32, lr: f32, rates: UpdateParams) -> f32 {
    if (WEIGHT_DECAY) {
        return parameter * (1.0 - lr * rates.weight_decay);
    }
    return parameter;
}

/// p -= lr (sign(b1 m + (1 - b1) g) + weight_decay p), then m = b2 m + (1 - b2) g.
fn lion_step(state: ParameterState, gradient: f32, at: StepParams) -> ParameterState {
    let mixed = at.rates.beta1 * state.first + at.rates.one_minus_beta1 * gradient;
    let first = at.rates.beta2 * state.first + at.rates.one_minus_beta2 * gradient;
    return ParameterState(shrunk(state.parameter, at.lr, at.rates) - at.lr * sign(mixed), first, state.second);
}

fn moments_step(state: ParameterState, gradient: f32, at: StepParams) -> ParameterState {
    let first = at.rates.beta1 * state.first + at.rates.one_minus_beta1 * gradient;
    let second = at.rates.beta2 * state.second + at.rates.one_minus_beta2 * gradient * gradient;
    let size = sqrt(second / at.correction.second) + at.rates.epsilon;
    return ParameterState(state.parameter - at.lr * (first / at.correction.first / size), first, second);
}

/// v = a v + (1 - a) g^2; p - lr g / (sqrt(v) + epsilon).
fn rmsprop_step(state: ParameterState, gradient: f32, at: StepParams) -> ParameterState {
    let total = with_weight_decay(gradient, state.parameter, at.rates);
    let square = at.rates.alpha * state.first + at.rates.one_minus_alpha * total * total;
    return ParameterState(state.parameter - at.lr * (total / (sqrt(square) + at.rates.epsilon)), square, state.second);
}
