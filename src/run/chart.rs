//! A finished map: its table and arrays, its boundary's dimension, its pictures.

use super::words;
use crate::engine::Job;
use crate::error::Result;
use crate::study::{Map, Study};
use crate::sweep::Precision;
use std::path::PathBuf;

/// What was made of a map's models.
#[derive(Debug)]
pub struct Chart {
    /// Its pixels.
    pub map: Map,
    /// What its values were rounded to.
    pub precision: Precision,
    /// How many units in the last place of that its pixels are apart at least.
    pub apart: f64,
    /// The files written.
    pub files: Vec<PathBuf>,
}

impl Chart {
    /// Makes all of it in the study's folder.
    ///
    /// # Errors
    /// As for [`Study::write_map`] and for pictures.
    pub fn of(study: &Study, jobs: &[Job], engine: &str) -> Result<Self> {
        let (map, files) = study.write_map()?;
        let precision = Precision::of_engine(engine);
        let apart =
            [&map.x, &map.y].map(|side| precision.closest(&side.values)).into_iter().fold(f64::INFINITY, f64::min);
        let _ = words::settings(study.question(), jobs);
        Ok(Self { map, precision, apart, files })
    }
}
