//! The axes of a map.

use super::Hyperparameter;

/// The two hyper-parameters of a map: one model per pair of their values, all with one seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapAxes {
    /// Horizontal axis, from left to right.
    pub x: Hyperparameter,
    /// Vertical axis, upwards.
    pub y: Hyperparameter,
}
