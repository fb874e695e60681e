//! Scores by which the best value is chosen, per group: their mean, and by seed, so that two values are compared on the
//! seeds that both have.

use super::sample_size::{mean_variance, welch_from};
use super::student::t_tail;
use std::collections::{BTreeMap, BTreeSet};

/// Unit of the sums, which are integers so that the order of additions does not matter.
const UNIT: f64 = 1.0 / (1u64 << 40) as f64;

/// Contribution of a model to the choice of the best value.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SelectionScore {
    /// Score: higher is better; `None`: the model diverged.
    pub score: Option<f64>,
    /// Seed that models of other values share; `None`: the model counts in the mean alone.
    pub seed: Option<u64>,
}

/// Scores of the models of one group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroupScores {
    models: u64,
    sum: i128,
    /// Resolution of the scores: 1 / rows for counts of rows, 0 for a loss.
    step: f64,
    /// Sum and number of scores, by cell and seed.
    by_seed: BTreeMap<(usize, u64), (f64, u32)>,
}

impl GroupScores {
    /// Creates scores without models, with a resolution of `step` (0: continuous).
    pub fn new(step: f64) -> Self {
        Self { step, ..Self::default() }
    }

    /// Counts a model of this cell.
    pub fn add(&mut self, cell: usize, choice: SelectionScore) {
        let Some(score) = choice.score.filter(|score| score.is_finite()) else { return };
        self.models += 1;
        self.sum += (score / UNIT).round() as i128;
        if let Some(seed) = choice.seed {
            let at = self.by_seed.entry((cell, seed)).or_default();
            *at = (at.0 + score, at.1 + 1);
        }
    }

    /// Adds the models of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.models += other.models;
        self.sum += other.sum;
        self.step = self.step.max(other.step);
        for (key, (sum, n)) in &other.by_seed {
            let at = self.by_seed.entry(*key).or_default();
            *at = (at.0 + sum, at.1 + n);
        }
    }

    /// Returns the number of models with a score.
    pub fn len(&self) -> u64 {
        self.models
    }

    /// Whether no model has a score.
    pub fn is_empty(&self) -> bool {
        self.models == 0
    }

    /// Returns the mean score; `None` without models.
    pub fn mean(&self) -> Option<f64> {
        (self.models > 0).then(|| self.sum as f64 * UNIT / self.models as f64)
    }

    /// Returns the variance that rounding to whole rows may hide, used as a lower bound of estimated variances.
    pub fn rounding_variance(&self) -> f64 {
        self.step * self.step / 12.0
    }

    /// Returns the number of independent blocks of models: seeds, or data sets if there are more of them.
    pub fn blocks(&self) -> usize {
        let [cells, seeds] = levels(self.by_seed.keys());
        cells.max(seeds)
    }

    /// Returns the smallest mean score over the models of one cell and seed.
    pub fn least(&self) -> Option<f64> {
        self.by_seed.values().map(|(sum, n)| sum / f64::from(*n)).reduce(f64::min)
    }

    /// Returns the one-sided p-value of the hypothesis that the mean is at most `baseline`, by Student's t test over
    /// independent blocks of models; `None` with fewer than two blocks.
    pub fn p_not_above(&self, baseline: f64) -> Option<f64> {
        let above: Vec<_> = self.by_seed.iter().map(|(key, (sum, n))| (key, sum / f64::from(*n) - baseline)).collect();
        let (means, each) = by_block(&above);
        let (mean, variance) = mean_variance(&means)?;
        let n = means.len() as f64;
        let error = (variance.max(self.rounding_variance() / each) / n).sqrt();
        let p = |t: f64| if t < 0.0 { 1.0 - t_tail(-t, n - 1.0) } else { t_tail(t, n - 1.0) };
        Some(if error > 0.0 { p(mean / error) } else { f64::from(u8::from(mean <= 0.0)) })
    }

    /// Returns the two-sided p-value of the hypothesis of equal means: by the paired test over models of the same data
    /// set and seed; if there are none, over shared seeds; without shared seeds, by Welch's test. `None` with fewer
    /// than two models to compare.
    pub fn p_of_equal(&self, other: &Self) -> Option<f64> {
        let mean = |(sum, n): &(f64, u32)| sum / f64::from(*n);
        let shared =
            self.by_seed.iter().filter_map(|(key, own)| Some((key, mean(own) - mean(other.by_seed.get(key)?))));
        let shared: Vec<(&(usize, u64), f64)> = shared.collect();
        let floor = self.rounding_variance() + other.rounding_variance();
        if shared.is_empty() {
            // For example, models of another optimizer are in another cell but start from the same weights.
            let [own, others] = [self, other].map(Self::pooled_over_cells);
            if own.by_seed.keys().any(|key| others.by_seed.contains_key(key)) {
                return own.p_of_equal(&others);
            }
            let [a, b] = [self, other].map(|scores| scores.by_seed.values().map(mean).collect::<Vec<_>>());
            return welch_from(mean_variance(&a)?, a.len(), mean_variance(&b)?, b.len(), floor / 2.0);
        }
        let (differences, each) = by_block(&shared);
        let (mean, variance) = mean_variance(&differences)?;
        let n = differences.len() as f64;
        let error = (variance.max(floor / each) / n).sqrt();
        Some(if error > 0.0 { 2.0 * t_tail(mean.abs() / error, n - 1.0) } else { f64::from(u8::from(mean == 0.0)) })
    }
}

impl GroupScores {
    /// Pools the scores of each seed over cells.
    fn pooled_over_cells(&self) -> Self {
        let mut alone = Self { by_seed: BTreeMap::new(), ..self.clone() };
        for ((_, seed), (sum, n)) in &self.by_seed {
            let at = alone.by_seed.entry((0, *seed)).or_default();
            *at = (at.0 + sum, at.1 + n);
        }
        alone
    }
}

/// Returns the numbers of different cells and of different seeds.
fn levels<'a>(keys: impl Iterator<Item = &'a (usize, u64)> + Clone) -> [usize; 2] {
    let cells: BTreeSet<usize> = keys.clone().map(|key| key.0).collect();
    let seeds: BTreeSet<u64> = keys.map(|key| key.1).collect();
    [cells.len(), seeds.len()]
}

/// Returns the mean difference of each independent block, and the mean number of models per block. Models of one seed
/// on several data sets are dependent, and so are those of one data set: the factor with more levels defines the
/// blocks, and the other is averaged over.
fn by_block(shared: &[(&(usize, u64), f64)]) -> (Vec<f64>, f64) {
    let [cells, seeds] = levels(shared.iter().map(|(key, _)| *key));
    let mut blocks: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    for ((cell, seed), difference) in shared {
        let at = blocks.entry(if cells > seeds { *cell as u64 } else { *seed }).or_default();
        *at = (at.0 + difference, at.1 + 1.0);
    }
    let each = shared.len() as f64 / blocks.len().max(1) as f64;
    (blocks.into_values().map(|(sum, n)| sum / n).collect(), each)
}

#[cfg(test)]
mod tests;
