//! What the crowd of models says: exact counts that add up, quantiles, success rates with intervals. Missing is `None`,
//! never 0. Knows nothing of engines, files or pictures.

pub mod box_counting;
mod class;
mod counts;
pub mod dip;
mod equalise;
mod final_losses;
mod group;
mod losses;
mod near_best;
pub mod power;
mod quantile;
mod ranking;
pub mod resample;
mod rows;
mod scores;
mod select;
pub mod sentences;
pub mod student;
mod summary;
pub mod variance;
mod wilson;

pub use box_counting::Dimension;
pub use class::{Class, Ending, is_success};
pub use counts::Counts;
pub use equalise::equalise;
pub use final_losses::FinalLosses;
pub use group::{Group, Verdict};
pub use losses::LossCounts;
pub use near_best::{Claim, NearBest, bins, is_alike, near_best};
pub use quantile::{evenly, quantile};
pub use ranking::ordered_pairs;
pub use rows::{ClassSums, Hits, RowSet, Rows};
pub use scores::{Choice, Scores};
pub use select::Select;
pub(crate) use summary::ordered;
pub use summary::{Series, Summary};
pub use wilson::wilson_95;
