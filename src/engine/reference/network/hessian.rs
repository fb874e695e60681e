//! Exact Hessian-vector products of the mean loss, without forming the matrix: Pearlmutter's R-operator ("Fast exact
//! multiplication by the Hessian", Neural Computation 6, 1994). R{f} is the derivative of
//! f(parameters + t v) by t at t = 0. Each line of the forward and of the backward pass is differentiated once more.

use super::{ForwardPass, Network, is_finite_logit};
use crate::dataset::Points;

/// R{...} of the values in a [`ForwardPass`].
struct PassTangents {
    inputs: Vec<Vec<f64>>,
    z: Vec<Vec<f64>>,
}

impl Network {
    /// Returns H `v`, `[parameters]`, where H is the Hessian of the mean loss over all `points`; `None` if a logit is
    /// not finite. The second derivative of ReLU and leaky ReLU counts as 0 everywhere, also at their kinks.
    pub fn hessian_times(&self, points: &Points, v: &[f64]) -> Option<Vec<f64>> {
        let mut product = vec![0.0; self.parameters.len()];
        for n in 0..points.len() {
            let pass = self.forward(points.row(n));
            let last = self.layers.len() - 1;
            if !pass.z[last].iter().copied().all(is_finite_logit) {
                return None;
            }
            let changes = self.forward_tangents(&pass, v);
            let mut delta = pass.z[last].clone();
            let change = self.output_loss().curvature_times(&delta, |k| points.target_number(n, k), &changes.z[last]);
            self.replace_by_gradients(&mut delta, points, n);
            self.backward_tangents(&pass, &changes, v, (delta, change), &mut product);
        }
        let count = points.len() as f64;
        Some(product.into_iter().map(|p| p / count).collect())
    }

    fn forward_tangents(&self, pass: &ForwardPass, v: &[f64]) -> PassTangents {
        let mut changes = PassTangents { inputs: vec![vec![0.0; pass.inputs[0].len()]], z: Vec::new() };
        for (l, layer) in self.layers.iter().enumerate() {
            let mut z = vec![0.0; layer.outputs];
            for (o, z) in z.iter_mut().enumerate() {
                *z = if layer.bias { v[layer.biases + o] } else { 0.0 };
                for i in 0..layer.inputs {
                    let w = layer.weight(o, i);
                    *z += v[w] * pass.inputs[l][i] + self.parameters[w] * changes.inputs[l][i];
                }
            }
            let slopes = pass.z[l].iter().zip(&pass.inputs[l + 1]).map(|(z, a)| self.activation.slope(*z, *a));
            changes.inputs.push(slopes.zip(&z).map(|(slope, change)| slope * change).collect());
            changes.z.push(z);
        }
        changes
    }

    /// Adds R{gradient} of one point, given the derivatives of its loss by the outputs and R{...} of these.
    fn backward_tangents(
        &self,
        pass: &ForwardPass,
        changes: &PassTangents,
        v: &[f64],
        (mut delta, mut change): (Vec<f64>, Vec<f64>),
        product: &mut [f64],
    ) {
        for (l, layer) in self.layers.iter().enumerate().rev() {
            let (inputs, input_changes) = (&pass.inputs[l], &changes.inputs[l]);
            for o in 0..layer.outputs {
                if layer.bias {
                    product[layer.biases + o] += change[o];
                }
                for i in 0..layer.inputs {
                    product[layer.weight(o, i)] += change[o] * inputs[i] + delta[o] * input_changes[i];
                }
            }
            if l == 0 {
                return;
            }
            let (mut before, mut before_change) = (vec![0.0; layer.inputs], vec![0.0; layer.inputs]);
            for i in 0..layer.inputs {
                let (z, a, z_change) = (pass.z[l - 1][i], inputs[i], changes.z[l - 1][i]);
                let (mut sum, mut sum_change) = (0.0, 0.0);
                for o in 0..layer.outputs {
                    let w = layer.weight(o, i);
                    sum += self.parameters[w] * delta[o];
                    sum_change += v[w] * delta[o] + self.parameters[w] * change[o];
                }
                let slope = self.activation.slope(z, a);
                before[i] = sum * slope;
                before_change[i] = sum_change * slope + sum * self.activation.curvature(z, a) * z_change;
            }
            (delta, change) = (before, before_change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::network;
    use super::*;
    use crate::dataset::Targets;
    use crate::math::{Activation, Loss, LossParams};
    use crate::model::NetworkShape;
    use crate::sweep::TrainSpec;

    /// Compares with differences of exact gradients along v: truncation h² |g'''| / 6 ~ 1e-10 with h = 1e-5, rounding
    /// 1e-16 / h ~ 1e-11.
    #[test]
    fn products_are_differences_of_gradients() {
        let shapes: [(usize, &[usize]); 5] = [(2, &[]), (2, &[1]), (3, &[5]), (2, &[4, 3]), (4, &[3, 5, 2, 4])];
        for (features, hidden) in shapes {
            for activation in Activation::ALL {
                let kinds = [(Loss::Bce, true, None), (Loss::Mse, true, Some(0.3)), (Loss::Bce, false, Some(0.3))];
                for (loss, bias, smoothing) in kinds {
                    let shape = NetworkShape::new(features, hidden).unwrap();
                    let shape = if bias { shape } else { shape.without_bias() };
                    let loss_params = LossParams::of(|_| smoothing);
                    let train_spec = TrainSpec { activation: *activation, loss, loss_params, ..TrainSpec::plain() };
                    let error = worst_error(&network(&shape, &train_spec, 3), &Points::made_up(23, features));
                    assert!(error <= 1e-8, "{shape} {activation} {loss}, biases {bias}: {error:e}");
                }
            }
        }
    }

    /// Returns the largest error of the product with a vector that touches every parameter, relative to the product's
    /// largest component.
    fn worst_error(network: &Network, points: &Points) -> f64 {
        let v: Vec<f64> = (0..network.parameters.len()).map(|p| ((p * 7 + 3) % 11) as f64 / 5.0 - 1.0).collect();
        let rows: Vec<usize> = (0..points.len()).collect();
        let gradient = |step: f64| {
            let mut moved = network.clone();
            moved.parameters.iter_mut().zip(&v).for_each(|(p, v)| *p += step * v);
            moved.gradient(points, &rows).unwrap()
        };
        let (ahead, behind, product) = (gradient(1e-5), gradient(-1e-5), network.hessian_times(points, &v).unwrap());
        assert_eq!(product.len(), ahead.len());
        let largest = product.iter().fold(0.0, |most: f64, p| most.max(p.abs()));
        assert!(largest > 1e-3, "nothing to compare");
        let error = |((a, b), p): ((&f64, &f64), &f64)| ((a - b) / 2e-5 - p).abs() / largest;
        ahead.iter().zip(&behind).zip(&product).map(error).fold(0.0, |worst, e| if e <= worst { worst } else { e })
    }

    #[test]
    fn an_infinite_logit_has_no_product() {
        let network = Network::new(&NetworkShape::new(1, &[]).unwrap(), &TrainSpec::plain(), vec![1e300, 0.0]);
        let points = Points { features: 1, x: vec![1e300], targets: Targets::Binary(vec![true]) };
        assert!(network.hessian_times(&points, &[1.0, 0.0]).is_none());
    }
}
