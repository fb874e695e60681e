//! `N` networks of one shape side by side: forward and backward passes over tiles of points.

use super::linear::{self, Values};
use super::tiles::Tile;
use crate::engine::Score;
use crate::math::divergence::{bad_logit, magnitude_bits};
use crate::math::lanes::round_by_round;
use crate::math::loss::{Loss, LossSum, loss_flush};
use crate::math::{Activation, Lanes, Optimizer, Real};
use crate::model::{Layer, Shape};
use crate::sweep::Recipe;

/// `N` networks and the memory that their training takes.
#[derive(Debug, Clone)]
pub struct Networks<const N: usize> {
    pub(super) layers: Vec<Layer>,
    activation: Activation,
    loss: Loss,
    pub(super) optimizer: Optimizer,
    pub(super) parameters: Vec<Lanes<N>>,
    /// Of the loss, summed over the points of an update.
    pub(super) gradient: Vec<Lanes<N>>,
    /// What the optimizer remembers of each parameter; empty where it does not.
    pub(super) first: Vec<Lanes<N>>,
    pub(super) second: Vec<Lanes<N>>,
    /// Updates so far.
    pub(super) updates: u32,
    /// Before and after the activation, of all hidden layers: `[hidden units, points]`.
    z: Vec<Lanes<N>>,
    a: Vec<Lanes<N>>,
    /// Logits of a tile, then derivatives of the loss by a layer's outputs: `[units, points]`.
    delta: Vec<Lanes<N>>,
    previous: Vec<Lanes<N>>,
    /// Of the tile's points, in each lane.
    labels: Vec<Lanes<N>>,
}

/// What a pass over points is for.
#[derive(Debug, Clone, Copy)]
pub struct Aim {
    /// Loss and accuracy.
    pub score: bool,
    /// The gradient.
    pub gradient: bool,
}

/// What a pass over a set of points finds out.
#[derive(Debug, Clone, Copy)]
pub struct Tally<const N: usize> {
    loss: LossSum<Lanes<N>>,
    correct: [u32; N],
    /// The largest magnitude among the logits.
    worst: [u32; N],
}

impl<const N: usize> Networks<N> {
    /// Networks with all parameters 0, for tiles of at most `size` points.
    pub fn new(shape: &Shape, recipe: &Recipe, size: usize) -> Self {
        let zeros = |n: usize| vec![Lanes([0.0; N]); n];
        let widest = shape.hidden().iter().copied().max().unwrap_or(1) * size;
        let hidden = shape.hidden_units() * size;
        let parameters = shape.parameters();
        let memory = |wanted: usize| zeros(if recipe.optimizer.memory() >= wanted { parameters } else { 0 });
        Self {
            layers: shape.layers(),
            activation: recipe.activation,
            loss: recipe.loss,
            optimizer: recipe.optimizer,
            parameters: zeros(parameters),
            gradient: zeros(parameters),
            first: memory(1),
            second: memory(2),
            updates: 0,
            z: zeros(hidden),
            a: zeros(hidden),
            delta: zeros(widest),
            previous: zeros(widest),
            labels: zeros(size),
        }
    }

    /// Parameters of model `lane`.
    pub fn set(&mut self, lane: usize, parameters: &[f64]) {
        assert_eq!(parameters.len(), self.parameters.len());
        self.parameters.iter_mut().zip(parameters).for_each(|(mine, given)| mine.0[lane] = *given as f32);
    }

    /// Parameters of model `lane`.
    pub fn get(&self, lane: usize) -> Vec<f64> {
        self.parameters.iter().map(|parameter| f64::from(parameter.0[lane])).collect()
    }

    /// Starts a new sum of gradients.
    pub fn forget_gradient(&mut self) {
        self.gradient.fill(Lanes([0.0; N]));
    }
}

impl<const N: usize> Networks<N> {
    /// Adds what a tile has to say to `tally` and, if that is the aim, to the gradient.
    #[inline(always)]
    pub fn pass(&mut self, tile: &Tile<N>, aim: Aim, tally: &mut Tally<N>) {
        let count = self.read_labels(tile);
        self.forward(tile, count);
        self.judge(count, tally, aim.score);
        if aim.gradient {
            let logits = Lanes::flat_mut(&mut self.delta[..count]);
            self.loss.gradients(logits, Lanes::flat(&self.labels[..count]));
            self.backward(tile, count);
        }
    }

    /// Copies the tile's labels; returns the number of points.
    #[inline(always)]
    fn read_labels(&mut self, tile: &Tile<N>) -> usize {
        match tile.y {
            Values::Shared(y) => {
                for (label, y) in self.labels.iter_mut().zip(y) {
                    round_by_round();
                    *label = Lanes::all(*y);
                }
                y.len()
            }
            Values::Own(y) => {
                self.labels[..y.len()].copy_from_slice(y);
                y.len()
            }
        }
    }

    /// Leaves the tile's logits in `delta`.
    #[inline(always)]
    fn forward(&mut self, tile: &Tile<N>, count: usize) {
        let hidden = self.layers.len() - 1;
        let (mut before, mut start) = (0, 0);
        for (l, layer) in self.layers.iter().enumerate() {
            let (inputs, a) = self.a.split_at_mut(start);
            let inputs = if l == 0 { tile.x } else { Values::Own(&inputs[before..]) };
            if l == hidden {
                linear::forward(layer, &self.parameters, inputs, count, &mut self.delta);
                break;
            }
            let units = layer.outputs * count;
            let z = &mut self.z[start..start + units];
            linear::forward(layer, &self.parameters, inputs, count, z);
            self.activation.activate_all(Lanes::flat(z), Lanes::flat_mut(&mut a[..units]));
            (before, start) = (start, start + units);
        }
    }

    /// Looks at the logits; counts loss and accuracy as well, if `scored`.
    #[inline(always)]
    fn judge(&mut self, count: usize, tally: &mut Tally<N>, scored: bool) {
        let (logits, labels) = (&self.delta[..count], &self.labels[..count]);
        // Copies can stay in registers.
        let mut worst = tally.worst;
        for z in logits {
            round_by_round();
            worst = Lanes::larger(worst, magnitude_bits(*z));
        }
        tally.worst = worst;
        if scored {
            tally.loss = loss_flush(self.loss.gather_all(tally.loss, logits, labels));
            let (threshold, mut correct) = (self.loss.threshold() as f32, tally.correct);
            for (z, y) in logits.iter().zip(labels) {
                round_by_round();
                for (correct, (z, y)) in correct.iter_mut().zip(z.0.iter().zip(y.0)) {
                    *correct += u32::from((*z > threshold) == (y > 0.5));
                }
            }
            tally.correct = correct;
        }
    }

    /// Adds the tile's gradient, from the derivatives by the logits in `delta`.
    #[inline(always)]
    fn backward(&mut self, tile: &Tile<N>, count: usize) {
        let mut end = self.layers[1..].iter().map(|layer| layer.inputs * count).sum::<usize>();
        for (l, layer) in self.layers.iter().enumerate().rev() {
            let start = if l == 0 { 0 } else { end - layer.inputs * count };
            let a = &self.a[start..end];
            let inputs = if l == 0 { tile.x } else { Values::Own(a) };
            linear::add_gradient(layer, &self.delta, inputs, count, &mut self.gradient);
            if l == 0 {
                break;
            }
            let (z, previous) = (&self.z[start..end], &mut self.previous[..end - start]);
            let delta = &self.delta[..layer.outputs * count];
            linear::backward(layer, &self.parameters, delta, count, previous);
            self.activation.times_slopes(Lanes::flat(z), Lanes::flat(a), Lanes::flat_mut(previous));
            std::mem::swap(&mut self.delta, &mut self.previous);
            end = start;
        }
    }
}

impl<const N: usize> Default for Tally<N> {
    #[inline(always)]
    fn default() -> Self {
        Self { loss: LossSum::default(), correct: [0; N], worst: [0; N] }
    }
}

impl<const N: usize> Tally<N> {
    /// Which models had a logit that is not finite.
    pub fn bad(&self) -> [bool; N] {
        bad_logit::<Lanes<N>>(self.worst)
    }

    /// Mean loss over `rows` points, and points right.
    pub fn score(&self, lane: usize, rows: usize) -> Score {
        Score { loss: f64::from(self.loss.total.0[lane]) / rows as f64, correct: self.correct[lane] }
    }
}
