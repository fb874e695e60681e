//! How right a crowd of models was at some epochs: from the curves that a study keeps, else from training them again.

use super::replay::of_trials;
use super::trajectory::same_end;
use crate::engine::{Engine, InMemorySink, Job, Outcome, Record};
use crate::error::{Error, Result};
use crate::statistics::evenly;
use crate::study::{CurveKind, Study, StudySpec};

/// One model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelAccuracy {
    /// Index of its trial in its cell.
    pub index: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// Training points right at each of the epochs asked for; `None` from a divergence on.
    pub correct: Vec<Option<u32>>,
}

/// Models of all cells at some epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct AccuracyOverTime {
    /// Ascending.
    pub epochs: Vec<u32>,
    /// By cell, ascending by index.
    pub courses: Vec<Vec<ModelAccuracy>>,
}

/// `frames` epochs from 0 to the last of `epochs`, whose distances grow geometrically from about one: most happens early. All epochs,
/// where there are no more than that.
pub fn accelerating(epochs: u32, frames: u32) -> Vec<u32> {
    let steps = frames.saturating_sub(1).max(1);
    if epochs <= steps {
        return (0..=epochs).collect();
    }
    let (last, n) = (f64::from(epochs), f64::from(steps));
    // The first step of last (e^(k t) - 1) / (e^k - 1), t = 0 to 1, is shorter for a larger k; halving finds where it is 1.
    let place = |k: f64, t: f64| last * (k * t).exp_m1() / k.exp_m1();
    let (mut low, mut high) = (1e-9, 100.0);
    for _ in 0..100 {
        let k = 0.5 * (low + high);
        (low, high) = if place(k, 1.0 / n) > 1.0 { (k, high) } else { (low, k) };
    }
    (0..=steps).map(|i| place(low, f64::from(i) / n).round() as u32).collect()
}

/// Of each cell the trials of the first whole seeds, as many as are about `most` models in all; where one seed has more combinations
/// than that, combinations of the first seed, evenly.
pub fn first_seeds(question: &StudySpec, most: u64) -> Vec<Vec<u64>> {
    let each = (most / question.cells.len() as u64).max(1);
    let of_cell = |part: &crate::study::CellSpec| {
        let (all, combinations) = (part.trials.len(), part.trials.combinations());
        match combinations <= each {
            true => (0..all.min(each / combinations * combinations)).collect(),
            false => evenly(combinations.min(all), each).collect(),
        }
    };
    question.cells.iter().map(of_cell).collect()
}

/// How those of the chosen trials of each cell ended that are trained, ascending by index.
///
/// # Errors
/// [`Error::Io`], [`Error::Damaged`].
pub fn ends(study: &Study, chosen: &[Vec<u64>]) -> Result<Vec<Vec<(u64, Outcome)>>> {
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

/// The courses of these models at the epochs nearest to the `wanted` ones (ascending) from the study's own curves, with those epochs;
/// `None` where it keeps no accuracies of all of them, or at fewer epochs.
///
/// # Errors
/// [`Error::Io`], [`Error::Damaged`].
pub fn kept(study: &Study, ends: &[Vec<(u64, Outcome)>], wanted: &[u32]) -> Result<Option<AccuracyOverTime>> {
    let question = study.question();
    let keeps = |(part, ends): (&crate::study::CellSpec, &Vec<(u64, Outcome)>)| {
        let below = part.record.curves_below;
        CurveKind::TrainAccuracy.is_kept(&part.record) && ends.last().is_none_or(|(index, _)| *index < below)
    };
    let recorded = &question.cells[0].record.epochs;
    let nearest = |epoch: &u32| (0..recorded.len()).min_by_key(|slot| recorded[*slot].abs_diff(*epoch));
    let mut slots: Vec<usize> = wanted.iter().filter_map(nearest).collect();
    slots.dedup();
    if slots.len() < wanted.len() || !question.cells.iter().zip(ends).all(keeps) {
        return Ok(None);
    }
    let mut courses = vec![Vec::new(); ends.len()];
    for chunk in study.chunks() {
        let chunk = chunk?;
        let (cell, trials) = (chunk.span().cell, chunk.span().trials.clone());
        let points = f64::from(question.cells[cell].train.points);
        let first = ends[cell].partition_point(|(index, _)| *index < trials.start);
        let inside = ends[cell][first..].iter().take_while(|(index, _)| *index < trials.end);
        let mut curves = None;
        for (index, outcome) in inside {
            let curves = match &curves {
                Some(curves) => curves,
                None => curves.insert(chunk.curves(CurveKind::TrainAccuracy)?),
            };
            let own = &curves[(index - trials.start) as usize * recorded.len()..][..recorded.len()];
            let correct = slots.iter().map(|slot| right(own[*slot].into(), points)).collect();
            courses[cell].push(ModelAccuracy { index: *index, outcome: *outcome, correct });
        }
    }
    Ok(Some(AccuracyOverTime { epochs: slots.into_iter().map(|slot| recorded[slot]).collect(), courses }))
}

/// The courses of trials of one cell, which are trained again, at `epochs`: ascending, ending with the job's last. `first` is the id
/// of the cell's first model.
///
/// # Errors
/// As for [`Engine::train`]; [`Error::Device`] where a model ends otherwise than it did, with its id.
pub fn again(
    engine: &mut dyn Engine,
    job: &Job,
    first: u64,
    ends: &[(u64, Outcome)],
    epochs: &[u32],
) -> Result<Vec<ModelAccuracy>> {
    let trials: Vec<u64> = ends.iter().map(|(index, _)| *index).collect();
    let record =
        Record { epochs: epochs.to_vec(), curves_below: trials.len() as u64, accuracy: true, ..Record::default() };
    let few = Job { record, ..of_trials(job, &trials) };
    let batch = InMemorySink::train(engine, &few, 0..trials.len() as u64)?;
    let accuracies = batch.curves.train_accuracy.unwrap_or_default();
    if batch.outcomes.len() != trials.len() || accuracies.len() != trials.len() * epochs.len() {
        return Err(Error::Device(format!("the engine returned {} of {} models", batch.outcomes.len(), trials.len())));
    }
    let points = job.data.train.len() as f64;
    let mut courses = Vec::new();
    for (((index, before), outcome), own) in ends.iter().zip(&batch.outcomes).zip(accuracies.chunks_exact(epochs.len()))
    {
        same_end(first + index, before, outcome)?;
        let correct = own.iter().map(|accuracy| right(*accuracy, points)).collect();
        courses.push(ModelAccuracy { index: *index, outcome: *outcome, correct });
    }
    Ok(courses)
}

/// The ascending `indices` that are in `range`.
fn within<'a>(indices: &'a [u64], range: &std::ops::Range<u64>) -> &'a [u64] {
    &indices[indices.partition_point(|i| *i < range.start)..indices.partition_point(|i| *i < range.end)]
}

/// Points right of so many; `None` of NaN.
fn right(accuracy: f64, points: f64) -> Option<u32> {
    accuracy.is_finite().then(|| (accuracy * points).round() as u32)
}

#[cfg(test)]
mod tests;
