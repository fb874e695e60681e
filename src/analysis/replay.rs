//! A few models of a sweep trained again by themselves, with their weights kept: the same bits as in the sweep.

use crate::engine::{Collect, Engine, Job, Record};
use crate::error::{Error, Result};
use crate::sweep::Trial;
use std::collections::BTreeMap;

/// A model trained again.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    pub trial: Trial,
    /// Training points right; `None`: diverged.
    pub correct: Option<u32>,
    /// Final weights, `[parameters]` in [`crate::model::Shape`]'s order.
    pub weights: Vec<f64>,
}

/// How many models have how many training points right, with one example each. Takes no more memory for more models.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examples {
    /// Points right → the first trial with so many, and the number of trials.
    by_correct: BTreeMap<u32, (u64, u64)>,
}

impl Examples {
    /// Counts trial `index`.
    pub fn add(&mut self, index: u64, correct: u32) {
        let (first, models) = self.by_correct.entry(correct).or_insert((index, 0));
        *first = index.min(*first);
        *models += 1;
    }

    /// Points right and an example for the best model, the quartiles and the worst one; each outcome once, best first.
    pub fn spread(&self) -> Vec<(u32, u64)> {
        let models: u64 = self.by_correct.values().map(|(_, models)| models).sum();
        let Some(last) = models.checked_sub(1) else { return Vec::new() };
        let mut chosen: Vec<_> =
            [0, 1, 2, 3, 4].into_iter().filter_map(|k| self.ranked(last / 4 * k + last % 4 * k / 4)).collect();
        chosen.dedup();
        chosen
    }

    /// The outcome of the model at `rank`, from 0 for the best.
    fn ranked(&self, rank: u64) -> Option<(u32, u64)> {
        let mut better = 0;
        self.by_correct.iter().rev().find_map(|(correct, (first, models))| {
            better += models;
            (rank < better).then_some((*correct, *first))
        })
    }
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
    let batch = Collect::train(engine, job, index..index + 1)?;
    let missing = || Error::Device(format!("the engine returned nothing for model {index}"));
    let outcome = batch.outcomes.first().ok_or_else(missing)?;
    let weights = batch.weights.ok_or_else(missing)?.last;
    Ok(Replayed { trial: job.trials.get(index), correct: outcome.train.map(|score| score.correct), weights })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples(models: impl IntoIterator<Item = (u64, u32)>) -> Vec<(u32, u64)> {
        let mut examples = Examples::default();
        models.into_iter().for_each(|(index, correct)| examples.add(index, correct));
        examples.spread()
    }

    #[test]
    fn best_quartiles_and_worst_are_chosen_once_each() {
        let all = examples((0..101).map(|i| (i, 200 - i as u32)));
        assert_eq!(all, [(200, 0), (175, 25), (150, 50), (125, 75), (100, 100)]);
        assert_eq!(examples([(7, 100), (5, 190), (3, 190), (9, 190)]), [(190, 3), (100, 7)]);
        assert_eq!(examples([(4, 150)]), [(150, 4)]);
        assert!(examples([]).is_empty());
    }
}
