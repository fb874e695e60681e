//! What asks engines or studies further questions.

pub mod bench;
pub mod crowd;
pub mod gallery;
pub mod hessian;
pub mod landscape;
pub mod lr_find;
pub mod paths;
pub mod replay;
pub mod representatives;
pub mod seeds;
pub mod trajectory;
pub mod verify;
