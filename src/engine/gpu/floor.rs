//! What a training must cost: operations counted in the kernels' text, and the time below which no device can do them.

use super::work::Work;
use crate::math::{Activation, Loss};
use crate::model::Layer;

/// Cost of one sample-step: one point forward and backward in one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Instructions, a multiplication with an addition counted as one.
    pub instructions: f64,
    /// Floating-point operations, the two counted apart.
    pub flop: f64,
}

impl Cost {
    /// Of `work`. A weight takes a multiplication with an addition for the signal, one for its gradient and, but in the first layer,
    /// one for the derivative that goes on; a bias an addition for its gradient.
    pub fn of(work: &Work) -> Self {
        let layers = work.shape.layers();
        let per_weight = |l: usize| if l == 0 { 2.0 } else { 3.0 };
        let layer = |(l, layer): (usize, &Layer)| (layer.inputs * layer.outputs) as f64 * per_weight(l);
        let fused: f64 = layers.iter().enumerate().map(layer).sum();
        let biases = if work.shape.bias() { layers.iter().map(|l| l.outputs as f64).sum() } else { 0.0 };
        let units = work.shape.hidden_units() as f64 * activation(work.recipe.activation);
        let others = biases + units + loss(work.recipe.loss);
        Self { instructions: fused + others, flop: 2.0 * fused + others }
    }
}

/// Instructions of an activation, its slope and the product with the derivative, counted in `shaders/activation.wgsl`.
fn activation(activation: Activation) -> f64 {
    match activation {
        Activation::Identity => 1.0,
        Activation::Relu => 5.0,
        Activation::LeakyRelu => 6.0,
        Activation::Sigmoid => 26.0,
        Activation::Tanh => 36.0,
        Activation::Silu => 60.0,
        Activation::Gelu => 110.0,
    }
}

/// Instructions of a loss with its gradient and of looking at the logit, counted in `shaders/loss.wgsl`: for the logistic one
/// 17 are the exponential, 3 the division.
fn loss(loss: Loss) -> f64 {
    match loss {
        Loss::Bce => 32.0,
        Loss::Mse => 7.0,
    }
}

/// What was trained, and how long it took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Done {
    pub sample_steps: f64,
    pub instructions: f64,
    pub flop: f64,
}

impl Done {
    /// Adds `model_epochs` updates with all rows.
    pub fn add(&mut self, work: &Work, model_epochs: u64) {
        let (steps, cost) = (model_epochs as f64 * work.rows as f64, Cost::of(work));
        self.sample_steps += steps;
        self.instructions += steps * cost.instructions;
        self.flop += steps * cost.flop;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Shape;
    use crate::sweep::Recipe;

    fn cost(hidden: &[usize]) -> Cost {
        let (shape, recipe) = (Shape::new(2, hidden).unwrap(), Recipe::plain());
        Cost::of(&Work { shape: &shape, recipe: &recipe, rows: 200 })
    }

    #[test]
    fn a_sample_step_is_counted_weight_by_weight() {
        // 2-1-1: 2 weights twice and 1 thrice, 2 biases, a unit, the loss.
        assert_eq!(cost(&[1]), Cost { instructions: 7.0 + 2.0 + 5.0 + 32.0, flop: 14.0 + 2.0 + 5.0 + 32.0 });
        // 2-16-16-1: 32 weights twice, 272 thrice; 33 biases, 32 units.
        assert_eq!(cost(&[16, 16]).instructions, 64.0 + 816.0 + 33.0 + 160.0 + 32.0);
    }
}
