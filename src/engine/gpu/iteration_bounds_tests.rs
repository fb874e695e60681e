//! The bounds against the loops of the kernels themselves, counted while the interpreter runs them.

use super::*;
use crate::engine::gpu::interpreter::dispatch::Dispatches;
use crate::engine::gpu::layout::{RUNNING, binding};
use crate::engine::gpu::tests::family_job;
use crate::math::{Loss, Optimizer};
use crate::model::NetworkShape;
use crate::sweep::{BatchSpec, Hyperparameter, RowOrder, TrainSpec};
use rayon::prelude::*;

/// How far a bound may be above the count where nothing is left to chance: tiles are full, and all numbers are rows.
const SLACK: f64 = 1.1;

/// Runs all kernels of a job; none may take more iterations than its bound, nor far fewer.
fn check(shape: &NetworkShape, train_spec: &TrainSpec, rows: usize, mapping: GpuMapping) {
    let models = u64::from(mapping.workgroup_size() / mapping.lanes());
    let job = family_job(shape.clone(), train_spec.clone(), rows, models, 4, &mapping.to_string());
    let (mut dispatches, what) = (Dispatches::new(&job), format!("{shape} {rows} {mapping} {train_spec:?}"));
    let kernel_spec = dispatches.kernel_spec;
    let bound = step(mapping, &kernel_spec, mapping.workgroup_size());
    // One step more than an epoch: the second begins with the right tile.
    let steps = mapping.steps_per_epoch(&kernel_spec) + 1;
    let most = (0..steps).map(|done| dispatches.train(done, 1)).max().unwrap();
    assert!(most <= bound, "a step takes {most} iterations, not {bound}: {what}");
    let together = dispatches.train(0, 3);
    assert!(together <= 3 * bound, "three steps take {together} iterations, not {}: {what}", 3 * bound);
    let chunk = mapping.tile().map_or(kernel_spec.loss_terms() * u64::from(mapping.lanes()), u64::from);
    let chunks = (rows as u64).div_ceil(chunk);
    let all = evaluation(mapping, &kernel_spec) + chunks * evaluated_chunk(mapping, &kernel_spec);
    let evaluated = dispatches.apply("evaluate", 0..rows as u32);
    let ranked = dispatches.apply("write_logits", 0..rows as u32);
    assert!(evaluated.max(ranked) <= all, "evaluation takes {evaluated} or {ranked} iterations, not {all}: {what}");
    // A diverged model would skip its updates.
    assert!(dispatches.buffers[&binding::DIVERGED].iter().all(|epoch| *epoch == RUNNING), "{what}");
    let slack = |bound: u64, count: u64| bound as f64 / count as f64;
    let tile = mapping.tile().unwrap_or(1) as usize;
    let whole = kernel_spec.batch_rows().is_multiple_of(tile) && rows.is_multiple_of(kernel_spec.batch_rows());
    if whole && (!kernel_spec.order_per_seed() || non_row_numbers(rows as u64) == 0) {
        assert!(slack(bound, most) <= SLACK, "a step takes {most} iterations, far from {bound}: {what}");
    }
    if (rows as u64).is_multiple_of(chunk) {
        assert!(slack(all, evaluated) <= SLACK, "evaluation takes {evaluated} iterations, far from {all}: {what}");
    }
}

#[test]
fn bounds_are_close_to_the_counted_iterations_of_every_mapping() {
    let mappings = [
        "thread-8",
        "subgroup-4-8",
        "workgroup-4-8",
        "tiled-64-16",
        "tiled-8-16",
        "tiled-16-64",
        "streamed-64-16",
        "streamed-8-32",
    ];
    let shapes: [(usize, &[usize]); 3] = [(1, &[]), (5, &[6, 5]), (30, &[20, 7])];
    let batches = |size, order| BatchSpec { size, order };
    // 256 rows are all numbers of their domain, 100 are not. Batches of 7 leave most tiles partly empty.
    let batches = [
        (BatchSpec::FULL, 256),
        (BatchSpec::FULL, 100),
        (batches(64, RowOrder::Shared { seed: 1 }), 256),
        (batches(7, RowOrder::Shared { seed: 1 }), 50),
        (batches(64, RowOrder::PerSeed), 256),
        (batches(32, RowOrder::PerSeed), 100),
    ];
    let mut cases = Vec::new();
    for (m, mapping) in mappings.into_iter().map(|text| GpuMapping::read(text).unwrap()).enumerate() {
        for (s, (features, hidden)) in shapes.into_iter().enumerate() {
            let shape = NetworkShape::new(features, hidden).unwrap();
            for (b, (batches, rows)) in batches.iter().enumerate() {
                // Each mapping meets every optimizer, and clipping with every kind of batches.
                let clip = if (m + s + b) % 2 == 0 { &[][..] } else { &[Hyperparameter::Clip] };
                let train_spec = TrainSpec {
                    optimizer: Optimizer::ALL[(m + 6 * s + b) % Optimizer::ALL.len()],
                    batches: batches.clone(),
                    given: [&[Hyperparameter::Lr], clip].concat(),
                    ..TrainSpec::plain()
                };
                if mapping.tile().is_some() || shape.parameters() <= 105 {
                    cases.push((shape.clone(), train_spec, *rows, mapping));
                }
            }
        }
    }
    assert_eq!(cases.len(), 6 * (3 * 2 + 5 * 3));
    for (m, mapping) in mappings.into_iter().map(|text| GpuMapping::read(text).unwrap()).enumerate() {
        for (outputs, loss) in [(3, Loss::Softmax), (17, Loss::Softmax), (5, Loss::Mse), (1, Loss::Mae)] {
            let shape = NetworkShape::new(2, [&[3][..], &[]][m % 2]).unwrap().with_outputs(outputs);
            for (batches, rows) in [&batches[0], &batches[2]] {
                let given = vec![Hyperparameter::Lr];
                let train_spec = TrainSpec { loss, given, batches: batches.clone(), ..TrainSpec::plain() };
                if mapping.tile().is_some() || shape.parameters() <= 105 {
                    cases.push((shape.clone(), train_spec, *rows, mapping));
                }
            }
        }
    }
    cases.par_iter().for_each(|(shape, train_spec, rows, mapping)| check(shape, train_spec, *rows, *mapping));
}
