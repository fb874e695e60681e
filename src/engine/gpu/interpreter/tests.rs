//! What the interpreter computes is what the f64 reference engine does, and it counts loops as written.

use super::Kernel;
use super::dispatch::Dispatches;
use crate::engine::gpu::layout::binding;
use crate::engine::gpu::tests::family_job;
use crate::engine::reference::ReferenceEngine;
use crate::engine::{InMemorySink, Job, Mapping};
use crate::math::{Activation, Optimizer};
use crate::model::NetworkShape;
use crate::sweep::{BatchSpec, Hyperparameter, RowOrder, Schedule, ScheduleKind, TrainSpec};
use std::collections::BTreeMap;

const EPOCHS: u32 = 3;

/// Trains in one dispatch per epoch; returns the largest difference from the reference engine's weights.
fn from_reference(job: &Job) -> f64 {
    let mut dispatches = Dispatches::new(job);
    let steps = dispatches.mapping.steps_per_epoch(&dispatches.kernel_spec);
    (0..EPOCHS).for_each(|epoch| assert!(dispatches.train(epoch * steps, steps) > 0));
    let job = Job { mapping: Some(Mapping::Reference), ..job.clone() };
    let exact = InMemorySink::train(&mut ReferenceEngine::default(), &job, 0..job.trials.len()).unwrap();
    let (ours, exact) = (dispatches.parameters(), exact.weights.unwrap().last);
    assert_eq!(ours.len(), exact.len());
    ours.iter().zip(&exact).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max)
}

#[test]
fn interpreted_kernels_train_like_the_reference() {
    let given = vec![Hyperparameter::Lr, Hyperparameter::LrFirst, Hyperparameter::Clip, Hyperparameter::WeightDecay];
    let schedule = Schedule::new(ScheduleKind::Cosine, EPOCHS, None, None, None).unwrap();
    let batches = [
        BatchSpec::FULL,
        BatchSpec { size: 16, order: RowOrder::Shared { seed: 3 } },
        BatchSpec { size: 16, order: RowOrder::PerSeed },
    ];
    let mappings = ["thread-4", "subgroup-4-8", "workgroup-4-8", "tiled-16-8", "streamed-8-12"];
    for (n, mapping) in mappings.iter().enumerate() {
        for (k, batches) in batches.iter().enumerate() {
            let train_spec = TrainSpec {
                activation: Activation::ALL[(3 * n + k) % Activation::ALL.len()],
                optimizer: Optimizer::ALL[(3 * n + k) % Optimizer::ALL.len()],
                batches: batches.clone(),
                given: given.clone(),
                schedule,
                ..TrainSpec::plain()
            };
            let models = if n < 3 { 2 } else { 1 };
            let shape = NetworkShape::new(2, &[3, 5]).unwrap();
            let apart = from_reference(&family_job(shape, train_spec.clone(), 37, models, EPOCHS, mapping));
            // Three epochs of at most three updates in f32: some ten rounding errors of weights below 1.
            assert!(apart <= 2e-6, "{mapping} {train_spec:?}: {apart}");
        }
    }
}

#[test]
fn loops_are_counted_with_the_test_that_ends_them_until_the_slowest_is_done() {
    let kernel = Kernel::new(
        "@group(0) @binding(0) var<storage, read_write> done: array<u32>;
        @compute @workgroup_size(4)
        fn main(@builtin(local_invocation_index) lane: u32) {
            for (var a = 0u; a < lane; a++) {
                for (var b = 0u; b < 10u; b++) {
                    if (b == 1u) { continue; }
                    if (b == 3u + lane) { break; }
                    done[lane] += 1u;
                }
            }
            loop {
                done[lane] += 100u;
                if (lane != 2u) { return; }
                if (done[lane] > 700u) { break; }
            }
            done[lane] += 1000u;
        }",
    );
    let mut buffers = BTreeMap::from([(binding::JOB, vec![0; 4])]);
    // The lane with three outer turns leaves the inner loop in its seventh; in the first two others run along.
    let nested = 1 + 3 * (1 + 7);
    assert_eq!(kernel.run("main", &mut buffers), nested + 7);
    assert_eq!(buffers[&binding::JOB], [100, 100 + 3, 1700 + 2 * 4, 100 + 3 * 5]);
}
