//! Models as files for other programs.

mod json;
mod onnx;
mod onnx_graph;
mod protobuf;
mod safetensors;
mod torch;

use crate::analysis::study_model::ShownModel;
use crate::dataset::Preprocessing;
use crate::error::{Error, Result};
use crate::math::choice_enum::choice_enum;
use crate::model::Layer;
use crate::results::CellNetwork;
use crate::run::TakenModels;
use crate::study::write_whole;
use std::io::Write;
use std::path::Path;

choice_enum! {
    /// Format of an exported model.
    pub enum ExportFormat {
        /// Arrays for PyTorch, JAX and others, by Hugging Face's format.
        #[strum(to_string = "safetensors")]
        Safetensors,
        /// A graph for onnxruntime and others, with the scaling inside.
        #[strum(to_string = "onnx")]
        Onnx,
        /// A Python file that makes a `torch.nn.Sequential`, with the scaling inside.
        #[strum(to_string = "pytorch")]
        Pytorch,
        /// Everything as text.
        #[strum(to_string = "json")]
        Json,
    }
}

impl ExportFormat {
    /// Returns the extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::Onnx => "onnx",
            Self::Pytorch => "py",
            Self::Json => "json",
        }
    }
}

/// Models to export: networks of one shape with their weights, and the preparation of their inputs.
pub struct ExportedModels<'a> {
    /// The models.
    pub models: &'a [ShownModel],
    /// Network that they share.
    pub network: &'a CellNetwork,
    /// Preparation of their inputs.
    pub prepared: &'a Preprocessing,
    /// Layers, with their positions in a model's weights.
    layers: Vec<Layer>,
    /// Row-major `[models, parameters]`.
    weights: &'a [f64],
}

impl<'a> ExportedModels<'a> {
    /// Takes models with their weights.
    pub fn of(taken: &'a TakenModels, weights: &'a [f64]) -> Self {
        let (models, network, prepared) = (&taken.models, &taken.network, &taken.prepared);
        Self { models, network, prepared, layers: taken.job.shape.layers(), weights }
    }

    /// Writes them as a file.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(&self, format: ExportFormat, path: &Path) -> Result<()> {
        let bytes = match format {
            ExportFormat::Safetensors => self.safetensors(),
            ExportFormat::Onnx => self.onnx(),
            ExportFormat::Pytorch => self.torch_module().into_bytes(),
            ExportFormat::Json => self.json().into_bytes(),
        };
        write_whole(path, |file| file.write_all(&bytes).map_err(Error::io(path, "write")))
    }

    /// Whether there are several models.
    fn are_several(&self) -> bool {
        self.models.len() > 1
    }

    /// Returns the weights of a layer, `[models, outputs, inputs]`.
    fn layer_weights(&self, layer: &Layer) -> Vec<f64> {
        self.each(layer.weights, layer.biases)
    }

    /// Returns the biases of a layer, `[models, outputs]`, if it has any.
    fn layer_biases(&self, layer: &Layer) -> Option<Vec<f64>> {
        layer.bias.then(|| self.each(layer.biases, layer.end()))
    }

    fn each(&self, from: usize, to: usize) -> Vec<f64> {
        let parameters = self.layers.last().map_or(1, Layer::end);
        self.weights.chunks_exact(parameters).flat_map(|model| model[from..to].iter().copied()).collect()
    }

    /// Returns `model 123` or `20 models: 1, 5, ...`.
    fn title(&self) -> String {
        let ids: Vec<String> = self.models.iter().take(20).map(|model| model.id.to_string()).collect();
        match self.models.len() {
            1 => format!("model {} of {}", ids[0], self.prepared.source),
            count @ 2..=20 => format!("{count} models of {}: {}", self.prepared.source, ids.join(", ")),
            count => format!("{count} models of {}: {}, ...", self.prepared.source, ids.join(", ")),
        }
    }
}
