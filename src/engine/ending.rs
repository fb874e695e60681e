//! How a model's training ended, beyond its scores.

use super::{Job, Outcome};
use crate::dataset::Points;
use crate::math::Activation;
use crate::model::Layer;
use crate::statistics::{CHANCE, Ending, RowCounts};

impl Job {
    /// Returns the first epoch of the last tenth of the training.
    pub fn late_loss_epoch(&self) -> u32 {
        self.epochs - self.epochs.div_ceil(10)
    }

    /// Whether every hidden unit of a ReLU network with these `parameters`, `[parameters]`, outputs 0 for every
    /// training point. The network's output is then constant, and no gradient reaches the layers before the last.
    /// Computed in f64 for every engine.
    pub fn is_dead(&self, parameters: &[f64]) -> bool {
        let layers = self.shape.layers();
        let Some((_, hidden)) = layers.split_last() else { return false };
        let Some((first, deeper)) = hidden.split_first() else { return false };
        // After a dead layer, only a bias can activate a unit.
        let biases = |layer: &Layer| if layer.bias { &parameters[layer.biases..][..layer.outputs] } else { &[] };
        self.train_spec.activation == Activation::Relu
            && deeper.iter().flat_map(biases).all(|bias| *bias <= 0.0)
            && (0..first.outputs).all(|unit| unit_is_dead(first, unit, parameters, &self.data.train))
    }
}

impl Outcome {
    /// Returns the values that decide the outcome class of a model trained on `rows`.
    pub fn ending(&self, rows: RowCounts) -> Ending {
        let (correct, loss) = self.train.map_or((0, f64::NAN), |score| (score.hits(rows).correct, score.loss));
        let Self { diverged, dead, late_loss, .. } = *self;
        let is_far_below = self.train.and_then(|score| score.measure(rows)).is_some_and(|measure| measure < -CHANCE);
        Ending {
            diverged: diverged.is_some(),
            exploded: self.is_exploded(),
            is_far_below,
            correct,
            dead,
            loss,
            late_loss,
        }
    }
}

/// Whether a unit of the first layer outputs 0 for every point.
fn unit_is_dead(layer: &Layer, unit: usize, parameters: &[f64], points: &Points) -> bool {
    let weights = &parameters[layer.weight(unit, 0)..][..layer.inputs];
    let bias = if layer.bias { parameters[layer.biases + unit] } else { 0.0 };
    let answer = |x: &[f64]| weights.iter().zip(x).fold(bias, |z, (w, x)| z + w * x);
    (0..points.len()).all(|n| answer(points.row(n)) <= 0.0)
}

#[cfg(test)]
mod tests {
    use super::super::{MeanErrors, Record, Score};
    use super::*;
    use crate::dataset::Dataset;
    use crate::dataset::Targets;
    use crate::model::NetworkShape;
    use crate::statistics::{NumberTargets, OutcomeClass};
    use crate::sweep::{InitialWeights, Sweep, TrainSpec, Trials};

    fn job(hidden: &[usize], x: &[f64]) -> Job {
        let points = Points { features: 1, x: x.to_vec(), targets: Targets::Binary(vec![false; x.len()]) };
        let data = Dataset::of("few", points);
        Job {
            shape: NetworkShape::new(1, hidden).unwrap(),
            data: data.into(),
            trials: Trials::List(Vec::new()),
            initial: InitialWeights::Drawn,
            train_spec: TrainSpec::plain(),
            epochs: Sweep::default().epochs,
            record: Record::default(),
            mapping: None,
        }
    }

    #[test]
    fn a_network_is_dead_when_no_unit_answers() {
        // Weights of the two hidden units, their biases, then the output layer.
        let two = job(&[2], &[-1.0, 2.0]);
        for (parameters, dead) in [
            ([-1.0, 1.0, -1.5, -2.0, 5.0, 5.0, 9.0], true),
            ([-1.0, 1.0, -1.5, -1.9, 5.0, 5.0, 9.0], false),
            ([-1.0, 1.0, -0.9, -2.0, 5.0, 5.0, 9.0], false),
            ([0.0; 7], true),
            ([f64::NAN; 7], false),
        ] {
            assert_eq!(two.is_dead(&parameters), dead, "{parameters:?}");
        }
        let deep = job(&[1, 1], &[-1.0, 2.0]);
        assert!(deep.is_dead(&[-1.0, -1.0, 3.0, -0.1, 1.0, 0.0]));
        assert!(!deep.is_dead(&[-1.0, -1.0, 3.0, 0.1, 1.0, 0.0]));
        let tanh = Job { train_spec: TrainSpec { activation: Activation::Tanh, ..TrainSpec::plain() }, ..two };
        assert!(!tanh.is_dead(&[0.0; 7]));
        assert!(!job(&[], &[1.0]).is_dead(&[0.0, 0.0]));
    }

    #[test]
    fn a_regression_far_below_the_mean_is_not_at_chance() {
        let rows = RowCounts::of_numbers(10, NumberTargets::new(2.0, 1.0));
        let of = |squared: f64| {
            let errors = Some(MeanErrors { squared, absolute: 1.0 });
            let train = Some(Score { loss: squared, errors, ..Score::default() });
            let outcome =
                Outcome { train, first_loss: Some(2.0), late_loss: Some(1.5 * squared), ..Outcome::default() };
            OutcomeClass::of(&outcome.ending(rows), rows.steps(), rows.majority(), rows.success_threshold(None))
        };
        // R² of 0.6, 0.45, 0.05, -0.05 and -0.5.
        let found = [0.8, 1.1, 1.9, 2.1, 3.0].map(of);
        use OutcomeClass::{Chance, Slow, Success};
        assert_eq!(found, [Success, Slow, Chance, Chance, Slow]);
    }

    #[test]
    fn the_last_tenth_is_at_least_one_epoch() {
        for (epochs, late) in [(0, 0), (1, 0), (9, 8), (10, 9), (11, 9), (1000, 900)] {
            assert_eq!(Job { epochs, ..job(&[1], &[1.0]) }.late_loss_epoch(), late);
        }
    }
}
