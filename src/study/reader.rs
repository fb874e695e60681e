//! Reads results for plots: chunk by chunk, or the curves of a few evenly spaced models.

use super::{ChunkFile, Study};
use crate::error::Result;
use crate::results::{CurveKind, KeptModel, ModelCurve};
use crate::statistics::evenly;

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
        let cells = &self.spec.cells;
        let chosen: Vec<Vec<u64>> = cells
            .iter()
            .map(|part| {
                let kept = if kind.is_kept(&part.record) { part.record.curves_below.min(part.trials.len()) } else { 0 };
                spread(kept, part.trials.combinations(), (count / cells.len()).max(1) as u64)
            })
            .collect();
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

/// Chooses at most `count` of the first `kept` trials, ascending: all combinations of evenly spaced seeds, or, if a
/// seed has more than `count` combinations, evenly spaced combinations, each of another seed. (A plain stride over
/// trials could select the same few learning rates again and again.)
fn spread(kept: u64, combinations: u64, count: u64) -> Vec<u64> {
    let seeds = kept.div_ceil(combinations);
    let mut chosen: Vec<u64> = if kept <= count {
        (0..kept).collect()
    } else if combinations <= count {
        let some = (count / combinations).min(seeds);
        evenly(seeds, some).flat_map(|seed| (0..combinations).map(move |c| seed * combinations + c)).collect()
    } else {
        let width = combinations.min(kept);
        evenly(width, count).enumerate().map(|(j, c)| c + j as u64 % seeds * combinations).collect()
    };
    // The last seed may be incomplete.
    chosen.retain(|i| *i < kept);
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::spread;
    use std::collections::BTreeSet;

    #[test]
    fn chosen_models_are_few_distinct_and_spread_over_learning_rates_and_seeds() {
        for (kept, combinations, count) in
            [(1000, 40, 200), (1000, 40, 10), (5, 40, 10), (95, 40, 90), (3, 1, 2), (1_000_000, 1, 500), (41, 40, 40)]
        {
            let chosen = spread(kept, combinations, count);
            let distinct: BTreeSet<_> = chosen.iter().collect();
            assert_eq!(distinct.len(), chosen.len(), "{kept} {combinations} {count}");
            assert!(chosen.len() as u64 <= count && chosen.iter().all(|i| *i < kept) && !chosen.is_empty());
            let rates: BTreeSet<_> = chosen.iter().map(|i| i % combinations).collect();
            assert!(rates.len() as u64 * 2 >= combinations.min(count).min(kept), "{rates:?}");
        }
        assert_eq!(spread(1000, 40, 80).last(), Some(&999));
        assert!(spread(0, 40, 10).is_empty() && spread(10, 40, 0).is_empty());
    }
}
