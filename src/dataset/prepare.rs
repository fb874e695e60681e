//! What happens to a data set before training: the split into training and test rows, then standardising.

use super::{Dataset, Points, Scaling};
use crate::math::rng::{Philox, Stream};
use rand::Rng;

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
    /// Sets `fraction` of the rows of each class apart for testing, drawn by `seed`; both parts keep the rows' order.
    /// Of a class of two rows and more, at least one goes to either part; a single one stays for training. `fraction` 0
    /// changes nothing. The data set must not be split yet.
    pub fn split(mut self, fraction: f64, seed: u64) -> Self {
        let mut generator = Philox::new(seed, Stream::Split);
        let lots: Vec<u64> = (0..self.train.len()).map(|_| generator.next_u64()).collect();
        let mut in_test = vec![false; self.train.len()];
        for class in [false, true] {
            let mut rows: Vec<usize> = (0..self.train.len()).filter(|n| self.train.y[*n] == class).collect();
            rows.sort_by_key(|n| lots[*n]);
            rows[..test_rows(rows.len(), fraction)].iter().for_each(|n| in_test[*n] = true);
        }
        if in_test.contains(&true) {
            self.test = Some(self.train.filter(|n| in_test[n]));
            self.train = self.train.filter(|n| !in_test[n]);
        }
        self
    }

    /// Brings every feature to mean 0 and population standard deviation 1 over the training rows, and the test rows
    /// along by the same numbers. A constant feature becomes 0.
    pub fn standardize(mut self) -> Self {
        let column = |feature: usize| (0..self.train.len()).map(move |n| (n, feature));
        let moments = (0..self.train.features).map(|feature| {
            let values: Vec<f64> = column(feature).map(|(n, feature)| self.train.row(n)[feature]).collect();
            mean_and_std(&values)
        });
        let (mean, std): (Vec<f64>, Vec<f64>) = moments.unzip();
        for points in [Some(&mut self.train), self.test.as_mut()].into_iter().flatten() {
            for row in points.x.chunks_exact_mut(mean.len()) {
                let scale = |(x, (mean, std)): (&mut f64, (&f64, &f64))| *x = (*x - mean) / std;
                row.iter_mut().zip(mean.iter().zip(&std)).for_each(scale);
            }
        }
        self.scaling = Some(Scaling { mean, std });
        self
    }
}

/// How many of a class's rows are for testing.
fn test_rows(rows: usize, fraction: f64) -> usize {
    let wanted = (rows as f64 * fraction).round() as usize;
    if fraction == 0.0 || rows < 2 { 0 } else { wanted.clamp(1, rows - 1) }
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
