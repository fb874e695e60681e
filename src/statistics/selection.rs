//! Criteria by which the best value is selected.

use super::{CorrectRows, Measure, RowCounts, RowTargets};
use crate::math::choice_enum::choice_enum;
use crate::math::{Loss, LossParams};

choice_enum! {
    /// By what a best value is chosen.
    #[derive(Default)]
    pub enum Select {
        /// The highest mean accuracy.
        #[default]
        Accuracy,
        /// The highest mean balanced accuracy: both classes count alike.
        Balanced,
        /// The largest mean area under the ROC curve, which `--metrics auc` asks for.
        Auc,
        /// The least mean loss.
        Loss,
    }
}

impl Select {
    /// Returns the criterion in words.
    pub fn words(self, measure: Measure) -> &'static str {
        match self {
            Self::Accuracy => measure.name(),
            Self::Balanced => "balanced accuracy",
            Self::Auc => "area under the ROC curve",
            Self::Loss => "loss",
        }
    }

    /// Returns the score of a model with these results on the rows for selection; higher is better.
    pub fn score(self, rows: RowCounts, hits: CorrectRows, loss: f64) -> Option<f64> {
        match self {
            Self::Accuracy => rows.accuracy(hits),
            Self::Balanced => rows.balanced_accuracy(hits),
            Self::Auc => rows.auc(hits),
            Self::Loss => Some(-loss),
        }
    }

    /// Returns the score of a model that ignores the inputs: it always predicts the most common class, ranks at random,
    /// or predicts the shares of the classes, by this loss with its numbers. `None` where it does not follow from the
    /// counts: the loss of several classes with smoothed labels, and absolute errors.
    pub fn baseline(self, rows: RowCounts, loss: Loss, rates: Option<LossParams<f64>>) -> Option<f64> {
        let share = f64::from(rows.positives) / f64::from(rows.points.max(1));
        match self {
            Self::Accuracy => Some(rows.baseline()),
            Self::Balanced | Self::Auc => Some(0.5),
            Self::Loss => match (rows.targets, rates, loss) {
                (RowTargets::Binary, ..) => Some(-loss.of_constant(share, rates)),
                (RowTargets::Classes(several), None, _) => Some(-1e-9 * several.entropy as f64),
                (RowTargets::Numbers(numbers), _, Loss::Mse) => Some(-numbers.variance()),
                (RowTargets::Classes(_) | RowTargets::Numbers(_), ..) => None,
            },
        }
    }

    /// Describes that model in words; its score follows.
    pub fn baseline_words(self, measure: Measure) -> &'static str {
        match (self, measure) {
            (Self::Accuracy, Measure::RSquared) => "that of always predicting the mean",
            (Self::Loss, Measure::RSquared) => "always predicting the mean",
            (Self::Accuracy, Measure::Accuracy) => "always predicting the most common class",
            (Self::Balanced, _) => "always predicting one class",
            (Self::Auc, _) => "ranking by chance",
            (Self::Loss, Measure::Accuracy) => "predicting the class shares",
        }
    }

    /// Maps a score to a share from 0 to 1, in the same order.
    pub fn share(self, score: f64) -> f64 {
        if self == Self::Loss { 1.0 / (1.0 - score) } else { score }
    }

    /// Returns the resolution of scores on these rows; 0 if they are continuous.
    pub fn step(self, rows: RowCounts) -> f64 {
        let step = |n: u32| 1.0 / f64::from(n.max(1));
        match self {
            Self::Accuracy if rows.numbers().is_some() => 0.0,
            Self::Accuracy => step(rows.points),
            Self::Balanced => 0.5 * step(rows.positives).min(step(rows.negatives())),
            Self::Auc => 0.5 * step(rows.positives) * step(rows.negatives()),
            Self::Loss => 0.0,
        }
    }
}
