//! Accuracies of a set of models at given epochs: from the study's recorded curves, else by training again.

use super::retrain::of_trials;
use super::trajectory::same_end;
use crate::engine::{Engine, Job, Outcome, ProgressCallback, Record, train_reporting};
use crate::error::{Error, Result};
use crate::results::{CurveKind, StudySpec};
use crate::statistics::{RowCounts, evenly};
use crate::study::Study;

/// Accuracies of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelAccuracy {
    /// Trial index within its cell.
    pub index: u64,
    /// Final outcome.
    pub outcome: Outcome,
    /// Correctly classified training points at each requested epoch; `None` from divergence on.
    pub correct: Vec<Option<u32>>,
}

/// Accuracies of models of all cells at the same epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct AccuracyOverTime {
    /// Epochs, ascending.
    pub epochs: Vec<u32>,
    /// Models of each cell, ascending by index.
    pub courses: Vec<Vec<ModelAccuracy>>,
}

/// Returns `frames` (at least 2) epochs from 0 to `epochs`, whose distances grow geometrically from about 1, because
/// most changes happen early. Returns every epoch if there are no more than `frames`.
pub fn geometric_epochs(epochs: u32, frames: u32) -> Vec<u32> {
    let steps = frames.saturating_sub(1).max(1);
    if epochs <= steps {
        return (0..=epochs).collect();
    }
    let (last, n) = (f64::from(epochs), f64::from(steps));
    // With t in 0..=1, the position is last (e^(k t) - 1) / (e^k - 1). A larger k shortens the first step; bisection
    // finds the k for which that step is 1.
    let place = |k: f64, t: f64| last * (k * t).exp_m1() / k.exp_m1();
    let (mut low, mut high) = (1e-9, 100.0);
    for _ in 0..100 {
        let k = 0.5 * (low + high);
        (low, high) = if place(k, 1.0 / n) > 1.0 { (k, high) } else { (low, k) };
    }
    (0..=steps).map(|i| place(low, f64::from(i) / n).round() as u32).collect()
}

/// Returns, for each cell, the trials of the first whole seeds, about `most` models over all cells. If one seed has
/// more combinations than a cell's share, returns evenly spaced combinations of the first seed.
pub fn first_seeds(spec: &StudySpec, most: u64) -> Vec<Vec<u64>> {
    let each = (most / spec.cells.len() as u64).max(1);
    let of_cell = |part: &crate::results::CellSpec| {
        let (all, combinations) = (part.trials.len(), part.trials.combinations());
        match combinations <= each {
            true => (0..all.min(each / combinations * combinations)).collect(),
            false => evenly(combinations.min(all), each).collect(),
        }
    };
    spec.cells.iter().map(of_cell).collect()
}

/// Returns the outcomes of the chosen trials of each cell that are already trained, ascending by index.
///
/// # Errors
/// [`Error::Io`], [`Error::Damaged`].
pub fn read_outcomes(study: &Study, chosen: &[Vec<u64>]) -> Result<Vec<Vec<(u64, Outcome)>>> {
    let mut ends = vec![Vec::new(); chosen.len()];
    for chunk in study.chunks() {
        let chunk = chunk?;
        let (cell, trials) = (chunk.span().cell, chunk.span().trials.clone());
        let wanted = within(&chosen[cell], &trials);
        if !wanted.is_empty() {
            let outcomes = chunk.models()?.outcomes;
            ends[cell].extend(wanted.iter().map(|index| (*index, outcomes[(index - trials.start) as usize])));
        }
    }
    Ok(ends)
}

/// Reads the accuracies of these models at the recorded epochs nearest to `wanted` (ascending) from the study's curves.
/// Returns `None` if some model has no accuracy curve, or if two wanted epochs share a recorded one.
///
/// # Errors
/// [`Error::Io`], [`Error::Damaged`].
pub fn read_recorded(study: &Study, ends: &[Vec<(u64, Outcome)>], wanted: &[u32]) -> Result<Option<AccuracyOverTime>> {
    let spec = study.spec();
    let keeps = |(part, ends): (&crate::results::CellSpec, &Vec<(u64, Outcome)>)| {
        let below = part.record.curves_below;
        CurveKind::TrainAccuracy.is_kept(&part.record) && ends.last().is_none_or(|(index, _)| *index < below)
    };
    let recorded = &spec.cells[0].record.epochs;
    let nearest = |epoch: &u32| (0..recorded.len()).min_by_key(|slot| recorded[*slot].abs_diff(*epoch));
    let mut slots: Vec<usize> = wanted.iter().filter_map(nearest).collect();
    slots.dedup();
    if slots.len() < wanted.len() || !spec.cells.iter().zip(ends).all(keeps) {
        return Ok(None);
    }
    let mut courses = vec![Vec::new(); ends.len()];
    for chunk in study.chunks() {
        let chunk = chunk?;
        let (cell, trials) = (chunk.span().cell, chunk.span().trials.clone());
        let rows = spec.cells[cell].train;
        let first = ends[cell].partition_point(|(index, _)| *index < trials.start);
        let inside = ends[cell][first..].iter().take_while(|(index, _)| *index < trials.end);
        let mut curves = None;
        for (index, outcome) in inside {
            let curves = match &curves {
                Some(curves) => curves,
                None => curves.insert(chunk.curves(CurveKind::TrainAccuracy)?),
            };
            let own = &curves[(index - trials.start) as usize * recorded.len()..][..recorded.len()];
            let correct = slots.iter().map(|slot| correct_points(own[*slot].into(), rows)).collect();
            courses[cell].push(ModelAccuracy { index: *index, outcome: *outcome, correct });
        }
    }
    Ok(Some(AccuracyOverTime { epochs: slots.into_iter().map(|slot| recorded[slot]).collect(), courses }))
}

/// Trains trials of one cell again and returns their accuracies at `epochs`, which ascend and end with the job's last.
/// `first` is the id of the cell's first model.
///
/// # Errors
/// As for [`Engine::train`]; [`Error::Stopped`] by the callback; [`Error::Device`] with the model's id if its outcome
/// differs from the one in `ends`.
pub fn retrain(
    engine: &mut dyn Engine,
    job: &Job,
    first: u64,
    ends: &[(u64, Outcome)],
    epochs: &[u32],
    callback: &mut ProgressCallback<'_>,
) -> Result<Vec<ModelAccuracy>> {
    let trials: Vec<u64> = ends.iter().map(|(index, _)| *index).collect();
    let record =
        Record { epochs: epochs.to_vec(), curves_below: trials.len() as u64, accuracy: true, ..Record::default() };
    let subset = Job { record, ..of_trials(job, &trials) };
    let batch = train_reporting(engine, &subset, 0..trials.len() as u64, callback)?;
    let accuracies = batch.curves.train_accuracy.unwrap_or_default();
    if batch.outcomes.len() != trials.len() || accuracies.len() != trials.len() * epochs.len() {
        return Err(Error::Device(format!("the engine returned {} of {} models", batch.outcomes.len(), trials.len())));
    }
    let [rows, ..] = job.row_counts();
    let mut courses = Vec::new();
    for (((index, before), outcome), own) in ends.iter().zip(&batch.outcomes).zip(accuracies.chunks_exact(epochs.len()))
    {
        same_end(first + index, before, outcome)?;
        let correct = own.iter().map(|accuracy| correct_points(*accuracy, rows)).collect();
        courses.push(ModelAccuracy { index: *index, outcome: *outcome, correct });
    }
    Ok(courses)
}

/// Returns the part of the ascending `indices` that is in `range`.
fn within<'a>(indices: &'a [u64], range: &std::ops::Range<u64>) -> &'a [u64] {
    &indices[indices.partition_point(|i| *i < range.start)..indices.partition_point(|i| *i < range.end)]
}

/// Number of correct points at this accuracy, or steps of R²; `None` for NaN.
fn correct_points(accuracy: f64, rows: RowCounts) -> Option<u32> {
    accuracy.is_finite().then(|| (accuracy.max(0.0) * f64::from(rows.steps())).round() as u32)
}

#[cfg(test)]
mod tests;
