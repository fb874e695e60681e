//! Shape of the network and layout of its parameters. All index arithmetic for parameters on the host is here.
//!
//! A model's parameters are one flat list, layer by layer. Each layer is stored as in PyTorch's `nn.Linear`: the weight
//! matrix `[outputs, inputs]` row by row, then the biases `[outputs]`. With two classes the last layer has one output,
//! the logit; else a logit for each class, or an output for each regression target.

use crate::error::{Error, Result};

/// Largest number of hidden layers of a network.
pub const MAX_HIDDEN_LAYERS: usize = 4;
/// Widest hidden layer.
pub const MAX_WIDTH: usize = 64;
/// Largest number of features of a data set.
pub const MAX_FEATURES: usize = 1024;

/// A fully connected network: features, then hidden layers, then one output (the logit where there are two classes) or
/// several.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NetworkShape {
    features: usize,
    hidden: Vec<usize>,
    outputs: usize,
    bias: bool,
}

/// Position of one `Linear` layer in the flat list of parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer {
    /// Number of inputs: features, or units of the layer before.
    pub inputs: usize,
    /// Number of outputs: units, or in the last layer the outputs of the network.
    pub outputs: usize,
    /// Index of the first weight; weight `[o, i]` is at `weights + o * inputs + i`.
    pub weights: usize,
    /// Index of the first bias; bias `[o]` is at `biases + o`, if the layer has biases.
    pub biases: usize,
    /// Whether the layer has biases.
    pub bias: bool,
}

impl Layer {
    /// Returns the index of the weight from input `i` to output `o`.
    pub fn weight(&self, o: usize, i: usize) -> usize {
        self.weights + o * self.inputs + i
    }

    /// Returns the index just past the layer's last parameter.
    pub fn end(&self) -> usize {
        self.biases + if self.bias { self.outputs } else { 0 }
    }
}

impl NetworkShape {
    /// Creates a network with `features` inputs, hidden layers of the given widths (none: logistic regression) and one
    /// output.
    ///
    /// # Errors
    /// [`Error::Setting`] outside 1–1024 features, 0–4 hidden layers or widths 1–64.
    pub fn new(features: usize, hidden: &[usize]) -> Result<Self> {
        if !(1..=MAX_FEATURES).contains(&features) {
            return Err(Error::setting("features", features, format!("a whole number from 1 to {MAX_FEATURES}")));
        }
        if hidden.len() > MAX_HIDDEN_LAYERS || hidden.iter().any(|w| !(1..=MAX_WIDTH).contains(w)) {
            let allowed = format!("none or up to {MAX_HIDDEN_LAYERS} widths of 1 to {MAX_WIDTH}, such as 16,16");
            return Err(Error::setting("--hidden", format!("{hidden:?}"), allowed));
        }
        Ok(Self { features, hidden: hidden.to_vec(), outputs: 1, bias: true })
    }

    /// Sets the number of outputs, 1 to [`MAX_OUTPUTS`](crate::dataset::MAX_OUTPUTS): that of the targets.
    pub fn with_outputs(self, outputs: usize) -> Self {
        Self { outputs, ..self }
    }

    /// What pictures of the decision boundary would need that the network lacks, such as `2 features, not 3`; a
    /// regression has no boundary.
    pub fn lacks_for_boundary(&self, is_regression: bool) -> Option<String> {
        match self.features {
            _ if is_regression => Some("classes, not numbers as targets".to_owned()),
            2 => None,
            features => Some(format!("2 features, not {features}")),
        }
    }

    /// Removes the biases of all layers.
    pub fn without_bias(self) -> Self {
        Self { bias: false, ..self }
    }

    /// Whether the layers have biases.
    pub fn bias(&self) -> bool {
        self.bias
    }

    /// Returns the number of outputs.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Returns the number of inputs.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Returns the widths of the hidden layers.
    pub fn hidden(&self) -> &[usize] {
        &self.hidden
    }

    /// Returns the number of units in all hidden layers together.
    pub fn hidden_units(&self) -> usize {
        self.hidden.iter().sum()
    }

    /// Returns all widths from the features to the outputs, such as `[2, 16, 16, 1]`.
    pub fn sizes(&self) -> Vec<usize> {
        [&[self.features], self.hidden.as_slice(), &[self.outputs]].concat()
    }

    /// Returns the layers in order, with their positions in the flat list of parameters.
    pub fn layers(&self) -> Vec<Layer> {
        let mut start = 0;
        let layer = |pair: &[usize]| {
            let (inputs, outputs) = (pair[0], pair[1]);
            let layer = Layer { inputs, outputs, weights: start, biases: start + inputs * outputs, bias: self.bias };
            start = layer.end();
            layer
        };
        self.sizes().windows(2).map(layer).collect()
    }

    /// Returns the number of weights and biases.
    pub fn parameters(&self) -> usize {
        self.layers().last().map_or(0, Layer::end)
    }
}

impl std::fmt::Display for NetworkShape {
    /// The usual short form: `2-16-16-1`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sizes: Vec<String> = self.sizes().iter().map(usize::to_string).collect();
        write!(f, "{}", sizes.join("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_follow_each_other_without_gap_or_overlap() {
        let shape = NetworkShape::new(3, &[4, 2]).unwrap();
        let mut seen = vec![0; shape.parameters()];
        for layer in shape.layers() {
            for o in 0..layer.outputs {
                seen[layer.biases + o] += 1;
                (0..layer.inputs).for_each(|i| seen[layer.weight(o, i)] += 1);
            }
        }
        assert_eq!(seen, vec![1; 3 * 4 + 4 + 4 * 2 + 2 + 2 + 1]);
    }

    #[test]
    fn without_biases_only_weights_are_left() {
        let shape = NetworkShape::new(3, &[4, 2]).unwrap().without_bias();
        let places: Vec<_> = shape.layers().iter().map(|l| (l.weights, l.biases, l.end())).collect();
        assert_eq!((places, shape.parameters()), (vec![(0, 12, 12), (12, 20, 20), (20, 22, 22)], 22));
    }

    #[test]
    fn the_courses_network_has_five_parameters() {
        let shape = NetworkShape::new(2, &[1]).unwrap();
        assert_eq!((shape.parameters(), shape.to_string().as_str()), (5, "2-1-1"));
        assert_eq!(NetworkShape::new(2, &[16, 16]).unwrap().parameters(), 337);
        assert_eq!(NetworkShape::new(30, &[]).unwrap().parameters(), 31);
    }

    #[test]
    fn shapes_beyond_the_limits_are_refused() {
        for (features, hidden) in [(0, vec![1]), (1025, vec![1]), (2, vec![0]), (2, vec![65]), (2, vec![1; 5])] {
            assert!(NetworkShape::new(features, &hidden).is_err(), "{features} {hidden:?}");
        }
    }
}
