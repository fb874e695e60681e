//! What happens to a data set before training: the split into training, validation and test rows, then standardising.

use super::{Dataset, Points, Standardization};
use crate::math::rng::{Philox, Stream};
use rand::Rng;

/// What a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowUse {
    Train,
    Validation,
    Test,
}

impl Points {
    /// The rows for which `keep` says so, in their order.
    fn filter(&self, keep: impl Fn(usize) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.len()).filter(|n| keep(*n)).collect();
        Self {
            features: self.features,
            x: rows.iter().flat_map(|n| self.row(*n)).copied().collect(),
            y: rows.iter().map(|n| self.y[*n]).collect(),
            targets: self.targets.as_ref().map(|targets| rows.iter().map(|n| targets[*n]).collect()),
        }
    }
}

impl Dataset {
    /// Sets `validation` and `test`, fractions of the rows of each class, apart, drawn by `seed`; all parts keep the rows'
    /// order. Of a class at least one row goes to each part while there are enough: the first one trains, the second tests. The
    /// test rows are the same with and without validation rows. A fraction of 0 sets nothing apart. The data set must not be
    /// split yet.
    pub fn split(mut self, validation: f64, test: f64, seed: u64) -> Self {
        let mut generator = Philox::new(seed, Stream::Split);
        let lots: Vec<u64> = (0..self.train.len()).map(|_| generator.next_u64()).collect();
        let mut sets = vec![RowUse::Train; self.train.len()];
        for class in [false, true] {
            let mut rows: Vec<usize> = (0..self.train.len()).filter(|n| self.train.y[*n] == class).collect();
            rows.sort_by_key(|n| lots[*n]);
            let tests = set_apart(rows.len(), rows.len(), test);
            let validations = set_apart(rows.len(), rows.len() - tests, validation);
            rows.drain(..tests).for_each(|n| sets[n] = RowUse::Test);
            rows.drain(..validations).for_each(|n| sets[n] = RowUse::Validation);
        }
        let part = |set: RowUse| sets.contains(&set).then(|| self.train.filter(|n| sets[n] == set));
        (self.validation, self.test) = (part(RowUse::Validation), part(RowUse::Test));
        self.train = self.train.filter(|n| sets[n] == RowUse::Train);
        self
    }

    /// Brings every feature to mean 0 and population standard deviation 1 over the training rows, and the other rows
    /// along by the same numbers. A constant feature becomes 0.
    pub fn standardize(mut self) -> Self {
        let column = |feature: usize| (0..self.train.len()).map(move |n| (n, feature));
        let moments = (0..self.train.features).map(|feature| {
            let values: Vec<f64> = column(feature).map(|(n, feature)| self.train.row(n)[feature]).collect();
            mean_and_std(&values)
        });
        let (mean, std): (Vec<f64>, Vec<f64>) = moments.unzip();
        for points in [Some(&mut self.train), self.validation.as_mut(), self.test.as_mut()].into_iter().flatten() {
            for row in points.x.chunks_exact_mut(mean.len()) {
                let scale = |(x, (mean, std)): (&mut f64, (&f64, &f64))| *x = (*x - mean) / std;
                row.iter_mut().zip(mean.iter().zip(&std)).for_each(scale);
            }
        }
        self.scaling = Some(Standardization { mean, std });
        self
    }
}

/// How many of a class's rows are set apart from the `left` that still train: `fraction` of all `rows`.
fn set_apart(rows: usize, left: usize, fraction: f64) -> usize {
    let wanted = (rows as f64 * fraction).round() as usize;
    if fraction == 0.0 || left < 2 { 0 } else { wanted.clamp(1, left - 1) }
}

/// Mean and population standard deviation; 1 for a constant.
fn mean_and_std(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let rough = values.iter().sum::<f64>() / n;
    // The second pass takes the first one's rounding away: else a constant's would pass for a tiny deviation.
    let mean = rough + values.iter().map(|v| v - rough).sum::<f64>() / n;
    let std = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    (mean, if std > 0.0 { std } else { 1.0 })
}

#[cfg(test)]
mod tests;
