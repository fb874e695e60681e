//! Optimizer updates of networks side by side.

use super::network::Networks;
use crate::math::divergence::bad_parameter;
use crate::math::optimizer::{BiasCorrection, StepParams, UpdateParams, clip_factor};
use crate::math::optimizer_state::ParameterStates;
use crate::math::vector::{Isa, MOST_LANES, SimdKernel, Vector};
use crate::math::{LossParams, Real};
use crate::sweep::{Hyperparameter, TrainSpec, Trial};

/// Returns the rates of the trial in each lane, each rounded once to f32.
pub fn rates<I: Isa>(trials: &[Trial], train_spec: &TrainSpec) -> UpdateParams<Vector<I>> {
    let each: Vec<_> = trials.iter().map(|trial| trial.hyperparameters.rates(train_spec.optimizer)).collect();
    let round = |read: fn(&UpdateParams<f64>) -> f64| Vector::from_fn(|lane| read(&each[lane]) as f32);
    UpdateParams::of(train_spec.has_weight_decay(), train_spec.has(Hyperparameter::Clip), round)
}

/// Returns the numbers of the loss of the trial in each lane, each rounded once to f32; `None` if the loss reads none.
pub fn loss_params<I: Isa>(trials: &[Trial], train_spec: &TrainSpec) -> Option<LossParams<Vector<I>>> {
    let each: Option<Vec<_>> = trials.iter().map(|trial| train_spec.loss_params_of(&trial.hyperparameters)).collect();
    each.map(|each| LossParams::each(|read| Vector::from_fn(|lane| read(&each[lane]) as f32)))
}

/// Updates the parameters of the `active` models (bit n is lane n) by their mean gradients, `share` times the sums.
/// Returns the models whose parameters are not finite or beyond 1e30, as a mask of the same form.
pub struct Update<'a, I: Isa> {
    pub networks: &'a mut Networks<I>,
    pub active: u32,
    pub rates: &'a UpdateParams<Vector<I>>,
    pub share: f32,
}

impl<I: Isa> SimdKernel for Update<'_, I> {
    type Output = u32;

    #[inline(always)]
    fn run(self) -> u32 {
        let Self { networks, active, rates, share } = self;
        let scale = rates.clip.map_or(Vector::all(share), |limit| networks.clipped(limit, share));
        let correction = networks.bias_correction(rates);
        let moving = Vector::from_fn(|lane| (active >> lane & 1) as f32);
        let mut worst = Vector::default();
        for (l, layer) in networks.layers.iter().enumerate() {
            let scale = networks.factors.as_ref().map_or(scale, |factors| scale * Vector::splat(factors[l]));
            let at = StepParams { lr: if l == 0 { rates.lr_first } else { rates.lr }, rates, correction };
            let range = layer.weights..layer.end();
            let states = ParameterStates {
                parameters: &mut networks.parameters[range.clone()],
                first: networks.first.get_mut(range.clone()).unwrap_or_default(),
                second: networks.second.get_mut(range.clone()).unwrap_or_default(),
            };
            let largest = networks.optimizer.step_each(states, &networks.gradient[range], [scale, moving], at);
            worst = Vector::larger(worst, largest);
        }
        bad_parameter::<Vector<I>>(worst)
    }
}

impl<I: Isa> Networks<I> {
    /// Counts the update and returns the bias corrections of the optimizer's averages.
    #[inline(always)]
    fn bias_correction(&mut self, rates: &UpdateParams<Vector<I>>) -> BiasCorrection<Vector<I>> {
        self.updates += 1;
        let updates = Vector::splat(f64::from(self.updates));
        BiasCorrection::of(self.optimizer, rates, updates)
    }

    /// Returns `share` times the factor that clips each model's mean gradient to norm `limit`. The norm is f64: in f32
    /// the squares of a large gradient would be infinite.
    #[inline(always)]
    fn clipped(&self, limit: Vector<I>, share: f32) -> Vector<I> {
        let mut squares = [0.0; MOST_LANES];
        for gradient in &self.gradient {
            for (square, gradient) in squares.iter_mut().zip(gradient.lanes()) {
                let mean = f64::from(gradient * share);
                *square += mean * mean;
            }
        }
        let factor = |lane: usize| clip_factor(squares[lane].sqrt(), f64::from(limit.lanes()[lane])) as f32;
        Vector::from_fn(|lane| share * factor(lane))
    }
}
