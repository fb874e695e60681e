//! What pictures ask of a study: results chunk by chunk, outcomes by model, a few evenly chosen curves.

use super::{ChunkFile, CurveKind, Study};
use crate::engine::Outcome;
use crate::error::{Error, Result};
use std::ops::Range;

/// One model's curve.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCurve {
    /// Index of the trial.
    pub model: u64,
    /// Its learning rate.
    pub lr: f64,
    /// Its seed.
    pub seed: u64,
    /// One value per epoch of [`crate::engine::Record::epochs`]; NaN from the divergence on.
    pub values: Vec<f32>,
}

impl Study {
    /// The finished chunks, in order; each is opened when it is reached.
    pub fn chunks(&self) -> impl Iterator<Item = Result<ChunkFile>> + '_ {
        let finished = (0..self.plan.chunks()).filter(|n| self.finished[*n as usize]);
        finished.map(|n| self.chunk(n))
    }

    /// Outcomes of the trials in `range`, which must be finished.
    ///
    /// # Errors
    /// [`Error::Folder`] where one is missing.
    pub fn outcomes(&self, range: Range<u64>) -> Result<Vec<Outcome>> {
        let mut outcomes = Vec::new();
        let mut next = range.start;
        while next < range.end {
            let models = self.chunk_with(next)?.models()?;
            let rows = (next - models.first) as usize..(range.end.min(models.range().end) - models.first) as usize;
            next = models.range().end;
            outcomes.extend_from_slice(&models.outcomes[rows]);
        }
        Ok(outcomes)
    }

    /// Curves of at most `count` models, spread evenly over learning rates and seeds, by model; none where that kind is
    /// not kept.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Damaged`].
    pub fn curves(&self, kind: CurveKind, count: usize) -> Result<Vec<ModelCurve>> {
        let record = &self.question.record;
        if !kind.is_kept(record) {
            return Ok(Vec::new());
        }
        let kept = record.curves_below.min(self.plan.models);
        let chosen = spread(kept, self.question.trials.combinations(), count as u64);
        let mut curves = Vec::with_capacity(chosen.len());
        for chunk in self.chunks_with_curves() {
            let chunk = chunk?;
            let inside: Vec<u64> = chosen.iter().copied().filter(|i| chunk.range().contains(i)).collect();
            if !inside.is_empty() {
                let values = chunk.curves(kind)?;
                let width = record.epochs.len();
                let of = |i: u64| (i - chunk.range().start) as usize * width;
                curves.extend(inside.into_iter().map(|i| self.model_curve(i, &values[of(i)..of(i) + width])));
            }
        }
        Ok(curves)
    }

    fn model_curve(&self, model: u64, values: &[f32]) -> ModelCurve {
        let trial = self.question.trials.get(model);
        ModelCurve { model, lr: trial.lr(), seed: trial.seed, values: values.to_vec() }
    }

    /// The finished chunks in which a trial keeps curves.
    pub(super) fn chunks_with_curves(&self) -> impl Iterator<Item = Result<ChunkFile>> + '_ {
        let below = self.question.record.curves_below;
        let finished = (0..self.plan.chunks()).filter(|n| self.finished[*n as usize]);
        finished.take_while(move |n| self.plan.range(*n).start < below).map(|n| self.chunk(n))
    }

    fn chunk_with(&self, trial: u64) -> Result<ChunkFile> {
        let n = self.plan.chunk_of(trial);
        match self.finished.get(n as usize) {
            Some(true) if trial < self.plan.models => self.chunk(n),
            _ => Err(Error::Folder { path: self.folder.clone(), what: format!("model {trial} is not trained") }),
        }
    }

    fn chunk(&self, n: u64) -> Result<ChunkFile> {
        ChunkFile::parse(&self.chunk_path(n), self.plan.range(n))
    }
}

/// At most `count` of the first `kept` trials, ascending: all combinations of evenly spaced seeds, or, where one seed
/// has more combinations than that, evenly spaced combinations, each of another seed. (A plain stride over trials could
/// hit the same few learning rates again and again.)
fn spread(kept: u64, combinations: u64, count: u64) -> Vec<u64> {
    let seeds = kept.div_ceil(combinations);
    let mut chosen: Vec<u64> = if kept <= count {
        (0..kept).collect()
    } else if combinations <= count {
        let some = (count / combinations).min(seeds);
        let seed = |j: u64| evenly(j, some, seeds);
        (0..some).flat_map(|j| (0..combinations).map(move |c| seed(j) * combinations + c)).collect()
    } else {
        let width = combinations.min(kept);
        (0..count).map(|j| evenly(j, count, width) + j % seeds * combinations).collect()
    };
    // The last seed may lack learning rates.
    chosen.retain(|i| *i < kept);
    chosen.sort_unstable();
    chosen
}

/// The `j`-th of `count` evenly spaced numbers from 0 to `n - 1`, both ends among them.
fn evenly(j: u64, count: u64, n: u64) -> u64 {
    if count < 2 { 0 } else { (u128::from(j) * u128::from(n - 1) / u128::from(count - 1)) as u64 }
}

#[cfg(test)]
mod tests {
    use super::spread;
    use std::collections::BTreeSet;

    #[test]
    fn chosen_models_are_few_distinct_and_spread_over_learning_rates_and_seeds() {
        for (kept, combinations, count) in
            [(1000, 40, 200), (1000, 40, 10), (5, 40, 10), (95, 40, 90), (3, 1, 2), (1_000_000, 1, 500), (41, 40, 40)]
        {
            let chosen = spread(kept, combinations, count);
            let distinct: BTreeSet<_> = chosen.iter().collect();
            assert_eq!(distinct.len(), chosen.len(), "{kept} {combinations} {count}");
            assert!(chosen.len() as u64 <= count && chosen.iter().all(|i| *i < kept) && !chosen.is_empty());
            let rates: BTreeSet<_> = chosen.iter().map(|i| i % combinations).collect();
            assert!(rates.len() as u64 * 2 >= combinations.min(count).min(kept), "{rates:?}");
        }
        assert_eq!(spread(1000, 40, 80).last(), Some(&999));
        assert!(spread(0, 40, 10).is_empty() && spread(10, 40, 0).is_empty());
    }
}
