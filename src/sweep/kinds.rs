//! Choices that all cells of a sweep share.

use serde::{Deserialize, Serialize};

/// A curve that can be recorded beside the training loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Curve {
    /// Training accuracy (and test accuracy with `test`).
    Accuracy,
    /// Test loss.
    Test,
}

/// How initial biases are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum InitBias {
    /// Uniform on ±1/√fan_in: PyTorch's default for `nn.Linear`.
    Torch,
    /// All 0.
    Zeros,
}

/// Whose order of the training rows an epoch of mini-batches takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Shuffle {
    /// One for all models, drawn from the seed of the data.
    Shared,
    /// Each model's own, drawn from its seed.
    PerSeed,
}
