//! A model's outcome in a chunk's file: numbers of fixed size.

use crate::engine::{MeanErrors, Outcome, Score};
use crate::math::convergence::Convergence;
use crate::statistics::RowSet;
use bytemuck::{Pod, Zeroable};

/// Stands for a missing number; as a float, a NaN that no computation returns.
const NONE: u64 = u64::MAX;
/// Stands for no divergence.
const NEVER: u32 = u32::MAX;

/// The numbers of an [`Outcome`]; arrays of three are by [`RowSet`], floats are stored as their bits.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct OutcomeRow {
    losses: [u64; 3],
    ordered_pairs: [u64; 3],
    /// First and late training loss.
    training: [u64; 2],
    convergence: [u64; 3],
    /// Squared and absolute errors of a regression.
    errors: [[u64; 2]; 3],
    correct: [u32; 3],
    correct_positive: [u32; 3],
    diverged: u32,
    dead: u32,
}

impl OutcomeRow {
    pub fn of(outcome: &Outcome) -> Self {
        let bits = |number: Option<f64>| number.map_or(NONE, f64::to_bits);
        let scores = RowSet::ALL.map(|set| outcome.score(set));
        let convergence = outcome.convergence.map(|c| [c.loss_sum, c.inverse_sum, c.last]);
        Self {
            losses: scores.map(|score| bits(score.map(|score| score.loss))),
            ordered_pairs: outcome.ordered_pairs.map(|pairs| pairs.unwrap_or(NONE)),
            training: [outcome.first_loss, outcome.late_loss].map(bits),
            convergence: convergence.map_or([NONE; 3], |numbers| numbers.map(f64::to_bits)),
            errors: scores.map(|score| {
                let errors = score.and_then(|score| score.errors);
                errors.map_or([NONE; 2], |errors| [errors.squared, errors.absolute].map(f64::to_bits))
            }),
            correct: scores.map(|score| score.map_or(0, |score| score.correct)),
            correct_positive: scores.map(|score| score.map_or(0, |score| score.correct_positive)),
            diverged: outcome.diverged.unwrap_or(NEVER),
            dead: outcome.dead.into(),
        }
    }

    pub fn outcome(&self) -> Outcome {
        let real = |bits: u64| (bits != NONE).then(|| f64::from_bits(bits));
        let score = |set: RowSet| {
            let (correct, correct_positive) = (self.correct[set as usize], self.correct_positive[set as usize]);
            let [squared, absolute] = self.errors[set as usize].map(real);
            let errors = squared.zip(absolute).map(|(squared, absolute)| MeanErrors { squared, absolute });
            real(self.losses[set as usize]).map(|loss| Score { loss, correct, correct_positive, errors })
        };
        let [train, validation, test] = RowSet::ALL.map(score);
        let [first_loss, late_loss] = self.training.map(real);
        let [loss_sum, inverse_sum, last] = self.convergence.map(f64::from_bits);
        Outcome {
            train,
            validation,
            test,
            diverged: (self.diverged != NEVER).then_some(self.diverged),
            first_loss,
            late_loss,
            dead: self.dead == 1,
            ordered_pairs: self.ordered_pairs.map(|pairs| (pairs != NONE).then_some(pairs)),
            convergence: (self.convergence != [NONE; 3]).then_some(Convergence { loss_sum, inverse_sum, last }),
        }
    }
}
