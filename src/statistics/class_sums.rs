//! Scores that weight both classes equally, summed over models.

use super::{CorrectRows, RowCounts};

/// Correct rows of several models by class: integer sums, which do not depend on the order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClassSums {
    /// Sums by the row counts that models were scored on, ascending.
    sums: Vec<(RowCounts, ScoreSum)>,
}

/// Sums over models with the same row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct ScoreSum {
    models: u64,
    right_positives: u64,
    right_negatives: u64,
    /// Number of models with known pairs; `ordered_pairs` is the sum of theirs.
    ranked: u64,
    ordered_pairs: u128,
}

impl ClassSums {
    /// Counts one model.
    pub fn add(&mut self, rows: RowCounts, hits: CorrectRows) {
        let right_negatives = u64::from(hits.correct.saturating_sub(hits.correct_positive));
        self.add_sum(
            rows,
            ScoreSum {
                models: 1,
                right_positives: hits.correct_positive.into(),
                right_negatives,
                ranked: hits.ordered_pairs.is_some().into(),
                ordered_pairs: hits.ordered_pairs.unwrap_or(0).into(),
            },
        );
    }

    /// Adds the models of `other`.
    pub fn merge(&mut self, other: &Self) {
        other.sums.iter().for_each(|(rows, sum)| self.add_sum(*rows, *sum));
    }

    fn add_sum(&mut self, rows: RowCounts, more: ScoreSum) {
        let place = self.sums.binary_search_by_key(&rows, |(rows, _)| *rows).unwrap_or_else(|place| {
            self.sums.insert(place, (rows, ScoreSum::default()));
            place
        });
        let sum = &mut self.sums[place].1;
        sum.models += more.models;
        sum.right_positives += more.right_positives;
        sum.right_negatives += more.right_negatives;
        sum.ranked += more.ranked;
        sum.ordered_pairs += more.ordered_pairs;
    }

    /// Returns the mean area under the ROC curve over the models for which it is known; `None` without any.
    pub fn auc(&self) -> Option<f64> {
        let ranked: u64 = self.sums.iter().map(|(_, sum)| sum.ranked).sum();
        let known = self.sums.iter().filter(|(rows, sum)| sum.ranked > 0 && rows.pairs() > 0);
        let total: f64 = known.map(|(rows, sum)| sum.ordered_pairs as f64 / (2.0 * rows.pairs() as f64)).sum();
        (ranked > 0).then(|| total / ranked as f64)
    }

    /// Returns the mean over all models of the balanced accuracy, which is the mean of both classes' shares of correct
    /// rows; `None` without models, or if some were scored on rows of only one class.
    pub fn balanced_accuracy(&self) -> Option<f64> {
        let share = |right: u64, rows: u32| (rows > 0).then(|| right as f64 / f64::from(rows));
        let (mut total, mut models) = (0.0, 0);
        for (rows, sum) in &self.sums {
            let [positive, negative] =
                [share(sum.right_positives, rows.positives)?, share(sum.right_negatives, rows.negatives())?];
            total += (positive + negative) / 2.0;
            models += sum.models;
        }
        (models > 0).then(|| total / models as f64)
    }
}

impl RowCounts {
    /// Returns the mean of the two classes' shares of correct rows; `None` if a class has no row, or with more classes.
    pub fn balanced_accuracy(self, hits: CorrectRows) -> Option<f64> {
        let mut sums = ClassSums::default();
        sums.add(self, hits);
        sums.balanced_accuracy()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: RowCounts = RowCounts::binary(400, 10);

    #[test]
    fn balanced_accuracy_counts_both_classes_alike() {
        let of = |correct, correct_positive| {
            ROWS.balanced_accuracy(CorrectRows { correct, correct_positive, ..CorrectRows::default() })
        };
        // Always class 0; always class 1; half of either; all.
        assert_eq!((of(390, 0), of(10, 10), of(200, 5), of(400, 10)), (Some(0.5), Some(0.5), Some(0.5), Some(1.0)));
        // 7 of 10 and 351 of 390.
        assert_eq!(of(358, 7), Some((0.7 + 351.0 / 390.0) / 2.0));
        assert_eq!(
            RowCounts::binary(5, 5).balanced_accuracy(CorrectRows {
                correct: 5,
                correct_positive: 5,
                ..CorrectRows::default()
            }),
            None
        );
        assert_eq!((ROWS.baseline(), ROWS.majority(), RowCounts::of(&[true, false, true]).positives), (0.975, 390, 2));
    }

    #[test]
    fn sums_do_not_depend_on_the_order() {
        let models: Vec<(RowCounts, CorrectRows)> = (0..100)
            .map(|n| {
                let rows = RowCounts::binary(30 + n % 7, 10 + n % 3);
                (
                    rows,
                    CorrectRows {
                        correct: 7 + n % 13,
                        correct_positive: n % 8,
                        ordered_pairs: (n % 3 > 0).then_some(n.into()),
                    },
                )
            })
            .collect();
        let sum = |models: &mut dyn Iterator<Item = &(RowCounts, CorrectRows)>| {
            let mut sums = ClassSums::default();
            models.for_each(|(rows, hits)| sums.add(*rows, *hits));
            sums
        };
        let (all, back) = (sum(&mut models.iter()), sum(&mut models.iter().rev()));
        let (mut parts, rest) = (sum(&mut models[60..].iter()), sum(&mut models[..60].iter()));
        parts.merge(&rest);
        assert_eq!((&all, &all), (&back, &parts));
        assert_eq!((all.balanced_accuracy(), all.auc()), (parts.balanced_accuracy(), parts.auc()));
        let areas: Vec<f64> = models.iter().filter_map(|(rows, hits)| rows.auc(*hits)).collect();
        assert!((all.auc().unwrap() - areas.iter().sum::<f64>() / areas.len() as f64).abs() < 1e-14);
        let plain: f64 = models.iter().map(|(rows, hits)| rows.balanced_accuracy(*hits).unwrap()).sum::<f64>() / 100.0;
        assert!((all.balanced_accuracy().unwrap() - plain).abs() < 1e-14);
    }

    #[test]
    fn a_model_has_no_more_right_than_there_is() {
        let allows = |correct, correct_positive| {
            ROWS.is_possible(CorrectRows { correct, correct_positive, ..CorrectRows::default() })
        };
        assert!(allows(400, 10) && allows(390, 0) && allows(0, 0));
        assert!(!allows(391, 0) && !allows(11, 11) && !allows(3, 4) && !allows(u32::MAX, 10));
    }
}
