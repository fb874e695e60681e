//! A few models of a sweep trained again by themselves, with their weights kept: the same bits as in the sweep.

use crate::engine::{Batch, Engine, Job, Record, Sink};
use crate::error::{Error, Result};
use crate::sweep::Trial;
use std::ops::ControlFlow;

/// A model trained again.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    pub trial: Trial,
    /// Training points right; `None`: diverged.
    pub correct: Option<u32>,
    /// Final weights, `[parameters]` in [`crate::model::Shape`]'s order.
    pub weights: Vec<f64>,
}

/// Best, quartiles and worst of some models, each given by its trial's index and points right; of equally good ones the
/// first, and each outcome once.
pub fn spread(models: &[(u64, u32)]) -> Vec<u64> {
    let mut sorted = models.to_vec();
    sorted.sort_by_key(|(index, correct)| (std::cmp::Reverse(*correct), *index));
    let Some(last) = sorted.len().checked_sub(1) else { return Vec::new() };
    let mut chosen: Vec<(u64, u32)> = [0, 1, 2, 3, 4].map(|quarter| sorted[last * quarter / 4]).to_vec();
    chosen.dedup_by_key(|(_, correct)| *correct);
    chosen.into_iter().map(|(index, _)| index).collect()
}

/// Trains the given trials of `job` again, one at a time.
///
/// # Errors
/// As for [`Engine::train`].
pub fn replay(engine: &mut dyn Engine, job: &Job, trials: &[u64]) -> Result<Vec<Replayed>> {
    let record = Record { epochs: vec![job.epochs], weights: true, ..Record::default() };
    let job = Job { record, ..job.clone() };
    trials.iter().map(|index| replay_one(engine, &job, *index)).collect()
}

fn replay_one(engine: &mut dyn Engine, job: &Job, index: u64) -> Result<Replayed> {
    let mut kept = Kept(None);
    engine.train(job, index..index + 1, &mut kept)?;
    let missing = || Error::Device(format!("the engine returned no weights for model {index}"));
    let batch = kept.0.ok_or_else(missing)?;
    let outcome = *batch.outcomes.first().ok_or_else(missing)?;
    let weights = batch.weights.ok_or_else(missing)?.last;
    Ok(Replayed { trial: job.trials.get(index), correct: outcome.train.map(|score| score.correct), weights })
}

/// Keeps the last batch.
struct Kept(Option<Batch>);

impl Sink for Kept {
    fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>> {
        self.0 = Some(batch);
        Ok(ControlFlow::Continue(()))
    }

    fn progress(&mut self, _model_epochs: u64) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_quartiles_and_worst_are_chosen_once_each() {
        let models: Vec<(u64, u32)> = (0..101).map(|i| (i, 200 - i as u32)).collect();
        assert_eq!(spread(&models), [0, 25, 50, 75, 100]);
        assert_eq!(spread(&[(7, 100), (3, 190), (5, 190), (9, 190)]), [3, 7]);
        assert_eq!(spread(&[(4, 150)]), [4]);
        assert!(spread(&[]).is_empty());
    }
}
