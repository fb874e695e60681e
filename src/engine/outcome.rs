//! Result of one model's training.

use crate::math::convergence::{Convergence, LARGEST};
use crate::statistics::{CorrectRows, RowCounts, RowSet};

/// Scores of one model on one set of points.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    /// Mean loss over the points.
    pub loss: f64,
    /// Points classified correctly: the logit is above the loss's threshold exactly if the label is 1, or the first
    /// greatest of several logits is that of the point's class.
    pub correct: u32,
    /// Correct points with label 1, where there are two classes.
    pub correct_positive: u32,
    /// Errors of a regression.
    pub errors: Option<MeanErrors>,
}

/// Mean errors of a regression's outputs, over all points and targets.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MeanErrors {
    /// Mean of the squared errors.
    pub squared: f64,
    /// Mean of the errors' magnitudes.
    pub absolute: f64,
}

impl MeanErrors {
    /// Adds one error to sums.
    pub fn add(&mut self, error: f64) {
        self.squared += error * error;
        self.absolute += error.abs();
    }

    /// Divides sums by the number of errors.
    pub fn over(self, count: usize) -> Self {
        Self { squared: self.squared / count as f64, absolute: self.absolute / count as f64 }
    }
}

impl Score {
    /// Returns the correct points among `rows`, by class, or R² in steps.
    pub fn hits(self, rows: RowCounts) -> CorrectRows {
        let correct = self.errors.map_or(self.correct, |errors| rows.r_squared_steps(errors.squared));
        CorrectRows { correct, correct_positive: self.correct_positive, ordered_pairs: None }
    }

    /// Returns the accuracy on `rows`, or R² of a regression; `None` without rows.
    pub fn measure(self, rows: RowCounts) -> Option<f64> {
        match self.errors.zip(rows.numbers()) {
            Some((errors, numbers)) => Some(numbers.r_squared(errors.squared)),
            None => rows.accuracy(self.hits(rows)),
        }
    }
}

/// Result of one model. A diverged model has an epoch of divergence and no scores.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Outcome {
    /// Score on the training points.
    pub train: Option<Score>,
    /// Score on the validation points; `None` if there are none, or if one of their logits is not finite.
    pub validation: Option<Score>,
    /// Score on the test points; `None` if there are none, or if one of their logits is not finite.
    pub test: Option<Score>,
    /// First epoch (from 0) in which a logit was not finite, or whose update left a parameter that is not finite or
    /// beyond 1e30 in magnitude. The number of epochs if only the final logits show it.
    pub diverged: Option<u32>,
    /// Mean training loss before the first update; `None` if a logit was not finite, or without an epoch.
    pub first_loss: Option<f64>,
    /// Mean training loss before epoch [`super::Job::late_loss_epoch`]; `None` if a logit was not finite by then.
    pub late_loss: Option<f64>,
    /// Whether at the end no hidden unit responds to any training point (dead ReLUs), see [`super::Job::is_dead`].
    pub dead: bool,
    /// Correctly ordered pairs of points in each [`RowSet`], with [`super::Record::auc`]: see
    /// [`crate::statistics::ordered_pairs`].
    pub ordered_pairs: [Option<u64>; 3],
    /// Convergence statistics of its losses, with [`super::Record::convergence`].
    pub convergence: Option<Convergence>,
}

impl Outcome {
    /// Whether the final training loss is more than a million times the loss before the first update; maps cap losses
    /// at the same ratio. A few more epochs would make such a model diverge.
    pub fn is_exploded(&self) -> bool {
        self.train.zip(self.first_loss).is_some_and(|(train, first)| train.loss > LARGEST * first)
    }

    /// Returns the correct points and ordered pairs of a set of points; `rows` are those of every set.
    pub fn hits(&self, set: RowSet, rows: &[RowCounts; 3]) -> Option<CorrectRows> {
        let (rows, ordered_pairs) = (rows[set as usize], self.ordered_pairs[set as usize]);
        self.score(set).map(|score| CorrectRows { ordered_pairs, ..score.hits(rows) })
    }

    /// Returns the score that enters means, quantiles and ranges: `None` if the model diverged or exploded.
    pub fn score_in_statistics(&self, set: RowSet) -> Option<Score> {
        self.score(set).filter(|_| !self.is_exploded())
    }

    /// Returns the score on a set of points.
    pub fn score(&self, set: RowSet) -> Option<Score> {
        match set {
            RowSet::Train => self.train,
            RowSet::Validation => self.validation,
            RowSet::Test => self.test,
        }
    }
}
