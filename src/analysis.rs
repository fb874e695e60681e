//! Analyses that run engines again or read studies.

#[cfg(feature = "native")]
pub mod accuracy_over_time;
#[cfg(feature = "native")]
pub mod bench;
pub mod boundary;
pub mod hessian;
pub mod landscape;
pub mod lr_find;
#[cfg(feature = "native")]
pub mod model_choice;
pub mod model_landscape;
#[cfg(feature = "native")]
pub mod model_selection;
pub mod parameter_paths;
pub mod prediction;
pub mod replay;
#[cfg(feature = "native")]
pub mod representatives;
pub mod retrain;
pub mod seeds;
pub mod study_model;
pub mod trajectory;
pub mod verify;
