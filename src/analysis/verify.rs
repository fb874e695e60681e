//! Checks an engine on the user's own device, without any file: random numbers, activations, losses, gradients, steps
//! and whole trainings with all options against the f64 reference, and that models don't affect each other.

mod batch_invariance;
mod functions;
mod row_sets;
mod training;
mod verify_case;

use crate::engine::Engine;
use crate::error::Result;
use verify_case::EngineUnderTest;

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
    fn new(name: impl Into<String>, error: f64, tolerance: f64, why: &'static str) -> Self {
        // A NaN must not pass.
        Self { name: name.into(), error, tolerance, passed: Some(error <= tolerance), why }
    }

    /// Returns a row for a check that was skipped.
    fn left_out(name: String) -> Self {
        Self { name, error: 0.0, tolerance: 0.0, passed: None, why: "the forced mapping can't take this shape" }
    }
}

/// Checks `engine` with the given mapping, or with the one that it chooses for each case.
///
/// # Errors
/// If the engine itself fails, as for [`Engine::train`]. A failed check is not an error.
pub fn verify(engine: &mut dyn Engine, mapping: Option<&str>) -> Result<Vec<Check>> {
    let mut bench = EngineUnderTest::new(engine, mapping);
    let (functions, training) = (functions::checks(&mut bench)?, training::checks(&mut bench)?);
    Ok([functions, row_sets::checks(&mut bench)?, training, batch_invariance::checks(&mut bench)?].concat())
}

#[cfg(test)]
#[path = "verify/tests.rs"]
mod tests;
