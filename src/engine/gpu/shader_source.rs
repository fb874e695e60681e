//! Assembles the WGSL source for one network shape, training spec, number of rows and mapping: a generated prelude of
//! constants, the files in layer order, and generated glue functions.

use super::generated_wgsl;
use super::kernel_spec::KernelSpec;
use super::layout::point_vectors;
use super::mapping::GpuMapping;
use super::unroll::{Constants, unroll};
use crate::error::{Error, Result};
use std::fmt::Write;

/// Files that every permutation begins with: pure functions.
pub const FUNCTIONS: [&str; 8] = [
    include_str!("../../../shaders/rng.wgsl"),
    include_str!("../../../shaders/init.wgsl"),
    include_str!("../../../shaders/shuffle.wgsl"),
    include_str!("../../../shaders/elementary.wgsl"),
    include_str!("../../../shaders/activation.wgsl"),
    include_str!("../../../shaders/loss.wgsl"),
    include_str!("../../../shaders/optimizer.wgsl"),
    include_str!("../../../shaders/divergence.wgsl"),
];
const BINDINGS: &str = include_str!("../../../shaders/bindings.wgsl");
/// Lane mappings: memory layout, then the code shared by all training specs.
const LANES: [&str; 2] =
    [include_str!("../../../shaders/lanes_index.wgsl"), include_str!("../../../shaders/lanes.wgsl")];
/// `train` with full batches, and with mini-batches.
const LANES_TRAIN: [&str; 2] =
    [include_str!("../../../shaders/lanes_full.wgsl"), include_str!("../../../shaders/lanes_batches.wgsl")];
/// Exchange between a model's lanes: none, in a subgroup, in a workgroup.
const ALONE: &str = include_str!("../../../shaders/lanes_alone.wgsl");
const SUBGROUP: &str = include_str!("../../../shaders/lanes_subgroup.wgsl");
const WORKGROUP: &str = include_str!("../../../shaders/lanes_workgroup.wgsl");
/// One output; a logit for each class; a target for each output.
const LANES_OUTPUT: &str = include_str!("../../../shaders/lanes_output.wgsl");
const LANES_SOFTMAX: &str = include_str!("../../../shaders/lanes_softmax.wgsl");
const LANES_TARGETS: &str = include_str!("../../../shaders/lanes_targets.wgsl");
/// Pure functions for several classes.
const SOFTMAX: &str = include_str!("../../../shaders/softmax.wgsl");
/// Tile mappings: memory layout; shared code; row selection; model in workgroup memory, or in storage.
const TILED_SLOT: &str = include_str!("../../../shaders/tiled_index.wgsl");
const TILED: [&str; 4] = [
    include_str!("../../../shaders/tiled.wgsl"),
    include_str!("../../../shaders/tiled_update.wgsl"),
    include_str!("../../../shaders/tiled_train.wgsl"),
    include_str!("../../../shaders/tiled_evaluate.wgsl"),
];
/// One output; several outputs, then a logit for each class, or a target for each output.
const TILED_OUTPUT: &str = include_str!("../../../shaders/tiled_output.wgsl");
const TILED_OUTPUTS: &str = include_str!("../../../shaders/tiled_outputs.wgsl");
const TILED_SOFTMAX: &str = include_str!("../../../shaders/tiled_softmax.wgsl");
const TILED_TARGETS: &str = include_str!("../../../shaders/tiled_targets.wgsl");
/// Row selection with full batches, and with mini-batches.
const TILED_ROWS: [&str; 2] =
    [include_str!("../../../shaders/tiled_full.wgsl"), include_str!("../../../shaders/tiled_batches.wgsl")];
const KEPT: &str = include_str!("../../../shaders/tiled_kept.wgsl");
const STREAMED: &str = include_str!("../../../shaders/tiled_streamed.wgsl");
const INITIALISE: &str = include_str!("../../../shaders/initialise.wgsl");
/// WGSL module of the kernel that counts loop iterations.
pub const PROBE: &str = include_str!("../../../shaders/probe.wgsl");
/// WGSL module of the multiply-add benchmark.
pub const PEAK: &str = include_str!("../../../shaders/peak.wgsl");
/// WGSL module of the memory benchmark.
pub const COPY: &str = include_str!("../../../shaders/copy.wgsl");
/// WGSL module of the kernel that probes subgroups.
pub const PROBE_SUBGROUPS: &str = include_str!("../../../shaders/probe_subgroups.wgsl");

/// Settings that determine the source.
#[derive(Debug, Clone, Copy)]
pub struct Permutation<'a> {
    /// Kernel spec; its rows are those of the data set to train on or to evaluate.
    pub kernel_spec: KernelSpec<'a>,
    pub mapping: GpuMapping,
    /// Whether the points are in a uniform buffer.
    pub uniform_points: bool,
}

impl Permutation<'_> {
    /// Returns the WGSL source with the entry points `train`, `evaluate` and `write_logits`.
    ///
    /// # Errors
    /// [`Error::Device`] if a marked loop could not be unrolled: a bug in the shaders.
    pub fn source(&self) -> Result<String> {
        let of_batches = |[full, batches]: [&'static str; 2]| if self.kernel_spec.is_full() { full } else { batches };
        let files = match self.mapping {
            GpuMapping::Thread { .. } => [&LANES[..], &[ALONE, of_batches(LANES_TRAIN)]],
            GpuMapping::Subgroup { .. } => [&LANES[..], &[SUBGROUP, of_batches(LANES_TRAIN)]],
            GpuMapping::Workgroup { .. } => [&LANES[..], &[WORKGROUP, of_batches(LANES_TRAIN)]],
            GpuMapping::Tiled { .. } => [&TILED[..], &[KEPT, of_batches(TILED_ROWS)]],
            GpuMapping::Streamed { .. } => [&TILED[..], &[STREAMED, of_batches(TILED_ROWS)]],
        };
        self.compose(&[&files.concat()[..], self.output_files()].concat())
    }

    /// Returns the files for the network's outputs.
    fn output_files(&self) -> &'static [&'static str] {
        let several = self.kernel_spec.shape.outputs() > 1;
        match (self.mapping.tile().is_some(), several, self.kernel_spec.is_softmax()) {
            (false, false, _) => &[LANES_OUTPUT],
            (false, true, true) => &[SOFTMAX, LANES_SOFTMAX],
            (false, true, false) => &[LANES_TARGETS],
            (true, false, _) => &[TILED_OUTPUT],
            (true, true, true) => &[SOFTMAX, TILED_OUTPUTS, TILED_SOFTMAX],
            (true, true, false) => &[TILED_OUTPUTS, TILED_TARGETS],
        }
    }

    /// Returns the WGSL source with the entry point `initialise`; `None` if the host draws the initial weights.
    ///
    /// # Errors
    /// As for [`Permutation::source`].
    pub fn initialise_source(&self) -> Result<Option<String>> {
        let slot = if self.mapping.tile().is_some() { TILED_SLOT } else { LANES[0] };
        generated_wgsl::bounds(&self.kernel_spec).map(|_| self.compose(&[slot, INITIALISE])).transpose()
    }

    fn compose(&self, files: &[&str]) -> Result<String> {
        let constants = self.constants();
        let unrolled = |text: &str| unroll(text, &constants).map_err(|e| Error::Device(format!("shaders: {e}")));
        let mut source = self.prelude(&constants);
        for file in FUNCTIONS {
            source += &unrolled(file)?;
        }
        source += BINDINGS;
        source += &generated_wgsl::functions(&self.kernel_spec);
        for file in files {
            source += &unrolled(file)?;
        }
        Ok(source)
    }

    fn constants(&self) -> Constants {
        let shape = self.kernel_spec.shape;
        let layers = shape.layers();
        let each =
            |of: &dyn Fn(&crate::model::Layer) -> usize| layers.iter().map(|l| of(l) as u32).collect::<Vec<u32>>();
        let (inputs, outputs) = (each(&|l| l.inputs), each(&|l| l.outputs));
        // Signals: features, then the outputs of each layer.
        let before = |start: u32, counts: &[u32]| -> Vec<u32> {
            let sums = counts.iter().scan(start, |sum, count| {
                *sum += count;
                Some(*sum)
            });
            std::iter::once(start).chain(sums).collect()
        };
        let entries = [vec![0], before(inputs[0], &outputs)].concat();
        let hidden_inputs = [&[0], &inputs[1..]].concat();
        let mut numbers = vec![
            ("FEATURES", inputs[0]),
            ("POINTS", self.kernel_spec.rows as u32),
            ("POINT_VEC4S", point_vectors(self.kernel_spec.point_numbers()) as u32),
            ("LAYERS", layers.len() as u32),
            ("HIDDEN_LAYERS", layers.len() as u32 - 1),
            ("PARAMETERS", shape.parameters() as u32),
            ("SIGNALS", entries[layers.len() + 1]),
            ("OUTPUT_COUNT", shape.outputs() as u32),
            ("OUTPUT_ENTRY", entries[layers.len()]),
            ("WORKGROUP", self.mapping.workgroup_size()),
        ];
        numbers.extend(generated_wgsl::numbers(&self.kernel_spec, self.mapping));
        let arrays = [
            ("INPUTS", inputs),
            ("OUTPUTS", outputs),
            ("HIDDEN_INPUTS", hidden_inputs),
            ("WEIGHTS", each(&|l| l.weights)),
            ("BIASES", each(&|l| l.biases)),
            ("ENTRIES", entries[..layers.len() + 1].to_vec()),
        ];
        let arrays = arrays.into_iter().chain(generated_wgsl::layer_numbers(&self.kernel_spec, self.mapping));
        Constants {
            numbers: numbers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            arrays: arrays.map(|(name, values)| (name.to_owned(), values)).collect(),
        }
    }

    fn prelude(&self, constants: &Constants) -> String {
        let mut text = format!("// {} on {} points, {}\n", self.kernel_spec.shape, self.kernel_spec.rows, self.mapping);
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
        line(generated_wgsl::constants(&self.kernel_spec));
        let (space, size) =
            if self.uniform_points { ("uniform", ", POINTS * POINT_VEC4S") } else { ("storage, read", "") };
        line(format!("@group(0) @binding(1) var<{space}> points: array<vec4<f32>{size}>;"));
        text
    }
}

#[cfg(test)]
#[path = "shaders_tests.rs"]
mod tests;
