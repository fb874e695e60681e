//! Sets of rows and their class sizes.

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

    /// Returns the number of rows of the most common class; 0 for numbers.
    pub fn majority(self) -> u32 {
        match self.targets {
            RowTargets::Binary => self.positives.max(self.negatives()),
            RowTargets::Classes(several) => several.largest,
            RowTargets::Numbers(_) => 0,
        }
    }

    /// Returns the baseline, a fraction: the accuracy of always predicting the most common class, or the R² of always
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

    /// Returns the number of pairs with one row of each class.
    pub(super) fn pairs(self) -> u64 {
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
