//! What asks engines or studies further questions.

pub mod verify;
