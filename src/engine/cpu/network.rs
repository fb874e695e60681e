//! Networks of one shape side by side, one in each lane: forward and backward passes over tiles of points.

use super::linear::{self, Value, Values};
use super::tiles::Tile;
use crate::engine::Score;
use crate::math::divergence::{bad_logit, magnitude_bits};
use crate::math::loss::{Loss, LossSum, Terms, loss_flush, loss_gather};
use crate::math::vector::quad::Quad;
use crate::math::vector::{Isa, Kernel, MOST_LANES, Vector};
use crate::math::{Activation, Optimizer, Real};
use crate::model::{Layer, Shape};
use crate::sweep::Recipe;

/// A network in each lane, and the memory that their training takes.
#[derive(Debug, Clone)]
pub struct Networks<I: Isa> {
    pub(super) layers: Vec<Layer>,
    activation: Activation,
    loss: Loss,
    pub(super) optimizer: Optimizer,
    pub(super) parameters: Vec<Vector<I>>,
    /// Of the loss, summed over the points of an update.
    pub(super) gradient: Vec<Vector<I>>,
    /// What the optimizer remembers of each parameter; empty where it does not.
    pub(super) first: Vec<Vector<I>>,
    pub(super) second: Vec<Vector<I>>,
    /// Updates so far.
    pub(super) updates: u32,
    /// Outputs of all hidden layers, `[hidden units, points]`.
    a: Vec<Vector<I>>,
    /// Their derivatives, where these don't follow from the outputs.
    slopes: Vec<Vector<I>>,
    /// Logits of a tile, then derivatives of the loss by a layer's outputs: `[units, points]`.
    delta: Vec<Vector<I>>,
    previous: Vec<Vector<I>>,
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
pub struct Tally<I: Isa> {
    loss: LossSum<Vector<I>>,
    correct: [u32; MOST_LANES],
    /// The largest magnitude among the logits.
    worst: Vector<I>,
}

/// Adds what a tile has to say to the tally and, if that is the aim, to the gradient.
pub struct Pass<'a, I: Isa> {
    pub networks: &'a mut Networks<I>,
    pub tile: Tile<'a, I>,
    pub aim: Aim,
    pub tally: &'a mut Tally<I>,
}

impl<I: Isa> Kernel for Pass<'_, I> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { networks, tile, aim, tally } = self;
        let count = tile.count();
        networks.forward(tile.x, count, aim.gradient);
        match tile.y {
            Values::Shared(y) => networks.judge(y, tally, aim.score),
            Values::Own(y) => networks.judge(y, tally, aim.score),
        }
        if aim.gradient {
            networks.backward(tile.x, count);
        }
    }
}

impl<I: Isa> Networks<I> {
    /// Networks with all parameters 0, for tiles of at most `size` points.
    pub fn new(shape: &Shape, recipe: &Recipe, size: usize) -> Self {
        let zeros = |n: usize| vec![Vector::default(); n];
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
            a: zeros(hidden),
            slopes: zeros(if recipe.activation.slope_of_output() { 0 } else { hidden }),
            delta: zeros(widest),
            previous: zeros(widest),
        }
    }

    /// Parameters of model `lane`.
    pub fn set(&mut self, lane: usize, parameters: &[f64]) {
        assert_eq!(parameters.len(), self.parameters.len());
        self.parameters.iter_mut().zip(parameters).for_each(|(mine, given)| mine.lanes_mut()[lane] = *given as f32);
    }

    /// Parameters of model `lane`.
    pub fn get(&self, lane: usize) -> Vec<f64> {
        self.parameters.iter().map(|parameter| f64::from(parameter.lanes()[lane])).collect()
    }

    /// Starts a new sum of gradients.
    pub fn forget_gradient(&mut self) {
        self.gradient.fill(Vector::default());
    }

    /// Leaves the tile's logits in `delta`, and what the way back needs if it is `kept`.
    #[inline(always)]
    fn forward(&mut self, x: Values<I>, count: usize, kept: bool) {
        let hidden = self.layers.len() - 1;
        let (mut before, mut start) = (0, 0);
        for (l, layer) in self.layers.iter().enumerate() {
            let (inputs, a) = self.a.split_at_mut(start);
            let inputs = if l == 0 { x } else { Values::Own(&inputs[before..]) };
            if l == hidden {
                linear::forward(layer, &self.parameters, inputs, count, &mut self.delta);
                break;
            }
            let units = layer.outputs * count;
            linear::forward(layer, &self.parameters, inputs, count, a);
            let slopes = self.slopes.get_mut(start..start + units).filter(|_| kept).unwrap_or_default();
            self.activation.activate_all(&mut a[..units], slopes);
            (before, start) = (start, start + units);
        }
    }

    /// Looks at the logits in `delta` and puts the derivatives of the losses by them in their place; counts loss and
    /// accuracy as well, if `scored`.
    #[inline(always)]
    fn judge<V: Value<I>>(&mut self, labels: &[V], tally: &mut Tally<I>, scored: bool) {
        let logits = &mut self.delta[..labels.len()];
        // With the loss as a constant, the loops decide nothing.
        match (self.loss, scored) {
            (Loss::Bce, false) => look(Loss::Bce, logits, labels, tally),
            (Loss::Mse, false) => look(Loss::Mse, logits, labels, tally),
            (Loss::Bce, true) => score(Loss::Bce, logits, labels, tally),
            (Loss::Mse, true) => score(Loss::Mse, logits, labels, tally),
        }
    }

    /// Adds the tile's gradient, from the derivatives by the logits in `delta`.
    #[inline(always)]
    fn backward(&mut self, x: Values<I>, count: usize) {
        let mut end = self.layers[1..].iter().map(|layer| layer.inputs * count).sum::<usize>();
        for (l, layer) in self.layers.iter().enumerate().rev() {
            let start = if l == 0 { 0 } else { end - layer.inputs * count };
            let a = &self.a[start..end];
            let inputs = if l == 0 { x } else { Values::Own(a) };
            let delta = &self.delta[..layer.outputs * count];
            linear::add_gradient(layer, delta, inputs, count, &mut self.gradient);
            if l == 0 {
                break;
            }
            let previous = &mut self.previous[..end - start];
            linear::backward(layer, &self.parameters, delta, count, previous);
            self.activation.times_slopes(self.slopes.get(start..end).unwrap_or(a), previous);
            std::mem::swap(&mut self.delta, &mut self.previous);
            end = start;
        }
    }
}

/// Derivatives in the place of the logits, and the largest of these.
#[inline(always)]
fn look<I: Isa, V: Value<I>>(loss: Loss, logits: &mut [Vector<I>], labels: &[V], tally: &mut Tally<I>) {
    let (quads, rest) = Vector::quads(logits);
    let (labels, last) = labels.split_at(4 * quads.len());
    // Copies can stay in registers.
    let (mut worst, mut worsts) = (tally.worst, Vector::default());
    for (z, y) in quads.iter_mut().zip(labels.chunks_exact(4)) {
        worsts = Vector::larger(worsts, magnitude_bits(*z));
        *z = loss.gradient(*z, V::four(y));
    }
    for (z, y) in rest.iter_mut().zip(last) {
        worst = Vector::larger(worst, magnitude_bits(*z));
        *z = loss.gradient(*z, y.vector());
    }
    tally.worst = largest(worst, worsts);
}

/// The same, with loss and accuracy.
#[inline(always)]
fn score<I: Isa, V: Value<I>>(loss: Loss, logits: &mut [Vector<I>], labels: &[V], tally: &mut Tally<I>) {
    let (quads, rest) = Vector::quads(logits);
    let (labels, last) = labels.split_at(4 * quads.len());
    let mut scores = Scores { sum: tally.loss, correct: Vector::default(), worst: tally.worst };
    for (z, y) in quads.iter_mut().zip(labels.chunks_exact(4)) {
        let (logits, labels) = (*z, V::four(y));
        let terms = loss.terms(logits, labels);
        let right = right(loss, logits, labels);
        *z = terms.gradient;
        let [a, b, c, d] = logits.parts();
        let [linear, e, right] = [terms.linear.parts(), terms.e.parts(), right.parts()];
        scores.add(a, linear[0], e[0], right[0]);
        scores.add(b, linear[1], e[1], right[1]);
        scores.add(c, linear[2], e[2], right[2]);
        scores.add(d, linear[3], e[3], right[3]);
    }
    for (z, y) in rest.iter_mut().zip(last) {
        let (logit, y) = (*z, y.vector());
        let terms = loss.terms(logit, y);
        *z = terms.gradient;
        scores.add(logit, terms.linear, terms.e, right(loss, logit, y));
    }
    (tally.loss, tally.worst) = (loss_flush(scores.sum), scores.worst);
    for (all, tile) in tally.correct.iter_mut().zip(scores.correct.lanes()) {
        *all += *tile as u32;
    }
}

/// 1 where the label is on the logit's side of the threshold, else 0.
#[inline(always)]
fn right<R: Real>(loss: Loss, logit: R, y: R) -> R {
    (logit - R::splat(loss.threshold())).if_positive(y, R::splat(1.0) - y)
}

/// What the points of a tile have shown so far.
struct Scores<I: Isa> {
    sum: LossSum<Vector<I>>,
    correct: Vector<I>,
    worst: Vector<I>,
}

impl<I: Isa> Scores<I> {
    #[inline(always)]
    fn add(&mut self, logit: Vector<I>, linear: Vector<I>, e: Vector<I>, right: Vector<I>) {
        self.worst = Vector::larger(self.worst, magnitude_bits(logit));
        self.sum = loss_gather(self.sum, Terms { gradient: Vector::default(), linear, e });
        self.correct = self.correct + right;
    }
}

/// The largest of all magnitudes.
#[inline(always)]
fn largest<I: Isa>(one: Vector<I>, four: Vector<Quad<I>>) -> Vector<I> {
    let [a, b, c, d] = four.parts();
    Vector::larger(one, Vector::larger(Vector::larger(a, b), Vector::larger(c, d)))
}

impl<I: Isa> Default for Tally<I> {
    fn default() -> Self {
        Self { loss: LossSum::default(), correct: [0; MOST_LANES], worst: Vector::default() }
    }
}

impl<I: Isa> Tally<I> {
    /// Which models had a logit that is not finite; bit n: lane n.
    pub fn bad(&self) -> u32 {
        bad_logit::<Vector<I>>(self.worst)
    }

    /// Mean loss over `rows` points, and points right.
    pub fn score(&self, lane: usize, rows: usize) -> Score {
        Score { loss: f64::from(self.loss.total.lanes()[lane]) / rows as f64, correct: self.correct[lane] }
    }
}
