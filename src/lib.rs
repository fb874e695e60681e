//! Trains thousands to millions of small binary classifiers at once and learns something from the crowd.
//!
//! Data flows one way: a [`sweep`] names the trials, an [`engine`] trains them on a [`dataset`], a study keeps the results
//! on disk, [`statistics`] count them, pictures and a [`report`] show them.

pub mod analysis;
pub mod dataset;
pub mod disk;
pub mod engine;
pub mod error;
pub mod math;
pub mod model;
pub mod npz;
pub mod plot;
pub mod report;
pub mod run;
pub mod statistics;
pub mod study;
pub mod sweep;

pub use error::{Error, Result};
