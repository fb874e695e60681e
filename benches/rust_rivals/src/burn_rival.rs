//! burn on its CPU backends and on wgpu, with its layers, its automatic differentiation and its SGD.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::activation::{log_sigmoid, relu};
use burn::tensor::wgpu::WgpuBackend;
use burn::tensor::{Device, Tensor, TensorData};

use crate::Rival;
use crate::error::{Error, Result};
use crate::problem::{Layer, Model, Problem};

/// The rows, in tensors of one of burn's backends.
pub struct Burn {
    backend: &'static str,
    adapter: Option<String>,
    device: Device,
    x: Tensor<2>,
    /// 1 - label
    negative: Tensor<2>,
}

#[derive(Module, Debug)]
struct Network {
    hidden: Vec<Linear>,
    output: Linear,
}

impl Burn {
    pub fn flex(problem: &Problem) -> Burn {
        Burn::new("flex", None, Device::flex(), problem)
    }

    #[expect(deprecated, reason = "the backend is still what many users have")]
    pub fn ndarray(problem: &Problem) -> Burn {
        Burn::new("ndarray", None, Device::ndarray(), problem)
    }

    pub fn wgpu(problem: &Problem) -> Result<Burn> {
        let started = Device::wgpu_options().graphics_api(WgpuBackend::Vulkan).init_with_setup();
        let (device, setup) = started.map_err(|error| failed(&error))?;
        let backend = if cfg!(feature = "spirv") { "wgpu on Vulkan, SPIR-V" } else { "wgpu on Vulkan, WGSL" };
        Ok(Burn::new(backend, Some(setup.adapter.get_info().name), device, problem))
    }

    fn new(backend: &'static str, adapter: Option<String>, device: Device, problem: &Problem) -> Burn {
        let x = TensorData::new(problem.x.clone(), [problem.rows(), problem.features()]);
        let negative = TensorData::new(problem.y.iter().map(|y| 1.0 - y).collect(), [problem.rows(), 1]);
        let [x, negative] = [x, negative].map(|data| Tensor::from_data(data, &device));
        Burn { backend, adapter, device: device.autodiff(), x, negative }
    }

    /// Computes what `BinaryCrossEntropyLoss` does from logits, without converting the labels to floats each time.
    fn loss(&self, network: &Network) -> Tensor<1> {
        let logit = network.forward(self.x.clone());
        (self.negative.clone() * logit.clone() - log_sigmoid(logit)).mean()
    }
}

impl Rival for Burn {
    fn train(&self, model: &Model, epochs: usize, every: usize) -> Result<Vec<f32>> {
        let mut network = Network::new(model, &self.device);
        let mut optimizer = SgdConfig::new().init();
        let mut losses = Vec::with_capacity(epochs / every + 1);
        for epoch in 0..epochs {
            let loss = self.loss(&network);
            if epoch % every == 0 {
                losses.push(loss.clone().without_autodiff());
            }
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            network = optimizer.step(model.lr, network, gradients);
        }
        losses.push(self.loss(&network.valid()));
        // Read only at the end, so that a GPU need not wait for the losses of every epoch.
        let losses = Tensor::cat(losses, 0).try_into_data().map_err(|error| failed(&error))?;
        losses.try_into_vec().map_err(|error| failed(&error))
    }

    fn sync(&self) -> Result<()> {
        self.device.sync().map_err(|error| failed(&error))
    }

    fn backend(&self) -> &str {
        self.backend
    }

    fn adapter(&self) -> Option<&str> {
        self.adapter.as_deref()
    }
}

impl Network {
    fn new(model: &Model, device: &Device) -> Network {
        let mut layers: Vec<_> = model.layers.iter().map(|layer| dense(layer, device)).collect();
        let output = layers.pop().expect("a problem has a layer");
        Network { hidden: layers, output }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let hidden = self.hidden.iter().fold(x, |x, layer| relu(layer.forward(x)));
        self.output.forward(hidden)
    }
}

/// burn keeps weights as `[inputs, outputs]`.
fn dense(layer: &Layer, device: &Device) -> Linear {
    let weight = (0..layer.inputs).flat_map(|i| layer.weight.iter().skip(i).step_by(layer.inputs).copied()).collect();
    let weight = TensorData::new(weight, [layer.inputs, layer.outputs]);
    let bias = TensorData::new(layer.bias.to_vec(), [layer.outputs]);
    Linear { weight: Param::from_data(weight, device), bias: Some(Param::from_data(bias, device)) }
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Library(format!("burn: {error}"))
}
