//! The planner's arithmetic at its edges.

use super::*;
use crate::math::Optimizer;
use crate::model::Shape;
use crate::sweep::{Batches, Order, Recipe, Scalar};

const LIMITS: Limits = Limits {
    storage_binding: 128 << 20,
    uniform_binding: 65_536,
    workgroup_storage: 32_768,
    invocations_per_workgroup: 1024,
    workgroups: 65_535,
    loop_iterations: 65_000,
    lanes: 8,
};

fn shape(features: usize, hidden: &[usize]) -> Shape {
    Shape::new(features, hidden).unwrap()
}

fn batches_of(size: usize, order: Order) -> Recipe {
    Recipe { batches: Batches { size, order }, ..Recipe::plain() }
}

/// Recipes that differ in what they cost.
fn recipes() -> Vec<Recipe> {
    let adam = Recipe { optimizer: Optimizer::Adam, given: vec![Scalar::Lr, Scalar::Clip], ..Recipe::plain() };
    let shared = batches_of(32, Order::Shared { seed: 1 });
    vec![Recipe::plain(), adam, shared, batches_of(1, Order::PerSeed), batches_of(50_000, Order::PerSeed)]
}

#[test]
fn small_models_get_a_thread_and_large_ones_a_workgroup() {
    let choose = |recipe: &Recipe, features, hidden: &[usize], rows| {
        let shape = shape(features, hidden);
        Mapping::choose(&Work { shape: &shape, recipe, rows }, &LIMITS).to_string()
    };
    let plain = Recipe::plain();
    assert_eq!(choose(&plain, 2, &[1], 200), "thread-64");
    assert_eq!(choose(&plain, 2, &[16, 16], 200), "workgroup-64-16");
    assert_eq!(choose(&plain, 30, &[], 569), "thread-64");
    assert_eq!(choose(&plain, 104, &[], 569), "thread-64");
    assert_eq!(choose(&plain, 105, &[], 569), "workgroup-64-16");
    // Two more numbers for each parameter; and no tile is much larger than a batch.
    let adam = Recipe { optimizer: Optimizer::Adam, ..Recipe::plain() };
    assert_eq!(choose(&adam, 34, &[], 569), "thread-64");
    assert_eq!(choose(&adam, 35, &[], 569), "workgroup-64-16");
    assert_eq!(choose(&batches_of(3, Order::PerSeed), 105, &[], 569), "workgroup-64-4");
    // An epoch of 100,000 points has more iterations than such a driver allows in a dispatch.
    assert_eq!(choose(&plain, 2, &[1], 100_000), "workgroup-64-16");
}

#[test]
fn every_allowed_shape_has_a_mapping_that_the_device_can_run() {
    let small = Limits { workgroup_storage: 16_384, invocations_per_workgroup: 256, ..LIMITS };
    for features in [1, 2, 30, 1023, 1024] {
        for hidden in [&[][..], &[1], &[64], &[64, 64, 64, 64], &[1, 64, 1, 64]] {
            for rows in [1, 300, 64_999, 100_000] {
                for recipe in recipes() {
                    let shape = shape(features, hidden);
                    let work = Work { shape: &shape, recipe: &recipe, rows };
                    let mapping = Mapping::choose(&work, &small);
                    mapping.check(&work, &small).unwrap();
                    let plan = Plan::new(mapping, &work, 200, &small);
                    assert!(plan.batch_models >= 1 && plan.most_steps >= 1 && plan.most_epochs >= 1, "{plan:?}");
                    let iterations = u64::from(plan.most_steps) * mapping.iterations(&work, &small);
                    assert!(iterations <= u64::from(small.loop_iterations));
                }
            }
        }
    }
}

#[test]
fn no_buffer_passes_the_binding_limit_and_no_dispatch_the_workgroup_limit() {
    for (hidden, slots) in [(&[1][..], 1001), (&[64, 64, 64, 64], 1), (&[1], 0)] {
        for recipe in recipes() {
            let shape = shape(1024, hidden);
            let work = Work { shape: &shape, recipe: &recipe, rows: 200 };
            let mapping = Mapping::choose(&work, &LIMITS);
            let plan = Plan::new(mapping, &work, slots, &LIMITS);
            let largest = slots.max(shape.parameters()).max(work.memory()) as u64;
            assert!(plan.batch_models * 4 * largest <= LIMITS.storage_binding);
            assert!(mapping.workgroups(plan.batch_models as u32) <= LIMITS.workgroups);
        }
    }
}

#[test]
fn the_hosts_tables_stay_small() {
    let shape = shape(2, &[1]);
    let epochs = |recipe: &Recipe, rows| {
        Plan::new(Mapping::Thread { workgroup: 64 }, &Work { shape: &shape, recipe, rows }, 1, &LIMITS).most_epochs
    };
    let shared = batches_of(32, Order::Shared { seed: 1 });
    assert_eq!([1, 1000, 100_000, 9_000_000].map(|rows| epochs(&shared, rows)), [65_536, 4194, 41, 1]);
    assert_eq!(epochs(&batches_of(32, Order::PerSeed), 100_000), 65_536);
}

#[test]
fn points_that_each_model_takes_in_its_own_order_lie_in_storage() {
    let shape = shape(2, &[1]);
    let uniform = |recipe: &Recipe, rows| uniform_points(&Work { shape: &shape, recipe, rows }, &LIMITS);
    assert!(uniform(&Recipe::plain(), 4096) && !uniform(&Recipe::plain(), 4097));
    assert!(uniform(&batches_of(32, Order::Shared { seed: 1 }), 200));
    assert!(!uniform(&batches_of(32, Order::PerSeed), 200));
}

/// The batches of `range`, one after the other, as an engine walks them.
fn batches(mut range: std::ops::Range<u64>, edge: u64, unit: u64) -> Vec<(u64, u64)> {
    let mapping = Mapping::parse("thread-64").unwrap();
    let (shape, recipe) = (shape(2, &[1]), Recipe::plain());
    let work = Work { shape: &shape, recipe: &recipe, rows: 200 };
    let plan = Plan { batch_models: 100, ..Plan::new(mapping, &work, 10, &LIMITS) };
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

#[test]
fn mappings_are_read_back_from_their_text() {
    for text in ["thread-64", "thread-1", "workgroup-64-16", "workgroup-256-4"] {
        assert_eq!(Mapping::parse(text).unwrap().to_string(), text);
    }
    for text in ["", "thread", "thread-0", "thread-63", "thread-2048", "workgroup-64", "lanes-8", "thread-64-1"] {
        assert!(Mapping::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_mapping_that_the_device_cannot_run_is_refused_with_the_reason() {
    let refusal = |recipe: &Recipe, mapping: &str, features, hidden: &[usize], rows, limits: &Limits| {
        let shape = shape(features, hidden);
        let work = Work { shape: &shape, recipe, rows };
        Mapping::parse(mapping).unwrap().check(&work, limits).unwrap_err().to_string()
    };
    let plain = Recipe::plain();
    assert!(refusal(&plain, "thread-64", 2, &[16, 16], 200, &LIMITS).contains("105 parameters"));
    let adam = Recipe { optimizer: Optimizer::Adam, ..Recipe::plain() };
    assert!(refusal(&adam, "thread-64", 35, &[], 200, &LIMITS).contains("has 36 and remembers 72 numbers"));
    assert!(refusal(&plain, "thread-64", 2, &[1], 100_000, &LIMITS).contains("65000 loop iterations"));
    assert!(refusal(&plain, "workgroup-64-32", 2, &[64, 64, 64, 64], 200, &LIMITS).contains("32768 bytes"));
    let narrow = Limits { invocations_per_workgroup: 128, ..LIMITS };
    assert!(refusal(&plain, "thread-256", 2, &[1], 200, &narrow).contains("up to 128"));
}
