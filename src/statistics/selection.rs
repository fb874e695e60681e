//! What "best" means.

use super::{CorrectRows, RowCounts};
use crate::math::loss::Loss;

/// By what a best value is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
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

impl Select {
    /// What is best at the best value, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Balanced => "balanced accuracy",
            Self::Auc => "area under the ROC curve",
            Self::Loss => "loss",
        }
    }

    /// The score of a model with this outcome on the rows that choose: the higher, the better.
    pub fn score(self, rows: RowCounts, hits: CorrectRows, loss: f64) -> Option<f64> {
        match self {
            Self::Accuracy => rows.accuracy(hits),
            Self::Balanced => rows.balanced_accuracy(hits),
            Self::Auc => rows.auc(hits),
            Self::Loss => Some(-loss),
        }
    }

    /// The score of a model that knows nothing of the inputs: it names the larger class always, ranks by chance, or gives the shares of
    /// the classes.
    pub fn baseline(self, rows: RowCounts, loss: Loss) -> f64 {
        let share = f64::from(rows.positives) / f64::from(rows.points.max(1));
        let entropy = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
        match (self, loss) {
            (Self::Accuracy, _) => rows.baseline(),
            (Self::Balanced | Self::Auc, _) => 0.5,
            (Self::Loss, Loss::Bce) => -(entropy(share) + entropy(1.0 - share)),
            (Self::Loss, Loss::Mse) => -share * (1.0 - share),
        }
    }

    /// That model, in words; its score follows.
    pub fn baseline_words(self) -> &'static str {
        match self {
            Self::Accuracy => "always naming the larger class",
            Self::Balanced => "always naming one class",
            Self::Auc => "ranking by chance",
            Self::Loss => "knowing the shares of the classes alone",
        }
    }

    /// A score as a share from 0 to 1, in the same order.
    pub fn share(self, score: f64) -> f64 {
        if self == Self::Loss { 1.0 / (1.0 - score) } else { score }
    }

    /// Steps that scores come in, on these rows: 0 where they are not counted.
    pub fn step(self, rows: RowCounts) -> f64 {
        let step = |n: u32| 1.0 / f64::from(n.max(1));
        match self {
            Self::Accuracy => step(rows.points),
            Self::Balanced => 0.5 * step(rows.positives).min(step(rows.negatives())),
            Self::Auc => 0.5 * step(rows.positives) * step(rows.negatives()),
            Self::Loss => 0.0,
        }
    }
}
