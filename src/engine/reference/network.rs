//! One network in f64: forward pass, backward pass, loss and update, as plain loops over the formulas.

mod hessian;

use crate::dataset::Points;
use crate::engine::MeanErrors;
use crate::math::divergence::{bad_logit, bad_parameter, magnitude_bits};
use crate::math::optimizer::{BiasCorrection, StepParams, UpdateParams, clip_factor};
use crate::math::optimizer_state::ParameterState;
use crate::math::outputs::OutputLoss;
use crate::math::{Activation, Loss, LossParams, Optimizer};
use crate::model::{Layer, NetworkShape};
use crate::sweep::TrainSpec;
use std::sync::Arc;

/// A network and its parameters, in the order of [`NetworkShape`].
#[derive(Debug, Clone)]
pub struct Network {
    layers: Vec<Layer>,
    activation: Activation,
    loss: Loss,
    class_weights: Option<Arc<[f64]>>,
    loss_params: Option<LossParams<f64>>,
    optimizer: Optimizer,
    /// Factor of each layer's gradient, from [`crate::math::WeightScaling`].
    factors: Vec<f64>,
    /// `[parameters]`, after the updates so far.
    pub parameters: Vec<f64>,
    /// Optimizer state of each parameter.
    optimizer_state: Vec<[f64; 2]>,
    updates: u32,
}

/// Values of a forward pass over one point that the backward pass needs: `inputs[l]` is the input of layer `l`, and
/// `z[l]` its pre-activations.
#[derive(Debug, Clone, Default)]
struct ForwardPass {
    inputs: Vec<Vec<f64>>,
    z: Vec<Vec<f64>>,
}

/// Loss and accuracy over a set of points, and whether every logit is finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossAndCertainty {
    /// Mean loss.
    pub loss: f64,
    /// Points classified correctly: the logit is above the loss's threshold exactly if the label is 1, or the first
    /// greatest logit is that of the point's class.
    pub correct: u32,
    /// Correct points with label 1, where there are two classes.
    pub correct_positive: u32,
    /// Errors of a regression.
    pub errors: Option<MeanErrors>,
    /// Whether every logit is finite.
    pub finite: bool,
}

/// Rows times parameters between two calls of `go_on`.
const ROWS_AT_ONCE: usize = 1 << 19;

fn is_finite_logit(logit: f64) -> bool {
    !bad_logit::<f64>(magnitude_bits(logit))
}

impl Network {
    /// Creates a network of this shape and training spec, before its first update.
    pub fn new(shape: &NetworkShape, train_spec: &TrainSpec, parameters: Vec<f64>) -> Self {
        let TrainSpec { activation, loss, loss_params, optimizer, .. } = *train_spec;
        let optimizer_state = vec![[0.0; 2]; parameters.len()];
        let (layers, class_weights) = (shape.layers(), train_spec.class_weights.clone());
        let factors = train_spec.init.scaling.gradient_factors(shape).unwrap_or_else(|| vec![1.0; layers.len()]);
        let updates = 0;
        Self {
            layers,
            activation,
            loss,
            class_weights,
            loss_params,
            optimizer,
            factors,
            parameters,
            optimizer_state,
            updates,
        }
    }

    /// Returns the only output at point `x`, or the first of several.
    pub fn logit(&self, x: &[f64]) -> f64 {
        self.outputs(x)[0]
    }

    /// Returns the outputs at point `x`: a single logit, one for each class, or predictions.
    pub fn outputs(&self, x: &[f64]) -> Vec<f64> {
        self.forward(x).z.pop().unwrap_or_default()
    }

    fn forward(&self, x: &[f64]) -> ForwardPass {
        let mut pass = ForwardPass { inputs: vec![x.to_vec()], z: Vec::new() };
        for (l, layer) in self.layers.iter().enumerate() {
            let mut z = vec![0.0; layer.outputs];
            for (o, z) in z.iter_mut().enumerate() {
                *z = if layer.bias { self.parameters[layer.biases + o] } else { 0.0 };
                for i in 0..layer.inputs {
                    *z += self.parameters[layer.weight(o, i)] * pass.inputs[l][i];
                }
            }
            pass.inputs.push(z.iter().map(|z| self.activation.activate(*z)).collect());
            pass.z.push(z);
        }
        pass
    }

    fn output_loss(&self) -> OutputLoss<'_> {
        let outputs = self.layers.last().map_or(1, |layer| layer.outputs);
        OutputLoss { loss: self.loss, outputs, class_weights: self.class_weights.as_deref() }
    }

    /// Replaces the `outputs` at row `n` by the derivatives of its loss by them; returns the loss, and 1 if the
    /// predicted class of several is right.
    fn replace_by_gradients(&self, outputs: &mut [f64], points: &Points, n: usize) -> (f64, f64) {
        let target = |k| points.target_number(n, k);
        let (terms, score) = self.output_loss().replace(outputs, 1, target, self.loss_params);
        (terms.value(), score.correct)
    }

    /// Adds the gradient of one point's loss, given its derivatives by the outputs.
    fn backward(&self, pass: &ForwardPass, mut delta: Vec<f64>, gradient: &mut [f64]) {
        for (l, layer) in self.layers.iter().enumerate().rev() {
            for (o, delta) in delta.iter().enumerate() {
                if layer.bias {
                    gradient[layer.biases + o] += delta;
                }
                for i in 0..layer.inputs {
                    gradient[layer.weight(o, i)] += delta * pass.inputs[l][i];
                }
            }
            if l > 0 {
                delta = self.propagate(layer, &delta, &pass.z[l - 1], &pass.inputs[l]);
            }
        }
    }

    /// Returns the derivatives by the previous layer's pre-activations `z` (activated: `a`), given those by `layer`'s
    /// pre-activations.
    fn propagate(&self, layer: &Layer, delta: &[f64], z: &[f64], a: &[f64]) -> Vec<f64> {
        let mut previous = vec![0.0; layer.inputs];
        for (i, previous) in previous.iter_mut().enumerate() {
            for (o, delta) in delta.iter().enumerate() {
                *previous += self.parameters[layer.weight(o, i)] * delta;
            }
            *previous *= self.activation.slope(z[i], a[i]);
        }
        previous
    }

    /// Returns the gradient of the mean loss over these `rows` of `points`; `None` if a logit is not finite.
    pub fn gradient(&self, points: &Points, rows: &[usize]) -> Option<Vec<f64>> {
        self.gradient_while(points, rows, &mut || true)
    }

    /// Like [`Network::gradient`], but also `None` if `go_on`, called every few milliseconds, returns false.
    pub fn gradient_while(&self, points: &Points, rows: &[usize], go_on: &mut dyn FnMut() -> bool) -> Option<Vec<f64>> {
        let mut gradient = vec![0.0; self.parameters.len()];
        for (place, &n) in rows.iter().enumerate() {
            if place % self.rows_at_once() == 0 && !go_on() {
                return None;
            }
            let pass = self.forward(points.row(n));
            let mut outputs = pass.z[self.layers.len() - 1].clone();
            if !outputs.iter().copied().all(is_finite_logit) {
                return None;
            }
            self.replace_by_gradients(&mut outputs, points, n);
            self.backward(&pass, outputs, &mut gradient);
        }
        let count = rows.len() as f64;
        Some(gradient.into_iter().map(|g| g / count).collect())
    }

    /// Makes one update with a batch's mean `gradient`; returns whether all parameters are finite and within 1e30.
    pub fn update(&mut self, mut gradient: Vec<f64>, rates: &UpdateParams<f64>) -> bool {
        if let Some(limit) = rates.clip {
            let norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
            gradient.iter_mut().for_each(|g| *g *= clip_factor(norm, limit));
        }
        self.updates += 1;
        let updates = f64::from(self.updates);
        let correction = BiasCorrection::of(self.optimizer, rates, updates);
        for (l, layer) in self.layers.iter().enumerate() {
            let at = StepParams { lr: if l == 0 { rates.lr_first } else { rates.lr }, rates, correction };
            for (p, gradient) in (layer.weights..).zip(&gradient[layer.weights..layer.end()]) {
                let [first, second] = self.optimizer_state[p];
                let state = ParameterState { parameter: self.parameters[p], first, second };
                let state = self.optimizer.step(state, *gradient * self.factors[l], at);
                (self.parameters[p], self.optimizer_state[p]) = (state.parameter, [state.first, state.second]);
            }
        }
        !self.parameters.iter().any(|p| bad_parameter::<f64>(magnitude_bits(*p)))
    }

    /// Measures loss and accuracy over `points`.
    pub fn measure(&self, points: &Points) -> LossAndCertainty {
        self.measure_while(points, &mut || true)
    }

    /// Like [`Network::measure`], but stops if `go_on`, called every few milliseconds, returns false.
    pub fn measure_while(&self, points: &Points, go_on: &mut dyn FnMut() -> bool) -> LossAndCertainty {
        let mut measure = LossAndCertainty { loss: 0.0, correct: 0, correct_positive: 0, errors: None, finite: true };
        let mut errors = MeanErrors::default();
        for n in 0..points.len() {
            if n % self.rows_at_once() == 0 && !go_on() {
                break;
            }
            let mut outputs = self.outputs(points.row(n));
            measure.finite &= outputs.iter().copied().all(is_finite_logit);
            for (k, output) in outputs.iter().enumerate().take(points.targets.numbers()) {
                errors.add(output - points.target_number(n, k));
            }
            let positive = outputs[0] > self.loss.threshold();
            let (loss, correct) = self.replace_by_gradients(&mut outputs, points, n);
            measure.loss += loss;
            match outputs.len() {
                _ if points.is_regression() => {}
                1 => {
                    measure.correct += u32::from(positive == points.label(n));
                    measure.correct_positive += u32::from(positive && points.label(n));
                }
                _ => measure.correct += correct as u32,
            }
        }
        measure.loss /= points.len() as f64;
        measure.errors = points.is_regression().then(|| errors.over(points.len() * points.targets.numbers()));
        measure
    }

    /// Returns the number of rows that takes a few milliseconds.
    fn rows_at_once(&self) -> usize {
        (ROWS_AT_ONCE / self.parameters.len().max(1)).clamp(1, ROWS_AT_ONCE)
    }
}

#[cfg(test)]
mod tests;
