//! How one model ends.

use crate::math::convergence::{Convergence, LARGEST};
use crate::statistics::{CorrectRows, RowSet};

/// How well one model does on one set of points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Mean loss over the points.
    pub loss: f64,
    /// Points whose logit is above the loss's threshold exactly if their label is 1.
    pub correct: u32,
    /// Those of them with label 1.
    pub correct_positive: u32,
}

impl Score {
    /// The points right, by class.
    pub fn hits(self) -> CorrectRows {
        CorrectRows { correct: self.correct, correct_positive: self.correct_positive, ordered_pairs: None }
    }
}

/// One model's result. A diverged model has an epoch and no scores.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Outcome {
    /// On the training points.
    pub train: Option<Score>,
    /// Missing without validation rows, or where one of their logits is not finite.
    pub validation: Option<Score>,
    /// Missing without test rows, or where a test logit is not finite.
    pub test: Option<Score>,
    /// The first epoch (from 0) in which a logit was not finite, or whose update left a parameter that is not finite or
    /// beyond 1e30 in magnitude; the number of epochs where only the final logits show it.
    pub diverged: Option<u32>,
    /// Mean training loss before the first update; missing where a logit was not finite, or without an epoch.
    pub first_loss: Option<f64>,
    /// Mean training loss before epoch [`super::Job::late`]; missing where a logit was not finite by then.
    pub late_loss: Option<f64>,
    /// Whether at the end no hidden unit answers to any training point: ReLU's death, see [`super::Job::is_silent`].
    pub silent: bool,
    /// How well it orders the points of each [`RowSet`], with [`super::Record::auc`]: see [`crate::statistics::ordered_pairs`].
    pub ordered_pairs: [Option<u64>; 3],
    /// What its losses say of its convergence, with [`super::Record::convergence`].
    pub convergence: Option<Convergence>,
}

impl Outcome {
    /// Whether the training loss ended beyond a million times what it was before the first update, the bound of maps. Such a model
    /// is as lost as a diverged one, which a few epochs more would make of it.
    pub fn is_exploded(&self) -> bool {
        self.train.zip(self.first_loss).is_some_and(|(train, first)| train.loss > LARGEST * first)
    }

    /// What it had right of a set of points, and how well it orders them.
    pub fn hits(&self, set: RowSet) -> Option<CorrectRows> {
        self.score(set).map(|score| CorrectRows { ordered_pairs: self.ordered_pairs[set as usize], ..score.hits() })
    }

    /// On a set of points, unless the model diverged or exploded: what means, quantiles and ranges are made of.
    pub fn counted(&self, set: RowSet) -> Option<Score> {
        self.score(set).filter(|_| !self.is_exploded())
    }

    /// On a set of points.
    pub fn score(&self, set: RowSet) -> Option<Score> {
        match set {
            RowSet::Train => self.train,
            RowSet::Validation => self.validation,
            RowSet::Test => self.test,
        }
    }
}
