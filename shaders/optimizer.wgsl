// Optimizers by PyTorch's update rules. Twin of src/math/optimizer.rs. Needs elementary.wgsl and, from the prelude,
// WEIGHT_DECAY: whether parameters decay.

/// A parameter and what its optimizer remembers of it, at first 0.
struct ParameterState {
    parameter: f32,
    first: f32,
    second: f32,
}

/// What updates need to know of a model's hyper-parameters; what a recipe does not use stays 0.
struct Rates {
    /// Learning rates of the first layer and of the others, before the schedule.
    lr_first: f32,
    lr: f32,
    weight_decay: f32,
    /// Largest norm of a model's gradient.
    clip: f32,
    momentum: f32,
    /// Adam's first average: its weight, 1 - it, and -ln(it) / 2.
    beta1: f32,
    one_minus_beta1: f32,
    half_decay_rate1: f32,
    /// The same for the second.
    beta2: f32,
    one_minus_beta2: f32,
    half_decay_rate2: f32,
    /// RMSprop's average: its weight, and 1 - it.
    alpha: f32,
    one_minus_alpha: f32,
    epsilon: f32,
}

/// With the learning rates of an epoch whose schedule says `multiplier`.
fn scheduled(rates: Rates, multiplier: f32) -> Rates {
    var changed = rates;
    changed.lr_first = rates.lr_first * multiplier;
    changed.lr = rates.lr * multiplier;
    return changed;
}

/// How far an average with weights b, 1 - b has come from its start at 0 after `updates` updates: 1 - b^updates, from
/// `half_decay_rate` = -ln(b) / 2. The plain power would cancel where b is near 1.
fn bias_correction(half_decay_rate: f32, updates: f32) -> f32 {
    let t = tanh_positive(half_decay_rate * updates);
    return 2.0 * t / (1.0 + t);
}

/// `bias_correction` of both averages at one update; 1 where they are not corrected.
struct BiasCorrection {
    first: f32,
    second: f32,
}

/// What a number adds to the sums of squares that a norm is made of: its square, and that of it in units of 2^64.
fn norm_terms(x: f32) -> vec2<f32> {
    let small = x * 0x1p-64f;
    return vec2(x * x, small * small);
}

/// The norm from such sums, by the second one where the first is infinite. (The host's norms are f64.)
fn gradient_norm(squares: vec2<f32>) -> f32 {
    return select(sqrt(squares.x), sqrt(squares.y) * 0x1p+64f, bad_logit(magnitude_bits(squares.x)));
}

/// min(1, limit / (norm + 1e-6)): by what a gradient of this norm is multiplied.
fn clip_factor(norm: f32, limit: f32) -> f32 {
    let factor = limit / (norm + 1e-6);
    return select(1.0, factor, factor - 1.0 < 0.0);
}

/// The gradient of loss and decay together.
fn decayed(gradient: f32, parameter: f32, rates: Rates) -> f32 {
    if (WEIGHT_DECAY) {
        return gradient + rates.weight_decay * parameter;
    }
    return gradient;
}

/// p - lr g.
fn sgd_step(state: ParameterState, gradient: f32, lr: f32, rates: Rates, correction: BiasCorrection) -> ParameterState {
    return ParameterState(state.parameter - lr * decayed(gradient, state.parameter, rates), state.first, state.second);
}

/// v = m v + g; p - lr v.
fn momentum_step(state: ParameterState, gradient: f32, lr: f32, rates: Rates, correction: BiasCorrection) -> ParameterState {
    let velocity = rates.momentum * state.first + decayed(gradient, state.parameter, rates);
    return ParameterState(state.parameter - lr * velocity, velocity, state.second);
}

/// v = m v + g; p - lr (g + m v).
fn nesterov_step(state: ParameterState, gradient: f32, lr: f32, rates: Rates, correction: BiasCorrection) -> ParameterState {
    let total = decayed(gradient, state.parameter, rates);
    let velocity = rates.momentum * state.first + total;
    return ParameterState(state.parameter - lr * (total + rates.momentum * velocity), velocity, state.second);
}

/// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, both divided by their bias correction; p - lr m / (sqrt(v) + epsilon).
fn adam_step(state: ParameterState, gradient: f32, lr: f32, rates: Rates, correction: BiasCorrection) -> ParameterState {
    return moments_step(state, decayed(gradient, state.parameter, rates), lr, rates, correction);
}

/// p shrinks by lr * decay of itself, then as `adam_step` with the gradient of the loss alone.
fn adamw_step(state: ParameterState, gradient: f32, lr: f32, rates: Rates, correction: BiasCorrection) -> ParameterState {
    var shrunk = state;
    if (WEIGHT_DECAY) {
        shrunk.parameter = state.parameter * (1.0 - lr * rates.weight_decay);
    }
    return moments_step(shrunk, gradient, lr, rates, correction);
}

fn moments_step(state: ParameterState, gradient: f32, lr: f32, rates: Rates, correction: BiasCorrection) -> ParameterState {
    let first = rates.beta1 * state.first + rates.one_minus_beta1 * gradient;
    let second = rates.beta2 * state.second + rates.one_minus_beta2 * gradient * gradient;
    let size = sqrt(second / correction.second) + rates.epsilon;
    return ParameterState(state.parameter - lr * (first / correction.first / size), first, second);
}

/// v = a v + (1 - a) g^2; p - lr g / (sqrt(v) + epsilon).
fn rmsprop_step(state: ParameterState, gradient: f32, lr: f32, rates: Rates, correction: BiasCorrection) -> ParameterState {
    let total = decayed(gradient, state.parameter, rates);
    let square = rates.alpha * state.first + rates.one_minus_alpha * total * total;
    return ParameterState(state.parameter - lr * (total / (sqrt(square) + rates.epsilon)), square, state.second);
}
