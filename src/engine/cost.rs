//! What a training must cost: operations counted in the kernels' text, from which follows the time below which no device can
//! do them.

use crate::math::{Activation, Loss};
use crate::model::{Layer, NetworkShape};
use crate::sweep::TrainSpec;

/// Cost of one sample-step: one point forward and backward in one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleStepCost {
    /// Instructions, a multiplication with an addition counted as one; comparisons and selections count.
    pub instructions: f64,
    /// Floating-point operations, the two counted apart; comparisons and selections are none.
    pub flop: f64,
}

impl SampleStepCost {
    /// Of a network trained so. A weight takes a multiplication with an addition for the signal, one for its gradient and,
    /// but in the first layer, one for the derivative that goes on; a bias an addition for its gradient.
    pub fn of(shape: &NetworkShape, recipe: &TrainSpec) -> Self {
        let layers = shape.layers();
        let per_weight = |l: usize| if l == 0 { 2.0 } else { 3.0 };
        let layer = |(l, layer): (usize, &Layer)| (layer.inputs * layer.outputs) as f64 * per_weight(l);
        let fused: f64 = layers.iter().enumerate().map(layer).sum();
        let biases = if shape.bias() { layers.iter().map(|l| l.outputs as f64).sum() } else { 0.0 };
        let units = shape.hidden_units() as f64;
        let (unit, loss) = (activation(recipe.activation), loss(recipe.loss));
        Self {
            instructions: fused + biases + units * unit.instructions + loss.instructions,
            flop: 2.0 * fused + biases + units * unit.flop + loss.flop,
        }
    }
}

/// An activation, its slope and the product with the derivative, counted in `activation.wgsl` (as in `activation.rs`).
fn activation(activation: Activation) -> SampleStepCost {
    let (instructions, flop) = match activation {
        Activation::Identity => (1.0, 1.0),
        Activation::Relu => (5.0, 1.0),
        Activation::LeakyRelu => (6.0, 2.0),
        Activation::Sigmoid => (26.0, 26.0),
        Activation::Tanh => (26.0, 21.0),
        Activation::Silu => (60.0, 60.0),
        Activation::Gelu => (110.0, 110.0),
    };
    SampleStepCost { instructions, flop }
}

/// A loss with its gradient and a look at the logit, counted in `loss.wgsl`: for the logistic one the exponential is 17
/// instructions, the division 3.
fn loss(loss: Loss) -> SampleStepCost {
    let (instructions, flop) = match loss {
        Loss::Bce => (32.0, 29.0),
        Loss::Mse => (7.0, 4.0),
    };
    SampleStepCost { instructions, flop }
}

/// What was trained, and how long it took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct WorkDone {
    /// Points × models × epochs.
    pub sample_steps: f64,
    /// Instructions of all of them, see [`SampleStepCost::instructions`].
    pub instructions: f64,
    /// Floating-point operations of all of them, see [`SampleStepCost::flop`].
    pub flop: f64,
}

impl WorkDone {
    /// Adds `sample_steps` of such a training.
    pub fn add(&mut self, shape: &NetworkShape, recipe: &TrainSpec, sample_steps: f64) {
        let (steps, cost) = (sample_steps, SampleStepCost::of(shape, recipe));
        self.sample_steps += steps;
        self.instructions += steps * cost.instructions;
        self.flop += steps * cost.flop;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(hidden: &[usize]) -> SampleStepCost {
        SampleStepCost::of(&NetworkShape::new(2, hidden).unwrap(), &TrainSpec::plain())
    }

    #[test]
    fn a_sample_step_is_counted_weight_by_weight() {
        // 2-1-1: 2 weights twice and 1 thrice, 2 biases, a unit, the loss.
        assert_eq!(cost(&[1]), SampleStepCost { instructions: 7.0 + 2.0 + 5.0 + 32.0, flop: 14.0 + 2.0 + 1.0 + 29.0 });
        // 2-16-16-1: 32 weights twice, 272 thrice; 33 biases, 32 units.
        let (fused, others) = (64.0 + 816.0, 33.0 + 32.0);
        assert_eq!(
            cost(&[16, 16]),
            SampleStepCost { instructions: fused + 33.0 + 160.0 + 32.0, flop: 2.0 * fused + others + 29.0 }
        );
    }
}
