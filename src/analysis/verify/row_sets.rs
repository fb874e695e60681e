//! Compares scores on validation and test rows, areas under the ROC curve, and the losses that decide a model's class.

use super::Check;
use super::verify_case::{EngineUnderTest, VerifyCase, points, worst};
use crate::engine::{Batch, Outcome, Score};
use crate::error::Result;
use crate::math::Activation;
use crate::model::NetworkShape;
use crate::statistics::RowSet;
use crate::sweep::TrainSpec;

/// Runs every check of this file.
pub fn checks(bench: &mut EngineUnderTest) -> Result<Vec<Check>> {
    Ok(vec![counts(bench)?, losses(bench)?, orders(bench)?, early_and_late(bench)?])
}

/// Evaluates thirty untrained logistic regressions on rows of all sets, some of them equal. Weights are multiples of
/// 1/16 and rows of 1/2048, so that every logit is exact in f32.
fn untrained(bench: &mut EngineUnderTest) -> Result<[Batch; 2]> {
    let shape = NetworkShape::new(2, &[])?;
    let weight = |i: i32| f64::from(i * 7 % 33 - 16) / 16.0;
    let parameters = (0..30).flat_map(|i| [weight(2 * i), weight(2 * i + 1), 0.0]).collect();
    let [train, mut validation, mut test] = [(257, 1), (65, 2), (130, 3)].map(|(rows, seed)| points(rows, 2, seed));
    for set in [&mut validation, &mut test] {
        // Equal rows of both classes give ties.
        (0..20).for_each(|n| set.x[n] = set.x[n % 2]);
    }
    let case = VerifyCase::gradient(&shape, train, parameters);
    let (ours, exact) = bench.train_both(&VerifyCase { epochs: 0, others: Some([validation, test]), ..case })?;
    Ok([ours, exact])
}

/// Returns `number` of each model, with NaN for `None`.
fn of(batch: &Batch, number: impl Fn(&Outcome) -> Vec<Option<f64>>) -> Vec<f64> {
    batch.outcomes.iter().flat_map(number).map(|number| number.unwrap_or(f64::NAN)).collect()
}

/// Returns the scores on the validation and test rows.
fn held_out(outcome: &Outcome) -> [Option<Score>; 2] {
    [RowSet::Validation, RowSet::Test].map(|set| outcome.score(set))
}

/// Checks the numbers of correct rows, and of those with label 1.
pub fn counts(bench: &mut EngineUnderTest) -> Result<Check> {
    let right = |outcome: &Outcome| {
        let counts = |score: Option<Score>| {
            [score.map(|s| s.correct), score.map(|s| s.correct_positive)].map(|count| count.map(f64::from))
        };
        held_out(outcome).into_iter().flat_map(counts).collect()
    };
    let [ours, exact] = untrained(bench)?.map(|batch| of(&batch, right));
    let error = worst(&ours, &exact, |ours, exact| (ours - exact).abs());
    Ok(Check::new("accuracy on validation and test rows", error, 0.0, "points"))
}

pub fn losses(bench: &mut EngineUnderTest) -> Result<Check> {
    let loss = |outcome: &Outcome| held_out(outcome).map(|score| score.map(|score| score.loss)).to_vec();
    let [ours, exact] = untrained(bench)?.map(|batch| of(&batch, loss));
    let error = worst(&ours, &exact, |ours, exact| (ours - exact).abs() / exact.abs());
    Ok(Check::new(
        "loss on validation and test rows",
        error,
        1e-6,
        "relative; 3.5 ulp of f32, and the driver's division",
    ))
}

/// Checks the area under the ROC curve, as twice the number of ordered pairs.
pub fn orders(bench: &mut EngineUnderTest) -> Result<Check> {
    let pairs = |outcome: &Outcome| outcome.ordered_pairs.map(|pairs| pairs.map(|pairs| pairs as f64)).to_vec();
    let [ours, exact] = untrained(bench)?.map(|batch| of(&batch, pairs));
    let error = worst(&ours, &exact, |ours, exact| (ours - exact).abs());
    Ok(Check::new("AUC on all rows", error, 0.0, "pairs of a row of each class, twice"))
}

/// Checks the training losses before the first update and before the last tenth of the training.
pub fn early_and_late(bench: &mut EngineUnderTest) -> Result<Check> {
    let train_spec = TrainSpec { activation: Activation::Tanh, ..TrainSpec::plain() };
    let trials = (0..10).map(|i| (0.02 * f64::from(i), i as u64)).collect();
    let case = VerifyCase::plain(&NetworkShape::new(2, &[4])?, points(45, 2, 7), trials, 20);
    let (ours, exact) = bench.train_both(&VerifyCase { train_spec, ..case })?;
    let losses = |outcome: &Outcome| vec![outcome.first_loss, outcome.late_loss];
    let [ours, exact] = [ours, exact].map(|batch| of(&batch, losses));
    let error = worst(&ours, &exact, |ours, exact| (ours - exact).abs() / exact.abs());
    Ok(Check::new("first and late losses", error, 3e-6, "relative; rounding costs 5e-7 in a dozen epochs"))
}
