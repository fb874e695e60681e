//! Converts a batch's results from the device to outcomes and curves.

use super::convergence::ConvergenceSums;
use super::kernel_spec::KernelSpec;
use super::layout::{self, RUNNING};
use crate::engine::{Batch, Curves, Job, MeanErrors, Outcome, Score, Weights};
use crate::math::loss_bins::BINS;
use crate::parallel::*;
use crate::statistics::{LossCounts, RowCounts, RowSet};

/// Scores of a batch at one point of the training.
pub struct BatchScores {
    pub train: Vec<Option<Score>>,
    pub validation: Option<Vec<Option<Score>>>,
    pub test: Option<Vec<Option<Score>>>,
}

/// Returns mean scores over `rows` points; None for a model with a non-finite output.
pub fn scores(sums: &[layout::ScoreSums], rows: usize, kernel_spec: &KernelSpec) -> Vec<Option<Score>> {
    let mean = |sum: &layout::ScoreSums| {
        let loss = f64::from(sum.loss) / rows as f64;
        if !kernel_spec.regression {
            return Score { loss, correct: sum.correct, correct_positive: sum.correct_positive, errors: None };
        }
        let [squared, absolute] = [sum.correct, sum.correct_positive].map(|bits| f64::from(f32::from_bits(bits)));
        let errors = MeanErrors { squared, absolute }.over(rows * kernel_spec.shape.outputs());
        Score { loss, errors: Some(errors), ..Score::default() }
    };
    sums.iter().map(|sum| f32::from_bits(sum.peak).is_finite().then(|| mean(sum))).collect()
}

impl BatchScores {
    fn outcome(&self, m: usize, diverged: u32, epochs: u32) -> Outcome {
        let diverged = match (diverged, self.train[m]) {
            (RUNNING, Some(_)) => None,
            (RUNNING, None) => Some(epochs),
            (epoch, _) => Some(epoch),
        };
        let score = |score: Option<Score>| score.filter(|_| diverged.is_none());
        let of = |scores: &Option<Vec<Option<Score>>>| score(scores.as_ref().and_then(|scores| scores[m]));
        let (validation, test) = (of(&self.validation), of(&self.test));
        Outcome { train: score(self.train[m]), validation, test, diverged, ..Outcome::default() }
    }
}

/// Trained batch, read back.
pub struct BatchResults<'a> {
    job: &'a Job,
    rows: [RowCounts; 3],
    /// Training losses recorded by the kernels, `[slots, models]`; empty if the snapshots hold them.
    losses: Vec<f32>,
    /// Scores before each recorded epoch; empty if not needed.
    snapshots: Vec<BatchScores>,
    last: BatchScores,
    outcomes: Vec<Outcome>,
}

impl<'a> BatchResults<'a> {
    /// Builds the results; `diverged` holds each model's epoch of divergence, or [`RUNNING`].
    pub fn new(
        job: &'a Job,
        losses: Vec<f32>,
        snapshots: Vec<BatchScores>,
        last: BatchScores,
        diverged: &[u32],
    ) -> Self {
        let outcomes = diverged.iter().enumerate().map(|(m, d)| last.outcome(m, *d, job.epochs)).collect();
        Self { job, rows: job.row_counts(), losses, snapshots, last, outcomes }
    }

    /// Adds the reasons for each model's ending: losses before the first update and before the last tenth of the
    /// training, and whether no hidden unit responds, from the final parameters `last`, `[models, parameters]`.
    pub fn explain(&mut self, first: Option<Vec<Option<Score>>>, late: Option<Vec<Option<Score>>>, last: &[f64]) {
        let loss = |scores: &Option<Vec<Option<Score>>>, m: usize| scores.as_ref()?[m].map(|score| score.loss);
        let (job, size) = (self.job, self.job.shape.parameters());
        self.outcomes.par_iter_mut().enumerate().for_each(|(m, outcome)| {
            let alive = outcome.diverged.is_none_or(|epoch| epoch >= job.late_loss_epoch());
            outcome.first_loss = loss(&first, m);
            outcome.late_loss = loss(&late, m).filter(|_| alive);
            outcome.dead = outcome.train.is_some() && job.is_dead(&last[m * size..][..size]);
        });
    }

    /// Adds the convergence that the device summed up, if any.
    pub fn converge(&mut self, found: &[ConvergenceSums]) {
        let epochs = self.job.epochs;
        self.outcomes.iter_mut().zip(found).for_each(|(outcome, sums)| outcome.convergence = Some(sums.over(epochs)));
    }

    /// Builds the batch that begins with trial `first`. `counted` holds the device's loss histograms,
    /// `[combinations, slots, bins]` without the last slot, or nothing.
    pub fn batch(self, first: u64, curves: bool, counted: Vec<u32>, weights: Option<Weights>) -> Batch {
        let losses = self.job.record.histograms.then(|| self.loss_counts(first, counted));
        let curves = if curves { self.curves() } else { Curves::default() };
        Batch { first, outcomes: self.outcomes, curves, losses, weights }
    }

    /// Returns the device's counts, completed by the losses it does not have: final ones, and those in mini-batches.
    fn loss_counts(&self, first: u64, counted: Vec<u32>) -> LossCounts {
        let record = &self.job.record;
        let (combinations, slots) = (record.combinations(&self.job.trials), record.epochs.len());
        let mut counts = LossCounts::new(combinations as usize, slots);
        let known = if counted.is_empty() { 0 } else { slots - 1 };
        let from = counted.chunks_exact((known * BINS as usize).max(1));
        let to = counts.models.chunks_exact_mut(slots * BINS as usize);
        to.zip(from).for_each(|(to, from)| to[..from.len()].copy_from_slice(from));
        for m in 0..self.outcomes.len() {
            let combination = ((first + m as u64) % combinations) as usize;
            (known..slots)
                .for_each(|slot| counts.add(combination, slot, self.known(m, slot, self.train_loss(m, slot))));
        }
        counts
    }

    /// Returns NaN if a value is missing, not finite, or from after a divergence.
    fn known(&self, m: usize, slot: usize, value: Option<f64>) -> f64 {
        let alive = self.outcomes[m].diverged.is_none_or(|epoch| self.job.record.epochs[slot] <= epoch);
        value.filter(|v| v.is_finite() && alive).unwrap_or(f64::NAN)
    }

    fn curves(&self) -> Curves {
        let record = &self.job.record;
        let test = |m: usize, slot: usize| self.snapshots[slot].test.as_ref().and_then(|scores| scores[m]);
        let measure =
            |score: Option<Score>, set: RowSet| score.and_then(|score| score.measure(self.rows[set as usize]));
        let train_accuracy = |m: usize, slot: usize| measure(self.snapshots[slot].train[m], RowSet::Train);
        let test_accuracy = |m: usize, slot: usize| measure(test(m, slot), RowSet::Test);
        Curves {
            models: self.outcomes.len(),
            train_loss: self.masked(|m, slot| self.train_loss(m, slot)),
            train_accuracy: record.accuracy.then(|| self.masked(train_accuracy)),
            test_loss: record.test.then(|| self.masked(|m, slot| test(m, slot).map(|s| s.loss))),
            test_accuracy: (record.test && record.accuracy).then(|| self.masked(test_accuracy)),
        }
    }

    fn train_loss(&self, m: usize, slot: usize) -> Option<f64> {
        if slot + 1 == self.job.record.epochs.len() {
            return self.last.train[m].map(|score| score.loss);
        }
        match self.losses.get(slot * self.outcomes.len() + m) {
            Some(loss) => Some(f64::from(*loss)),
            None => self.snapshots[slot].train[m].map(|score| score.loss),
        }
    }

    /// Returns a curve's values, `[models, slots]`; NaN where missing or after a divergence.
    fn masked(&self, value: impl Fn(usize, usize) -> Option<f64>) -> Vec<f64> {
        let epochs = &self.job.record.epochs;
        (0..self.outcomes.len())
            .flat_map(|m| (0..epochs.len()).map(move |slot| (m, slot)))
            .map(|(m, slot)| self.known(m, slot, value(m, slot)))
            .collect()
    }
}
