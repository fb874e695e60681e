//! The shaders' pure functions parse, validate and translate to MSL and HLSL on their own, without a GPU.

use naga::{back, front, valid};

const FILES: [&str; 8] = ["rng", "init", "shuffle", "elementary", "activation", "loss", "optimizer", "divergence"];

/// Definitions that they need from the generated prelude.
const PRELUDE: &str = "const WEIGHT_DECAY = true;\n";

#[test]
fn the_functions_translate_to_every_backend() {
    let read = |name| std::fs::read_to_string(format!("{}/shaders/{name}.wgsl", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let source = PRELUDE.to_owned() + &FILES.map(read).concat();
    let module = front::wgsl::parse_str(&source).unwrap_or_else(|e| panic!("{}", e.emit_to_string(&source)));
    assert!(module.functions.len() >= 40, "{}", module.functions.len());
    let mut validator = valid::Validator::new(valid::ValidationFlags::all(), valid::Capabilities::empty());
    let info = validator.validate(&module).unwrap();
    let (msl, _) = back::msl::write_string(&module, &info, &Default::default(), &Default::default()).unwrap();
    let mut hlsl = String::new();
    let options = back::hlsl::Options::default();
    let pipeline = back::hlsl::PipelineOptions::default();
    back::hlsl::Writer::new(&mut hlsl, &options, &pipeline).write(&module, &info, None).unwrap();
    for name in ["exp_negative", "gelu_slope", "mse_terms", "adamw_step", "shuffled"] {
        assert!(msl.contains(name) && hlsl.contains(name), "{name}");
    }
}
