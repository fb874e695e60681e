//! Result of a check.

/// Result of one check.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Subject of the check.
    pub name: String,
    /// Largest error; infinite if a value was NaN.
    pub error: f64,
    /// Largest error allowed; 0: bit for bit.
    pub tolerance: f64,
    /// `None` if the forced mapping does not support the shape.
    pub passed: Option<bool>,
    /// Unit of the error, and reason for the tolerance.
    pub why: &'static str,
}

impl Check {
    pub(super) fn new(name: impl Into<String>, error: f64, tolerance: f64, why: &'static str) -> Self {
        // A NaN must not pass.
        Self { name: name.into(), error, tolerance, passed: Some(error <= tolerance), why }
    }

    /// Returns a row for a check that was skipped.
    pub(super) fn left_out(name: String) -> Self {
        Self { name, error: 0.0, tolerance: 0.0, passed: None, why: "the forced mapping can't take this shape" }
    }
}
