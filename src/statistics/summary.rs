//! One row per learning rate, made model by model in fixed memory and in any order.

use super::{Counts, wilson_95};
use std::collections::BTreeMap;

/// The models of one learning rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub lr: f64,
    /// All models, diverged ones among them.
    pub n: u64,
    pub diverged: u64,
    /// Models with strictly more than the threshold's share of the training points right.
    pub successes: u64,
    /// Training accuracies of the models that did not diverge.
    pub train: Counts,
    /// Test accuracies, where there are test rows.
    pub test: Counts,
}

impl Group {
    /// Share of successes among all `n` models: a diverged one is a failure.
    pub fn success_rate(&self) -> Option<f64> {
        (self.n > 0).then(|| self.successes as f64 / self.n as f64)
    }

    /// Wilson's 95 % interval of [`Group::success_rate`].
    pub fn success_interval(&self) -> Option<(f64, f64)> {
        wilson_95(self.successes, self.n)
    }
}

/// All learning rates of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    train_points: u32,
    test_points: u32,
    /// Strictly more points right than this is a success.
    success_above: u32,
    groups: BTreeMap<u64, Group>,
}

impl Summary {
    /// No models yet. A model succeeds with strictly more than `threshold` (0 to 1) of `train_points` right.
    pub fn new(train_points: u32, test_points: u32, threshold: f64) -> Self {
        Self {
            train_points,
            test_points,
            success_above: success_above(train_points, threshold),
            groups: BTreeMap::new(),
        }
    }

    /// Whether so many training points right is a success.
    pub fn is_success(&self, correct: u32) -> bool {
        correct > self.success_above
    }

    /// Counts one model: training and test points right (`None`: diverged, or no test rows).
    pub fn add(&mut self, lr: f64, train: Option<u32>, test: Option<u32>, diverged: bool) {
        let success = train.is_some_and(|correct| self.is_success(correct));
        let (train_points, test_points) = (self.train_points, self.test_points);
        // For numbers from 0 the order of the bits is the order of the values.
        let group = self.groups.entry(lr.to_bits()).or_insert_with(|| Group {
            lr,
            n: 0,
            diverged: 0,
            successes: 0,
            train: Counts::new(train_points),
            test: Counts::new(test_points),
        });
        group.n += 1;
        group.diverged += u64::from(diverged);
        group.successes += u64::from(success);
        train.into_iter().for_each(|correct| group.train.add(correct));
        test.into_iter().for_each(|correct| group.test.add(correct));
    }

    /// The groups by ascending learning rate.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &Group> {
        self.groups.values()
    }

    /// Everything in one group; its `lr` is NaN.
    pub fn total(&self) -> Group {
        let (train, test) = (Counts::new(self.train_points), Counts::new(self.test_points));
        let mut total = Group { lr: f64::NAN, n: 0, diverged: 0, successes: 0, train, test };
        for group in self.groups() {
            total.n += group.n;
            total.diverged += group.diverged;
            total.successes += group.successes;
            total.train.merge(&group.train);
            total.test.merge(&group.test);
        }
        total
    }

    /// The learning rate with the best mean accuracy (on test rows, if there are any), among those where at least half
    /// of the models did not diverge, if there are such: one survivor of a thousand says little.
    pub fn best(&self) -> Option<&Group> {
        let score = |g: &&Group| if self.test_points > 0 { g.test.mean() } else { g.train.mean() };
        let steady = |g: &&Group| 2 * g.diverged <= g.n;
        let best = |groups: &mut dyn Iterator<Item = &'_ Group>| -> Option<u64> {
            let scored = groups.filter_map(|g| score(&g).map(|s| (s, g.lr.to_bits())));
            scored.reduce(|a, b| if b.0 > a.0 { b } else { a }).map(|(_, lr)| lr)
        };
        let lr = best(&mut self.groups().filter(steady)).or_else(|| best(&mut self.groups()))?;
        self.groups.get(&lr)
    }
}

/// The largest number of points right that is *not* strictly more than `threshold × points`. The product is rounded to
/// 1e-9 of a point first, so that 0.7 of 200 is 140 although 0.7 × 200 is 140 less a little in binary.
fn success_above(points: u32, threshold: f64) -> u32 {
    let exact = threshold * f64::from(points);
    let nearest = exact.round();
    if (exact - nearest).abs() < 1e-9 * f64::from(points.max(1)) { nearest as u32 } else { exact.floor() as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_is_strictly_more_than_the_share() {
        for (points, threshold, fails, succeeds) in
            [(200, 0.7, 140, 141), (10, 0.7, 7, 8), (3, 0.5, 1, 2), (10, 0.0, 0, 1)]
        {
            let summary = Summary::new(points, 0, threshold);
            assert!(!summary.is_success(fails) && summary.is_success(succeeds), "{threshold} of {points}");
        }
        assert!(!Summary::new(10, 0, 1.0).is_success(10));
    }

    #[test]
    fn a_diverged_model_counts_as_a_failure_and_has_no_accuracy() {
        let mut summary = Summary::new(10, 0, 0.7);
        summary.add(0.1, Some(9), None, false);
        summary.add(0.1, None, None, true);
        let group = summary.groups().next().unwrap();
        assert_eq!((group.n, group.diverged, group.successes, group.success_rate()), (2, 1, 1, Some(0.5)));
        assert_eq!((group.train.mean(), group.test.mean()), (Some(0.9), None));
    }

    #[test]
    fn groups_come_by_learning_rate_and_the_best_by_mean_accuracy() {
        let mut summary = Summary::new(10, 0, 0.7);
        for (lr, correct) in [(0.5, 6), (0.0, 5), (0.05, 9), (0.5, 8)] {
            summary.add(lr, Some(correct), None, false);
        }
        assert_eq!(summary.groups().map(|g| g.lr).collect::<Vec<_>>(), [0.0, 0.05, 0.5]);
        assert_eq!(summary.best().unwrap().lr, 0.05);
        assert_eq!(summary.total().n, 4);
    }

    #[test]
    fn a_lone_survivor_is_not_the_best() {
        let mut summary = Summary::new(10, 0, 0.7);
        summary.add(0.1, Some(8), None, false);
        (0..3).for_each(|_| summary.add(9.0, None, None, true));
        summary.add(9.0, Some(10), None, false);
        assert_eq!(summary.best().unwrap().lr, 0.1);
    }
}
