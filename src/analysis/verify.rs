//! Checks an engine on the user's own device, needing no file: random numbers, activations, losses, gradients, steps and
//! whole trainings of the whole family against the f64 reference, and that models don't disturb each other.

mod batch_invariance;
mod functions;
mod row_sets;
mod training;
mod verify_case;

use crate::engine::Engine;
use crate::error::Result;
use verify_case::EngineUnderTest;

/// One thing checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What was checked.
    pub name: String,
    /// The largest error; infinite where something was not a number.
    pub error: f64,
    /// The largest error allowed; 0: bit for bit.
    pub tolerance: f64,
    /// Missing where the mapping that was forced can't take the shape.
    pub passed: Option<bool>,
    /// What the error is measured in, and where the tolerance comes from.
    pub why: &'static str,
}

impl Check {
    fn new(name: impl Into<String>, error: f64, tolerance: f64, why: &'static str) -> Self {
        // A NaN must not pass.
        Self { name: name.into(), error, tolerance, passed: Some(error <= tolerance), why }
    }

    /// A row that says what was not checked.
    fn left_out(name: String) -> Self {
        Self { name, error: 0.0, tolerance: 0.0, passed: None, why: "the forced mapping can't take this shape" }
    }
}

/// Checks `engine` with the mapping given, or with the one that it chooses for each question.
///
/// # Errors
/// Where the engine itself fails, as for [`Engine::train`]. A failed check is no error.
pub fn verify(engine: &mut dyn Engine, mapping: Option<&str>) -> Result<Vec<Check>> {
    let mut bench = EngineUnderTest::new(engine, mapping);
    let (functions, training) = (functions::checks(&mut bench)?, training::checks(&mut bench)?);
    Ok([functions, row_sets::checks(&mut bench)?, training, batch_invariance::checks(&mut bench)?].concat())
}

#[cfg(test)]
#[path = "verify/tests.rs"]
mod tests;
