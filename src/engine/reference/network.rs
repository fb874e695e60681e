//! One network in f64: forward pass, backward pass, loss. The formulas, loop by loop.

use crate::dataset::Points;
use crate::math::activation::{activate, activation_derivative};
use crate::math::divergence::{bad_logit, bad_parameter, magnitude_bits};
use crate::math::loss::{logistic_gradient, logistic_loss};
use crate::math::optimizer::sgd;
use crate::model::{Layer, Shape};

/// A network and its parameters, in [`Shape`]'s order.
#[derive(Debug, Clone)]
pub struct Network {
    layers: Vec<Layer>,
    pub parameters: Vec<f64>,
}

/// What a forward pass over one point leaves for the backward pass: `inputs[l]` is what layer `l` reads, `z[l]` is
/// what it gives, before the activation.
#[derive(Debug, Clone, Default)]
struct Pass {
    inputs: Vec<Vec<f64>>,
    z: Vec<Vec<f64>>,
}

/// The loss over a set of points, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// Mean loss.
    pub loss: f64,
    /// Points whose logit is above 0 exactly if their label is 1.
    pub correct: u32,
    /// Whether every logit is finite.
    pub finite: bool,
}

fn is_finite_logit(logit: f64) -> bool {
    !bad_logit::<f64>(magnitude_bits(logit))
}

impl Network {
    /// A network of this shape.
    pub fn new(shape: &Shape, parameters: Vec<f64>) -> Self {
        Self { layers: shape.layers(), parameters }
    }

    /// The logit at point `x`.
    pub fn logit(&self, x: &[f64]) -> f64 {
        self.forward(x).z[self.layers.len() - 1][0]
    }

    fn forward(&self, x: &[f64]) -> Pass {
        let mut pass = Pass { inputs: vec![x.to_vec()], z: Vec::new() };
        for (l, layer) in self.layers.iter().enumerate() {
            let mut z = vec![0.0; layer.outputs];
            for (o, z) in z.iter_mut().enumerate() {
                *z = self.parameters[layer.biases + o];
                for i in 0..layer.inputs {
                    *z += self.parameters[layer.weight(o, i)] * pass.inputs[l][i];
                }
            }
            pass.inputs.push(z.iter().map(|z| activate(*z)).collect());
            pass.z.push(z);
        }
        pass
    }

    /// Adds the gradient of one point's loss, given its derivative by the logit.
    fn backward(&self, pass: &Pass, logit_gradient: f64, gradient: &mut [f64]) {
        let mut delta = vec![logit_gradient];
        for (l, layer) in self.layers.iter().enumerate().rev() {
            for (o, delta) in delta.iter().enumerate() {
                gradient[layer.biases + o] += delta;
                for i in 0..layer.inputs {
                    gradient[layer.weight(o, i)] += delta * pass.inputs[l][i];
                }
            }
            if l > 0 {
                delta = self.propagate(layer, &delta, &pass.z[l - 1], &pass.inputs[l]);
            }
        }
    }

    /// From the derivatives by what `layer` gives to those by what the layer before it gives: `z`, and `a` activated.
    fn propagate(&self, layer: &Layer, delta: &[f64], z: &[f64], a: &[f64]) -> Vec<f64> {
        let mut previous = vec![0.0; layer.inputs];
        for (i, previous) in previous.iter_mut().enumerate() {
            for (o, delta) in delta.iter().enumerate() {
                *previous += self.parameters[layer.weight(o, i)] * delta;
            }
            *previous *= activation_derivative(z[i], a[i]);
        }
        previous
    }

    /// The gradient of the mean loss over `points`; `None` where a logit is not finite.
    pub fn gradient(&self, points: &Points) -> Option<Vec<f64>> {
        let mut gradient = vec![0.0; self.parameters.len()];
        for n in 0..points.len() {
            let pass = self.forward(points.row(n));
            let logit = pass.z[self.layers.len() - 1][0];
            if !is_finite_logit(logit) {
                return None;
            }
            self.backward(&pass, logistic_gradient(logit, label(points, n)), &mut gradient);
        }
        let count = points.len() as f64;
        Some(gradient.into_iter().map(|g| g / count).collect())
    }

    /// Moves the parameters against `gradient`; says whether all are finite and within 1e30.
    pub fn update(&mut self, gradient: &[f64], lr: f64) -> bool {
        for (parameter, gradient) in self.parameters.iter_mut().zip(gradient) {
            *parameter = sgd(*parameter, *gradient, lr);
        }
        !self.parameters.iter().any(|p| bad_parameter::<f64>(magnitude_bits(*p)))
    }

    /// Loss and accuracy over `points`.
    pub fn measure(&self, points: &Points) -> Measure {
        let mut measure = Measure { loss: 0.0, correct: 0, finite: true };
        for n in 0..points.len() {
            let logit = self.logit(points.row(n));
            measure.loss += logistic_loss(logit, label(points, n));
            measure.correct += u32::from((logit > 0.0) == points.y[n]);
            measure.finite &= is_finite_logit(logit);
        }
        measure.loss /= points.len() as f64;
        measure
    }
}

/// The label of row `n` as a number.
fn label(points: &Points, n: usize) -> f64 {
    f64::from(u8::from(points.y[n]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::init::initial_parameters;

    fn points(rows: usize, features: usize) -> Points {
        let x = (0..rows * features).map(|i| ((i * 37 + 11) % 101) as f64 / 25.0 - 2.0).collect();
        Points { features, x, y: (0..rows).map(|n| n * 7 % 3 == 0).collect() }
    }

    /// The shapes' kinks make a central difference wrong where a pre-activation changes sign within the step; with these
    /// points none does, as the agreement shows.
    #[test]
    fn gradients_are_finite_differences() {
        for (features, hidden) in [(2, vec![]), (2, vec![1]), (3, vec![5]), (2, vec![4, 3]), (4, vec![3, 5, 2, 4])] {
            let shape = Shape::new(features, &hidden).unwrap();
            let parameters: Vec<f64> = initial_parameters(&shape, 3).into_iter().map(f64::from).collect();
            let (network, points) = (Network::new(&shape, parameters), points(23, features));
            let gradient = network.gradient(&points).unwrap();
            assert_eq!(gradient.len(), shape.parameters());
            assert!(gradient.iter().any(|g| g.abs() > 1e-3), "{shape}");
            for (p, gradient) in gradient.iter().enumerate() {
                let loss = |step: f64| {
                    let mut moved = network.clone();
                    moved.parameters[p] += step;
                    moved.measure(&points).loss
                };
                // Truncation h² f'''/6 ~ 1e-11, rounding 1e-16 / h ~ 1e-11.
                let difference = (loss(1e-5) - loss(-1e-5)) / 2e-5;
                assert!((difference - gradient).abs() <= 1e-9, "{shape} {p}: {difference} {gradient}");
            }
        }
    }

    #[test]
    fn a_network_by_hand() {
        // x = (1, 2): hidden relu(0.5·1 + 0.25·2 − 0.5) = 0.5, logit 2·0.5 + 1 = 2.
        let shape = Shape::new(2, &[1]).unwrap();
        let network = Network::new(&shape, vec![0.5, 0.25, -0.5, 2.0, 1.0]);
        let points = Points { features: 2, x: vec![1.0, 2.0], y: vec![false] };
        assert_eq!(network.logit(points.row(0)), 2.0);
        let sigmoid = 1.0 / (1.0 + (-2.0f64).exp());
        let expected = [2.0 * sigmoid, 4.0 * sigmoid, 2.0 * sigmoid, 0.5 * sigmoid, sigmoid];
        let gradient = network.gradient(&points).unwrap();
        assert!(gradient.iter().zip(expected).all(|(g, e)| (g - e).abs() <= 1e-15), "{gradient:?}");
        let measure = network.measure(&points);
        assert!((measure.loss - (1.0 + 2.0f64.exp()).ln()).abs() <= 1e-15 && measure.correct == 0 && measure.finite);
    }

    #[test]
    fn an_infinite_logit_has_no_gradient() {
        let network = Network::new(&Shape::new(1, &[]).unwrap(), vec![1e300, 0.0]);
        let points = Points { features: 1, x: vec![1e300], y: vec![true] };
        assert!(network.gradient(&points).is_none() && !network.measure(&points).finite);
    }
}
