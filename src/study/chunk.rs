//! The results of consecutive trials while they are collected, and as columns of tables.

use super::outcome_row::OutcomeRow;
use crate::engine::{Batch, Outcome, Record};
use crate::results::{CurveKind, ModelColumns, curve, to_f32};
use crate::statistics::LossCounts;
use crate::sweep::Trials;
use std::io::{self, Write};
use std::ops::Range;

/// A chunk while it is filled.
pub(super) struct Chunk {
    models: ModelColumns,
    /// Per [`CurveKind`]: row-major `[models that keep curves, recorded epochs]`.
    curves: [Vec<f32>; 4],
    /// Initial and final weights, row-major `[models, parameters]`.
    weights: [Vec<f64>; 2],
    /// Loss histograms of all its models.
    losses: Option<LossCounts>,
}

impl Chunk {
    /// Creates an empty chunk that starts with trial `first` of a cell.
    pub fn new(cell: usize, first: u64) -> Self {
        let models = ModelColumns { cell, first, outcomes: Vec::new() };
        Self { models, curves: Default::default(), weights: Default::default(), losses: None }
    }

    /// Returns the trials so far.
    pub fn range(&self) -> Range<u64> {
        self.models.range()
    }

    pub fn cell(&self) -> usize {
        self.models.cell
    }

    pub fn outcomes(&self) -> &[Outcome] {
        &self.models.outcomes
    }

    /// Appends the results of the trials `part`, which are in `batch`.
    pub fn append(&mut self, batch: &Batch, part: Range<u64>, record: &Record) {
        debug_assert_eq!(self.range().end, part.start);
        let rows = (part.start - batch.first) as usize..(part.end - batch.first) as usize;
        self.models.outcomes.extend_from_slice(&batch.outcomes[rows.clone()]);
        let [start, end] = [rows.start, rows.end].map(|row| row.min(batch.curves.models));
        for kind in CurveKind::ALL.into_iter().filter(|kind| kind.is_kept(record)) {
            let values = of_rows(curve(batch, kind), start..end, record.epochs.len());
            self.curves[kind as usize].extend(values.iter().map(|v| to_f32(*v)));
        }
        if let Some(counts) = &batch.losses {
            // `part` holds all models of the batch: the sink has checked that.
            self.losses.get_or_insert_with(|| LossCounts::new(counts.combinations, counts.slots)).merge(counts);
        }
        if let Some(weights) = &batch.weights {
            let width = weights.initial.len() / batch.outcomes.len();
            self.weights[0].extend_from_slice(of_rows(&weights.initial, rows.clone(), width));
            self.weights[1].extend_from_slice(of_rows(&weights.last, rows, width));
        }
    }

    /// Writes all numbers, in the order in which [`super::ChunkFile`] reads them.
    pub fn write(&self, record: &Record, trials: &Trials, to: &mut impl Write) -> io::Result<()> {
        let rows: Vec<OutcomeRow> = self.models.outcomes.iter().map(OutcomeRow::of).collect();
        to.write_all(bytemuck::cast_slice(&rows))?;
        self.curves.iter().try_for_each(|values| to.write_all(bytemuck::cast_slice(values)))?;
        if let Some(counts) = &self.losses {
            // Those of the first model's combination come first.
            let (rows, combinations) = (self.models.range(), record.combinations(trials));
            let mut combinations = rows.take(combinations as usize).map(|index| index % combinations);
            combinations.try_for_each(|c| to.write_all(bytemuck::cast_slice(counts.of(c as usize))))?;
        }
        self.weights.iter().try_for_each(|values| to.write_all(bytemuck::cast_slice(values)))
    }
}

/// Returns the given rows of a row-major matrix.
fn of_rows(values: &[f64], rows: Range<usize>, width: usize) -> &[f64] {
    &values[rows.start * width..rows.end * width]
}
