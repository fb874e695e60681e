//! Kinds of permutations of the kernels, for tests here and in `tests/shaders`.

use crate::math::init::{Init, Scheme};
use crate::math::rng::philox4x32_10;
use crate::math::{Activation, Loss, Optimizer, WeightScaling};
use crate::model::NetworkShape;
use crate::sweep::{BatchSpec, Hyperparameter, RowOrder, Schedule, ScheduleKind, TrainSpec};
use std::sync::Arc;

/// Every kind of mapping.
const MAPPINGS: [&str; 6] =
    ["thread-64", "subgroup-8-64", "workgroup-16-64", "tiled-64-16", "streamed-64-16", "streamed-32-4"];

/// Shape, training spec, number of points, mapping, and whether the points are in a uniform buffer.
pub type Kind = (NetworkShape, TrainSpec, usize, &'static str, bool);

/// Shapes × data sizes × mappings × uniform or storage buffer, for the plain training spec.
pub fn plain() -> Vec<Kind> {
    let shapes: [(usize, &[usize]); 8] = [
        (1, &[]),
        (2, &[]),
        (2, &[1]),
        (3, &[16]),
        (2, &[8, 4]),
        (2, &[2, 2, 2, 2]),
        (1024, &[64, 64, 64, 64]),
        (30, &[]),
    ];
    let mut all = Vec::new();
    for (features, hidden) in shapes {
        let shape = NetworkShape::new(features, hidden).unwrap();
        for points in [1, 64, 200, 100_000] {
            for mapping in MAPPINGS {
                let in_registers = shape.parameters() <= 105;
                for uniform in [true, false] {
                    if in_registers || mapping.starts_with("tiled") || mapping.starts_with("streamed") {
                        all.push((shape.clone(), TrainSpec::plain(), points, mapping, uniform));
                    }
                }
            }
        }
    }
    all
}

/// Cycles through activations and optimizers and draws the other settings at random; `the_family_is_whole` checks the
/// coverage.
pub fn train_specs() -> Vec<TrainSpec> {
    let orders = [RowOrder::Shared { seed: 1 }, RowOrder::PerSeed, RowOrder::Given(Arc::new(Vec::new()))];
    let schedule = Schedule::new(ScheduleKind::Cosine, 9, None, None, None).unwrap();
    let schemes = [Scheme::Torch, Scheme::Orthogonal, Scheme::KaimingUniform];
    let scalings = [WeightScaling::Standard, WeightScaling::MeanField];
    let hyperparameters = [
        &[][..],
        &[Hyperparameter::Clip],
        &[Hyperparameter::WeightDecay, Hyperparameter::LrFirst],
        &[Hyperparameter::InitScale],
        &Hyperparameter::ALL,
    ];
    let one = |n: usize| {
        let pick = |which: u32, of: usize| philox4x32_10([n as u32, which, 0, 0], [0, 0])[0] as usize % of;
        let size = [usize::MAX, 32][pick(0, 2)];
        TrainSpec {
            activation: Activation::ALL[n % Activation::ALL.len()],
            loss: [Loss::Bce, Loss::Mse][pick(1, 2)],
            optimizer: Optimizer::ALL[n % Optimizer::ALL.len()],
            init: Init { scheme: schemes[pick(2, 3)], zero_biases: pick(3, 2) == 0, scaling: scalings[pick(7, 2)] },
            schedule: [schedule, Schedule::CONSTANT][pick(4, 2)],
            batches: BatchSpec { size, order: orders[pick(5, 3)].clone() },
            given: [&[Hyperparameter::Lr], hyperparameters[pick(6, 5)]].concat(),
            class_weights: None,
            loss_params: None,
        }
    };
    (0..42).map(one).collect()
}

/// Training specs × mappings, with and without biases.
pub fn family() -> Vec<Kind> {
    let mut all = Vec::new();
    for (n, train_spec) in train_specs().into_iter().enumerate() {
        for mapping in MAPPINGS {
            let shape = NetworkShape::new(2, &[3, 2]).unwrap();
            let shape = if n / 2 % 2 == 0 { shape } else { shape.without_bias() };
            all.push((shape, train_spec.clone(), 200, mapping, n % 2 == 0));
        }
    }
    all
}

/// Several outputs, or numbers as targets × mappings, with full batches and mini-batches.
pub fn outputs() -> Vec<Kind> {
    let mut all = Vec::new();
    let kinds = [
        (3, Loss::Softmax, false, false),
        (10, Loss::Softmax, true, true),
        (8, Loss::Softmax, false, true),
        (2, Loss::Mse, false, false),
        (5, Loss::Huber, false, false),
        (1, Loss::Bce, true, true),
    ];
    for (n, (outputs, loss, weighted, smoothed)) in kinds.into_iter().enumerate() {
        for mapping in MAPPINGS {
            for size in [usize::MAX, 32] {
                let hidden: &[usize] = [&[3][..], &[]][n % 2];
                let shape = NetworkShape::new(2, hidden).unwrap().with_outputs(outputs);
                let clip = if n % 3 == 0 { &[Hyperparameter::Clip][..] } else { &[] };
                let smoothing = if smoothed { &[Hyperparameter::LabelSmoothing][..] } else { &[] };
                let train_spec = TrainSpec {
                    loss,
                    class_weights: weighted.then(|| vec![1.0; outputs.max(2)].into()),
                    batches: BatchSpec { size, order: RowOrder::PerSeed },
                    given: [&[Hyperparameter::Lr], clip, smoothing].concat(),
                    ..TrainSpec::plain()
                };
                all.push((shape, train_spec, 200, mapping, n % 2 == 0));
            }
        }
    }
    let wide = NetworkShape::new(6, &[10]).unwrap().with_outputs(97);
    let softmax = TrainSpec { loss: Loss::Softmax, ..TrainSpec::plain() };
    all.extend(["tiled-64-16", "streamed-64-16"].map(|mapping| (wide.clone(), softmax.clone(), 291, mapping, false)));
    all
}
