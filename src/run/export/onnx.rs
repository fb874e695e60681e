//! An ONNX model: raw features in, classes and probabilities, or values, out. The scaling is inside, in f64 as in
//! training; the network computes in f32.

use super::ExportedModels;
use super::onnx_graph::{Attribute, Graph, Kind};
use crate::dataset::{Standardization, TargetEncoding};
use crate::math::{Activation, Loss};
use crate::results::OutputReading;

impl ExportedModels<'_> {
    /// Returns the file. Its input is `x` `[rows, features]`, double: the features in the order of the metadata's
    /// `features`. Outputs: `class` `[rows]`, an index of the metadata's `classes`, with `probabilities`
    /// `[rows, classes]`, or `output` `[rows, 1]` for the hinge loss; or `values` `[rows, targets]`, double. Of several
    /// models they are the means, and `spread` has their standard deviations over the models, of two classes that of
    /// class 1.
    pub(super) fn onnx(&self) -> Vec<u8> {
        let mut graph = Graph::default();
        graph.input("x", Kind::Double, self.prepared.features.len());
        let scaled = self.scaled(&mut graph);
        let outputs = self.outputs(&mut graph, scaled);
        match self.network.output {
            OutputReading::Values => self.values(&mut graph, &outputs),
            _ => self.classes(&mut graph, &outputs),
        }
        graph.finish(&self.title(), &self.metadata())
    }

    /// Returns texts for the metadata of a file.
    pub(super) fn metadata(&self) -> Vec<(&'static str, String)> {
        let text = |value: serde_json::Result<String>| value.unwrap_or_default();
        let ids: Vec<u64> = self.models.iter().map(|model| model.id).collect();
        let mut metadata = vec![
            ("gpu_sweep", env!("CARGO_PKG_VERSION").to_owned()),
            ("models", text(serde_json::to_string(&ids))),
            ("features", text(serde_json::to_string(&self.prepared.features))),
            ("preprocessing", text(serde_json::to_string(self.prepared))),
            ("network", text(serde_json::to_string(self.network))),
        ];
        if let TargetEncoding::Classes { classes, .. } = &self.prepared.target {
            metadata.push(("classes", text(serde_json::to_string(classes))));
        }
        metadata
    }

    /// Returns the standardized features, float `[rows, features]`.
    fn scaled(&self, graph: &mut Graph) -> String {
        let mut x = "x".to_owned();
        if let Some(Standardization { mean, std }) = &self.prepared.scaling {
            let mean = graph.constant("x_mean", Kind::Double, &[mean.len()], mean);
            let std = graph.constant("x_std", Kind::Double, &[std.len()], std);
            let centred = graph.node("Sub", &["x", &mean], &[]);
            x = graph.node("Div", &[&centred, &std], &[]);
        }
        graph.cast(&x, Kind::Float)
    }

    /// Returns the outputs of the networks: `[rows, outputs]`, or `[models, rows, outputs]` of several.
    fn outputs(&self, graph: &mut Graph, scaled: String) -> String {
        let mut values = scaled;
        for (l, layer) in self.layers.iter().enumerate() {
            let (weights, biases) = (self.layer_weights(layer), self.layer_biases(layer));
            let (w, b, n) = (format!("w{}", l + 1), format!("b{}", l + 1), self.models.len());
            let (outputs, inputs) = (layer.outputs, layer.inputs);
            if self.are_several() {
                // [rows, inputs] or [models, rows, inputs] times [models, inputs, outputs].
                let turned = transposed(&weights, outputs, inputs);
                graph.constant(&w, Kind::Float, &[n, inputs, outputs], &turned);
                values = graph.node("MatMul", &[&values, &w], &[]);
                if let Some(biases) = biases {
                    graph.constant(&b, Kind::Float, &[n, 1, outputs], &biases);
                    values = graph.node("Add", &[&values, &b], &[]);
                }
            } else {
                graph.constant(&w, Kind::Float, &[outputs, inputs], &weights);
                let biases = biases.map(|biases| graph.constant(&b, Kind::Float, &[outputs], &biases));
                let factors: Vec<&str> = [&values, &w].into_iter().chain(&biases).map(String::as_str).collect();
                values = graph.node("Gemm", &factors, &[Attribute::Int("transB", 1)]);
            }
            if l + 1 < self.layers.len() {
                values = activated(graph, self.network.activation, values);
            }
        }
        values
    }

    /// Declares the values of the targets in the user's units.
    fn values(&self, graph: &mut Graph, outputs: &str) {
        let mut values = graph.cast(outputs, Kind::Double);
        if let TargetEncoding::Numbers { scaling: Some(Standardization { mean, std }), .. } = &self.prepared.target {
            let std = graph.constant("y_std", Kind::Double, &[std.len()], std);
            let mean = graph.constant("y_mean", Kind::Double, &[mean.len()], mean);
            let wide = graph.node("Mul", &[&values, &std], &[]);
            values = graph.node("Add", &[&wide, &mean], &[]);
        }
        self.means(graph, &values, Kind::Double, "values");
    }

    /// Declares classes with their probabilities or margins.
    fn classes(&self, graph: &mut Graph, outputs: &str) {
        let reading = self.network.output;
        let read = match reading {
            OutputReading::Sigmoid => graph.node("Sigmoid", &[outputs], &[]),
            OutputReading::Softmax => graph.node("Softmax", &[outputs], &[Attribute::Int("axis", -1)]),
            OutputReading::Limited => {
                let (low, high) = (graph.scalar(Kind::Float, 0.0), graph.scalar(Kind::Float, 1.0));
                graph.node("Clip", &[outputs, &low, &high], &[])
            }
            OutputReading::Margin | OutputReading::Values => outputs.to_owned(),
        };
        // Of one model, outputs decide: a probability may be rounded to 1/2.
        let (deciding, threshold) = match (self.are_several(), reading) {
            (false, OutputReading::Limited) => (outputs.to_owned(), Loss::Mse.threshold()),
            (false, _) | (true, OutputReading::Margin) => (self.single_or_mean(graph, outputs), 0.0),
            (true, _) => (self.single_or_mean(graph, &read), 0.5),
        };
        let several_classes = reading == OutputReading::Softmax;
        if several_classes {
            let attributes = [Attribute::Int("axis", 1), Attribute::Int("keepdims", 0)];
            graph.named("ArgMax", &[&deciding], &attributes, "class");
        } else {
            let threshold = graph.scalar(Kind::Float, threshold);
            let above = graph.node("Greater", &[&deciding, &threshold], &[]);
            let index = graph.cast(&above, Kind::Long);
            let last = graph.constant("last_axis", Kind::Long, &[1], &[1.0]);
            graph.named("Squeeze", &[&index, &last], &[], "class");
        }
        graph.output("class", Kind::Long, None);
        match reading {
            OutputReading::Margin => self.means(graph, &read, Kind::Float, "output"),
            OutputReading::Softmax => self.means(graph, &read, Kind::Float, "probabilities"),
            _ => {
                // The other class gets the rest.
                let positive = self.single_or_mean(graph, &read);
                let one = graph.scalar(Kind::Float, 1.0);
                let rest = graph.node("Sub", &[&one, &positive], &[]);
                graph.named("Concat", &[&rest, &positive], &[Attribute::Int("axis", 1)], "probabilities");
                graph.output("probabilities", Kind::Float, Some(2));
                self.spread(graph, &read, Kind::Float);
            }
        }
    }

    /// Returns numbers of a single model as they are, else their means over the models.
    fn single_or_mean(&self, graph: &mut Graph, values: &str) -> String {
        let attributes = [Attribute::Ints("axes", &[0]), Attribute::Int("keepdims", 0)];
        match self.are_several() {
            true => graph.node("ReduceMean", &[values], &attributes),
            false => values.to_owned(),
        }
    }

    /// Declares the output `name`, the means over the models, and their spread.
    fn means(&self, graph: &mut Graph, values: &str, kind: Kind, name: &str) {
        let means = self.single_or_mean(graph, values);
        graph.named("Identity", &[&means], &[], name);
        graph.output(name, kind, Some(self.layers.last().map_or(1, |layer| layer.outputs)));
        self.spread(graph, values, kind);
    }

    /// Declares the output `spread` of several models: the square root of the mean squared deviation.
    fn spread(&self, graph: &mut Graph, values: &str, kind: Kind) {
        if !self.are_several() {
            return;
        }
        let mean = graph.node("ReduceMean", &[values], &[Attribute::Ints("axes", &[0]), Attribute::Int("keepdims", 1)]);
        let off = graph.node("Sub", &[values, &mean], &[]);
        let squares = graph.node("Mul", &[&off, &off], &[]);
        let variance = self.single_or_mean(graph, &squares);
        graph.named("Sqrt", &[&variance], &[], "spread");
        graph.output("spread", kind, Some(self.layers.last().map_or(1, |layer| layer.outputs)));
    }
}

/// Turns each model's weights `[outputs, inputs]` into `[inputs, outputs]`.
fn transposed(weights: &[f64], outputs: usize, inputs: usize) -> Vec<f64> {
    let model = |model: &[f64]| -> Vec<f64> {
        (0..inputs).flat_map(|i| (0..outputs).map(move |o| (o, i))).map(|(o, i)| model[o * inputs + i]).collect()
    };
    weights.chunks_exact(outputs * inputs).flat_map(model).collect()
}

/// Applies an activation.
fn activated(graph: &mut Graph, activation: Activation, z: String) -> String {
    match activation {
        Activation::Relu => graph.node("Relu", &[&z], &[]),
        Activation::LeakyRelu => graph.node("LeakyRelu", &[&z], &[Attribute::Float("alpha", 0.01)]),
        Activation::Tanh => graph.node("Tanh", &[&z], &[]),
        Activation::Sigmoid => graph.node("Sigmoid", &[&z], &[]),
        Activation::Elu => graph.node("Elu", &[&z], &[Attribute::Float("alpha", 1.0)]),
        Activation::Silu => {
            let s = graph.node("Sigmoid", &[&z], &[]);
            graph.node("Mul", &[&z, &s], &[])
        }
        Activation::Gelu => {
            // z Φ(z) = z (1 + erf(z / √2)) / 2; this opset has no operator for it.
            let (root, one, half) = (2f64.sqrt(), 1.0, 0.5);
            let [root, one, half] = [root, one, half].map(|value| graph.scalar(Kind::Float, value));
            let narrow = graph.node("Div", &[&z, &root], &[]);
            let erf = graph.node("Erf", &[&narrow], &[]);
            let more = graph.node("Add", &[&erf, &one], &[]);
            let below = graph.node("Mul", &[&more, &half], &[]);
            graph.node("Mul", &[&z, &below], &[])
        }
        Activation::Identity => z,
    }
}
