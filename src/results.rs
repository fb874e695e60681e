//! Results in memory: what a sweep asks for, what its models did, and the statistics of both. It knows no files.

mod csv_text;
mod map_models;
mod model_table;
mod models;
mod output_reading;
mod selection_rows;
pub mod settings_text;
pub(crate) mod spec;
mod study_curves;
mod study_preprocessing;
mod study_results;
mod summary;
mod summary_table;
mod variance;

#[cfg(feature = "native")]
pub(crate) use csv_text::{group_table, text};
pub use map_models::{MapCollector, MapModels, MapSide};
pub use model_table::{Column, NamedColumns, model_table};
pub use models::{CurveKind, KeptModel, ModelColumns, ModelCurve};
pub(crate) use models::{curve, to_f32};
pub use output_reading::OutputReading;
pub use selection_rows::choice_score;
pub use spec::{CellSpec, StudySpec};
pub use study_curves::StudyCurves;
pub use study_preprocessing::{CellNetwork, StudyPreprocessing, table_rules};
pub(crate) use study_results::chosen_curves;
pub use study_results::{ResultsPart, StudyResults};
pub use summary::{class, summary_of, summary_of_results};
#[cfg(feature = "native")]
pub(crate) use summary::{count, no_models};
pub use summary_table::summary_csv;
pub use variance::{CrossedTables, VarianceShare};
