//! Further questions to engines and studies.

pub mod replay;
