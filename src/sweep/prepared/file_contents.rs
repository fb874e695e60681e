//! Contents of the files that settings name.

/// Contents of a file of initial weights.
pub(super) struct WeightsFile {
    /// Row-major `[models, parameters]` in [`crate::model::NetworkShape`]'s order, by trial index.
    pub(super) weights: Vec<f64>,
    /// Hexadecimal SHA-256 of the file.
    pub(super) hash: String,
}

/// Contents of a batch-order file.
pub(super) struct OrderFile {
    /// Row-major `[epochs, rows]`.
    pub(super) order: Vec<u32>,
    /// Hexadecimal SHA-256 of the file.
    pub(super) hash: String,
}
