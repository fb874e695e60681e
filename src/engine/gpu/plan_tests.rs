//! Edge cases of the planner's arithmetic.

use super::*;
use crate::engine::gpu::iteration_bounds;
use crate::math::Optimizer;
use crate::model::NetworkShape;
use crate::sweep::{BatchSpec, Hyperparameter, RowOrder, TrainSpec};

const LIMITS: DeviceLimits = DeviceLimits::SOFTWARE;

/// Limits of a large GPU.
const LARGE: DeviceLimits = DeviceLimits {
    storage_binding: 2 << 30,
    workgroup_storage: 49_152,
    loop_iterations: 1 << 28,
    lanes: 32,
    subgroups: SubgroupSupport::Linear { least: 32, most: 32 },
    saturating_invocations: 1 << 16,
    ..LIMITS
};

fn shape(features: usize, hidden: &[usize]) -> NetworkShape {
    NetworkShape::new(features, hidden).unwrap()
}

fn batches_of(size: usize, order: RowOrder) -> TrainSpec {
    TrainSpec { batches: BatchSpec { size, order }, ..TrainSpec::plain() }
}

/// Returns training specs that differ in cost.
fn train_specs() -> Vec<TrainSpec> {
    let adam = TrainSpec {
        optimizer: Optimizer::Adam,
        given: vec![Hyperparameter::Lr, Hyperparameter::Clip],
        ..TrainSpec::plain()
    };
    let shared = batches_of(32, RowOrder::Shared { seed: 1 });
    vec![TrainSpec::plain(), adam, shared, batches_of(1, RowOrder::PerSeed), batches_of(50_000, RowOrder::PerSeed)]
}

/// Returns the mappings for `models` models on `rows` rows, best first.
fn chosen(
    train_spec: &TrainSpec,
    features: usize,
    hidden: &[usize],
    rows: usize,
    models: u64,
    limits: &DeviceLimits,
) -> String {
    let shape = shape(features, hidden);
    let all = candidates(&KernelSpec { shape: &shape, train_spec, rows, regression: false }, models, limits);
    all.iter().map(GpuMapping::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn small_models_live_in_registers_and_large_ones_in_tiles() {
    let first = |train_spec: &TrainSpec, features, hidden: &[usize], rows| {
        chosen(train_spec, features, hidden, rows, 1 << 20, &LIMITS).split(' ').next().unwrap().to_owned()
    };
    let plain = TrainSpec::plain();
    assert_eq!(first(&plain, 2, &[1], 200), "thread-64");
    assert_eq!(first(&plain, 30, &[], 569), "thread-64");
    assert_eq!(first(&plain, 104, &[], 569), "thread-64");
    assert_eq!(first(&plain, 105, &[], 200), "tiled-64-200");
    // The largest tile in half the workgroup memory, reduced to split 200 points evenly.
    assert_eq!(first(&plain, 2, &[16, 16], 200), "tiled-64-28");
    // Beyond workgroup memory.
    assert_eq!(first(&plain, 1024, &[64, 64, 64, 64], 200), "streamed-256-12");
    // Adam keeps two more numbers per parameter; and no tile is much larger than a batch.
    let adam = TrainSpec { optimizer: Optimizer::Adam, ..TrainSpec::plain() };
    assert_eq!(first(&adam, 34, &[], 569), "thread-64");
    assert_eq!(first(&adam, 35, &[], 200), "tiled-64-200");
    assert_eq!(first(&batches_of(3, RowOrder::PerSeed), 105, &[], 90), "tiled-64-4");
    // An epoch of 100,000 points exceeds this driver's loop iterations per dispatch: two lanes share it.
    // An epoch of a million exceeds them with any number of lanes.
    assert_eq!(first(&plain, 2, &[1], 100_000), "subgroup-2-64");
    assert_eq!(first(&plain, 2, &[1], 1_000_000), "streamed-64-256");
}

#[test]
fn few_models_get_as_many_lanes_as_keep_the_device_busy() {
    let plain = TrainSpec::plain();
    let of = |models, limits: &DeviceLimits| chosen(&plain, 2, &[1], 200, models, limits);
    assert_eq!(of(100_000, &LARGE), "thread-64 subgroup-2-64");
    assert_eq!(of(20_000, &LARGE), "subgroup-4-64 subgroup-2-64 subgroup-8-64");
    assert_eq!(of(2000, &LARGE), "subgroup-32-64 subgroup-16-64");
    assert_eq!(of(1, &LARGE), "subgroup-32-64 subgroup-16-64");
    let without = DeviceLimits { subgroups: SubgroupSupport::Missing, ..LARGE };
    assert_eq!(of(2000, &without), "workgroup-32-64 workgroup-16-64 workgroup-64-64");
    // Two cores of eight lanes: two models with eight lanes each keep them busy.
    assert_eq!(of(2000, &LIMITS), "thread-64 subgroup-2-64");
    assert_eq!(of(2, &LIMITS), "subgroup-8-64 subgroup-4-64");
    // No lane of the planned mapping has fewer than four points.
    assert_eq!(
        chosen(&batches_of(16, RowOrder::Shared { seed: 0 }), 2, &[1], 200, 1, &LARGE),
        "subgroup-4-64 subgroup-2-64 subgroup-8-64"
    );
}

#[test]
fn every_allowed_shape_has_a_mapping_that_the_device_can_run() {
    let small = DeviceLimits { workgroup_storage: 16_384, invocations_per_workgroup: 256, ..LIMITS };
    for features in [1, 2, 30, 1023, 1024] {
        for hidden in [&[][..], &[1], &[64], &[64, 64, 64, 64], &[1, 64, 1, 64]] {
            for rows in [1, 300, 64_999, 100_000] {
                for train_spec in train_specs() {
                    let shape = shape(features, hidden);
                    let kernel_spec = KernelSpec { shape: &shape, train_spec: &train_spec, rows, regression: false };
                    let all = [1, 3000, 1 << 40].map(|models| candidates(&kernel_spec, models, &small)).concat();
                    let fits = points_bytes(features + 1, rows) <= small.storage_binding;
                    assert_eq!(!all.is_empty(), fits, "{shape} {rows} {train_spec:?}");
                    for mapping in all {
                        mapping.check(&kernel_spec, &small).unwrap();
                        let plan = DevicePlan::new(mapping, &kernel_spec, 200, &small);
                        assert!(plan.batch_models >= 1 && plan.most_steps >= 1 && plan.most_epochs >= 1, "{plan:?}");
                        let iterations = u64::from(plan.most_steps) * mapping.iterations(&kernel_spec, &small);
                        assert!(iterations <= u64::from(small.loop_iterations));
                        let points = mapping.points_per_dispatch(&kernel_spec, plan.most_steps, &small);
                        let chunk =
                            u64::from(points) / mapping.tile().map_or(64 * u64::from(mapping.lanes()), u64::from);
                        let evaluated = iteration_bounds::evaluation(mapping, &kernel_spec)
                            + chunk * iteration_bounds::evaluated_chunk(mapping, &kernel_spec);
                        assert!(evaluated <= u64::from(small.loop_iterations), "{mapping} {shape} {rows}: {evaluated}");
                    }
                }
            }
        }
    }
}

#[test]
fn no_buffer_passes_the_binding_limit_and_no_dispatch_the_workgroup_limit() {
    for (hidden, slots) in [(&[1][..], 1001), (&[64, 64, 64, 64], 1), (&[1], 0)] {
        for train_spec in train_specs() {
            let shape = shape(1024, hidden);
            let kernel_spec = KernelSpec { shape: &shape, train_spec: &train_spec, rows: 200, regression: false };
            let mapping = candidates(&kernel_spec, 1 << 20, &LIMITS)[0];
            let plan = DevicePlan::new(mapping, &kernel_spec, slots, &LIMITS);
            let [stored, sums] = mapping.stored(&kernel_spec);
            let largest = slots.max(stored * train_spec.optimizer.state_numbers().max(1)).max(sums) as u64;
            assert!(plan.batch_models * 4 * largest <= LIMITS.storage_binding);
            assert!(mapping.workgroups(plan.batch_models as u32) <= LIMITS.workgroups);
        }
    }
}

#[test]
fn the_hosts_tables_stay_small() {
    let shape = shape(2, &[1]);
    let epochs = |train_spec: &TrainSpec, rows| {
        DevicePlan::new(
            GpuMapping::Thread { workgroup: 64 },
            &KernelSpec { shape: &shape, train_spec, rows, regression: false },
            1,
            &LIMITS,
        )
        .most_epochs
    };
    let shared = batches_of(32, RowOrder::Shared { seed: 1 });
    assert_eq!([1, 1000, 100_000, 9_000_000].map(|rows| epochs(&shared, rows)), [65_536, 4194, 41, 1]);
    assert_eq!(epochs(&batches_of(32, RowOrder::PerSeed), 100_000), 65_536);
}

#[test]
fn points_that_each_model_takes_in_its_own_order_lie_in_storage() {
    let shape = shape(2, &[1]);
    let thread = GpuMapping::Thread { workgroup: 64 };
    let uniform = |train_spec: &TrainSpec, rows| {
        uniform_points(thread, &KernelSpec { shape: &shape, train_spec, rows, regression: false }, &LIMITS)
    };
    assert!(uniform(&TrainSpec::plain(), 4096) && !uniform(&TrainSpec::plain(), 4097));
    assert!(uniform(&batches_of(32, RowOrder::Shared { seed: 1 }), 200));
    assert!(!uniform(&batches_of(32, RowOrder::PerSeed), 200));
}

/// Returns the batches of `range` as (first trial, models), in the order in which an engine runs them.
fn batches(mut range: std::ops::Range<u64>, edge: u64, unit: u64) -> Vec<(u64, u64)> {
    let mapping = GpuMapping::read("thread-64").unwrap();
    let (shape, train_spec) = (shape(2, &[1]), TrainSpec::plain());
    let kernel_spec = KernelSpec { shape: &shape, train_spec: &train_spec, rows: 200, regression: false };
    let plan = DevicePlan { batch_models: 100, ..DevicePlan::new(mapping, &kernel_spec, 10, &LIMITS) };
    let mut batches = Vec::new();
    while range.start < range.end {
        let models = plan.batch(range.clone(), edge, whole_units(range.start, unit, 1));
        batches.push((range.start, models));
        range.start += models;
    }
    batches
}

#[test]
fn batches_cover_the_range_at_every_edge() {
    let of = |models: u64| batches(7..7 + models, 0, u64::MAX);
    assert_eq!(of(0), []);
    assert_eq!(of(1), [(7, 1)]);
    assert_eq!(of(99), [(7, 99)]);
    assert_eq!(of(100), [(7, 100)]);
    assert_eq!(of(101), [(7, 100), (107, 1)]);
}

#[test]
fn no_batch_mixes_models_with_and_without_curves() {
    assert_eq!(batches(0..250, 130, u64::MAX), [(0, 100), (100, 30), (130, 100), (230, 20)]);
    assert_eq!(batches(0..50, 130, u64::MAX), [(0, 50)]);
    assert_eq!(batches(140..150, 130, u64::MAX), [(140, 10)]);
}

#[test]
fn batches_end_where_the_sinks_units_do() {
    assert_eq!(batches(80..250, 110, 80), [(80, 30), (110, 50), (160, 80), (240, 10)]);
    assert_eq!((whole_units(80, 80, 3), whole_units(110, 80, 3)), (240, 210));
    assert_eq!(whole_units(5, u64::MAX, 9), u64::MAX);
}
