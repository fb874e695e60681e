//! Text forms of mappings, and the reasons for refusing them.

use super::*;
use crate::engine::gpu::device_limits::{DeviceLimits, SubgroupSupport};
use crate::math::Optimizer;
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;

const LIMITS: DeviceLimits = DeviceLimits::SOFTWARE;

#[test]
fn mappings_are_read_back_from_their_text() {
    for text in ["thread-64", "thread-1", "subgroup-32-64", "workgroup-64-64", "tiled-64-40", "streamed-256-4"] {
        assert_eq!(GpuMapping::read(text).unwrap().to_string(), text);
    }
    let wrong = "thread thread-0 thread-63 thread-2048 thread-64-1 subgroup-8 subgroup-1-64 subgroup-6-64 subgroup-64-32 lanes-8 \
        tiled-64 tiled-64-6 tiled-64-0 tiled-64-260 tiled-2-132 streamed-48-4 workgroup-128-64";
    for text in wrong.split_whitespace().chain([""]) {
        assert!(GpuMapping::read(text).is_none(), "{text}");
    }
}

#[test]
fn a_mapping_that_the_device_cannot_run_is_refused_with_the_reason() {
    let refusal = |train_spec: &TrainSpec, mapping: &str, features, hidden: &[usize], rows, limits: &DeviceLimits| {
        let shape = NetworkShape::new(features, hidden).unwrap();
        let kernel_spec = KernelSpec { shape: &shape, train_spec, rows, regression: false };
        GpuMapping::read(mapping).unwrap().check(&kernel_spec, limits).unwrap_err().to_string()
    };
    let plain = TrainSpec::plain();
    for mapping in ["thread-64", "subgroup-8-64", "workgroup-8-64"] {
        assert!(refusal(&plain, mapping, 2, &[16, 16], 200, &LIMITS).contains("up to 105 numbers"));
    }
    let adam = TrainSpec { optimizer: Optimizer::Adam, ..TrainSpec::plain() };
    assert!(refusal(&adam, "thread-64", 35, &[], 200, &LIMITS).contains("has 36 parameters and 72 numbers"));
    assert!(refusal(&plain, "thread-64", 2, &[1], 100_000, &LIMITS).contains("65000 loop iterations"));
    assert!(refusal(&plain, "tiled-64-200", 2, &[1], 100_000, &LIMITS).contains("65000 loop iterations"));
    assert!(refusal(&plain, "streamed-64-32", 2, &[64, 64, 64, 64], 200, &LIMITS).contains("32768 bytes"));
    assert!(refusal(&plain, "workgroup-64-128", 2, &[20], 200, &LIMITS).contains("32768 bytes"));
    assert!(refusal(&plain, "streamed-64-4", 1024, &[], 100_000, &LIMITS).contains("this one needs 411"));
    let narrow = DeviceLimits { invocations_per_workgroup: 128, ..LIMITS };
    assert!(refusal(&plain, "thread-256", 2, &[1], 200, &narrow).contains("up to 128"));
    let of = |subgroups| refusal(&plain, "subgroup-16-32", 2, &[1], 200, &DeviceLimits { subgroups, ..LIMITS });
    assert!(of(SubgroupSupport::Missing).contains("has none"));
    assert!(of(SubgroupSupport::NotLinear).contains("lanes are not in thread order"));
    assert!(of(SubgroupSupport::Linear { least: 8, most: 32 }).contains("at most 8 lanes"));
    assert!(of(SubgroupSupport::Linear { least: 16, most: 64 }).contains("at least 64 invocations"));
}
