//! A Python file that makes a PyTorch module.

use super::ExportedModels;
use crate::dataset::{Standardization, TargetEncoding};
use crate::math::Activation;
use crate::results::OutputReading;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The file; its constants follow the first line that starts with `SPEC`.
const MODULE: &str = include_str!("module.py");

impl ExportedModels<'_> {
    /// Returns the text of the file: the constants, and the functions of `module.py`, which read them.
    pub(super) fn torch_module(&self) -> String {
        let arrays = |name: &str, shape: Vec<usize>, values: &[f64]| -> (String, Value) {
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            (name.to_owned(), json!({ "shape": shape, "float64": STANDARD.encode(bytes) }))
        };
        let (mut layers, count) = (Vec::new(), self.models.len());
        for layer in &self.layers {
            let shape = vec![count, layer.outputs, layer.inputs];
            let weight = arrays("weight", shape.clone(), &self.layer_weights(layer));
            let bias = self.layer_biases(layer).map(|biases| arrays("bias", shape[..2].to_vec(), &biases));
            layers.push(std::iter::once(weight).chain(bias).collect::<serde_json::Map<String, Value>>());
        }
        let scaling = |scaling: &Option<Standardization>| {
            scaling.as_ref().map(|Standardization { mean, std }| json!({ "mean": mean, "std": std }))
        };
        let (classes, targets, values) = match &self.prepared.target {
            TargetEncoding::Classes { classes, .. } => (json!(classes), Value::Null, None),
            TargetEncoding::Numbers { names, scaling: own } => (Value::Null, json!(names), scaling(own)),
        };
        let spec = json!({
            "models": self.models.iter().map(|model| model.id).collect::<Vec<_>>(),
            "features": self.prepared.features, "classes": classes, "targets": targets,
            "x_scaling": scaling(&self.prepared.scaling), "y_scaling": values,
            "activation": torch_name(self.network.activation), "output": output_name(self.network.output),
            "layers": layers,
        });
        // A JSON text in a raw Python string: it must have no quotes in threes, and JSON escapes the rest.
        let text = spec.to_string().replace("'", "\\u0027");
        MODULE.replacen("SPEC = None\n", &format!("SPEC = json.loads(r'''{text}''')\n"), 1)
    }
}

/// Returns PyTorch's module; empty for none.
fn torch_name(activation: Activation) -> &'static str {
    match activation {
        Activation::Relu => "ReLU",
        Activation::LeakyRelu => "LeakyReLU",
        Activation::Tanh => "Tanh",
        Activation::Sigmoid => "Sigmoid",
        Activation::Gelu => "GELU",
        Activation::Elu => "ELU",
        Activation::Silu => "SiLU",
        Activation::Identity => "",
    }
}

fn output_name(reading: OutputReading) -> &'static str {
    match reading {
        OutputReading::Sigmoid => "sigmoid",
        OutputReading::Limited => "limited",
        OutputReading::Margin => "margin",
        OutputReading::Softmax => "softmax",
        OutputReading::Values => "values",
    }
}
