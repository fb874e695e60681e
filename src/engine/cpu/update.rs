//! Updates of `N` networks side by side.

use super::network::Networks;
use crate::math::divergence::bad_parameter;
use crate::math::lanes::round_by_round;
use crate::math::optimizer::{Rates, Warmth, clip_factor, warmth};
use crate::math::slots::{Slots, Stride};
use crate::math::{Lanes, Real};
use crate::sweep::{Recipe, Scalar, Trial};

/// The rates of `N` trials, each rounded once.
pub fn rates<const N: usize>(trials: &[Trial; N], recipe: &Recipe) -> Rates<Lanes<N>> {
    let each = trials.map(|trial| trial.hyperparameters.rates(recipe.optimizer));
    let round = |read: fn(&Rates<f64>) -> f64| Lanes(std::array::from_fn(|lane| read(&each[lane]) as f32));
    Rates::of(recipe.decays(), recipe.has(Scalar::Clip), round)
}

impl<const N: usize> Networks<N> {
    /// Moves the parameters of the `active` models by their mean gradients, `share` times the sums; says which models'
    /// parameters went bad.
    #[inline(always)]
    pub fn update(&mut self, active: &[bool; N], rates: &Rates<Lanes<N>>, share: f32) -> [bool; N] {
        let scale = rates.clip.map_or(Lanes::all(share), |limit| self.clipped(limit, share));
        let warmth = self.warmth(rates);
        let moving = Lanes(active.map(|active| f32::from(u8::from(active))));
        let mut worst = [0; N];
        for (l, layer) in self.layers.iter().enumerate() {
            let stride = Stride { lr: if l == 0 { rates.lr_first } else { rates.lr }, scale, moving };
            let range = layer.weights..layer.end();
            let slots = Slots {
                parameters: &mut self.parameters[range.clone()],
                first: self.first.get_mut(range.clone()).unwrap_or_default(),
                second: self.second.get_mut(range.clone()).unwrap_or_default(),
            };
            let largest = self.optimizer.step_each(slots, &self.gradient[range], &stride, rates, warmth);
            worst = Lanes::<N>::larger(worst, largest);
        }
        bad_parameter::<Lanes<N>>(worst)
    }

    /// Counts the update, and tells how far the optimizer's averages have come.
    #[inline(always)]
    fn warmth(&mut self, rates: &Rates<Lanes<N>>) -> Warmth<Lanes<N>> {
        self.updates += 1;
        let updates = Lanes::splat(f64::from(self.updates));
        match self.optimizer.warms_up() {
            true => Warmth { first: warmth(rates.fade1, updates), second: warmth(rates.fade2, updates) },
            false => Warmth { first: Lanes::all(1.0), second: Lanes::all(1.0) },
        }
    }

    /// `share`, times what takes each model's mean gradient to `limit` at most. The norm is f64: in f32 a large
    /// gradient's squares would be infinite.
    #[inline(always)]
    fn clipped(&self, limit: Lanes<N>, share: f32) -> Lanes<N> {
        let mut squares = [0.0; N];
        for gradient in &self.gradient {
            round_by_round();
            for (square, gradient) in squares.iter_mut().zip(gradient.0) {
                let mean = f64::from(gradient * share);
                *square += mean * mean;
            }
        }
        Lanes(std::array::from_fn(|lane| share * clip_factor(squares[lane].sqrt(), f64::from(limit.0[lane])) as f32))
    }
}
