//! Models as JSON that a person can read.

use super::ExportedModels;
use crate::model::Layer;
use serde_json::{Value, json};

impl ExportedModels<'_> {
    /// Returns the text: the network, the preparation, and each model's layers with `weights` `[out][in]` and `biases`.
    pub(super) fn json(&self) -> String {
        let parameters = self.layers.last().map_or(1, Layer::end);
        let models = self.models.iter().zip(self.weights.chunks_exact(parameters)).map(|(model, weights)| {
            let layers: Vec<Value> = self.layers.iter().map(|layer| of_layer(layer, weights)).collect();
            json!({ "id": model.id, "lr": model.trial.lr(), "seed": model.trial.seed, "layers": layers })
        });
        let object = json!({
            "version": env!("CARGO_PKG_VERSION"), "network": self.network, "preprocessing": self.prepared,
            "models": models.collect::<Vec<_>>(),
        });
        format!("{object:#}\n")
    }
}

fn of_layer(layer: &Layer, weights: &[f64]) -> Value {
    let rows: Vec<&[f64]> = weights[layer.weights..layer.biases].chunks_exact(layer.inputs).collect();
    let biases = layer.bias.then(|| &weights[layer.biases..layer.end()]);
    json!({ "weights": rows, "biases": biases })
}
