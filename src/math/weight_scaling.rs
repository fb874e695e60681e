//! Factor per layer between the trained weights and the weights that the network uses.
//!
//! In a layer with factor s, training changes raw weights w, and the network uses s w. Engines store u = s w. A step of
//! gradient descent on w with learning rate η moves u by -η s² ∂L/∂u: only the gradient with respect to u is multiplied
//! by s². This holds for every optimizer that is linear in its gradients, also with weight decay: sgd, momentum and
//! nesterov.

use super::Optimizer;
use super::choice_enum::choice_enum;
use crate::model::{Layer, NetworkShape};

choice_enum! {
    /// How raw weights are scaled.
    #[derive(Default)]
    pub enum WeightScaling {
        /// Not at all.
        #[default]
        Standard,
        /// 1/√n in hidden layers and 1/n in the last, n the layer's inputs (Mei, Montanari and Nguyen 2018,
        /// arXiv 1804.06561).
        MeanField,
    }
}

impl WeightScaling {
    /// Optimizers that support a scaling, because they are linear in their gradients.
    pub const OPTIMIZERS: [Optimizer; 3] = [Optimizer::Sgd, Optimizer::Momentum, Optimizer::Nesterov];

    /// Whether all factors are 1.
    pub fn is_standard(&self) -> bool {
        *self == Self::Standard
    }

    /// Returns the factor of each layer's weights.
    pub fn factors(self, shape: &NetworkShape) -> Vec<f64> {
        let hidden = shape.hidden().len();
        let factor = |(l, layer): (usize, &Layer)| match self {
            Self::Standard => 1.0,
            Self::MeanField if l < hidden => 1.0 / (layer.inputs as f64).sqrt(),
            Self::MeanField => 1.0 / layer.inputs as f64,
        };
        shape.layers().iter().enumerate().map(factor).collect()
    }

    /// Returns the factor of each layer's gradient, s²; `None` if all are 1.
    pub fn gradient_factors(self, shape: &NetworkShape) -> Option<Vec<f64>> {
        (!self.is_standard()).then(|| self.factors(shape).into_iter().map(|factor| factor * factor).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_field_is_one_over_root_n_in_hidden_layers_and_one_over_n_in_the_last() {
        let shape = NetworkShape::new(16, &[4]).unwrap().without_bias();
        assert_eq!(WeightScaling::MeanField.factors(&shape), [0.25, 0.25]);
        assert_eq!(WeightScaling::MeanField.gradient_factors(&shape), Some(vec![0.0625, 0.0625]));
        let deep = NetworkShape::new(4, &[16, 25]).unwrap();
        assert_eq!(WeightScaling::MeanField.factors(&deep), [0.5, 0.25, 0.04]);
        assert_eq!(
            (WeightScaling::Standard.factors(&deep), WeightScaling::Standard.gradient_factors(&deep)),
            (vec![1.0; 3], None)
        );
    }
}
