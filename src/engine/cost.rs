//! Cost of a training. [`SampleStepCost`] is counted in the kernels' source and bounds the time on any device from
//! below; updates are estimated. Sizes of chunks, batches and progress steps, estimates and measured speeds follow from
//! these.

use super::Job;
use crate::model::{Layer, NetworkShape};
use crate::sweep::TrainSpec;

/// Floating-point operations of an update: per parameter and number of optimizer state, and for the rest of it.
const UPDATE_FLOP: [f64; 2] = [5.0, 100.0];

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
    pub fn of(shape: &NetworkShape, train_spec: &TrainSpec) -> Self {
        let layers = shape.layers();
        let per_weight = |l: usize| if l == 0 { 2.0 } else { 3.0 };
        let layer = |(l, layer): (usize, &Layer)| (layer.inputs * layer.outputs) as f64 * per_weight(l);
        let fused: f64 = layers.iter().enumerate().map(layer).sum();
        let biases = if shape.bias() { layers.iter().map(|l| l.outputs as f64).sum() } else { 0.0 };
        let units = shape.hidden_units() as f64;
        let of = |(instructions, flop)| Self { instructions, flop };
        let (unit, loss) = (of(train_spec.activation.cost()), of(train_spec.loss.cost()));
        Self {
            instructions: fused + biases + units * unit.instructions + loss.instructions,
            flop: 2.0 * fused + biases + units * unit.flop + loss.flop,
        }
    }
}

/// Returns the approximate floating-point operations of an update.
pub fn update_flop(shape: &NetworkShape, train_spec: &TrainSpec) -> f64 {
    let [per_number, rest] = UPDATE_FLOP;
    per_number * (shape.parameters() * (1 + train_spec.optimizer.state_numbers())) as f64 + rest
}

/// Returns the approximate floating-point operations of one model's epoch on `rows` training rows, with its updates.
pub fn epoch_flop(shape: &NetworkShape, train_spec: &TrainSpec, rows: usize) -> f64 {
    let updates = rows.div_ceil(train_spec.batches.size.clamp(1, rows.max(1)));
    rows as f64 * SampleStepCost::of(shape, train_spec).flop + updates as f64 * update_flop(shape, train_spec)
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
    /// Counts `model_epochs` (models × epochs) of a job's training.
    pub fn of(job: &Job, model_epochs: f64) -> Self {
        let (steps, cost) =
            (model_epochs * job.data.train.len() as f64, SampleStepCost::of(&job.shape, &job.train_spec));
        Self { sample_steps: steps, instructions: steps * cost.instructions, flop: steps * cost.flop }
    }

    /// Counts a job's whole training.
    pub fn of_all(job: &Job) -> Self {
        Self::of(job, job.trials.len() as f64 * f64::from(job.epochs))
    }

    /// Adds other work.
    pub fn add(&mut self, more: Self) {
        self.sample_steps += more.sample_steps;
        self.instructions += more.instructions;
        self.flop += more.flop;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Optimizer;
    use crate::sweep::BatchSpec;

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

    #[test]
    fn an_epoch_has_an_update_per_batch() {
        let shape = NetworkShape::new(2, &[1]).unwrap();
        let of = |size, optimizer| {
            let batches = BatchSpec { size, ..BatchSpec::FULL };
            epoch_flop(&shape, &TrainSpec { batches, optimizer, ..TrainSpec::plain() }, 200)
        };
        // 5 parameters; Adam keeps two numbers for each.
        assert_eq!(of(usize::MAX, Optimizer::Sgd), 200.0 * 46.0 + 125.0);
        assert_eq!(of(32, Optimizer::Adam), 200.0 * 46.0 + 7.0 * 175.0);
    }
}
