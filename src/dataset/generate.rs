//! Data sets that are drawn or made by a rule.

pub(super) mod clusters;
pub(super) mod curves;
pub(super) mod friedman1;
pub(super) mod modular_addition;
pub(super) mod parity;
pub(super) mod random;
pub(super) mod xor;

use super::{BuiltInSettings, Points, Targets};

/// A point and its label.
type Labelled = ([f64; 2], bool);

/// Returns the number of points with label 0 and with label 1: half each; label 1 gets an odd one.
fn halves(points: usize) -> [usize; 2] {
    [points / 2, points - points / 2]
}

#[cfg(test)]
mod tests;
