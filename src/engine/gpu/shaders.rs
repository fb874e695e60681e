//! Puts the WGSL files together in layer order behind a small prelude of constants (the sizes) and with a little glue, for
//! one shape, recipe, number of rows and mapping.

use super::glue;
use super::plan::{Mapping, point_vectors};
use super::unroll::{Constants, unroll};
use super::work::Work;
use crate::error::{Error, Result};
use std::fmt::Write;

/// The files that every permutation begins with: pure functions, each file needing only those before it.
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
/// The mappings' kernels: what all recipes share, then `train` on all points at once, or in mini-batches.
const THREAD: [&str; 3] = [
    include_str!("../../../shaders/thread.wgsl"),
    include_str!("../../../shaders/thread_full.wgsl"),
    include_str!("../../../shaders/thread_batches.wgsl"),
];
const WORKGROUP: [&str; 3] = [
    include_str!("../../../shaders/workgroup.wgsl"),
    include_str!("../../../shaders/workgroup_full.wgsl"),
    include_str!("../../../shaders/workgroup_batches.wgsl"),
];
const INITIALISE: &str = include_str!("../../../shaders/initialise.wgsl");
/// The kernel that counts loop iterations, a module of its own.
pub const PROBE: &str = include_str!("../../../shaders/probe.wgsl");

/// Everything that the source depends on.
#[derive(Debug, Clone, Copy)]
pub struct Permutation<'a> {
    /// Its rows are those of the data set to train on or to evaluate.
    pub work: Work<'a>,
    pub mapping: Mapping,
    /// Whether the points lie in a uniform buffer.
    pub uniform_points: bool,
}

impl Permutation<'_> {
    /// The WGSL source with the entry points `train`, `evaluate` and, if the device makes the initial weights, `initialise`.
    ///
    /// # Errors
    /// [`Error::Device`] where a marked loop could not be written out: a fault in the shaders.
    pub fn source(&self) -> Result<String> {
        let [shared, full, batches] = match self.mapping {
            Mapping::Thread { .. } => THREAD,
            Mapping::Workgroup { .. } => WORKGROUP,
        };
        let constants = self.constants();
        let unrolled = |text: &str| unroll(text, &constants).map_err(|e| Error::Device(format!("shaders: {e}")));
        let mut source = self.prelude(&constants);
        for file in FUNCTIONS {
            source += &unrolled(file)?;
        }
        source += BINDINGS;
        source += &glue::functions(&self.work);
        source += &unrolled(shared)?;
        source += &unrolled(if self.work.is_full() { full } else { batches })?;
        if glue::bounds(&self.work).is_some() {
            source += &unrolled(INITIALISE)?;
        }
        Ok(source)
    }

    fn constants(&self) -> Constants {
        let shape = self.work.shape;
        let layers = shape.layers();
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
            ("POINTS", self.work.rows as u32),
            ("POINT_VECTORS", point_vectors(shape.features()) as u32),
            ("LAYERS", layers.len() as u32),
            ("HIDDEN_LAYERS", layers.len() as u32 - 1),
            ("PARAMETERS", shape.parameters() as u32),
            ("SIGNALS", entries[layers.len() + 1]),
            ("UNITS", shape.hidden_units().max(1) as u32),
            ("WORKGROUP", self.mapping.workgroup_size()),
        ];
        numbers.extend(glue::numbers(&self.work, self.mapping));
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
        let mut text = format!("// {} on {} points, {}\n", self.work.shape, self.work.rows, self.mapping);
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
        line(glue::constants(&self.work));
        let (space, size) =
            if self.uniform_points { ("uniform", ", POINTS * POINT_VECTORS") } else { ("storage, read", "") };
        line(format!("@group(0) @binding(1) var<{space}> points: array<vec4<f32>{size}>;"));
        text
    }
}

#[cfg(test)]
#[path = "shaders_tests.rs"]
mod tests;
