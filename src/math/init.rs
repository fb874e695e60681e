//! Initial weights, after PyTorch's `torch.nn.init`. Twin of `shaders/init.wgsl`, which generates the uniform ones.

use super::WeightScaling;
use super::choice_enum::choice_enum;
use super::rng::{Philox, Stream, key, philox4x32_10};
use crate::model::{Layer, NetworkShape};
use rand_distr::{Distribution, StandardNormal};

choice_enum! {
    /// How initial weights are drawn; fan_in and fan_out are a layer's inputs and outputs.
    pub enum Scheme {
        /// Uniform on ±1/√fan_in: PyTorch's default for `nn.Linear`.
        #[strum(to_string = "torch", serialize = "pytorch", serialize = "default")]
        Torch,
        /// Uniform on ±√(6 / (fan_in + fan_out)) (Glorot and Bengio 2010).
        #[strum(to_string = "xavier-uniform", serialize = "glorot-uniform")]
        XavierUniform,
        /// Normal with variance 2 / (fan_in + fan_out).
        #[strum(to_string = "xavier-normal", serialize = "glorot-normal")]
        XavierNormal,
        /// Uniform on ±√(6 / fan_in) (He et al. 2015, arXiv 1502.01852).
        #[strum(to_string = "kaiming-uniform", serialize = "he-uniform")]
        KaimingUniform,
        /// Normal with variance 2 / fan_in.
        #[strum(to_string = "kaiming-normal", serialize = "he-normal")]
        KaimingNormal,
        /// Normal with variance 1.
        Normal,
        /// Uniform on ±1.
        Uniform,
        /// Orthonormal rows, or columns where these are fewer (Saxe et al. 2013, arXiv 1312.6120).
        Orthogonal,
        /// All 0.
        #[strum(to_string = "zeros", serialize = "zero")]
        Zeros,
    }
}

/// Initialization of a network: weights by a scheme; biases uniform on ±1/√fan_in as in PyTorch, or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Init {
    /// Distribution of the weights.
    pub scheme: Scheme,
    /// Whether biases are 0 instead of PyTorch's default.
    pub zero_biases: bool,
    /// Factors between the trained weights and the weights that the network uses.
    pub scaling: WeightScaling,
}

impl Init {
    /// PyTorch's default.
    pub const TORCH: Self = Self { scheme: Scheme::Torch, zero_biases: false, scaling: WeightScaling::Standard };

    /// Returns the bounds of a layer's uniform weights and biases, before scaling, rounded to f32; `None` if weights
    /// are not uniform.
    pub fn bounds(self, layer: &Layer) -> Option<[f32; 2]> {
        let (inputs, outputs) = (layer.inputs as f64, layer.outputs as f64);
        let weights = match self.scheme {
            Scheme::Torch => 1.0 / inputs.sqrt(),
            Scheme::XavierUniform => (6.0 / (inputs + outputs)).sqrt(),
            Scheme::KaimingUniform => (6.0 / inputs).sqrt(),
            Scheme::Uniform => 1.0,
            Scheme::XavierNormal | Scheme::KaimingNormal | Scheme::Normal | Scheme::Orthogonal | Scheme::Zeros => {
                return None;
            }
        };
        Some([weights as f32, self.bias_bound(layer)])
    }

    fn bias_bound(self, layer: &Layer) -> f32 {
        if self.zero_biases { 0.0 } else { (1.0 / (layer.inputs as f64).sqrt()) as f32 }
    }

    /// Returns all initial parameters of the model with this seed, in [`NetworkShape`]'s order; weights are multiplied
    /// by `scale` and their layer's factor.
    pub fn parameters(self, shape: &NetworkShape, seed: u64, scale: f64) -> Vec<f32> {
        let key = key(seed);
        let mut parameters = vec![0.0; shape.parameters()];
        // All layers share one sequence of normal numbers.
        let mut normal = Philox::new(seed, Stream::Normal);
        for (layer, factor) in shape.layers().into_iter().zip(self.scaling.factors(shape)) {
            let scale = scale * factor;
            let uniform = |range: std::ops::Range<usize>, bound: f32, parameters: &mut [f32]| {
                range.for_each(|p| parameters[p] = initial_parameter(key, p as u32, bound));
            };
            match self.bounds(&layer) {
                Some([bound, _]) => uniform(layer.weights..layer.biases, bound * scale as f32, &mut parameters),
                None => {
                    let weights = self.draw_nonuniform_weights(&layer, &mut normal);
                    let scaled = weights.into_iter().map(|w| (w * scale) as f32);
                    parameters[layer.weights..layer.biases].iter_mut().zip(scaled).for_each(|(p, w)| *p = w);
                }
            }
            uniform(layer.biases..layer.end(), self.bias_bound(&layer), &mut parameters);
        }
        parameters
    }

    /// Draws a layer's non-uniform weights, `[outputs, inputs]`, before scaling.
    fn draw_nonuniform_weights(self, layer: &Layer, normal: &mut Philox) -> Vec<f64> {
        let (inputs, outputs) = (layer.inputs as f64, layer.outputs as f64);
        let deviation = match self.scheme {
            Scheme::XavierNormal => (2.0 / (inputs + outputs)).sqrt(),
            Scheme::KaimingNormal => (2.0 / inputs).sqrt(),
            Scheme::Zeros => 0.0,
            _ => 1.0,
        };
        let mut draw = || -> f64 { StandardNormal.sample(normal) };
        let weights: Vec<f64> = (0..layer.inputs * layer.outputs).map(|_| deviation * draw()).collect();
        if self.scheme == Scheme::Orthogonal { orthonormal(weights, layer.outputs, layer.inputs) } else { weights }
    }
}

/// Moves `parameters` by `offsets` along two random normal directions. Each direction is scaled block by block (a
/// layer's weights, a layer's biases) to the norm of `parameters`: an offset of 1 moves a block as far as it is from 0.
pub fn move_along_random_directions(parameters: &mut [f32], shape: &NetworkShape, seed: u64, offsets: [f64; 2]) {
    let mut normal = Philox::new(seed, Stream::Direction);
    let norm = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>().sqrt();
    let blocks = shape.layers().into_iter().flat_map(|layer| [layer.weights..layer.biases, layer.biases..layer.end()]);
    for block in blocks {
        let start: Vec<f64> = parameters[block.clone()].iter().map(|p| f64::from(*p)).collect();
        let mut end = start.clone();
        for offset in offsets {
            let direction: Vec<f64> = start.iter().map(|_| StandardNormal.sample(&mut normal)).collect();
            // The step of an empty block is NaN, but moves nothing.
            let step = offset * norm(&start) / norm(&direction);
            end.iter_mut().zip(&direction).for_each(|(end, d)| *end += step * d);
        }
        parameters[block].iter_mut().zip(end).for_each(|(to, end)| *to = end as f32);
    }
}

/// Returns the initial value of a uniform weight or bias; `parameter` is its index in the model's flat list. All
/// operations but the last multiplication are exact, so that every engine computes the same bits.
pub fn initial_parameter(key: [u32; 2], parameter: u32, bound: f32) -> f32 {
    let words = philox4x32_10([parameter / 4, 0, Stream::Init as u32, 0], key);
    uniform(words[(parameter % 4) as usize], bound)
}

/// Maps the upper 24 bits of a random word to a uniform number on ±`bound`.
fn uniform(word: u32, bound: f32) -> f32 {
    const STEP: f32 = 1.0 / (1 << 23) as f32;
    ((word >> 8) as f32 * STEP - 1.0) * bound
}

/// Orthonormalizes the rows of a `[rows, columns]` matrix or, if there are more rows than columns, its columns, by the
/// Gram-Schmidt process, done twice for accuracy. The result is the Q of a QR decomposition whose R has a positive
/// diagonal, as in PyTorch. A matrix of normal numbers has full rank.
fn orthonormal(mut matrix: Vec<f64>, rows: usize, columns: usize) -> Vec<f64> {
    let (vectors, length) = (rows.min(columns), rows.max(columns));
    let at = |v: usize, k: usize| if rows <= columns { v * columns + k } else { k * columns + v };
    for v in 0..vectors {
        for earlier in (0..v).chain(0..v) {
            let dot: f64 = (0..length).map(|k| matrix[at(v, k)] * matrix[at(earlier, k)]).sum();
            (0..length).for_each(|k| matrix[at(v, k)] -= dot * matrix[at(earlier, k)]);
        }
        let norm = (0..length).map(|k| matrix[at(v, k)].powi(2)).sum::<f64>().sqrt();
        (0..length).for_each(|k| matrix[at(v, k)] /= norm);
    }
    matrix
}

#[cfg(test)]
mod tests;
