//! Analyses that run engines again or read studies.

pub mod accuracy_over_time;
pub mod bench;
pub mod hessian;
pub mod landscape;
pub mod lr_find;
pub mod model_selection;
pub mod parameter_paths;
pub mod replay;
pub mod representatives;
pub mod seeds;
pub mod trajectory;
pub mod verify;
