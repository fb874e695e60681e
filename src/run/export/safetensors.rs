//! The safetensors format: the length of a JSON header, the header, then the arrays, little-endian.

use super::ExportedModels;
use crate::dataset::{Standardization, TargetEncoding};
use serde_json::{Map, Value, json};

/// Arrays being collected.
#[derive(Default)]
struct Tensors {
    header: Map<String, Value>,
    data: Vec<u8>,
}

impl Tensors {
    /// Adds an array: as F32 if it holds every number, else as F64.
    fn add(&mut self, name: &str, shape: &[usize], values: &[f64]) {
        let begin = self.data.len();
        let is_single = values.iter().all(|value| f64::from(*value as f32) == *value);
        for value in values {
            match is_single {
                true => self.data.extend_from_slice(&(*value as f32).to_le_bytes()),
                false => self.data.extend_from_slice(&value.to_le_bytes()),
            }
        }
        let (dtype, end) = (if is_single { "F32" } else { "F64" }, self.data.len());
        self.header.insert(name.into(), json!({ "dtype": dtype, "shape": shape, "data_offsets": [begin, end] }));
    }

    fn finish(mut self, metadata: Map<String, Value>) -> Vec<u8> {
        self.header.insert("__metadata__".into(), metadata.into());
        let mut header = Value::from(self.header).to_string().into_bytes();
        // Blanks align the arrays.
        header.resize(header.len().next_multiple_of(8), b' ');
        [&(header.len() as u64).to_le_bytes(), &header[..], &self.data].concat()
    }
}

impl ExportedModels<'_> {
    /// Returns the file: `w1` `[out, in]`, `b1` `[out]`, `w2`, ..., of several models with these first; `x_mean`,
    /// `x_std`, `y_mean` and `y_std` where there is a scaling. The metadata has JSON texts.
    pub(super) fn safetensors(&self) -> Vec<u8> {
        let mut tensors = Tensors::default();
        let first: &[usize] = if self.are_several() { &[self.models.len()] } else { &[] };
        for (l, layer) in self.layers.iter().enumerate() {
            let shape = [first, &[layer.outputs, layer.inputs]].concat();
            tensors.add(&format!("w{}", l + 1), &shape, &self.layer_weights(layer));
            if let Some(biases) = self.layer_biases(layer) {
                tensors.add(&format!("b{}", l + 1), &shape[..shape.len() - 1], &biases);
            }
        }
        let targets = match &self.prepared.target {
            TargetEncoding::Numbers { scaling, .. } => scaling.as_ref(),
            TargetEncoding::Classes { .. } => None,
        };
        for (name, scaling) in [("x", self.prepared.scaling.as_ref()), ("y", targets)] {
            if let Some(Standardization { mean, std }) = scaling {
                tensors.add(&format!("{name}_mean"), &[mean.len()], mean);
                tensors.add(&format!("{name}_std"), &[std.len()], std);
            }
        }
        tensors.finish(self.metadata().into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}
