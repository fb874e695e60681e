//! What a study takes of memory and disk, estimated from its question: rough, but within a factor of two or three.

use super::chunk_plan::{ChunkPlan, TrainingSpeed};
use super::{CellSpec, CurveKind, Study, StudySpec, TrialRange};
use crate::error::Result;
use crate::math::loss_bins::BINS;
use crate::sweep::Trials;

/// Bytes of a model's row in a chunk, in `models.parquet` and in `models.csv`.
const ROW: [f64; 3] = [26.0, 12.0, 72.0];
/// Models up to which there is a `models.csv`.
const MOST_CSV_ROWS: u64 = 100_000;
/// Bytes of a combination's rows in `summary.csv` and `distributions.csv`.
const COMBINATION: f64 = 460.0;
/// Pictures and report; of a map its pictures.
const PICTURES: f64 = 4e6;
/// Bytes of a pixel in a map's files beside a model's row.
const PIXEL: f64 = 24.0;
/// Bytes of a loss and of an accuracy in a chunk, where a run of like ones takes less.
const CURVE: [f64; 2] = [4.0, 2.0];
/// What the program takes of memory whatever it trains; a map's picture is large.
const PROGRAM: [f64; 2] = [8e7, 5.4e8];
/// Bytes of memory for each model of the chunk that is being filled.
const MODEL_IN_MEMORY: f64 = 500.0;
/// Copies of curves, weights and histograms in memory while they are written.
const COPIES: f64 = 3.0;

/// Bytes that a study takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StudySize {
    /// Of the folder when all is done.
    pub disk: f64,
    /// Of the largest chunk alone.
    pub chunk: f64,
    /// Of memory at the most.
    pub memory: f64,
}

impl StudySize {
    /// Of all of a question, in chunks as they are planned.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] for more models in a chunk, or more chunks, than there may be.
    pub fn planned(question: &StudySpec) -> Result<Self> {
        Ok(Self::of(
            question,
            ChunkPlan::of(question, &vec![TrainingSpeed::nominal("gpu"); question.cells.len()])?
                .per_chunk()
                .into_iter()
                .max()
                .unwrap_or(0),
        ))
    }

    /// Of all of a question, with at most so many models in a chunk.
    pub fn of(question: &StudySpec, most_in_chunk: u64) -> Self {
        let map = question.sweep.map.is_some();
        let (models, cells) = (question.models(), &question.cells);
        let chunk = |part: &CellSpec| chunk(part, part.trials.len().min(most_in_chunk), map);
        let largest = cells.iter().map(chunk).fold(0.0, f64::max);
        let disk = cells.iter().map(|part| self::chunk(part, part.trials.len(), map) + tables(part, map)).sum::<f64>();
        let csv = if models <= MOST_CSV_ROWS { models as f64 * ROW[2] } else { 0.0 };
        let filled = cells.iter().map(|part| part.trials.len().min(most_in_chunk)).max().unwrap_or(0) as f64;
        let histograms = cells.iter().map(histograms).sum::<f64>();
        let memory = PROGRAM[usize::from(map)] + MODEL_IN_MEMORY * filled + COPIES * (largest + histograms);
        Self { disk: disk + csv + PICTURES, chunk: largest, memory }
    }
}

/// Numbers of a model's curves that are losses, and that are accuracies; all of them as f32 in `curves.npz`.
fn curve_numbers(part: &CellSpec) -> [f64; 2] {
    let is_loss = |kind: &CurveKind| kind.name().ends_with("loss");
    let kept = CurveKind::ALL.into_iter().filter(|kind| kind.is_kept(&part.record));
    let (losses, others): (Vec<CurveKind>, Vec<CurveKind>) = kept.partition(is_loss);
    [losses.len(), others.len()].map(|kinds| (kinds * part.record.epochs.len()) as f64)
}

/// Numbers of a model's initial and final weights, where they are kept.
fn weight_numbers(part: &CellSpec) -> f64 {
    if part.record.weights { 2.0 * part.shape.parameters() as f64 } else { 0.0 }
}

/// Of so many models of a cell, from its first one on.
fn chunk(part: &CellSpec, models: u64, map: bool) -> f64 {
    let (models, curves) = (models as f64, part.record.curves_below.min(models) as f64);
    let [losses, accuracies] = curve_numbers(part);
    let pixel = if map { PIXEL } else { 0.0 };
    models * (ROW[0] + pixel + 4.0 * weight_numbers(part)) + curves * (CURVE[0] * losses + CURVE[1] * accuracies)
}

/// The files made of a cell's chunks, without `models.csv`.
fn tables(part: &CellSpec, map: bool) -> f64 {
    let (models, combinations) = (part.trials.len() as f64, part.trials.combinations() as f64);
    let curves = part.record.curves_below.min(part.trials.len()) as f64;
    let [losses, accuracies] = curve_numbers(part);
    let curves = curves * (16.0 + 4.0 * (losses + accuracies));
    let of_kind = if map { models * PIXEL } else { combinations * COMBINATION };
    models * (ROW[1] + 8.0 * weight_numbers(part)) + curves + histograms(part) + of_kind
}

/// `loss_histograms.npz`.
fn histograms(part: &CellSpec) -> f64 {
    let combinations = part.trials.histograms().unwrap_or(0) as f64;
    let numbers = combinations * part.record.epochs.len() as f64 * f64::from(BINS);
    if part.record.histograms && matches!(part.trials, Trials::Grid { .. }) { 8.0 * numbers } else { 0.0 }
}

impl Study {
    /// What the study takes.
    pub fn size(&self) -> StudySize {
        StudySize::of(&self.question, self.plan.per_chunk().into_iter().max().unwrap_or(0))
    }

    /// Models of those spans' part of the whole, 0 to 1.
    pub fn share(&self, spans: &[TrialRange]) -> f64 {
        spans.iter().map(TrialRange::len).sum::<u64>() as f64 / self.question.models().max(1) as f64
    }
}
