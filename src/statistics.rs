//! Statistics of many models: exact counts that can be merged, quantiles, success rates with confidence intervals. A
//! missing value is `None`, never 0. Independent of engines, files and pictures.

mod accuracy_counts;
pub mod box_counting;
mod class_sums;
mod equalise;
mod final_losses;
mod group;
mod group_scores;
mod loss_counts;
mod measure;
pub mod modality;
mod near_best;
pub mod number_format;
mod outcome_class;
mod quantile;
pub mod resample;
mod roc_auc;
mod row_counts;
mod row_targets;
pub mod sample_size;
mod selection;
pub mod student;
mod summary;
pub mod variance;
mod wilson;

pub use accuracy_counts::AccuracyCounts;
pub use box_counting::BoxCountingDimension;
pub use class_sums::ClassSums;
pub use equalise::equalise;
pub use final_losses::FinalLosses;
pub use group::{Group, ModelResult};
pub use group_scores::{GroupScores, SelectionScore};
pub use loss_counts::LossCounts;
pub use measure::Measure;
pub use near_best::{BestClaim, NearBest, bins, is_indistinguishable, near_best};
pub use outcome_class::{CHANCE, Ending, OutcomeClass, is_success};
pub use quantile::{evenly, quantile};
pub use roc_auc::ordered_pairs;
pub use row_counts::{CorrectRows, R_SQUARED_STEPS, RowCounts, RowSet};
pub use row_targets::{NumberTargets, RowTargets, SeveralClasses};
pub use selection::Select;
pub(crate) use summary::ordered;
pub use summary::{Series, Summary};
pub use wilson::wilson_95;
