//! Results in memory: what a sweep asks for, what its models did, and the statistics of both. It knows no files.

mod csv_text;
mod models;
mod output_reading;
mod selection_rows;
pub mod settings_text;
pub(crate) mod spec;
mod study_curves;
mod study_preprocessing;
mod summary;
mod summary_table;
mod variance;

#[cfg(feature = "native")]
pub(crate) use csv_text::{group_table, text};
pub use models::{CurveKind, KeptModel, ModelColumns, ModelCurve};
#[cfg(feature = "native")]
pub(crate) use models::{curve, status};
pub use output_reading::OutputReading;
pub use selection_rows::choice_score;
pub use spec::{CellSpec, StudySpec};
pub use study_curves::StudyCurves;
pub use study_preprocessing::{CellNetwork, StudyPreprocessing, table_rules};
pub use summary::{class, summary_of};
#[cfg(feature = "native")]
pub(crate) use summary::{count, no_models};
pub use summary_table::summary_csv;
#[cfg(feature = "native")]
pub(crate) use summary_table::tabled;
pub use variance::{CrossedTables, VarianceShare};
