//! Puts the WGSL files together in layer order behind a small prelude of constants (the sizes), for one shape, data set
//! and mapping.

use super::plan::{Mapping, point_vectors};
use super::unroll::{Constants, unroll};
use crate::error::{Error, Result};
use crate::model::Shape;
use std::fmt::Write;

/// The files that every permutation begins with, each needing only those before it.
const COMMON: [&str; 7] = [
    include_str!("../../../shaders/rng.wgsl"),
    include_str!("../../../shaders/init.wgsl"),
    include_str!("../../../shaders/activation.wgsl"),
    include_str!("../../../shaders/loss.wgsl"),
    include_str!("../../../shaders/optimizer.wgsl"),
    include_str!("../../../shaders/divergence.wgsl"),
    include_str!("../../../shaders/bindings.wgsl"),
];
const THREAD: &str = include_str!("../../../shaders/thread.wgsl");
const WORKGROUP: &str = include_str!("../../../shaders/workgroup.wgsl");
const INITIALISE: &str = include_str!("../../../shaders/initialise.wgsl");
/// The kernel that counts loop iterations, a module of its own.
pub const PROBE: &str = include_str!("../../../shaders/probe.wgsl");

/// Everything that the source depends on: a pipeline may be kept for as long as this is the same.
#[derive(Debug, Clone, Copy)]
pub struct Permutation<'a> {
    pub shape: &'a Shape,
    /// Rows of the data set.
    pub points: usize,
    pub mapping: Mapping,
    /// Whether the points lie in a uniform buffer.
    pub uniform_points: bool,
}

impl Permutation<'_> {
    /// The WGSL source with the entry points `initialise`, `train` and `evaluate`.
    ///
    /// # Errors
    /// [`Error::Device`] where a marked loop could not be written out: a fault in the shaders.
    pub fn source(&self) -> Result<String> {
        let kernels = match self.mapping {
            Mapping::Thread { .. } => THREAD,
            Mapping::Workgroup { .. } => WORKGROUP,
        };
        let constants = self.constants();
        let unrolled = |text| unroll(text, &constants).map_err(|e| Error::Device(format!("shaders: {e}")));
        let mut source = self.prelude(&constants);
        COMMON.iter().for_each(|file| source.push_str(file));
        Ok(source + &unrolled(kernels)? + &unrolled(INITIALISE)?)
    }

    fn constants(&self) -> Constants {
        let layers = self.shape.layers();
        let each =
            |of: &dyn Fn(&crate::model::Layer) -> usize| layers.iter().map(|l| of(l) as u32).collect::<Vec<u32>>();
        let (inputs, outputs) = (each(&|l| l.inputs), each(&|l| l.outputs));
        // Signals: features, then the outputs of each layer. Units: the same without the features.
        let before = |start: u32, counts: &[u32]| -> Vec<u32> {
            let sums = counts.iter().scan(start, |sum, count| {
                *sum += count;
                Some(*sum)
            });
            std::iter::once(start).chain(sums).collect()
        };
        let entries = [vec![0], before(inputs[0], &outputs)].concat();
        let units = [vec![0], before(0, &outputs)].concat();
        let hidden_inputs = [&[0], &inputs[1..]].concat();
        let mut numbers = vec![
            ("FEATURES", inputs[0]),
            ("POINTS", self.points as u32),
            ("POINT_VECTORS", point_vectors(self.shape.features()) as u32),
            ("LAYERS", layers.len() as u32),
            ("HIDDEN_LAYERS", layers.len() as u32 - 1),
            ("PARAMETERS", self.shape.parameters() as u32),
            ("SIGNALS", entries[layers.len() + 1]),
            ("UNITS", self.shape.hidden_units().max(1) as u32),
            ("WORKGROUP", self.mapping.workgroup_size()),
        ];
        if let Mapping::Workgroup { tile, .. } = self.mapping {
            numbers.extend([("TILE", tile), ("TILES", self.mapping.steps_per_epoch(self.points))]);
        }
        let arrays = [
            ("INPUTS", inputs),
            ("OUTPUTS", outputs),
            ("HIDDEN_INPUTS", hidden_inputs),
            ("WEIGHTS", each(&|l| l.weights)),
            ("BIASES", each(&|l| l.biases)),
            ("ENTRIES", entries[..layers.len() + 1].to_vec()),
            ("UNIT_ENTRIES", units[..layers.len() + 1].to_vec()),
        ];
        Constants {
            numbers: numbers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            arrays: arrays.into_iter().map(|(name, values)| (name.to_owned(), values)).collect(),
        }
    }

    fn prelude(&self, constants: &Constants) -> String {
        let mut text = format!("// {} on {} points, {}\n", self.shape, self.points, self.mapping);
        let mut line = |content: String| writeln!(text, "{content}").expect("a String takes every write");
        let mut numbers: Vec<_> = constants.numbers.iter().collect();
        numbers.sort();
        numbers.iter().for_each(|(name, value)| line(format!("const {name} = {value}u;")));
        let mut arrays: Vec<_> = constants.arrays.iter().collect();
        arrays.sort();
        for (name, values) in arrays {
            let list: Vec<String> = values.iter().map(|v| format!("{v}u")).collect();
            line(format!("const {name} = array<u32, {}>({});", values.len(), list.join(", ")));
        }
        // {:?} of an f32 reads back to the same bits.
        let bounds: Vec<String> =
            self.shape.layers().iter().map(|l| format!("{:?}f", (1.0 / (l.inputs as f64).sqrt()) as f32)).collect();
        line(format!("const BOUNDS = array<f32, {}>({});", bounds.len(), bounds.join(", ")));
        let (space, size) =
            if self.uniform_points { ("uniform", ", POINTS * POINT_VECTORS") } else { ("storage, read", "") };
        line(format!("@group(0) @binding(1) var<{space}> points: array<vec4<f32>{size}>;"));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu::naga;

    /// Shapes × data sizes × mappings × places of the data: every kind of permutation that can be asked for.
    fn permutations() -> Vec<(Shape, usize, Mapping, bool)> {
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
            let shape = Shape::new(features, hidden).unwrap();
            for points in [1, 64, 200, 100_000] {
                for mapping in ["thread-64", "workgroup-64-16", "workgroup-32-1"].map(|m| Mapping::parse(m).unwrap()) {
                    let in_registers = shape.parameters() <= 105;
                    for uniform in [true, false] {
                        if in_registers || matches!(mapping, Mapping::Workgroup { .. }) {
                            all.push((shape.clone(), points, mapping, uniform));
                        }
                    }
                }
            }
        }
        all
    }

    #[test]
    fn every_permutation_is_valid_and_translates_to_metal_and_direct3d() {
        let all = permutations();
        assert!(all.len() > 100);
        for (shape, points, mapping, uniform_points) in &all {
            let permutation =
                Permutation { shape, points: *points, mapping: *mapping, uniform_points: *uniform_points };
            let source = permutation.source().unwrap();
            let module =
                naga::front::wgsl::parse_str(&source).unwrap_or_else(|e| panic!("{}", e.emit_to_string(&source)));
            let names: Vec<&str> = module.entry_points.iter().map(|e| e.name.as_str()).collect();
            assert_eq!(names, ["train", "evaluate", "initialise"]);
            translates(&module, &format!("{shape} {points} {mapping}"));
        }
    }

    #[test]
    fn the_probe_is_valid_and_translates() {
        translates(&naga::front::wgsl::parse_str(PROBE).unwrap(), "probe");
    }

    fn translates(module: &naga::Module, what: &str) {
        use naga::back::{hlsl, msl};
        let capabilities = naga::valid::Capabilities::empty();
        let info = naga::valid::Validator::new(naga::valid::ValidationFlags::all(), capabilities).validate(module);
        let info = info.unwrap_or_else(|e| panic!("{what}: {e:?}"));
        let (text, _) = msl::write_string(module, &info, &msl::Options::default(), &Default::default()).unwrap();
        assert!(text.contains("kernel void"), "{what}");
        let mut text = String::new();
        let (options, pipeline) = (hlsl::Options::default(), Default::default());
        hlsl::Writer::new(&mut text, &options, &pipeline).write(module, &info, None).unwrap();
        assert!(text.contains("numthreads"), "{what}");
    }

    #[test]
    fn small_models_have_no_array_index_left_that_a_driver_must_compute() {
        let shape = Shape::new(2, &[3, 2]).unwrap();
        let mapping = Mapping::parse("thread-64").unwrap();
        let source = Permutation { shape: &shape, points: 200, mapping, uniform_points: true }.source().unwrap();
        let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        assert!(!code.iter().any(|line| line.contains("unroll")), "a marked loop is left");
        for name in ["parameter[", "gradient[", "signal[", "delta["] {
            let uses: Vec<&str> = source.split(name).skip(1).map(|rest| rest.split(']').next().unwrap()).collect();
            assert!(!uses.is_empty());
            // Numbers such as 3u and names of constants; a lower-case name would be a variable.
            let variable = |word: &str| word.starts_with(|c: char| c.is_ascii_lowercase());
            let constant = |index: &str| !index.split(|c: char| !c.is_alphanumeric()).any(variable);
            assert!(uses.iter().all(|index| constant(index)), "{name} {uses:?}");
        }
    }
}
