//! Compares a model that was trained again with the one that a study holds.

use super::Trajectory;
use crate::engine::{Outcome, Score};
use crate::error::{Error, Result};
use crate::results::{CurveKind, KeptModel};
use crate::statistics::RowSet;

/// Returns a text with both values for each number of `kept` whose bits differ in `again`, of each curve only for the
/// first; empty for the same model. `kept_epochs` are those of the study's curves.
pub fn differences(kept: &KeptModel, kept_epochs: &[u32], again: &Trajectory) -> Vec<String> {
    let mut found = outcomes(&kept.outcome, &again.outcome);
    let pairs = kept.outcome.ordered_pairs.into_iter().zip(again.outcome.ordered_pairs).zip(RowSet::ALL);
    let shown = |pairs: Option<u64>| pairs.map_or("none".to_owned(), |pairs| pairs.to_string());
    found.extend(pairs.filter(|((kept, again), _)| kept != again).map(|((kept, again), set)| {
        let set = ["training", "validation", "test"][set as usize];
        format!("2 × ordered pairs (AUC) of {set} points: {} in the study, {} again", shown(kept), shown(again))
    }));
    for (kind, curve) in &kept.curves {
        found.extend(curves(*kind, curve, kept_epochs, again));
    }
    if let Some(weights) = &kept.weights {
        let same = weights.len() == again.last.len()
            && weights.iter().zip(&again.last).all(|(a, b)| a.to_bits() == b.to_bits());
        found.extend((!same).then(|| format!("final weights {weights:?} in the study, {:?} again", again.last)));
    }
    found
}

/// Checks that model `id`, trained again, has the outcome that it has in the study, bit for bit.
///
/// # Errors
/// [`Error::Device`] with the first number that differs.
pub fn same_end(id: u64, kept: &Outcome, again: &Outcome) -> Result<()> {
    outcomes(kept, again).first().map_or(Ok(()), |first| Err(replay_mismatch(id, first)))
}

/// Returns the error for a model that differs when trained again.
pub fn replay_mismatch(id: u64, difference: &str) -> Error {
    Error::Device(format!("model {id} trained again gives a different result: {difference}"))
}

/// Returns a text with both values for each number of an outcome that differs between the study and the training again.
fn outcomes(kept: &Outcome, again: &Outcome) -> Vec<String> {
    let of = |outcome: &Outcome| {
        let loss = |score: Option<Score>| score.map(|score| score.loss);
        let right = |score: Option<Score>| score.map(|score| score.correct.into());
        let positive = |score: Option<Score>| score.map(|score| score.correct_positive.into());
        let squared = |score: Option<Score>| score?.errors.map(|errors| errors.squared);
        let absolute = |score: Option<Score>| score?.errors.map(|errors| errors.absolute);
        [
            ("final training loss", loss(outcome.train)),
            ("squared error of the training points", squared(outcome.train)),
            ("absolute error of the training points", absolute(outcome.train)),
            ("squared error of the validation points", squared(outcome.validation)),
            ("absolute error of the validation points", absolute(outcome.validation)),
            ("squared error of the test points", squared(outcome.test)),
            ("absolute error of the test points", absolute(outcome.test)),
            ("training points right", right(outcome.train)),
            ("training points of label 1 right", positive(outcome.train)),
            ("final validation loss", loss(outcome.validation)),
            ("validation points right", right(outcome.validation)),
            ("validation points of label 1 right", positive(outcome.validation)),
            ("final test loss", loss(outcome.test)),
            ("test points right", right(outcome.test)),
            ("test points of label 1 right", positive(outcome.test)),
            ("diverged in epoch", outcome.diverged.map(f64::from)),
            ("loss before the first update", outcome.first_loss),
            ("loss before the last tenth", outcome.late_loss),
        ]
    };
    let shown = |value: Option<f64>| value.map_or("none".to_owned(), |value| value.to_string());
    let both = of(kept).into_iter().zip(of(again));
    let differ = both.filter(|((_, a), (_, b))| a.map(f64::to_bits) != b.map(f64::to_bits));
    differ.map(|((name, a), (_, b))| format!("{name} {} in the study, {} again", shown(a), shown(b))).collect()
}

/// Describes the first value of a curve that differs. A study stores curves as f32; all NaNs are equal.
fn curves(kind: CurveKind, kept: &[f32], kept_epochs: &[u32], again: &Trajectory) -> Option<String> {
    let name = kind.name();
    let own = match kind {
        CurveKind::TrainLoss => Some(&again.train_loss),
        CurveKind::TrainAccuracy => Some(&again.train_accuracy),
        CurveKind::TestLoss => again.test_loss.as_ref(),
        CurveKind::TestAccuracy => again.test_accuracy.as_ref(),
    };
    let Some(own) = own.filter(|_| kept.len() == kept_epochs.len()) else {
        return Some(format!("{name}: a curve of {} values in the study, of others or none again", kept.len()));
    };
    kept.iter().zip(kept_epochs).find_map(|(kept, epoch)| {
        let again = again.epochs.binary_search(epoch).ok().map(|at| own[at] as f32);
        let same = again.is_some_and(|again| (kept.is_nan() && again.is_nan()) || kept.to_bits() == again.to_bits());
        let again = again.map_or("nothing".to_owned(), |again| again.to_string());
        (!same).then(|| format!("{name} before epoch {epoch} {kept} in the study, {again} again"))
    })
}
