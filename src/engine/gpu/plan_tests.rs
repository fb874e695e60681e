//! The planner's arithmetic at its edges.

use super::*;

const LIMITS: Limits = Limits {
    storage_binding: 128 << 20,
    uniform_binding: 65_536,
    workgroup_storage: 32_768,
    invocations_per_workgroup: 1024,
    workgroups: 65_535,
    loop_iterations: 65_000,
};

fn shape(features: usize, hidden: &[usize]) -> Shape {
    Shape::new(features, hidden).unwrap()
}

#[test]
fn small_models_get_a_thread_and_large_ones_a_workgroup() {
    let choose =
        |features, hidden: &[usize], rows| Mapping::choose(&shape(features, hidden), rows, &LIMITS).to_string();
    assert_eq!(choose(2, &[1], 200), "thread-64");
    assert_eq!(choose(2, &[16, 16], 200), "workgroup-64-16");
    assert_eq!(choose(30, &[], 569), "thread-64");
    assert_eq!(choose(104, &[], 569), "thread-64");
    assert_eq!(choose(105, &[], 569), "workgroup-64-16");
    // An epoch of 100,000 points has more iterations than such a driver allows in a dispatch.
    assert_eq!(choose(2, &[1], 100_000), "workgroup-64-16");
}

#[test]
fn every_allowed_shape_has_a_mapping_that_the_device_can_run() {
    let small = Limits { workgroup_storage: 16_384, invocations_per_workgroup: 256, ..LIMITS };
    for features in [1, 2, 30, 1023, 1024] {
        for hidden in [&[][..], &[1], &[64], &[64, 64, 64, 64], &[1, 64, 1, 64]] {
            for rows in [1, 300, 64_999, 100_000] {
                let shape = shape(features, hidden);
                let mapping = Mapping::choose(&shape, rows, &small);
                mapping.check(&shape, rows, &small).unwrap();
                let plan = Plan::new(mapping, &shape, rows, 200, &small);
                assert!(plan.batch_models >= 1 && plan.most_steps >= 1, "{plan:?}");
                assert!(
                    u64::from(plan.most_steps) * mapping.iterations(&shape, rows) <= u64::from(small.loop_iterations)
                );
            }
        }
    }
}

#[test]
fn no_buffer_passes_the_binding_limit_and_no_dispatch_the_workgroup_limit() {
    for (hidden, slots) in [(&[1][..], 1001), (&[64, 64, 64, 64], 1), (&[1], 0)] {
        let shape = shape(1024, hidden);
        let mapping = Mapping::choose(&shape, 200, &LIMITS);
        let plan = Plan::new(mapping, &shape, 200, slots, &LIMITS);
        assert!(plan.batch_models * 4 * (slots.max(shape.parameters()) as u64) <= LIMITS.storage_binding);
        assert!(mapping.workgroups(plan.batch_models as u32) <= LIMITS.workgroups);
    }
}

/// The batches of `range`, one after the other, as an engine walks them.
fn batches(mut range: std::ops::Range<u64>, edge: u64, unit: u64) -> Vec<(u64, u64)> {
    let mapping = Mapping::parse("thread-64").unwrap();
    let plan = Plan { batch_models: 100, ..Plan::new(mapping, &shape(2, &[1]), 200, 10, &LIMITS) };
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
    let refusal = |mapping: &str, features, hidden: &[usize], rows| {
        Mapping::parse(mapping).unwrap().check(&shape(features, hidden), rows, &LIMITS).unwrap_err().to_string()
    };
    assert!(refusal("thread-64", 2, &[16, 16], 200).contains("105 parameters"));
    assert!(refusal("thread-64", 2, &[1], 100_000).contains("65000 loop iterations"));
    assert!(refusal("workgroup-64-32", 2, &[64, 64, 64, 64], 200).contains("32768 bytes"));
    let narrow = Limits { invocations_per_workgroup: 128, ..LIMITS };
    let wide = Mapping::parse("thread-256").unwrap();
    assert!(wide.check(&shape(2, &[1]), 200, &narrow).unwrap_err().to_string().contains("up to 128"));
}
