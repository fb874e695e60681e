//! Outputs of models on a grid of points, for their boundaries.

use super::grid_outputs::GridOutputs;
use crate::dataset::{Points, Targets};

/// Grid on which models' logits are evaluated: row by row from the bottom, each row from the left.
#[derive(Debug, Clone, PartialEq)]
pub struct LogitGrid {
    /// First and last coordinate along the first feature.
    pub x: (f64, f64),
    /// First and last coordinate along the second feature.
    pub y: (f64, f64),
    /// Number of grid points along the first feature.
    pub nx: usize,
    /// Number of grid points along the second feature.
    pub ny: usize,
}

impl LogitGrid {
    /// Returns the grid as points to evaluate, `[ny * nx, 2]`, y slowest; their labels are placeholders.
    pub fn points(&self) -> Points {
        let along = |(first, last): (f64, f64), i: usize, n: usize| first + (last - first) * i as f64 / (n - 1) as f64;
        let place = |i: usize| [along(self.x, i % self.nx, self.nx), along(self.y, i / self.nx, self.ny)];
        let places = self.nx * self.ny;
        Points { features: 2, x: (0..places).flat_map(place).collect(), targets: Targets::Binary(vec![false; places]) }
    }
}

/// Outputs of one model on the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Boundary {
    /// Label in the legend: `learning rate 0.1: 96.5 %`.
    pub label: String,
    /// Outputs at [`LogitGrid::points`]; no boundary is drawn next to non-finite ones.
    pub outputs: GridOutputs,
}
