//! Every kind of permutation of the kernels translates to MSL and HLSL, without a GPU.

use gpu_sweep::engine::gpu::kernel_sources;
use naga::valid::{Capabilities, ShaderStages, SubgroupOperationSet, ValidationFlags, Validator};
use naga::{back, front};

/// The paths that [`permutations`] has in the library.
use gpu_sweep::{math, model, sweep};

#[path = "../../src/engine/gpu/tests/permutations.rs"]
mod permutations;

const FUNCTIONS: [&str; 9] =
    ["rng", "init", "shuffle", "elementary", "activation", "loss", "softmax", "optimizer", "divergence"];
/// Kernels that measure a device or summarise losses.
const SMALL_KERNELS: [&str; 5] = ["probe", "probe_subgroups", "copy", "peak", "loss_bins"];
/// Definitions that the functions need from the generated prelude.
const PRELUDE: &str = "const WEIGHT_DECAY = true;\n";

fn file(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../../shaders/{name}.wgsl", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Returns the module in MSL and HLSL.
fn translations(source: &str) -> [String; 2] {
    let module = front::wgsl::parse_str(source).unwrap_or_else(|e| panic!("{}", e.emit_to_string(source)));
    let mut validator = Validator::new(ValidationFlags::all(), Capabilities::SUBGROUP);
    validator.subgroup_stages(ShaderStages::COMPUTE).subgroup_operations(SubgroupOperationSet::all());
    let info = validator.validate(&module).unwrap_or_else(|e| panic!("{e:?} in {source}"));
    let (msl, _) = back::msl::write_string(&module, &info, &Default::default(), &Default::default()).unwrap();
    let (mut hlsl, options, pipeline) = (String::new(), Default::default(), Default::default());
    back::hlsl::Writer::new(&mut hlsl, &options, &pipeline).write(&module, &info, None).unwrap();
    [msl, hlsl]
}

#[track_caller]
fn translates(source: &str) {
    let [msl, hlsl] = translations(source);
    assert!(msl.contains("kernel void") && hlsl.contains("numthreads"), "{source}");
}

#[test]
fn the_functions_translate_to_every_backend() {
    let [msl, hlsl] = translations(&(PRELUDE.to_owned() + &FUNCTIONS.map(file).concat()));
    assert!(msl.matches("\n}\n").count() >= 40, "{msl}");
    for name in ["exp_negative", "gelu_slope", "mse_terms", "softmax_gradient", "adamw_step", "shuffled"] {
        assert!(msl.contains(name) && hlsl.contains(name), "{name}");
    }
}

#[test]
fn every_permutation_translates_to_metal_and_direct3d() {
    let all: Vec<_> =
        permutations::plain().into_iter().chain(permutations::family()).chain(permutations::outputs()).collect();
    let count = all.len();
    let mut modules = 0;
    for (shape, train_spec, rows, mapping, uniform_points) in all {
        let sources = kernel_sources(&shape, &train_spec, rows, mapping.parse().unwrap(), uniform_points).unwrap();
        sources.iter().for_each(|source| translates(source));
        modules += sources.len();
    }
    // Most also have a module that draws initial weights.
    assert!(modules > count, "{modules} modules of {count} permutations");
}

#[test]
fn the_small_kernels_translate() {
    SMALL_KERNELS.iter().for_each(|name| translates(&file(name)));
}
