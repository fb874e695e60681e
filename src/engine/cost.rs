//! Minimum cost of a training: operations counted in the kernels' source. They bound the time on any device from below.

use crate::model::{Layer, NetworkShape};
use crate::sweep::TrainSpec;

/// Cost of one sample-step: one point forward and backward in one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleStepCost {
    /// Instructions: a multiply-add counts as one; comparisons and selections count.
    pub instructions: f64,
    /// Floating-point operations: a multiply-add counts as two; comparisons and selections do not count.
    pub flop: f64,
}

impl SampleStepCost {
    /// Counts the cost for a network with this training spec. A weight takes a multiply-add for the forward pass, one
    /// for its gradient and, except in the first layer, one for the derivative passed back. A bias takes an addition
    /// for its gradient.
    pub fn of(shape: &NetworkShape, recipe: &TrainSpec) -> Self {
        let layers = shape.layers();
        let per_weight = |l: usize| if l == 0 { 2.0 } else { 3.0 };
        let layer = |(l, layer): (usize, &Layer)| (layer.inputs * layer.outputs) as f64 * per_weight(l);
        let fused: f64 = layers.iter().enumerate().map(layer).sum();
        let biases = if shape.bias() { layers.iter().map(|l| l.outputs as f64).sum() } else { 0.0 };
        let units = shape.hidden_units() as f64;
        let of = |(instructions, flop)| Self { instructions, flop };
        let (unit, loss) = (of(recipe.activation.cost()), of(recipe.loss.cost()));
        Self {
            instructions: fused + biases + units * unit.instructions + loss.instructions,
            flop: 2.0 * fused + biases + units * unit.flop + loss.flop,
        }
    }
}

/// Total training work of an engine, for its speed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct WorkDone {
    /// Points × models × epochs.
    pub sample_steps: f64,
    /// Total instructions, see [`SampleStepCost::instructions`].
    pub instructions: f64,
    /// Total floating-point operations, see [`SampleStepCost::flop`].
    pub flop: f64,
}

impl WorkDone {
    /// Adds `sample_steps` of training with this shape and spec.
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
        // 2-1-1: 2 weights with 2 multiply-adds each and 1 with 3, 2 biases, 1 unit, the loss.
        assert_eq!(cost(&[1]), SampleStepCost { instructions: 7.0 + 2.0 + 5.0 + 32.0, flop: 14.0 + 2.0 + 1.0 + 29.0 });
        // 2-16-16-1: 32 weights with 2 multiply-adds each, 272 with 3; 33 biases, 32 units.
        let (fused, others) = (64.0 + 816.0, 33.0 + 32.0);
        assert_eq!(
            cost(&[16, 16]),
            SampleStepCost { instructions: fused + 33.0 + 160.0 + 32.0, flop: 2.0 * fused + others + 29.0 }
        );
    }
}
