//! Preparation of a data set: splits it into training, validation and test rows, then standardizes the features.

use super::{Dataset, Points, Standardization, Targets};
use crate::math::rng::{Philox, Stream};
use rand::Rng;

/// Set to which a row belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowUse {
    /// Training rows.
    Train,
    /// Rows for choosing between models.
    Validation,
    /// Rows for testing.
    Test,
}

impl Points {
    /// Returns the rows that `keep` accepts, in order.
    fn filter(&self, keep: impl Fn(usize) -> bool) -> Self {
        self.select(&(0..self.len()).filter(|n| keep(*n)).collect::<Vec<_>>())
    }
}

impl Dataset {
    /// Makes two classes like any others, so that a network has a logit for each.
    pub fn with_logit_per_class(mut self) -> Self {
        for points in [Some(&mut self.train), self.validation.as_mut(), self.test.as_mut()].into_iter().flatten() {
            if let Targets::Binary(labels) = &points.targets {
                let labels = labels.iter().map(|label| u32::from(*label)).collect();
                points.targets = Targets::Classes { classes: 2, labels };
            }
        }
        self
    }

    /// Splits off the fractions `validation` and `test` of the rows of each class, or of all rows, drawn by `seed`; all
    /// sets keep the row order. Each set gets at least one row of a class while there are enough: a first one for
    /// training, a second for testing. The test rows do not depend on `validation`. A fraction of 0 gives no set. The
    /// data set must not be split yet.
    pub fn split(self, validation: f64, test: f64, seed: u64) -> Self {
        let mut generator = Philox::new(seed, Stream::Split);
        let lots: Vec<u64> = (0..self.train.len()).map(|_| generator.next_u64()).collect();
        let mut sets = vec![RowUse::Train; self.train.len()];
        for mut rows in self.train.strata() {
            rows.sort_by_key(|n| lots[*n]);
            let tests = set_apart(rows.len(), rows.len(), test);
            let validations = set_apart(rows.len(), rows.len() - tests, validation);
            rows.drain(..tests).for_each(|n| sets[n] = RowUse::Test);
            rows.drain(..validations).for_each(|n| sets[n] = RowUse::Validation);
        }
        self.split_as(&sets)
    }

    /// Splits the rows into the sets that `uses` names, one for each row; all sets keep the row order.
    pub fn split_as(mut self, uses: &[RowUse]) -> Self {
        let part = |set: RowUse| uses.contains(&set).then(|| self.train.filter(|n| uses[n] == set));
        (self.validation, self.test) = (part(RowUse::Validation), part(RowUse::Test));
        // Without a split, a large table is not copied.
        if self.validation.is_some() || self.test.is_some() {
            self.train = self.train.filter(|n| uses[n] == RowUse::Train);
        }
        self
    }

    /// Scales every feature to mean 0 and population standard deviation 1 over the training rows, and the other rows by
    /// the same numbers. A constant feature becomes 0.
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

    /// Scales every regression target as [`Dataset::standardize`] scales features. Other targets stay.
    pub fn standardize_targets(mut self) -> Self {
        let Targets::Real { outputs, .. } = self.train.targets else { return self };
        let moments = (0..outputs).map(|k| mean_and_std(&self.train.target_column(k)));
        let (mean, std): (Vec<f64>, Vec<f64>) = moments.unzip();
        for points in [Some(&mut self.train), self.validation.as_mut(), self.test.as_mut()].into_iter().flatten() {
            if let Targets::Real { values, .. } = &mut points.targets {
                for row in values.chunks_exact_mut(outputs) {
                    row.iter_mut().zip(mean.iter().zip(&std)).for_each(|(y, (mean, std))| *y = (*y - mean) / std);
                }
            }
        }
        self.target_scaling = Some(Standardization { mean, std });
        self
    }

    /// Returns the first regression target that is the same number in all training rows, of which a network can learn
    /// nothing.
    pub fn constant_target(&self) -> Option<usize> {
        let outputs = if self.train.is_regression() { self.train.targets.outputs() } else { 0 };
        let is_constant = |k: &usize| self.train.target_column(*k).windows(2).all(|pair| pair[0] == pair[1]);
        (0..outputs).find(is_constant)
    }
}

/// Returns how many of a class's rows to split off: `fraction` of all `rows`, but one of the `left` rows must remain.
pub(super) fn set_apart(rows: usize, left: usize, fraction: f64) -> usize {
    let wanted = (rows as f64 * fraction).round() as usize;
    if fraction == 0.0 || left < 2 { 0 } else { wanted.clamp(1, left - 1) }
}

/// Returns mean and population standard deviation; 1 instead of 0 for a constant.
fn mean_and_std(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let rough = values.iter().sum::<f64>() / n;
    // The second pass removes the rounding error of the first: else a constant would get a tiny standard deviation.
    let mean = rough + values.iter().map(|v| v - rough).sum::<f64>() / n;
    let std = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    (mean, if std > 0.0 { std } else { 1.0 })
}

#[cfg(test)]
mod tests;
