//! What asks engines or studies further questions.

pub mod replay;
pub mod verify;
