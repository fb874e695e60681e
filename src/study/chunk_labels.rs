//! Labels of a chunk's file, by which a chunk of another study, engine or cell is refused.

use super::chunk_plan::TrialRange;
use super::{ENGINE, SavedEngine, Study};
use crate::error::{Error, Result};
use std::ops::Range;

/// Version of the file layout; its numbers are in the machine's byte order.
const FORMAT: &str = if cfg!(target_endian = "little") { "7" } else { "7, big-endian" };

/// Labels of a chunk: key-value pairs in its file that say which study, engine and trials it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ChunkLabels(pub Vec<(String, String)>);

impl ChunkLabels {
    /// Creates labels from `rest`, about study and engine, and the `range` of trials.
    pub fn of_chunk(rest: &[(&str, String)], range: &Range<u64>) -> Self {
        let own = [("format", FORMAT.to_owned()), ("first", range.start.to_string()), ("end", range.end.to_string())];
        Self(own.iter().chain(rest).map(|(key, value)| (key.to_string(), value.clone())).collect())
    }
}

impl Study {
    /// Returns the labels that a chunk of this study must have.
    pub(super) fn labels(&self, span: &TrialRange) -> Result<ChunkLabels> {
        let unknown = || Error::Damaged { path: self.folder.join(ENGINE), what: "it does not say who trains".into() };
        let SavedEngine { engine, mappings } = self.engine.as_ref().ok_or_else(unknown)?;
        let (spec, part) = (&self.spec, &self.spec.cells[span.cell]);
        let mapping = mappings.get(span.cell).ok_or_else(unknown)?;
        let rest = [
            ("digest", spec.digest.clone()),
            ("cell", span.cell.to_string()),
            ("engine", engine.engine.to_string()),
            ("device", engine.device_identity().to_owned()),
            ("mapping", mapping.to_string()),
            ("train_points", part.train.points.to_string()),
            ("validation_points", part.validation.points.to_string()),
            ("test_points", part.test.points.to_string()),
            ("epochs", spec.sweep.epochs.to_string()),
            ("record_every", spec.sweep.record_stride().to_string()),
        ];
        Ok(ChunkLabels::of_chunk(&rest, &span.trials))
    }
}
