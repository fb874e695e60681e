//! `N` networks of one shape side by side: forward and backward passes over tiles of points.

use super::linear;
use super::tiles::{Tile, Tiles};
use crate::math::activation::{relu, relu_slope};
use crate::math::divergence::{bad_logit, bad_parameter, magnitude_bits};
use crate::math::loss::{Loss, LossSum, loss_flush, loss_gather};
use crate::math::{Lanes, Real};
use crate::model::{Layer, Shape};

/// `N` networks and the memory that their training takes.
#[derive(Debug, Clone)]
pub struct Networks<const N: usize> {
    layers: Vec<Layer>,
    /// Points per tile.
    size: usize,
    pub parameters: Vec<Lanes<N>>,
    gradient: Vec<Lanes<N>>,
    /// Before and after the activation, of all hidden layers: `[hidden units, size]`.
    z: Vec<Lanes<N>>,
    a: Vec<Lanes<N>>,
    /// Logits of a tile, then derivatives of the loss by a layer's outputs: `[units, size]`.
    delta: Vec<Lanes<N>>,
    previous: Vec<Lanes<N>>,
    /// Of the tile's points, the same in each lane.
    labels: Vec<Lanes<N>>,
}

/// What a pass over a set of points finds out.
#[derive(Debug, Clone, Copy)]
pub struct Tally<const N: usize> {
    pub loss: LossSum<Lanes<N>>,
    pub correct: [u32; N],
    /// The largest magnitude among the logits.
    worst: [u32; N],
}

impl<const N: usize> Networks<N> {
    /// Networks with all parameters 0, for tiles of `size` points.
    pub fn new(shape: &Shape, size: usize) -> Self {
        let zeros = |n: usize| vec![Lanes([0.0; N]); n];
        let widest = shape.hidden().iter().copied().max().unwrap_or(1) * size;
        let hidden = shape.hidden_units() * size;
        let parameters = shape.parameters();
        Self {
            layers: shape.layers(),
            size,
            parameters: zeros(parameters),
            gradient: zeros(parameters),
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
}

impl<const N: usize> Networks<N> {
    /// Loss and accuracy over all points.
    #[inline(always)]
    pub fn score(&mut self, tiles: &Tiles) -> Tally<N> {
        let mut tally = Tally::default();
        for tile in tiles.iter() {
            self.forward(&tile);
            self.judge(&tile, &mut tally, true);
        }
        tally
    }

    /// The gradient of the loss summed over all points; loss and accuracy too, if `scored`.
    #[inline(always)]
    pub fn differentiate(&mut self, tiles: &Tiles, scored: bool) -> Tally<N> {
        self.gradient.fill(Lanes([0.0; N]));
        let mut tally = Tally::default();
        for tile in tiles.iter() {
            self.forward(&tile);
            self.judge(&tile, &mut tally, scored);
            self.backward(&tile);
        }
        tally
    }

    /// Leaves the tile's logits in `delta`.
    #[inline(always)]
    fn forward(&mut self, tile: &Tile) {
        let (size, count) = (self.size, tile.y.len());
        let mut start = 0;
        let (last, hidden) = self.layers.split_last().expect("a network has a last layer");
        for (l, layer) in hidden.iter().enumerate() {
            let z = &mut self.z[start..][..layer.outputs * size];
            let (before, a) = self.a.split_at_mut(start);
            match l {
                0 => linear::forward(layer, &self.parameters, tile.x, size, count, z),
                _ => linear::forward(layer, &self.parameters, inputs(before, layer, size), size, count, z),
            }
            z.iter().zip(a).for_each(|(z, a)| *a = relu(*z));
            start += layer.outputs * size;
        }
        match hidden.len() {
            0 => linear::forward(last, &self.parameters, tile.x, size, count, &mut self.delta),
            _ => {
                let a = inputs(&self.a, last, size);
                linear::forward(last, &self.parameters, a, size, count, &mut self.delta);
            }
        }
    }

    /// Turns the tile's logits into derivatives of the loss by them; counts loss and accuracy as well, if `scored`.
    #[inline(always)]
    fn judge(&mut self, tile: &Tile, tally: &mut Tally<N>, scored: bool) {
        let logits = &mut self.delta[..tile.y.len()];
        // Copies can stay in registers.
        let (mut worst, mut loss) = (tally.worst, tally.loss);
        for z in logits.iter() {
            worst = Lanes::larger(worst, magnitude_bits(*z));
        }
        if scored {
            for (z, y) in logits.iter().zip(tile.y) {
                loss = loss_gather(loss, Loss::Bce.terms(*z, Lanes::all(*y)));
                for lane in 0..N {
                    tally.correct[lane] += u32::from((z.0[lane] > 0.0) == (*y > 0.5));
                }
            }
            loss = loss_flush(loss);
        }
        (tally.worst, tally.loss) = (worst, loss);
        self.labels.iter_mut().zip(tile.y).for_each(|(label, y)| *label = Lanes::all(*y));
        let labels = Lanes::flat(&mut self.labels);
        for (z, y) in Lanes::flat(logits).iter_mut().zip(labels) {
            *z = Loss::Bce.gradient(*z, *y);
        }
    }

    /// Adds the tile's gradient, from the derivatives by the logits in `delta`.
    #[inline(always)]
    fn backward(&mut self, tile: &Tile) {
        let (size, count) = (self.size, tile.y.len());
        let mut end = self.a.len();
        for (l, layer) in self.layers.iter().enumerate().rev() {
            if l == 0 {
                linear::add_gradient(layer, &self.delta, tile.x, size, count, &mut self.gradient);
                continue;
            }
            let start = end - layer.inputs * size;
            let (z, a) = (&self.z[start..end], &self.a[start..end]);
            linear::add_gradient(layer, &self.delta, a, size, count, &mut self.gradient);
            linear::backward(layer, &self.parameters, &self.delta, size, count, &mut self.previous);
            for (previous, (z, a)) in self.previous.iter_mut().zip(z.iter().zip(a)) {
                *previous = *previous * relu_slope(*z, *a);
            }
            std::mem::swap(&mut self.delta, &mut self.previous);
            end = start;
        }
    }

    /// Moves the parameters of the `active` models against their mean gradients; says which parameters went bad.
    #[inline(always)]
    pub fn update(&mut self, active: &[bool; N], lr: Lanes<N>, share: f32) -> [bool; N] {
        let share = Lanes::all(share);
        let all = active.iter().all(|active| *active);
        let mut worst = [0; N];
        for (parameter, gradient) in self.parameters.iter_mut().zip(&self.gradient) {
            let mut moved = *parameter - lr * (*gradient * share);
            if !all {
                let frozen = moved.0.iter_mut().zip(parameter.0).zip(active).filter(|(_, active)| !**active);
                frozen.for_each(|((moved, before), _)| *moved = before);
            }
            *parameter = moved;
            worst = Lanes::larger(worst, magnitude_bits(moved));
        }
        bad_parameter::<Lanes<N>>(worst)
    }
}

/// The activations that `layer` reads: the last ones of `a`.
#[inline(always)]
fn inputs<'a, const N: usize>(a: &'a [Lanes<N>], layer: &Layer, size: usize) -> &'a [Lanes<N>] {
    &a[a.len() - layer.inputs * size..]
}

impl<const N: usize> Default for Tally<N> {
    #[inline(always)]
    fn default() -> Self {
        Self { loss: LossSum::default(), correct: [0; N], worst: [0; N] }
    }
}

impl<const N: usize> Tally<N> {
    /// Which models had a logit that is not finite.
    #[inline(always)]
    pub fn bad(&self) -> [bool; N] {
        bad_logit::<Lanes<N>>(self.worst)
    }

    /// Mean loss over `rows` points, and points right.
    pub fn score(&self, lane: usize, rows: usize) -> crate::engine::Score {
        let loss = f64::from(self.loss.total.0[lane]) / rows as f64;
        crate::engine::Score { loss, correct: self.correct[lane] }
    }
}
