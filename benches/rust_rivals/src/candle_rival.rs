//! candle on the CPU, with its layers, its automatic differentiation and its SGD.

use candle_core::{Device, Tensor, Var};
use candle_nn::{Linear, Module, Optimizer, SGD, Sequential, seq};

use crate::Rival;
use crate::error::Result;
use crate::problem::{Layer, Model, Problem};

/// The rows, in candle's tensors.
pub struct Candle {
    x: Tensor,
    /// -1 where the label is 1, otherwise 1, so that the loss of a row is softplus(sign × logit).
    sign: Tensor,
}

impl Candle {
    pub fn new(problem: &Problem) -> Result<Candle> {
        let x = Tensor::from_slice(&problem.x, (problem.rows(), problem.features()), &Device::Cpu)?;
        let sign: Vec<f32> = problem.y.iter().map(|y| 1.0 - 2.0 * y).collect();
        Ok(Candle { x, sign: Tensor::from_vec(sign, (problem.rows(), 1), &Device::Cpu)? })
    }

    /// Not the library's own `binary_cross_entropy_with_logit`: that takes the logarithm of a sigmoid, which is 0 for a
    /// logit that is far on the wrong side. This one is stable, and takes fewer operations.
    fn loss(&self, network: &Sequential) -> Result<Tensor> {
        let wrong = (network.forward(&self.x)? * &self.sign)?;
        let tail = (wrong.abs()?.neg()?.exp()? + 1.0)?.log()?;
        Ok((wrong.relu()? + tail)?.mean_all()?)
    }
}

impl Rival for Candle {
    fn train(&self, model: &Model, epochs: usize, every: usize) -> Result<Vec<f32>> {
        let (network, variables) = build(model)?;
        let mut optimizer = SGD::new(variables, model.lr)?;
        let mut losses = Vec::with_capacity(epochs / every + 1);
        for epoch in 0..epochs {
            let loss = self.loss(&network)?;
            if epoch % every == 0 {
                losses.push(loss.to_scalar()?);
            }
            optimizer.backward_step(&loss)?;
        }
        losses.push(self.loss(&network)?.to_scalar()?);
        Ok(losses)
    }

    fn sync(&self) -> Result<()> {
        Ok(Device::Cpu.synchronize()?)
    }

    fn backend(&self) -> &str {
        "cpu"
    }
}

/// The network, and its weights and biases for the optimizer.
fn build(model: &Model) -> Result<(Sequential, Vec<Var>)> {
    let (mut network, mut variables) = (seq(), Vec::new());
    for (k, layer) in model.layers.iter().enumerate() {
        let (linear, parameters) = dense(layer)?;
        network = if k == 0 { network } else { network.add_fn(Tensor::relu) };
        network = network.add(linear);
        variables.extend(parameters);
    }
    Ok((network, variables))
}

fn dense(layer: &Layer) -> Result<(Linear, [Var; 2])> {
    let weight = Var::from_slice(layer.weight, (layer.outputs, layer.inputs), &Device::Cpu)?;
    let bias = Var::from_slice(layer.bias, layer.outputs, &Device::Cpu)?;
    Ok((Linear::new(weight.as_tensor().clone(), Some(bias.as_tensor().clone())), [weight, bias]))
}
