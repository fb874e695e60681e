use super::*;

const ALL: [Scheme; 9] = [
    Scheme::Torch,
    Scheme::XavierUniform,
    Scheme::XavierNormal,
    Scheme::KaimingUniform,
    Scheme::KaimingNormal,
    Scheme::Normal,
    Scheme::Uniform,
    Scheme::Orthogonal,
    Scheme::Zeros,
];

fn init(scheme: Scheme) -> Init {
    Init { scheme, zero_biases: false, scaling: Default::default() }
}

fn shape(features: usize, hidden: &[usize]) -> NetworkShape {
    NetworkShape::new(features, hidden).unwrap()
}

/// A layer's weights in the models of the first `seeds` seeds.
fn weights(scheme: Scheme, shape: &NetworkShape, layer: usize, seeds: u64) -> Vec<f32> {
    let layer = shape.layers()[layer];
    (0..seeds)
        .flat_map(|seed| init(scheme).parameters(shape, seed, 1.0)[layer.weights..layer.biases].to_vec())
        .collect()
}

/// Kolmogorov-Smirnov distance between `draws` and a distribution function, times √n: below 1.95 in 999 of 1000 tests.
fn distance(mut draws: Vec<f32>, distribution: impl Fn(f64) -> f64) -> f64 {
    let n = draws.len() as f64;
    draws.sort_unstable_by(f32::total_cmp);
    let apart = |(at, x): (usize, &f32)| {
        let (below, expected) = (at as f64 / n, distribution(f64::from(*x)));
        (expected - below).abs().max((below + 1.0 / n - expected).abs())
    };
    draws.iter().enumerate().map(apart).fold(0.0, f64::max) * n.sqrt()
}

fn uniform_on(bound: f64) -> impl Fn(f64) -> f64 {
    move |x| ((x / bound + 1.0) / 2.0).clamp(0.0, 1.0)
}

fn normal_with(deviation: f64) -> impl Fn(f64) -> f64 {
    move |x| 0.5 * libm::erfc(-x / deviation * std::f64::consts::FRAC_1_SQRT_2)
}

/// Tests 10⁶ draws: the first layers, from 1000 inputs to 63 outputs, of 16 models.
fn distance_from(scheme: Scheme, distribution: impl Fn(f64) -> f64) {
    let draws = weights(scheme, &shape(1000, &[63]), 0, 16);
    assert!(draws.len() >= 1_000_000);
    let distance = distance(draws, distribution);
    assert!(distance <= 1.95, "{scheme}: {distance}");
}

#[test]
fn uniform_weights_are_uniform() {
    distance_from(Scheme::Torch, uniform_on(1.0 / 1000f64.sqrt()));
    distance_from(Scheme::XavierUniform, uniform_on((6.0 / 1063f64).sqrt()));
    distance_from(Scheme::KaimingUniform, uniform_on((6.0 / 1000f64).sqrt()));
    distance_from(Scheme::Uniform, uniform_on(1.0));
}

#[test]
fn normal_weights_are_normal() {
    distance_from(Scheme::XavierNormal, normal_with((2.0 / 1063f64).sqrt()));
    distance_from(Scheme::KaimingNormal, normal_with((2.0 / 1000f64).sqrt()));
    distance_from(Scheme::Normal, normal_with(1.0));
}

#[test]
fn orthogonal_weights_point_everywhere_alike() {
    // On a sphere in three dimensions each coordinate is uniform (Archimedes). Tests the last coordinate of the last
    // row.
    let (layer, normal) = (shape(3, &[3]).layers()[0], &mut Philox::new(0, Stream::Normal));
    let draws = (0..1_000_000).map(|_| init(Scheme::Orthogonal).draw_nonuniform_weights(&layer, normal)[8] as f32);
    let distance = distance(draws.collect(), uniform_on(1.0));
    assert!(distance <= 1.95, "{distance}");
}

#[test]
fn biases_are_uniform_by_their_inputs() {
    let (shape, seeds) = (shape(9, &[64]), 2000);
    for scheme in [Scheme::Torch, Scheme::Normal, Scheme::Orthogonal, Scheme::Zeros] {
        let layer = shape.layers()[0];
        let biases = |seed| init(scheme).parameters(&shape, seed, 3.0)[layer.biases..layer.end()].to_vec();
        let distance = distance((0..seeds).flat_map(biases).collect(), uniform_on(1.0 / 3.0));
        assert!(distance <= 1.95, "{scheme}: {distance}");
    }
}

#[test]
fn each_layer_has_its_variance() {
    let (shape, seeds) = (shape(30, &[64, 16]), 100);
    for scheme in ALL {
        for (n, layer) in shape.layers().iter().enumerate() {
            let (inputs, outputs) = (layer.inputs as f64, layer.outputs as f64);
            let expected = match scheme {
                Scheme::Torch => 1.0 / (3.0 * inputs),
                Scheme::XavierUniform | Scheme::XavierNormal => 2.0 / (inputs + outputs),
                Scheme::KaimingUniform | Scheme::KaimingNormal => 2.0 / inputs,
                Scheme::Normal => 1.0,
                Scheme::Uniform => 1.0 / 3.0,
                Scheme::Orthogonal => 1.0 / inputs.max(outputs),
                Scheme::Zeros => 0.0,
            };
            let weights = weights(scheme, &shape, n, seeds);
            let count = weights.len() as f64;
            let variance = weights.iter().map(|w| f64::from(*w).powi(2)).sum::<f64>() / count;
            // Five standard errors; the square of a standard normal number has variance 2.
            let what = format!("{scheme}, layer {n}: {variance}");
            assert!((variance - expected).abs() <= 5.0 * expected * (2.0 / count).sqrt(), "{what}");
        }
    }
}

/// Largest difference of Q Qᵀ (rows) or Qᵀ Q (columns, if they are fewer) from the identity.
fn skewness(weights: &[f32], rows: usize, columns: usize) -> f64 {
    let at = |v: usize, k: usize| f64::from(weights[if rows <= columns { v * columns + k } else { k * columns + v }]);
    let (vectors, length) = (rows.min(columns), rows.max(columns));
    let dot = |a: usize, b: usize| (0..length).map(|k| at(a, k) * at(b, k)).sum::<f64>();
    let pairs = (0..vectors).flat_map(|a| (0..=a).map(move |b| (a, b)));
    pairs.map(|(a, b)| (dot(a, b) - f64::from(u8::from(a == b))).abs()).fold(0.0, f64::max)
}

#[test]
fn orthogonal_weights_are_orthonormal() {
    for (features, hidden) in [(1024, vec![64]), (3, vec![64, 64, 16]), (2, vec![2]), (1, vec![1])] {
        let shape = shape(features, &hidden);
        let parameters = init(Scheme::Orthogonal).parameters(&shape, 5, 1.0);
        for layer in shape.layers() {
            let error = skewness(&parameters[layer.weights..layer.biases], layer.outputs, layer.inputs);
            // Rounding to f32 changes a unit vector by at most 3e-8, relatively.
            assert!(error <= 1e-6, "{shape}: {error}");
        }
    }
}

#[test]
fn orthogonal_weights_are_the_q_of_normal_ones_with_a_positive_diagonal() {
    // Q Aᵀ = R is lower triangular, where A are the normal numbers of the same seed.
    let (rows, columns) = (16, 40);
    let shape = shape(columns, &[rows]);
    let [q, a] = [Scheme::Orthogonal, Scheme::Normal].map(|scheme| weights(scheme, &shape, 0, 1));
    for (v, q) in q.chunks_exact(columns).enumerate() {
        for (earlier, a) in a.chunks_exact(columns).enumerate().take(v + 1) {
            let dot: f64 = q.iter().zip(a).map(|(q, a)| f64::from(*q) * f64::from(*a)).sum();
            // Both are rounded to f32.
            assert!(if earlier == v { dot > 1e-3 } else { dot.abs() <= 1e-6 }, "{v} {earlier}: {dot}");
        }
    }
}

#[test]
fn zero_biases_are_zero_and_change_no_weight() {
    let shape = shape(5, &[7, 3]);
    for scheme in ALL {
        let usual = init(scheme).parameters(&shape, 3, 1.0);
        let zero = Init { scheme, zero_biases: true, scaling: Default::default() }.parameters(&shape, 3, 1.0);
        for layer in shape.layers() {
            assert_eq!(usual[layer.weights..layer.biases], zero[layer.weights..layer.biases]);
            assert!(usual[layer.biases..layer.end()].iter().all(|bias| *bias != 0.0));
            assert!(zero[layer.biases..layer.end()].iter().all(|bias| *bias == 0.0));
        }
    }
    assert!(weights(Scheme::Zeros, &shape, 0, 3).iter().all(|weight| *weight == 0.0));
}

#[test]
fn the_scale_is_one_of_weights_only() {
    let shape = shape(5, &[7, 3]);
    for scheme in ALL {
        let [usual, scaled, none] = [1.0, 2.5, 0.0].map(|scale| init(scheme).parameters(&shape, 3, scale));
        for layer in shape.layers() {
            for p in layer.weights..layer.end() {
                let (by, zero) = if p < layer.biases { (2.5, 0.0) } else { (1.0, usual[p]) };
                // Two roundings: of the bound or the weight, then of the product.
                assert!((scaled[p] - by * usual[p]).abs() <= 2e-7 * scaled[p].abs(), "{scheme} {p}");
                assert_eq!(none[p], zero);
            }
        }
    }
}

#[test]
fn a_network_without_biases_has_just_weights() {
    let with = shape(5, &[7, 3]);
    let without = with.clone().without_bias();
    for scheme in ALL {
        let parameters = init(scheme).parameters(&without, 3, 1.0);
        assert_eq!(parameters.len(), 5 * 7 + 7 * 3 + 3);
        assert_eq!(parameters[..35], init(scheme).parameters(&with, 3, 1.0)[..35]);
        assert!(parameters.iter().all(|weight| (*weight == 0.0) == (scheme == Scheme::Zeros)));
    }
    // Normal numbers are one sequence, from which biases take none.
    let second = |shape: &NetworkShape| weights(Scheme::Normal, shape, 1, 1);
    assert_eq!(second(&with), second(&without));
}

#[test]
fn the_first_uniform_weights_of_seed_0() {
    // Random123's known answer for counter 0, key 0 is 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
    let words = [0x6627_e8d5_u32, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8];
    let bound = (0.5f64.sqrt()) as f32;
    let bounds = [bound, bound, bound, 1.0];
    let parameters = Init::TORCH.parameters(&shape(2, &[1]), 0, 1.0);
    assert_eq!(parameters.len(), 5);
    for ((word, bound), parameter) in words.into_iter().zip(bounds).zip(parameters) {
        let exact = (f64::from(word >> 8) / f64::from(1 << 23) - 1.0) as f32 * bound;
        assert_eq!(exact.to_bits(), parameter.to_bits());
    }
}

#[test]
fn the_first_normal_weights_of_seed_0_stay_what_they_are() {
    // Values of the first implementation: a new release of `rand_distr` must not change the start of old results.
    assert_eq!(weights(Scheme::Normal, &shape(2, &[2]), 0, 1), [-0.9730809, 0.6650038, 1.4108464, 0.9152859]);
}

#[test]
fn the_ends_of_the_range_are_exact() {
    assert_eq!((uniform(0, 0.25), uniform(1 << 31, 0.25)), (-0.25, 0.0));
    assert_eq!(uniform(u32::MAX, 1.0), 1.0 - 1.0 / (1 << 23) as f32);
}
