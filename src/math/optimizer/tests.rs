use super::*;

const UPDATES: usize = 12;
const LR: f64 = 0.05;
const DECAY: f64 = 0.2;

/// Parameters that differ from the defaults and from each other, so that a swapped pair shows.
fn rates(weight_decay: Option<f64>) -> UpdateParams<f64> {
    let (beta1, beta2, alpha) = (0.85, 0.97, 0.95);
    let half_decay_rate = |beta: f64| -beta.ln() / 2.0;
    UpdateParams {
        weight_decay,
        momentum: 0.8,
        beta1,
        one_minus_beta1: 1.0 - beta1,
        half_decay_rate1: half_decay_rate(beta1),
        beta2,
        one_minus_beta2: 1.0 - beta2,
        half_decay_rate2: half_decay_rate(beta2),
        alpha,
        one_minus_alpha: 1.0 - alpha,
        epsilon: 1e-3,
        ..UpdateParams::default()
    }
}

/// Gradient of the loss at `parameter` in update `t`.
fn gradient(parameter: f64, t: usize) -> f64 {
    (3.0 * parameter + t as f64).sin()
}

/// Parameters after each update by `optimizer`.
fn trained<R: Real>(
    optimizer: Optimizer,
    rates: &UpdateParams<R>,
    start: R,
    gradient: impl Fn(R, usize) -> R,
) -> Vec<R> {
    let mut state = ParameterState { parameter: start, ..ParameterState::default() };
    let update = |t: usize| {
        let correction = BiasCorrection::of(optimizer, rates, R::splat(t as f64));
        let at = StepParams { lr: R::splat(LR), rates, correction };
        state = optimizer.step(state, gradient(state.parameter, t), at);
        state.parameter
    };
    (1..=UPDATES).map(update).collect()
}

/// The same by PyTorch's documentation, with each average as a sum over all gradients so far.
fn textbook(optimizer: Optimizer, decay: f64, start: f64) -> Vec<f64> {
    let rates = rates(None);
    let (mut p, mut gradients, mut parameters) = (start, Vec::new(), Vec::new());
    for t in 1..=UPDATES {
        let decoupled = matches!(optimizer, Optimizer::Adamw | Optimizer::Lion);
        let coupled = if decoupled { 0.0 } else { decay };
        gradients.push(gradient(p, t) + coupled * p);
        let g = gradients[t - 1];
        let faded = |factor: f64, power: i32| -> f64 {
            gradients.iter().rev().zip(0..).map(|(g, age)| factor.powi(age) * g.powi(power)).sum()
        };
        let adam = || {
            let (b1, b2) = (rates.beta1, rates.beta2);
            let m = (1.0 - b1) * faded(b1, 1) / (1.0 - b1.powi(t as i32));
            let v = (1.0 - b2) * faded(b2, 2) / (1.0 - b2.powi(t as i32));
            m / (v.sqrt() + rates.epsilon)
        };
        let lion = || {
            let (b1, b2) = (rates.beta1, rates.beta2);
            let before: f64 = gradients[..t - 1].iter().rev().zip(0..).map(|(g, age)| b2.powi(age) * g).sum();
            let mixed = b1 * (1.0 - b2) * before + (1.0 - b1) * g;
            if mixed == 0.0 { 0.0 } else { mixed.signum() }
        };
        p = match optimizer {
            Optimizer::Sgd => p - LR * g,
            Optimizer::Momentum => p - LR * faded(rates.momentum, 1),
            Optimizer::Nesterov => p - LR * (g + rates.momentum * faded(rates.momentum, 1)),
            Optimizer::Adam => p - LR * adam(),
            Optimizer::Adamw => p * (1.0 - LR * decay) - LR * adam(),
            Optimizer::Lion => p * (1.0 - LR * decay) - LR * lion(),
            Optimizer::Rmsprop => p - LR * g / (((1.0 - rates.alpha) * faded(rates.alpha, 2)).sqrt() + rates.epsilon),
        };
        parameters.push(p);
    }
    parameters
}

#[test]
fn each_step_follows_its_formula_with_and_without_decay() {
    for optimizer in Optimizer::ALL {
        for decay in [None, Some(DECAY)] {
            for start in [-1.3, 0.0, 0.4, 20.0] {
                let own = trained(*optimizer, &rates(decay), start, gradient);
                let expected = textbook(*optimizer, decay.unwrap_or(0.0), start);
                assert_eq!((own.len(), expected.len()), (UPDATES, UPDATES));
                for (own, expected) in own.iter().zip(&expected) {
                    // Twelve updates of a few roundings each, of numbers up to 20.
                    let what = format!("{optimizer} {decay:?} {start}: {own} {expected}");
                    assert!((own - expected).abs() <= 1e-14 * (1.0 + start.abs()), "{what}");
                }
            }
        }
    }
}

#[test]
fn decay_and_memory_matter() {
    for optimizer in Optimizer::ALL {
        let last = |decay| trained(*optimizer, &rates(decay), 1.0, gradient)[UPDATES - 1];
        assert!((last(None) - last(Some(DECAY))).abs() > 1e-3, "{optimizer}");
        assert_eq!(last(None), last(Some(0.0)), "{optimizer}");
        let correction = BiasCorrection { first: 1.0, second: 1.0 };
        let at = StepParams { lr: LR, rates: &rates(None), correction };
        let state = optimizer.step(ParameterState { parameter: 1.0, first: 0.5, second: 0.25 }, 0.3, at);
        let kept = [state.first == 0.5, state.second == 0.25];
        assert_eq!(kept, [optimizer.state_numbers() < 1, optimizer.state_numbers() < 2], "{optimizer}");
    }
}

#[test]
fn a_loop_over_states_is_step_after_step() {
    let at = StepParams { lr: LR, rates: &rates(Some(DECAY)), correction: BiasCorrection { first: 0.5, second: 0.25 } };
    let parameters = [-1.0f64, 0.5, 2.0];
    let memory = |n: usize| (parameters[n].abs() / 2.0, parameters[n] * parameters[n]);
    for optimizer in Optimizer::ALL {
        for moving in [0.0, 1.0] {
            let [mut kept, mut first, mut second] =
                [parameters, [0, 1, 2].map(|n| memory(n).0), [0, 1, 2].map(|n| memory(n).1)];
            let states = ParameterStates { parameters: &mut kept, first: &mut first, second: &mut second };
            let worst = optimizer.step_each(states, &parameters.map(|p| p + 1.0), [0.5, moving], at);
            let one = |n: usize| {
                let state = ParameterState { parameter: parameters[n], first: memory(n).0, second: memory(n).1 };
                optimizer.step(state, (parameters[n] + 1.0) * 0.5, at).parameter
            };
            let expected = if moving > 0.0 { [0, 1, 2].map(one) } else { parameters };
            assert_eq!(kept, expected, "{optimizer}");
            assert_eq!(worst, expected.map(f64::abs).into_iter().fold(0.0, f64::max).to_bits(), "{optimizer}");
        }
    }
}

#[test]
fn f32_follows_f64() {
    let single =
        |rates: UpdateParams<f64>| UpdateParams::of(rates.weight_decay.is_some(), false, |field| field(&rates) as f32);
    for optimizer in Optimizer::ALL {
        // Gradients do not depend on the parameter, so that errors add up but do not multiply.
        let double = trained(*optimizer, &rates(Some(DECAY)), 0.7, |_, t| gradient(0.3, t));
        let float = trained(*optimizer, &single(rates(Some(DECAY))), 0.7f32, |_, t| gradient(0.3, t) as f32);
        for (double, float) in double.iter().zip(&float) {
            // Twelve updates of about ten roundings (6e-8) each, of steps of 0.05 to 0.5.
            assert!((double - f64::from(*float)).abs() <= 1e-6, "{optimizer}: {double} {float}");
        }
    }
}

#[test]
fn bias_correction_is_right_to_4e_7_for_any_decay_rate() {
    let mut worst = 0.0f64;
    for beta in [0.0, 0.5, 0.9, 0.999, 0.9999999f64] {
        let half_decay_rate = (-beta.ln() / 2.0).min(100.0);
        for t in (0..=60).map(|n| 10f64.powf(f64::from(n) / 10.0).round()) {
            let exact = if beta == 0.0 { 1.0 } else { -(t * beta.ln()).exp_m1() };
            let error = (f64::from(bias_correction(half_decay_rate as f32, t as f32)) / exact - 1.0).abs();
            assert!((bias_correction(half_decay_rate, t) / exact - 1.0).abs() <= 1e-15, "f64, {beta} {t}");
            worst = if error.is_nan() { f64::INFINITY } else { worst.max(error) };
        }
    }
    // Half an ulp (6e-8) each from half_decay_rate, its product, the sum and the quotient; 2.7 ulp from tanh.
    assert!(worst <= 4e-7, "{worst}");
}

#[test]
fn clipping_never_stretches_and_lets_no_bad_gradient_through() {
    // The added 1e-6, which is PyTorch's, allows a norm of 0.
    assert_eq!((clip_factor(0.0, 0.05), clip_factor(0.0f32, 0.05)), (1.0, 1.0));
    assert_eq!(clip_factor(0.049, 0.05), 1.0);
    assert_eq!(clip_factor(2.0, 0.05), 0.05 / (2.0 + 1e-6));
    assert_eq!(clip_factor(2.0, 0.0), 0.0);
    assert_eq!(clip_factor(2.0, f64::INFINITY), 1.0);
    // A norm is infinite or NaN only if a gradient or its square is: an infinite gradient times 0 is NaN, and NaN times
    // any factor stays NaN.
    assert_eq!((clip_factor(f64::INFINITY, 0.05), clip_factor(f32::INFINITY, 0.05)), (0.0, 0.0));
    assert!((f64::INFINITY * clip_factor(f64::INFINITY, 0.05)).is_nan());
    assert!((f64::NAN * clip_factor(f64::NAN, 0.05)).is_nan());
    assert!((f32::NAN * clip_factor(f32::NAN, 0.05)).is_nan());
}
