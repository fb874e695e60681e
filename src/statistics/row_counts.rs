//! Sets of rows, their class sizes, and scores that weight both classes equally.

use super::outcome_class::success_threshold;
use super::{Measure, NumberTargets, RowTargets, SeveralClasses};

/// Steps in which R² is counted: it is rounded to 0.00001.
pub const R_SQUARED_STEPS: u32 = 100_000;

/// Set of rows that a model is scored on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowSet {
    /// Rows that models are trained on.
    Train,
    /// Rows on which models are selected.
    Validation,
    /// Rows on which selected models are evaluated.
    Test,
}

impl RowSet {
    /// Every set.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// Returns the prefix of its table columns.
    pub fn prefix(self) -> &'static str {
        ["", "val_", "test_"][self as usize]
    }
}

/// Number of rows of a set, in total and by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RowCounts {
    /// Number of rows; 0: the data set has no such rows.
    pub points: u32,
    /// Number of rows of label 1; 0 unless there are two classes.
    pub positives: u32,
    /// What is to be predicted, and what is known of it beyond `positives`.
    pub targets: RowTargets,
}

impl RowCounts {
    /// Creates the counts of `points` rows of two classes, `positives` of them of label 1.
    pub const fn binary(points: u32, positives: u32) -> Self {
        Self { points, positives, targets: RowTargets::Binary }
    }

    /// Counts labels.
    pub fn of(labels: &[bool]) -> Self {
        Self::binary(labels.len() as u32, labels.iter().filter(|label| **label).count() as u32)
    }

    /// Counts the rows of more than two classes, given by their sizes.
    pub fn of_classes(sizes: &[usize]) -> Self {
        let points = sizes.iter().sum::<usize>() as u32;
        Self { points, positives: 0, targets: RowTargets::Classes(SeveralClasses::of(sizes)) }
    }

    /// Describes `points` rows with numbers as targets.
    pub fn of_numbers(points: usize, numbers: NumberTargets) -> Self {
        Self { points: points as u32, positives: 0, targets: RowTargets::Numbers(numbers) }
    }

    /// Returns the spread of the targets, if they are numbers.
    pub fn numbers(self) -> Option<NumberTargets> {
        if let RowTargets::Numbers(numbers) = self.targets { Some(numbers) } else { None }
    }

    /// Returns the measure of success on these rows.
    pub fn measure(self) -> Measure {
        if self.numbers().is_some() { Measure::RSquared } else { Measure::Accuracy }
    }

    /// Returns in how many parts the [measure](Measure) from 0 to 1 is counted: rows, or [`R_SQUARED_STEPS`]; 0 without
    /// rows.
    pub fn steps(self) -> u32 {
        if self.points > 0 && self.numbers().is_some() { R_SQUARED_STEPS } else { self.points }
    }

    /// Returns the steps of a regression with this mean squared error: R² from 0 to 1, 0 if it is negative.
    pub fn r_squared_steps(self, squared: f64) -> u32 {
        let share = self.numbers().map_or(0.0, |numbers| numbers.r_squared(squared).clamp(0.0, 1.0));
        (share * f64::from(R_SQUARED_STEPS)).round() as u32
    }

    /// Returns the number of rows of label 0, where there are two classes.
    pub fn negatives(self) -> u32 {
        self.points - self.positives
    }

    /// Returns the number of rows of the larger class; 0 for numbers.
    pub fn majority(self) -> u32 {
        match self.targets {
            RowTargets::Binary => self.positives.max(self.negatives()),
            RowTargets::Classes(several) => several.largest,
            RowTargets::Numbers(_) => 0,
        }
    }

    /// Returns the baseline, a fraction: the accuracy of always predicting the larger class, or the R² of always
    /// predicting the mean. 1 without rows.
    pub fn baseline(self) -> f64 {
        f64::from(self.majority().max(u32::from(self.points == 0))) / f64::from(self.points.max(1))
    }

    /// Returns the measure that a success exceeds: `given`, or an R² of 1/2, or 40 % of the distance from the baseline
    /// to 1.
    pub fn success_threshold(self, given: Option<f64>) -> f64 {
        let default = || match self.measure() {
            Measure::Accuracy => success_threshold(self.points, self.majority()),
            Measure::RSquared => 0.5,
        };
        given.unwrap_or_else(default)
    }

    /// Returns the share of correct rows or R², a fraction; `None` without rows.
    pub fn accuracy(self, hits: CorrectRows) -> Option<f64> {
        (self.points > 0).then(|| f64::from(hits.correct) / f64::from(self.steps()))
    }

    /// Returns the mean of the two classes' shares of correct rows; `None` if a class has no row, or with more classes.
    pub fn balanced_accuracy(self, hits: CorrectRows) -> Option<f64> {
        let mut sums = ClassSums::default();
        sums.add(self, hits);
        sums.balanced_accuracy()
    }

    /// Returns the number of pairs with one row of each class.
    fn pairs(self) -> u64 {
        match self.targets {
            RowTargets::Binary => u64::from(self.positives) * u64::from(self.negatives()),
            RowTargets::Classes(_) | RowTargets::Numbers(_) => 0,
        }
    }

    /// Returns the area under the ROC curve; `None` if it was not requested or a class has no row.
    pub fn auc(self, hits: CorrectRows) -> Option<f64> {
        let pairs = hits.ordered_pairs.filter(|_| self.pairs() > 0)?;
        Some(pairs as f64 / (2.0 * self.pairs() as f64))
    }

    /// Whether these results are possible on these rows.
    pub fn is_possible(self, hits: CorrectRows) -> bool {
        if self.targets != RowTargets::Binary {
            return hits.correct <= self.steps() && hits.correct_positive == 0 && hits.ordered_pairs.is_none();
        }
        let negatives_right = hits.correct.checked_sub(hits.correct_positive);
        hits.correct_positive <= self.positives
            && negatives_right.is_some_and(|right| right <= self.negatives())
            && hits.ordered_pairs.is_none_or(|pairs| pairs <= 2 * self.pairs())
    }
}

/// Correct rows of one model on a set of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CorrectRows {
    /// Number of correct rows, or [`RowCounts::r_squared_steps`].
    pub correct: u32,
    /// Number of correct rows of label 1.
    pub correct_positive: u32,
    /// Measure of the order of the logits, if requested: see [`ordered_pairs`](super::ordered_pairs).
    pub ordered_pairs: Option<u64>,
}

impl CorrectRows {
    /// Creates a result of `correct` correct rows, all of label 0.
    pub fn of_negatives(correct: u32) -> Self {
        Self { correct, ..Self::default() }
    }
}

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
