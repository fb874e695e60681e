//! Exact histogram of the number of correct points: can be merged over batches and machines, in any order.

use super::student::t_quantile;
use std::collections::BTreeMap;

/// Number of models by number of correct points.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccuracyCounts {
    /// Number of points that each model was scored on.
    pub points: u32,
    /// Correct points → models.
    pub models: BTreeMap<u32, u64>,
}

impl AccuracyCounts {
    /// Creates counts without models, over `points` points.
    pub fn new(points: u32) -> Self {
        Self { points, models: BTreeMap::new() }
    }

    /// Counts one model with `correct` correct points.
    pub fn add(&mut self, correct: u32) {
        *self.models.entry(correct).or_default() += 1;
    }

    /// Adds the models of `other`. If it counts over another number of points, `self` counts over their least common
    /// multiple from then on, so that no accuracy changes.
    pub fn merge(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        if self.is_empty() {
            return self.clone_from(other);
        }
        if self.points != other.points {
            let common = least_common_multiple(self.points.max(1), other.points.max(1));
            let mut other = other.clone();
            self.rescale(common);
            other.rescale(common);
            return self.merge(&other);
        }
        other.models.iter().for_each(|(correct, models)| *self.models.entry(*correct).or_default() += models);
    }

    /// Converts the counts to `points` points: exactly if that is a multiple, else by rounding.
    fn rescale(&mut self, points: u32) {
        let (old, new) = (u64::from(self.points.max(1)), u64::from(points));
        let scaled = |correct: u32| ((u64::from(correct) * new + old / 2) / old) as u32;
        let mut models = BTreeMap::new();
        self.models.iter().for_each(|(correct, n)| *models.entry(scaled(*correct)).or_default() += n);
        (self.points, self.models) = (points, models);
    }

    /// Returns the number of models.
    pub fn len(&self) -> u64 {
        self.models.values().sum()
    }

    /// Whether no model is counted.
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    /// Returns the mean accuracy, a fraction.
    pub fn mean(&self) -> Option<f64> {
        let right: u128 = self.models.iter().map(|(correct, models)| *correct as u128 * *models as u128).sum();
        (!self.is_empty()).then(|| right as f64 / (self.len() as f64 * self.points as f64))
    }

    /// Returns the standard error of the mean accuracy; `None` with fewer than two models.
    pub fn standard_error(&self) -> Option<f64> {
        let (n, mean, points) = (self.len() as f64, self.mean()?, f64::from(self.points.max(1)));
        let square = |(correct, models): (&u32, &u64)| *models as f64 * (f64::from(*correct) / points - mean).powi(2);
        let squares: f64 = self.models.iter().map(square).sum();
        (n > 1.0).then(|| (squares / (n - 1.0) / n).sqrt())
    }

    /// Returns the 95 % confidence interval of the mean accuracy, by Student's t with n - 1 degrees of freedom; `None`
    /// with fewer than two models.
    pub fn mean_interval(&self) -> Option<(f64, f64)> {
        let (mean, error) = (self.mean()?, self.standard_error()?);
        let half = t_quantile(0.975, (self.len() - 1) as f64) * error;
        Some((mean - half, mean + half))
    }

    /// Returns the `q`-quantile (0 to 1) of the accuracies, a fraction, interpolated linearly between order statistics
    /// (type 7 of Hyndman and Fan 1996, numpy's default).
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let position = q * (self.len().checked_sub(1)? as f64);
        let (low, high) =
            (self.order_statistic(position.floor() as u64)?, self.order_statistic(position.ceil() as u64)?);
        let correct = low as f64 + (high as f64 - low as f64) * position.fract();
        Some(correct / self.points as f64)
    }

    /// Returns the smallest accuracy of a model that at least the fraction `q` of all models does not exceed (type 1 of
    /// Hyndman and Fan). Unlike [`AccuracyCounts::quantile`], some model has exactly this accuracy.
    pub fn attained_quantile(&self, q: f64) -> Option<f64> {
        // Rounding may put a product such as 0.7 × 10 just above the integer.
        let rank = (q * self.len() as f64 - 1e-9).ceil().max(1.0) as u64 - 1;
        Some(f64::from(self.order_statistic(rank)?) / f64::from(self.points.max(1)))
    }

    /// Returns the `rank`-th smallest number of correct points, counted from 0.
    fn order_statistic(&self, rank: u64) -> Option<u32> {
        let mut below = 0;
        self.models.iter().find_map(|(correct, models)| {
            below += models;
            (rank < below).then_some(*correct)
        })
    }
}

/// Returns the least common multiple of two positive numbers, at most a billion.
fn least_common_multiple(a: u32, b: u32) -> u32 {
    let (mut x, mut y) = (a, b);
    while y > 0 {
        (x, y) = (y, x % y);
    }
    (u64::from(a / x) * u64::from(b)).min(1_000_000_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(values: &[u32]) -> AccuracyCounts {
        let mut counts = AccuracyCounts::new(100);
        values.iter().for_each(|v| counts.add(*v));
        counts
    }

    #[test]
    fn quantiles_are_numpys() {
        // numpy.quantile([50, 60, 60, 97], [0, .25, .5, .75, 1]) = 50, 57.5, 60, 69.25, 97
        let some = counts(&[60, 97, 50, 60]);
        let expected = [0.5, 0.575, 0.6, 0.6925, 0.97];
        for (q, expected) in [0.0, 0.25, 0.5, 0.75, 1.0].into_iter().zip(expected) {
            assert!((some.quantile(q).unwrap() - expected).abs() < 1e-15, "{q}");
        }
        assert!((some.mean().unwrap() - 0.6675).abs() < 1e-15);
        assert_eq!(
            [0.0, 0.25, 0.26, 0.5, 0.75, 0.76, 1.0].map(|q| some.attained_quantile(q).unwrap()),
            [0.5, 0.5, 0.6, 0.6, 0.6, 0.97, 0.97]
        );
        // numpy.std([.5, .6, .6, .97], ddof=1) / 2
        assert!((some.standard_error().unwrap() - 0.103_551_516_97).abs() < 1e-10);
        assert_eq!((counts(&[7]).standard_error(), counts(&[7]).mean_interval()), (None, None));
        // 0.6675 ± 3.18245 (Fisher and Yates: three degrees of freedom, 3.182) × 0.10355
        let (low, high) = some.mean_interval().unwrap();
        assert!((low - 0.337_951).abs() < 1e-5 && (high - 0.997_049).abs() < 1e-5, "{low} {high}");
    }

    #[test]
    fn nothing_has_no_mean_and_no_quantile() {
        assert_eq!((counts(&[]).mean(), counts(&[]).quantile(0.5)), (None, None));
    }

    #[test]
    fn counts_over_different_points_keep_their_accuracies() {
        let mut ten = AccuracyCounts::new(10);
        [5, 8].iter().for_each(|v| ten.add(*v));
        let mut fifteen = AccuracyCounts::new(15);
        fifteen.add(5);
        ten.merge(&fifteen);
        assert_eq!((ten.points, ten.models.keys().copied().collect::<Vec<_>>()), (30, vec![10, 15, 24]));
        assert_eq!((ten.quantile(0.5), ten.len()), (Some(0.5), 3));
        assert_eq!(least_common_multiple(99_999, 100_000), 1_000_000_000);
    }

    #[test]
    fn order_of_merging_does_not_matter() {
        let (a, b) = (counts(&[1, 2, 2]), counts(&[2, 9]));
        let (mut ab, mut ba) = (a.clone(), b.clone());
        ab.merge(&b);
        ba.merge(&a);
        assert_eq!((ab.clone(), ab.len()), (ba, 5));
    }
}
