//! Networks of one shape, one per SIMD lane: forward and backward passes over tiles of points.

use super::fused_small;
use super::linear;
use super::pass_sums::{ApplyLoss, PassSums, ScoreOptions, apply_loss_with_params, apply_output_loss};
use super::tile_values::{TileValue, TileValues};
use super::tiles::Tile;
use crate::math::loss::Loss;
use crate::math::outputs::OutputLoss;
use crate::math::vector::{Isa, SimdKernel, Vector};
use crate::math::{Activation, LossParams, Optimizer};
use crate::model::{Layer, NetworkShape};
use crate::sweep::TrainSpec;
use std::sync::Arc;

/// One network per lane, with the memory for training.
#[derive(Debug, Clone)]
pub struct Networks<I: Isa> {
    pub(super) layers: Vec<Layer>,
    activation: Activation,
    loss: Loss,
    class_weights: Option<Arc<[f64]>>,
    /// Numbers of each model's loss; `None` if it reads none.
    pub(super) loss_params: Option<LossParams<Vector<I>>>,
    pub(super) optimizer: Optimizer,
    /// Factor of each layer's gradient, from [`crate::math::WeightScaling`]; `None` means 1.
    pub(super) factors: Option<Vec<f64>>,
    pub(super) parameters: Vec<Vector<I>>,
    /// Gradient of the loss, summed over the points of an update.
    pub(super) gradient: Vec<Vector<I>>,
    /// Optimizer state, up to two values per parameter; empty where the optimizer keeps less.
    pub(super) first: Vec<Vector<I>>,
    pub(super) second: Vec<Vector<I>>,
    /// Whether layers, activation and loss are those of [`fused_small`].
    small: bool,
    /// Number of updates so far.
    pub(super) updates: u32,
    /// Outputs of all hidden layers, `[hidden units, points]`.
    a: Vec<Vector<I>>,
    /// Slopes of the activations; empty if they follow from the outputs.
    slopes: Vec<Vector<I>>,
    /// Outputs of a tile, then derivatives of the loss by a layer's pre-activations: `[units, points]`.
    delta: Vec<Vector<I>>,
    previous: Vec<Vector<I>>,
}

/// Results to compute in a pass over points.
#[derive(Debug, Clone, Copy)]
pub struct PassOptions {
    pub wanted: ScoreOptions,
    /// Whether to add the gradient.
    pub gradient: bool,
    /// Whether to add the errors of a regression.
    pub errors: bool,
}

/// Adds a tile's sums to the tally and, if requested, its gradient.
pub struct Pass<'a, I: Isa> {
    pub networks: &'a mut Networks<I>,
    pub tile: Tile<'a, I>,
    pub pass_options: PassOptions,
    pub pass_sums: &'a mut PassSums<I>,
}

impl<I: Isa> SimdKernel for Pass<'_, I> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { networks, tile, pass_options, pass_sums } = self;
        if networks.is_small() && pass_options.gradient {
            return networks.train_small(&tile, pass_options, pass_sums);
        }
        let count = tile.count;
        networks.forward(tile.x, count, pass_options.gradient);
        if let (true, TileValues::Shared(y)) = (pass_options.errors, tile.y) {
            pass_sums.add_errors(networks.outputs(count), y);
        }
        match tile.y {
            TileValues::Shared(y) => networks.apply_loss(y, count, pass_sums, pass_options.wanted),
            TileValues::Own(y) => networks.apply_loss(y, count, pass_sums, pass_options.wanted),
        }
        if pass_options.gradient {
            networks.backward(tile.x, count);
        }
    }
}

/// Computes a tile's outputs, for [`Networks::outputs`].
pub struct Forward<'a, I: Isa> {
    pub networks: &'a mut Networks<I>,
    pub tile: Tile<'a, I>,
}

impl<I: Isa> SimdKernel for Forward<'_, I> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.networks.forward(self.tile.x, self.tile.count, false);
    }
}

impl<I: Isa> Networks<I> {
    /// Returns the outputs that [`Forward`] computed for a tile of `count` points, `[outputs, points]`.
    pub fn outputs(&self, count: usize) -> &[Vector<I>] {
        &self.delta[..self.layers[self.layers.len() - 1].outputs * count]
    }

    /// Creates networks with all parameters 0, for tiles of at most `size` points.
    pub fn new(shape: &NetworkShape, train_spec: &TrainSpec, size: usize) -> Self {
        let zeros = |n: usize| vec![Vector::default(); n];
        let widest = shape.hidden().iter().copied().max().unwrap_or(1).max(shape.outputs()) * size;
        let hidden = shape.hidden_units() * size;
        let parameters = shape.parameters();
        let memory = |wanted: usize| zeros(if train_spec.optimizer.state_numbers() >= wanted { parameters } else { 0 });
        Self {
            small: train_spec.class_weights.is_none()
                && fused_small::is_small(&shape.layers(), train_spec.activation, train_spec.loss),
            layers: shape.layers(),
            activation: train_spec.activation,
            loss: train_spec.loss,
            class_weights: train_spec.class_weights.clone(),
            loss_params: train_spec.loss_params.map(|rates| rates.map(|rate| Vector::all(rate as f32))),
            optimizer: train_spec.optimizer,
            factors: train_spec.init.scaling.gradient_factors(shape),
            parameters: zeros(parameters),
            gradient: zeros(parameters),
            first: memory(1),
            second: memory(2),
            updates: 0,
            a: zeros(hidden),
            slopes: zeros(if train_spec.activation.slope_of_output() { 0 } else { hidden }),
            delta: zeros(widest),
            previous: zeros(widest),
        }
    }

    /// Sets the parameters of model `lane`.
    pub fn set(&mut self, lane: usize, parameters: &[f64]) {
        assert_eq!(parameters.len(), self.parameters.len());
        self.parameters.iter_mut().zip(parameters).for_each(|(mine, given)| mine.lanes_mut()[lane] = *given as f32);
    }

    /// Returns the parameters of model `lane`.
    pub fn get(&self, lane: usize) -> Vec<f64> {
        self.parameters.iter().map(|parameter| f64::from(parameter.lanes()[lane])).collect()
    }

    /// Resets the gradient sums to 0.
    pub fn zero_gradient(&mut self) {
        self.gradient.fill(Vector::default());
    }

    /// Whether [`fused_small`] trains them: it is compiled for the plain loss alone, since twice the kernels would take
    /// several times as long to compile.
    #[inline(always)]
    fn is_small(&self) -> bool {
        self.small && self.loss_params.is_none()
    }

    /// Runs the whole pass in one loop.
    #[inline(always)]
    fn train_small(&mut self, tile: &Tile<I>, pass_options: PassOptions, pass_sums: &mut PassSums<I>) {
        let kind = (&self.layers[..], self.activation);
        let (parameters, gradient) = (&self.parameters, &mut self.gradient);
        match (tile.x, tile.y) {
            (TileValues::Shared(x), TileValues::Shared(y)) => {
                fused_small::train(kind, parameters, gradient, (x, y), pass_options.wanted, pass_sums)
            }
            (TileValues::Own(x), TileValues::Own(y)) => {
                fused_small::train(kind, parameters, gradient, (x, y), pass_options.wanted, pass_sums)
            }
            _ => unreachable!("rows and labels come from one place"),
        }
    }

    /// Computes the tile's outputs into `delta`; if `kept`, also the slopes for the backward pass.
    #[inline(always)]
    fn forward(&mut self, x: TileValues<I>, count: usize, kept: bool) {
        let hidden = self.layers.len() - 1;
        let (mut before, mut start) = (0, 0);
        for (l, layer) in self.layers.iter().enumerate() {
            let (inputs, a) = self.a.split_at_mut(start);
            let inputs = if l == 0 { x } else { TileValues::Own(&inputs[before..]) };
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

    /// Replaces the outputs in `delta` by the derivatives of the losses by them. Adds the largest output and the
    /// `wanted` scores to the tally.
    #[inline(always)]
    fn apply_loss<V: TileValue<I>>(
        &mut self,
        labels: &[V],
        count: usize,
        pass_sums: &mut PassSums<I>,
        wanted: ScoreOptions,
    ) {
        let outputs = self.layers[self.layers.len() - 1].outputs;
        let logits = &mut self.delta[..outputs * count];
        // One kernel for each of the common losses of a single output, and one for everything else: each more would
        // take longer to compile than it saves.
        let special = match self.loss {
            Loss::Bce | Loss::Softmax => Some(Loss::Bce),
            Loss::Mse | Loss::Hinge => Some(self.loss),
            Loss::Mae | Loss::Huber => None,
        };
        let special = special.filter(|_| outputs == 1 && self.class_weights.is_none());
        let Some(special) = special else {
            let loss = OutputLoss { loss: self.loss, outputs, class_weights: self.class_weights.as_deref() };
            return apply_output_loss(&loss, self.loss_params, logits, (labels, count), pass_sums);
        };
        match self.loss_params {
            None => special.run_common(ApplyLoss { logits, labels, pass_sums, wanted }),
            Some(rates) => apply_loss_with_params::<I, V>((special, rates), logits, labels, pass_sums),
        }
    }

    /// Adds the tile's gradient, given the derivatives by the logits in `delta`.
    #[inline(always)]
    fn backward(&mut self, x: TileValues<I>, count: usize) {
        let mut end = self.layers[1..].iter().map(|layer| layer.inputs * count).sum::<usize>();
        for (l, layer) in self.layers.iter().enumerate().rev() {
            let start = if l == 0 { 0 } else { end - layer.inputs * count };
            let a = &self.a[start..end];
            let inputs = if l == 0 { x } else { TileValues::Own(a) };
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
