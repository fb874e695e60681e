//! Rows of a table for models that are already trained: their inputs, and their targets if the table has them.

/// Targets of rows, as far as they are there.
#[derive(Debug, Clone, PartialEq)]
pub enum NewTargets {
    /// Index of each row's class, `[rows]`; None for a row without a label.
    Classes(Vec<Option<u32>>),
    /// Numbers, `[rows * targets]`; NaN where one is missing.
    Numbers(Vec<f64>),
}

/// Rows of a table, ready for a network.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRows {
    /// Inputs, row-major `[rows, features]`, standardized.
    pub x: Vec<f64>,
    /// Number of each row in the table, from 1; that of a row that was left out is missing.
    pub numbers: Vec<u64>,
    /// Targets, if the table has their columns.
    pub targets: Option<NewTargets>,
    /// Lines on what was detected and left out.
    pub notes: Vec<String>,
}

impl NewTargets {
    /// Adds a row's targets.
    pub(super) fn extend(&mut self, class: Option<u32>, numbers: &[f64]) {
        match self {
            Self::Classes(classes) => classes.push(class),
            Self::Numbers(all) => all.extend_from_slice(numbers),
        }
    }
}
