//! What asks engines or studies further questions.

pub mod bench;
pub mod replay;
pub mod verify;
