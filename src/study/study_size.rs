//! Memory and disk space that a study takes, estimated from its spec within a factor of two or three.

use super::chunk_plan::{ChunkPlan, TrainingSpeed};
use super::{Study, TrialRange};
use crate::engine::EngineKind;
use crate::error::Result;
use crate::math::loss_bins::BINS;
use crate::results::{CellSpec, CurveKind, StudySpec};
use crate::sweep::Trials;

/// Bytes per model in a chunk, in `models.parquet` and in `models.csv`.
const ROW: [f64; 3] = [26.0, 12.0, 72.0];
/// Maximum models for which there is a `models.csv`.
const MOST_CSV_ROWS: u64 = 100_000;
/// Bytes per combination in `summary.csv` and `distributions.csv`.
const COMBINATION: f64 = 460.0;
/// Bytes of pictures and report; for a map, of its pictures.
const PICTURES: f64 = 4e6;
/// Additional bytes per model of a map, in chunks and in files.
const PIXEL: f64 = 24.0;
/// Bytes of a loss and of an accuracy in a chunk; repeated values take less.
const CURVE: [f64; 2] = [4.0, 2.0];
/// Bytes of memory that the program takes for any study, and for a map, whose picture is large.
const PROGRAM: [f64; 2] = [8e7, 5.4e8];
/// Bytes of memory per model of the chunk being filled.
const MODEL_IN_MEMORY: f64 = 500.0;
/// Copies of curves, weights and histograms in memory while they are written.
const COPIES: f64 = 3.0;

/// Estimated bytes that a study takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StudySize {
    /// Disk space of the finished folder.
    pub disk: f64,
    /// Disk space of the largest chunk.
    pub chunk: f64,
    /// Peak memory.
    pub memory: f64,
}

impl StudySize {
    /// Estimates a whole study with chunks as they are planned.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] for a chunk size out of range, [`crate::Error::Usage`] for too many chunks.
    pub fn planned(spec: &StudySpec) -> Result<Self> {
        Ok(Self::of(
            spec,
            ChunkPlan::of(spec, &vec![TrainingSpeed::nominal(EngineKind::Gpu); spec.cells.len()])?
                .per_chunk()
                .into_iter()
                .max()
                .unwrap_or(0),
        ))
    }

    /// Estimates a whole study with at most `most_in_chunk` models per chunk.
    pub fn of(spec: &StudySpec, most_in_chunk: u64) -> Self {
        let map = spec.sweep.map.is_some();
        let (models, cells) = (spec.models(), &spec.cells);
        let chunk = |cell_spec: &CellSpec| chunk(cell_spec, cell_spec.trials.len().min(most_in_chunk), map);
        let largest = cells.iter().map(chunk).fold(0.0, f64::max);
        let disk = cells
            .iter()
            .map(|cell_spec| self::chunk(cell_spec, cell_spec.trials.len(), map) + tables(cell_spec, map))
            .sum::<f64>();
        let csv = if models <= MOST_CSV_ROWS { models as f64 * ROW[2] } else { 0.0 };
        let filled = cells.iter().map(|cell_spec| cell_spec.trials.len().min(most_in_chunk)).max().unwrap_or(0) as f64;
        let histograms = cells.iter().map(histograms).sum::<f64>();
        let memory = PROGRAM[usize::from(map)] + MODEL_IN_MEMORY * filled + COPIES * (largest + histograms);
        Self { disk: disk + csv + PICTURES, chunk: largest, memory }
    }
}

/// Returns how many numbers of a model's curves are losses and accuracies; all are f32 in `curves.npz`.
fn curve_numbers(cell_spec: &CellSpec) -> [f64; 2] {
    let is_loss = |kind: &CurveKind| kind.name().ends_with("loss");
    let kept = CurveKind::ALL.into_iter().filter(|kind| kind.is_kept(&cell_spec.record));
    let (losses, others): (Vec<CurveKind>, Vec<CurveKind>) = kept.partition(is_loss);
    [losses.len(), others.len()].map(|kinds| (kinds * cell_spec.record.epochs.len()) as f64)
}

/// Returns how many numbers a model's initial and final weights have, if they are kept.
fn weight_numbers(cell_spec: &CellSpec) -> f64 {
    if cell_spec.record.weights { 2.0 * cell_spec.shape.parameters() as f64 } else { 0.0 }
}

/// Estimates the bytes of chunks with the first `models` models of a cell.
fn chunk(cell_spec: &CellSpec, models: u64, map: bool) -> f64 {
    let (models, curves) = (models as f64, cell_spec.record.curves_below.min(models) as f64);
    let [losses, accuracies] = curve_numbers(cell_spec);
    let pixel = if map { PIXEL } else { 0.0 };
    models * (ROW[0] + pixel + 4.0 * weight_numbers(cell_spec)) + curves * (CURVE[0] * losses + CURVE[1] * accuracies)
}

/// Estimates the bytes of the files made from a cell's chunks, without `models.csv`.
fn tables(cell_spec: &CellSpec, map: bool) -> f64 {
    let (models, combinations) = (cell_spec.trials.len() as f64, cell_spec.trials.combinations() as f64);
    let curves = cell_spec.record.curves_below.min(cell_spec.trials.len()) as f64;
    let [losses, accuracies] = curve_numbers(cell_spec);
    let curves = curves * (16.0 + 4.0 * (losses + accuracies));
    let of_kind = if map { models * PIXEL } else { combinations * COMBINATION };
    models * (ROW[1] + 8.0 * weight_numbers(cell_spec)) + curves + histograms(cell_spec) + of_kind
}

/// Estimates the bytes of `loss_histograms.npz`.
fn histograms(cell_spec: &CellSpec) -> f64 {
    let combinations = cell_spec.trials.histograms().unwrap_or(0) as f64;
    let numbers = combinations * cell_spec.record.epochs.len() as f64 * f64::from(BINS);
    if cell_spec.record.histograms && matches!(cell_spec.trials, Trials::Grid { .. }) { 8.0 * numbers } else { 0.0 }
}

impl Study {
    /// Estimates the size of this study.
    pub fn size(&self) -> StudySize {
        StudySize::of(&self.spec, self.plan.per_chunk().into_iter().max().unwrap_or(0))
    }

    /// Returns the fraction of all models that are in `spans`, 0 to 1.
    pub fn share(&self, spans: &[TrialRange]) -> f64 {
        spans.iter().map(TrialRange::len).sum::<u64>() as f64 / self.spec.models().max(1) as f64
    }
}
