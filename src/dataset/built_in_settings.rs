//! Settings of the data sets that need no file.

/// Settings of built-in data sets; [`BuiltIn::settings`](super::BuiltIn::settings) says which of them a data set reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BuiltInSettings {
    /// Number of rows of all classes together.
    pub points: usize,
    /// Noise, as scikit-learn or TensorFlow Playground defines it.
    pub noise: f64,
    /// Standard deviation of the clusters.
    pub blur: f64,
    /// Number of features.
    pub features: usize,
    /// Number of classes, at most `points`.
    pub classes: usize,
    /// Number of features, from the first on, that decide the label of `parity`; at most `features`.
    pub relevant_features: usize,
    /// Modulus of `modular-addition`.
    pub modulus: usize,
    /// Seed of all random draws.
    pub seed: u64,
}

impl Default for BuiltInSettings {
    /// The defaults of the command line.
    fn default() -> Self {
        Self {
            points: 200,
            noise: 0.0,
            blur: 1.0,
            features: 16,
            classes: 3,
            relevant_features: 3,
            modulus: 97,
            seed: 0,
        }
    }
}
