//! Trains a few models of a sweep again and keeps their weights, bit for bit those of the sweep.

use crate::engine::{Engine, InMemorySink, Job, Record, Score};
use crate::error::{Error, Result};
use crate::sweep::{InitialWeights, Trial, Trials};
use std::collections::BTreeMap;

/// A model trained again.
#[derive(Debug, Clone, PartialEq)]
pub struct RetrainedModel {
    /// Index, hyper-parameters and seed.
    pub trial: Trial,
    /// Score on the training points; `None` if it diverged.
    pub train: Option<Score>,
    /// Initial weights, `[parameters]` in the order of [`crate::model::NetworkShape`].
    pub initial: Vec<f64>,
    /// Final weights, or those at divergence, `[parameters]`.
    pub last: Vec<f64>,
}

/// Number of models for each number of correct training points, with an example. Memory use does not grow with the
/// number of models.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelsByAccuracy {
    /// Correct points → the first trial with that number, and the number of trials.
    by_correct: BTreeMap<u32, (u64, u64)>,
}

impl ModelsByAccuracy {
    /// Counts trial `index`.
    pub fn add(&mut self, index: u64, correct: u32) {
        let (first, models) = self.by_correct.entry(correct).or_insert((index, 0));
        *first = index.min(*first);
        *models += 1;
    }

    /// Returns correct points and an example for the best model, the quartiles and the worst model, best first, without
    /// duplicates.
    pub fn spread(&self) -> Vec<(u32, u64)> {
        let mut chosen: Vec<_> = (0..=4).filter_map(|quarter| self.at_quarter(quarter)).collect();
        chosen.dedup();
        chosen
    }

    /// Returns correct points and an example at a quartile: 0 for the best model, 4 for the worst.
    pub fn at_quarter(&self, quarter: u64) -> Option<(u32, u64)> {
        let last = self.by_correct.values().map(|(_, models)| models).sum::<u64>().checked_sub(1)?;
        self.ranked(last / 4 * quarter + last % 4 * quarter / 4)
    }

    /// Returns correct points and an example at `rank`, from 0 for the best.
    fn ranked(&self, rank: u64) -> Option<(u32, u64)> {
        let mut better = 0;
        self.by_correct.iter().rev().find_map(|(correct, (first, models))| {
            better += models;
            (rank < better).then_some((*correct, *first))
        })
    }
}

/// Returns the job of the given trials alone, numbered from 0 in that order.
pub(super) fn of_trials(job: &Job, trials: &[u64]) -> Job {
    let parameters = job.shape.parameters();
    let initial = match &job.initial {
        InitialWeights::Drawn => InitialWeights::Drawn,
        InitialWeights::Given(all) => {
            let of = |index: &u64| &all[*index as usize * parameters..][..parameters];
            InitialWeights::Given(trials.iter().flat_map(of).copied().collect())
        }
    };
    let chosen = trials.iter().map(|index| job.trials.get(*index));
    let trials = Trials::List(chosen.map(|trial| (trial.hyperparameters, trial.seed)).collect());
    Job { initial, trials, ..job.clone() }
}

/// Trains the given trials of `job` again, together.
///
/// # Errors
/// As for [`Engine::train`].
pub fn retrain(engine: &mut dyn Engine, job: &Job, trials: &[u64]) -> Result<Vec<RetrainedModel>> {
    let record = Record { epochs: vec![job.epochs], weights: true, ..Record::default() };
    let parameters = job.shape.parameters();
    let subset = Job { record, ..of_trials(job, trials) };
    let batch = InMemorySink::train(engine, &subset, 0..trials.len() as u64)?;
    let weights = batch.weights.unwrap_or_default();
    if batch.outcomes.len() != trials.len() || weights.last.len() != trials.len() * parameters {
        return Err(Error::Device(format!("the engine returned {} of {} models", batch.outcomes.len(), trials.len())));
    }
    let weights = weights.initial.chunks_exact(parameters).zip(weights.last.chunks_exact(parameters));
    let replayed = trials.iter().map(|index| job.trials.get(*index)).zip(&batch.outcomes).zip(weights).map(
        |((trial, outcome), (initial, last))| RetrainedModel {
            trial,
            train: outcome.train,
            initial: initial.to_vec(),
            last: last.to_vec(),
        },
    );
    Ok(replayed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples(models: impl IntoIterator<Item = (u64, u32)>) -> Vec<(u32, u64)> {
        let mut examples = ModelsByAccuracy::default();
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
