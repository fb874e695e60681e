//! Checks that models don't affect each other, and when trainings diverge.

use super::Check;
use super::training::everything;
use super::verify_case::{EngineUnderTest, VerifyCase, differing, points, weights};
use crate::dataset::{Points, Targets};
use crate::engine::Batch;
use crate::error::Result;
use crate::math::Optimizer;
use crate::model::NetworkShape;
use crate::sweep::InitialWeights;

/// Runs every check of this file.
pub fn checks(bench: &mut EngineUnderTest) -> Result<Vec<Check>> {
    Ok(vec![solo(bench)?, solo_by_every_optimizer(bench)?, neighbours(bench)?, divergence(bench)?])
}

/// Counts the numbers that differ if each of `models` is trained alone.
fn alone(bench: &mut EngineUnderTest, case: &VerifyCase, models: &[usize]) -> Result<usize> {
    let batch = bench.train(case)?;
    let (parameters, epochs) = (case.shape.parameters(), case.epochs as usize + 1);
    let mut wrong = 0;
    for &model in models {
        let alone = bench.train(&VerifyCase { trials: vec![case.trials[model]], ..case.clone() })?;
        wrong += differing(&weights(&alone).last, &weights(&batch).last[model * parameters..][..parameters]);
        wrong += differing(&alone.curves.train_loss, &batch.curves.train_loss[model * epochs..][..epochs]);
    }
    Ok(wrong)
}

/// Trains models alone and in a batch of a hundred.
pub fn solo(bench: &mut EngineUnderTest) -> Result<Check> {
    let trials: Vec<_> = (0..100).map(|i| (0.01 * f64::from(i % 9), i as u64)).collect();
    let case = VerifyCase::plain(&NetworkShape::new(2, &[4])?, points(70, 2, 5), trials, 20);
    let wrong = alone(bench, &case, &[0, 1, 33, 64, 99])?;
    Ok(Check::new("alone as in a batch", wrong as f64, 0.0, "numbers whose bits differ"))
}

/// Does the same for every optimizer, with all options on.
pub fn solo_by_every_optimizer(bench: &mut EngineUnderTest) -> Result<Check> {
    let mut wrong = 0;
    for optimizer in Optimizer::ALL {
        wrong += alone(bench, &everything(*optimizer)?, &[1, 9])?;
    }
    Ok(Check::new("the same by every optimizer", wrong as f64, 0.0, "numbers whose bits differ"))
}

/// Trains models among ones that diverge.
pub fn neighbours(bench: &mut EngineUnderTest) -> Result<Check> {
    let (shape, set) = (NetworkShape::new(2, &[4])?, points(70, 2, 6));
    let calm: Vec<_> = (0..60).map(|i| (0.01 * f64::from(i % 9), i as u64)).collect();
    let wild = calm.iter().enumerate().map(|(i, (lr, seed))| (if i % 4 == 1 { 1e35 } else { *lr }, *seed));
    let wild = bench.train(&VerifyCase::plain(&shape, set.clone(), wild.collect(), 20))?;
    let calm = bench.train(&VerifyCase::plain(&shape, set, calm, 20))?;
    let rows = |batch: &Batch| -> Vec<f64> {
        let models = weights(batch).last.chunks(shape.parameters()).enumerate();
        models.filter(|(i, _)| i % 4 != 1).flat_map(|(_, last)| last.to_vec()).collect()
    };
    let wrong = differing(&rows(&wild), &rows(&calm));
    Ok(Check::new("beside diverging models", wrong as f64, 0.0, "numbers whose bits differ"))
}

/// Checks the epoch of a divergence by a huge step, by a bad logit, and of none.
pub fn divergence(bench: &mut EngineUnderTest) -> Result<Check> {
    let shape = NetworkShape::new(1, &[])?;
    let set = Points { features: 1, x: vec![1.0, -0.5, 1e300], targets: Targets::Binary(vec![true, false, true]) };
    let tame = Points { x: vec![1.0, -0.5, 2.0], ..set.clone() };
    let step = bench.train(&VerifyCase::plain(&shape, tame, vec![(1e32, 0), (0.1, 0), (1e37, 1)], 3))?;
    let initial = InitialWeights::Given([1e30, 0.0].repeat(3));
    let logit = bench.train(&VerifyCase { initial, ..VerifyCase::plain(&shape, set, vec![(0.1, 0); 3], 0) })?;
    let epochs = |batch: &Batch| batch.outcomes.iter().map(|o| o.diverged).collect::<Vec<_>>();
    let right = [epochs(&step) == [Some(0), None, Some(0)], epochs(&logit) == [Some(0); 3]];
    let finite = step.outcomes.iter().map(|o| o.train.is_some()).eq([false, true, false]);
    let wrong = right.into_iter().chain([finite]).filter(|right| !right).count();
    Ok(Check::new("divergence", wrong as f64, 0.0, "cases wrong"))
}
