//! Checks without a GPU that every kind of permutation is valid WGSL; `tests/shaders` translates them to other shading
//! languages.

use super::*;
use crate::math::{Activation, Loss, Optimizer};
use crate::model::NetworkShape;
use crate::sweep::{Hyperparameter, TrainSpec};
use permutations::{Kind, family, outputs, plain, train_specs};
use std::collections::BTreeSet;
use wgpu::naga;

#[path = "tests/permutations.rs"]
mod permutations;

#[test]
fn the_family_is_whole() {
    let train_specs = train_specs();
    let seen = |what: &dyn Fn(&TrainSpec) -> String| train_specs.iter().map(what).collect::<BTreeSet<String>>().len();
    assert_eq!(seen(&|r| r.activation.to_string()), Activation::ALL.len());
    assert_eq!(seen(&|r| r.optimizer.to_string()), Optimizer::ALL.len());
    // Each of these with full batches and with mini-batches.
    let batches = |r: &TrainSpec| r.batches.size == 32;
    assert_eq!(seen(&|r| format!("{} {:?}", batches(r), r.batches.order)), 6);
    assert_eq!(seen(&|r| format!("{} {}", r.optimizer.state_numbers(), batches(r))), 6);
    assert_eq!(seen(&|r| format!("{} {} {}", r.loss, r.init.scheme, batches(r))), 12);
    assert_eq!(seen(&|r| format!("{} {}", r.has(Hyperparameter::Clip), batches(r))), 4);
    assert_eq!(seen(&|r| format!("{} {}", r.has_loss_params(), batches(r))), 4);
    assert_eq!(seen(&|r| format!("{} {}", r.has_loss_params(), r.loss)), 4);
    assert_eq!(seen(&|r| format!("{} {:?}", r.has_weight_decay(), r.schedule.kind)), 4);
    assert_eq!(seen(&|r| format!("{} {}", r.init.scaling, batches(r))), 4);
}

/// Whether such a network predicts numbers; its kernels then add up errors.
fn regresses(shape: &NetworkShape, train_spec: &TrainSpec) -> bool {
    shape.outputs() > 1 && train_spec.loss != Loss::Softmax
}

/// Returns the entry points of a module, each with the binding numbers that it uses.
fn uses(module: &naga::Module, info: &naga::valid::ModuleInfo) -> Vec<(String, BTreeSet<u32>)> {
    let used = |at: usize| {
        let variables = module.global_variables.iter();
        variables
            .filter(|(handle, _)| !info.get_entry_point(at)[*handle].is_empty())
            .filter_map(|(_, variable)| variable.binding.as_ref().map(|b| b.binding))
            .collect()
    };
    module.entry_points.iter().enumerate().map(|(at, entry)| (entry.name.clone(), used(at))).collect()
}

#[test]
fn every_permutation_is_valid() {
    let (plain, family) = (plain(), family());
    assert!(plain.len() > 100 && family.len() == 252);
    for (shape, train_spec, rows, mapping, uniform_points) in plain.iter().chain(&family).chain(&outputs()) {
        let kernel_spec = KernelSpec { shape, train_spec, rows: *rows, regression: regresses(shape, train_spec) };
        let permutation =
            Permutation { kernel_spec, mapping: GpuMapping::read(mapping).unwrap(), uniform_points: *uniform_points };
        let what = format!("{shape} {rows} {mapping} {train_spec:?}");
        // The host binds exactly the buffers in use: at most ten storage buffers, which every driver supports.
        let own = |name: &str, used: Vec<u32>| (name.to_owned(), used.into_iter().collect::<BTreeSet<_>>());
        let mut expected = vec![
            own("evaluate", generated_wgsl::evaluate_bindings(train_spec)),
            own("write_logits", generated_wgsl::LOGIT_BINDINGS.to_vec()),
            own("train", generated_wgsl::train_bindings(&kernel_spec, permutation.mapping)),
        ];
        let mut used = used_by(&permutation.source().unwrap(), &what);
        if let Some(source) = permutation.initialise_source().unwrap() {
            expected.push(own("initialise", generated_wgsl::initialise_bindings(train_spec)));
            used.extend(used_by(&source, &what));
        }
        used.sort();
        expected.sort();
        assert_eq!(used, expected, "{what}");
        assert!(used.iter().all(|(_, used)| used.len() <= 11), "the job's uniform buffer and ten more: {what}");
    }
}

/// Validates a source and returns its entry points, each with the binding numbers that it uses.
fn used_by(source: &str, what: &str) -> Vec<(String, BTreeSet<u32>)> {
    let module =
        naga::front::wgsl::parse_str(source).unwrap_or_else(|e| panic!("{what}: {}", e.emit_to_string(source)));
    let info = validated(&module, what);
    uses(&module, &info)
}

/// Returns the bytes of workgroup memory of the entry point that uses most, each variable rounded up to 16 bytes.
fn workgroup_bytes(module: &naga::Module, info: &naga::valid::ModuleInfo) -> u32 {
    let mut layouter = naga::proc::Layouter::default();
    layouter.update(module.to_ctx()).unwrap();
    let used = |at: usize| {
        let variables = module.global_variables.iter();
        let used = variables.filter(|(handle, variable)| {
            variable.space == naga::AddressSpace::WorkGroup && !info.get_entry_point(at)[*handle].is_empty()
        });
        used.map(|(_, variable)| layouter[variable.ty].size.next_multiple_of(16)).sum()
    };
    (0..module.entry_points.len()).map(used).max().unwrap()
}

#[test]
fn workgroup_memory_and_size_are_the_kernels() {
    // Workgroups so small that most variables are rounded up.
    let small = ["tiled-1-4", "streamed-2-4", "workgroup-2-2"].into_iter().flat_map(|mapping| {
        train_specs()
            .into_iter()
            .map(move |train_spec| -> Kind { (NetworkShape::new(2, &[3]).unwrap(), train_spec, 200, mapping, false) })
    });
    let (mut seen, mut largest) = (BTreeSet::new(), 0);
    for (shape, train_spec, rows, mapping, uniform_points) in
        plain().into_iter().chain(family()).chain(outputs()).chain(small)
    {
        let (kernel_spec, mapping) = (
            KernelSpec { shape: &shape, train_spec: &train_spec, rows, regression: regresses(&shape, &train_spec) },
            GpuMapping::read(mapping).unwrap(),
        );
        let source = Permutation { kernel_spec, mapping, uniform_points }.source().unwrap();
        let module = naga::front::wgsl::parse_str(&source).unwrap();
        let info = validated(&module, &mapping.to_string());
        let bytes = workgroup_bytes(&module, &info);
        assert_eq!(bytes, mapping.workgroup_bytes(&kernel_spec), "{shape} {rows} {mapping} {train_spec:?}");
        assert!(module.entry_points.iter().all(|e| e.workgroup_size == [mapping.workgroup_size(), 1, 1]), "{mapping}");
        seen.insert((mapping.tile().is_some(), kernel_spec.is_full(), kernel_spec.clips(), bytes > 0));
        largest = largest.max(bytes);
    }
    // With and without tiles, mini-batches and clipping; mappings without tiles with and without workgroup memory.
    assert!(seen.len() == 12 && largest > 32_768, "{seen:?} {largest}");
}

#[test]
fn the_small_kernels_are_valid() {
    let peak = unroll(PEAK, &Constants::default()).unwrap();
    for source in [PROBE, PROBE_SUBGROUPS, COPY, crate::engine::gpu::loss_histogram::LOSS_HISTOGRAM, &peak] {
        validated(&naga::front::wgsl::parse_str(source).unwrap(), source);
    }
}

fn validated(module: &naga::Module, what: &str) -> naga::valid::ModuleInfo {
    let capabilities = naga::valid::Capabilities::SUBGROUP;
    let mut validator = naga::valid::Validator::new(naga::valid::ValidationFlags::all(), capabilities);
    validator
        .subgroup_stages(naga::valid::ShaderStages::COMPUTE)
        .subgroup_operations(naga::valid::SubgroupOperationSet::all());
    validator.validate(module).unwrap_or_else(|e| panic!("{what}: {e:?}"))
}

#[test]
fn small_models_have_no_array_index_left_that_a_driver_must_compute() {
    let train_spec =
        TrainSpec { optimizer: Optimizer::Adam, given: Hyperparameter::ALL.to_vec(), ..TrainSpec::plain() };
    let shape = NetworkShape::new(2, &[3, 2]).unwrap();
    let kernel_spec = KernelSpec { shape: &shape, train_spec: &train_spec, rows: 200, regression: false };
    let mapping = GpuMapping::read("thread-64").unwrap();
    let source = Permutation { kernel_spec, mapping, uniform_points: true }.source().unwrap();
    let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    assert!(!code.iter().any(|line| line.contains("unroll")), "a marked loop is left");
    for name in ["parameter[", "gradient[", "signal[", "delta[", "first_moments[", "second_moments["] {
        let uses: Vec<&str> = source.split(name).skip(1).map(|rest| rest.split(']').next().unwrap()).collect();
        assert!(!uses.is_empty());
        // Numbers such as 3u and names of constants are fine; a lower-case name would be a variable.
        let variable = |word: &str| word.starts_with(|c: char| c.is_ascii_lowercase());
        let constant = |index: &str| !index.split(|c: char| !c.is_alphanumeric()).any(variable);
        assert!(uses.iter().all(|index| constant(index)), "{name} {uses:?}");
    }
}
