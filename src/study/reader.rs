//! Reads results for plots: chunk by chunk, or the curves of a few evenly spaced models.

use super::{ChunkFile, Study};
use crate::error::{Error, Result};
use crate::results::{
    CurveKind, KeptModel, ModelColumns, ModelCurve, ResultsPart, StudyResults, StudySpec, chosen_curves,
};
use std::borrow::Cow;
use std::ops::Range;

impl Study {
    /// Reads the stored results of trial `index` of a cell; `None` if it is not trained yet.
    ///
    /// # Errors
    /// [`crate::Error::Io`], [`crate::Error::Damaged`].
    ///
    /// # Panics
    /// If there is no such trial.
    pub fn kept(&self, cell: usize, index: u64) -> Result<Option<KeptModel>> {
        let n = self.plan.chunk_of(cell, index);
        if !self.is_finished(n) {
            return Ok(None);
        }
        let (chunk, part) = (self.chunk(n)?, &self.spec.cells[cell]);
        let row = (index - chunk.span().trials.start) as usize;
        let width = part.record.epochs.len();
        let mut curves = Vec::new();
        if index < part.record.curves_below {
            for kind in CurveKind::ALL.into_iter().filter(|kind| kind.is_kept(&part.record)) {
                curves.push((kind, chunk.curves(kind)?[row * width..][..width].to_vec()));
            }
        }
        let parameters = part.shape.parameters();
        let of_row = |all: Vec<f64>| all[row * parameters..][..parameters].to_vec();
        let weights = part.record.weights.then(|| chunk.final_weights().map(of_row)).transpose()?;
        Ok(Some(KeptModel { outcome: chunk.models()?.outcomes[row], curves, weights }))
    }

    /// Returns the finished chunks in order; each is opened when it is reached.
    pub fn chunks(&self) -> impl Iterator<Item = Result<ChunkFile>> + '_ {
        let finished = (0..self.plan.chunks()).filter(|n| self.is_finished(*n));
        finished.map(|n| self.chunk(n))
    }

    /// Reads the curves of about `count` models, ordered by model: equally many from each cell (at least one), spread
    /// evenly over combinations and seeds. None if that kind is not kept.
    ///
    /// # Errors
    /// [`crate::Error::Io`], [`crate::Error::Damaged`].
    pub fn curves(&self, kind: CurveKind, count: usize) -> Result<Vec<ModelCurve>> {
        let (cells, chosen) = (&self.spec.cells, chosen_curves(&self.spec, kind, count));
        let mut curves = Vec::new();
        for chunk in self.chunks_with_curves() {
            let chunk = chunk?;
            let (cell, trials) = (chunk.span().cell, chunk.span().trials.clone());
            let inside: Vec<u64> = chosen[cell].iter().copied().filter(|i| trials.contains(i)).collect();
            if !inside.is_empty() {
                let values = chunk.curves(kind)?;
                let width = cells[cell].record.epochs.len();
                let of = |i: u64| values[(i - trials.start) as usize * width..][..width].to_vec();
                let curve = |i| ModelCurve { cell, trial: cells[cell].trials.get(i), values: of(i) };
                curves.extend(inside.into_iter().map(curve));
            }
        }
        Ok(curves)
    }

    /// Returns the finished chunks that hold curves.
    pub(super) fn chunks_with_curves(&self) -> impl Iterator<Item = Result<ChunkFile>> + '_ {
        let keeps = |n: &u64| {
            let span = self.plan.span(*n);
            self.is_finished(*n) && span.trials.start < self.spec.cells[span.cell].record.curves_below
        };
        (0..self.plan.chunks()).filter(keeps).map(|n| self.chunk(n))
    }

    fn chunk(&self, n: u64) -> Result<ChunkFile> {
        let span = self.plan.span(n);
        ChunkFile::reopen(&self.chunk_path(n), &self.labels(&span)?, span, &self.spec)
    }
}

impl StudyResults for Study {
    fn spec(&self) -> &StudySpec {
        &self.spec
    }

    fn refuse(&self, what: String) -> Error {
        Error::Folder { path: self.folder.clone(), what }
    }

    fn finished_models(&self) -> u64 {
        self.finished_models()
    }

    fn parts(&self) -> Box<dyn Iterator<Item = Result<Box<dyn ResultsPart + '_>>> + '_> {
        Box::new(self.chunks().map(|chunk| Ok(Box::new(chunk?) as Box<dyn ResultsPart>)))
    }

    fn some_curves(&self, kind: CurveKind, count: usize) -> Result<Vec<ModelCurve>> {
        self.curves(kind, count)
    }

    fn kept_model(&self, cell: usize, index: u64) -> Result<Option<KeptModel>> {
        self.kept(cell, index)
    }
}

impl ResultsPart for ChunkFile {
    fn cell(&self) -> usize {
        self.span().cell
    }

    fn trials(&self) -> Range<u64> {
        self.span().trials.clone()
    }

    fn models(&self) -> Result<ModelColumns> {
        self.models()
    }

    fn curves(&self, kind: CurveKind) -> Result<Vec<f32>> {
        self.curves(kind)
    }

    fn loss_counts(&self) -> Result<Cow<'_, [u32]>> {
        self.loss_counts().map(Cow::Owned)
    }
}
