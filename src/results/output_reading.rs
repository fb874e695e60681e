//! What the outputs of a network say: probabilities of classes, or numbers.

use crate::math::Loss;
use crate::math::choice_enum::choice_enum;
use crate::math::softmax::predicted_class;

choice_enum! {
    /// How outputs are read.
    pub enum OutputReading {
        /// The only output is the log-odds of class 1: its probability is 1 / (1 + exp(-output)).
        Sigmoid,
        /// The only output, limited to 0 to 1, is the probability of class 1, which the squared error estimates.
        Limited,
        /// Class 1 if the only output is above 0; it is no probability.
        Margin,
        /// Outputs are logits of the classes: the probability of class k is exp(output k) / Σ exp(outputs).
        Softmax,
        /// Outputs are numbers.
        Values,
    }
}

impl OutputReading {
    /// Returns how outputs of models that were trained with `loss` are read.
    pub fn of(loss: Loss, outputs: usize, is_regression: bool) -> Self {
        match loss {
            _ if is_regression => Self::Values,
            Loss::Softmax if outputs > 1 => Self::Softmax,
            Loss::Bce | Loss::Softmax => Self::Sigmoid,
            Loss::Hinge => Self::Margin,
            Loss::Mse | Loss::Mae | Loss::Huber => Self::Limited,
        }
    }

    /// Whether it gives probabilities.
    pub fn has_probabilities(self) -> bool {
        matches!(self, Self::Sigmoid | Self::Limited | Self::Softmax)
    }

    /// Whether it gives classes.
    pub fn has_classes(self) -> bool {
        self != Self::Values
    }

    /// Returns the class that `outputs` of a single model mean; 0 for numbers. Of equal logits the first counts.
    pub fn class(self, outputs: &[f64]) -> u32 {
        match self {
            Self::Sigmoid | Self::Margin => u32::from(outputs[0] > 0.0),
            Self::Limited => u32::from(outputs[0] > 0.5),
            Self::Softmax => predicted_class(outputs.iter().copied()) as u32,
            Self::Values => 0,
        }
    }

    /// Returns the class that the means over several models mean, see [`OutputReading::read`].
    pub fn class_of_means(self, means: &[f64]) -> u32 {
        match self {
            Self::Sigmoid | Self::Limited => u32::from(means[0] > 0.5),
            Self::Margin => u32::from(means[0] > 0.0),
            Self::Softmax => predicted_class(means.iter().copied()) as u32,
            Self::Values => 0,
        }
    }

    /// Replaces outputs by what they say: the probability of class 1, or of each class; others stay as they are.
    pub fn read(self, outputs: &mut [f64]) {
        match self {
            Self::Sigmoid => outputs[0] = sigmoid(outputs[0]),
            Self::Limited => outputs[0] = outputs[0].clamp(0.0, 1.0),
            Self::Softmax => {
                let greatest = outputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                outputs.iter_mut().for_each(|z| *z = (*z - greatest).exp());
                let total: f64 = outputs.iter().sum();
                outputs.iter_mut().for_each(|power| *power /= total);
            }
            Self::Margin | Self::Values => {}
        }
    }
}

fn sigmoid(z: f64) -> f64 {
    let e = (-z.abs()).exp();
    if z < 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_read_as_the_loss_means_them() {
        let read = |loss, outputs: &[f64]| {
            let (reading, mut read) = (OutputReading::of(loss, outputs.len(), false), outputs.to_vec());
            reading.read(&mut read);
            (reading.class(outputs), read)
        };
        assert_eq!(read(Loss::Bce, &[0.0]), (0, vec![0.5]));
        let (class, p) = read(Loss::Bce, &[-2.0]);
        assert!(class == 0 && (p[0] - 1.0 / (1.0 + 2f64.exp())).abs() <= 1e-16, "{p:?}");
        // The least logit above 0 is class 1, though its probability rounds to 1/2.
        assert_eq!(read(Loss::Bce, &[1e-300]), (1, vec![0.5]));
        assert_eq!(read(Loss::Mse, &[1.25]), (1, vec![1.0]));
        assert_eq!(read(Loss::Mse, &[0.5]), (0, vec![0.5]));
        assert_eq!(read(Loss::Hinge, &[0.25]), (1, vec![0.25]));
        assert_eq!(read(Loss::Softmax, &[800.0, 800.0]), (0, vec![0.5, 0.5]));
        let reading = OutputReading::of(Loss::Softmax, 3, false);
        assert_eq!((reading.class_of_means(&[0.2, 0.4, 0.4]), OutputReading::Margin.class_of_means(&[-0.1])), (1, 0));
        assert_eq!(OutputReading::of(Loss::Mse, 1, true), OutputReading::Values);
    }
}
