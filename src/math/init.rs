//! Initial weights: PyTorch's default for `nn.Linear`, uniform on ±1/√fan_in for weights and biases. Twin of
//! `shaders/init.wgsl`.

use super::rng::{Stream, key, philox4x32_10};
use crate::model::Shape;

/// The initial value of one weight or bias. `parameter` is its place in the model's flat list; `bound` is 1/√fan_in
/// rounded to f32. All but the last multiplication is exact, so that every engine makes the same bits.
pub fn initial_parameter(key: [u32; 2], parameter: u32, bound: f32) -> f32 {
    let words = philox4x32_10([parameter / 4, 0, Stream::Init as u32, 0], key);
    uniform(words[(parameter % 4) as usize], bound)
}

/// Uniform on ±`bound` from the upper 24 bits of a random word.
fn uniform(word: u32, bound: f32) -> f32 {
    const STEP: f32 = 1.0 / (1 << 23) as f32;
    ((word >> 8) as f32 * STEP - 1.0) * bound
}

/// All initial parameters of the model with this seed, in [`Shape`]'s order.
pub fn initial_parameters(shape: &Shape, seed: u64) -> Vec<f32> {
    let layers = shape.layers();
    let bounds = layers.iter().flat_map(|layer| {
        let bound = layer.init_bound() as f32;
        std::iter::repeat_n(bound, layer.end() - layer.weights)
    });
    let key = key(seed);
    bounds.zip(0..).map(|(bound, parameter)| initial_parameter(key, parameter, bound)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_weights_of_seed_0() {
        // Random123's known answer for counter 0, key 0 is 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
        let words = [0x6627_e8d5_u32, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8];
        let bound = (0.5f64.sqrt()) as f32;
        let bounds = [bound, bound, bound, 1.0];
        let parameters = initial_parameters(&Shape::new(2, &[1]).unwrap(), 0);
        assert_eq!(parameters.len(), 5);
        for ((word, bound), parameter) in words.into_iter().zip(bounds).zip(parameters) {
            let exact = (f64::from(word >> 8) / f64::from(1 << 23) - 1.0) as f32 * bound;
            assert_eq!(exact.to_bits(), parameter.to_bits());
        }
    }

    #[test]
    fn the_ends_of_the_range_are_exact() {
        assert_eq!((uniform(0, 0.25), uniform(1 << 31, 0.25)), (-0.25, 0.0));
        assert_eq!(uniform(u32::MAX, 1.0), 1.0 - 1.0 / (1 << 23) as f32);
    }

    #[test]
    fn weights_fill_their_range_evenly() {
        // Mean 0 and variance bound²/3 within 5 standard errors of 65,600 draws.
        let layer = initial_parameters(&Shape::new(1024, &[64]).unwrap(), 7)[..1024 * 64 + 64].to_vec();
        let (n, bound) = (layer.len() as f64, 1.0 / 32.0);
        let mean = layer.iter().map(|w| f64::from(*w)).sum::<f64>() / n;
        let variance = layer.iter().map(|w| f64::from(*w).powi(2)).sum::<f64>() / n;
        assert!(mean.abs() <= 5.0 * bound / (3.0 * n).sqrt(), "{mean}");
        assert!((variance / (bound * bound / 3.0) - 1.0).abs() <= 5.0 * (0.8 / n).sqrt(), "{variance}");
        assert!(layer.iter().all(|w| w.abs() <= bound as f32));
    }
}
