//! Checks an engine on the user's own device, without any file: random numbers, activations, losses, gradients, steps
//! and whole trainings with all options against the f64 reference, and that models don't affect each other.

mod batch_invariance;
mod check;
mod functions;
mod row_sets;
mod training;
mod verify_case;

pub use check::Check;

use crate::engine::{Engine, Mapping};
use crate::error::Result;
use verify_case::EngineUnderTest;

/// Checks `engine` with the given mapping, or with the one that it chooses for each case.
///
/// # Errors
/// If the engine itself fails, as for [`Engine::train`]. A failed check is not an error.
pub fn verify(engine: &mut dyn Engine, mapping: Option<Mapping>) -> Result<Vec<Check>> {
    let mut bench = EngineUnderTest::new(engine, mapping);
    let (functions, training) = (functions::checks(&mut bench)?, training::checks(&mut bench)?);
    Ok([functions, row_sets::checks(&mut bench)?, training, batch_invariance::checks(&mut bench)?].concat())
}

#[cfg(test)]
#[path = "verify/tests.rs"]
mod tests;
