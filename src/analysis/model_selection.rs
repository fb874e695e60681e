//! Selects a few models of a study: notable ones, or a sample from the best to the worst.

use super::retrain::ModelsByAccuracy;
use super::study_model::SelectionReason;
use crate::engine::Outcome;
use crate::error::Result;
use crate::math::rng::sampling_key;
use crate::results::{CellSpec, StudyResults, StudySpec, choice_score, class};
use crate::statistics::{Measure, OutcomeClass, Select, evenly};

/// Of more models, only a pseudo-random subset is ranked.
const MOST_RANKED: u64 = 100_000;

/// Returns the ids of the best, a typical and the worst trained model of all cells, unless all are equally good, then
/// of a typical model of each class that is not among them.
///
/// # Errors
/// [`crate::Error::Io`], [`crate::Error::Damaged`].
pub fn notable(study: &dyn StudyResults) -> Result<Vec<(u64, SelectionReason)>> {
    let (mut all, mut by_class) =
        (ModelsByAccuracy::default(), [(); OutcomeClass::ALL.len()].map(|()| ModelsByAccuracy::default()));
    let spec = study.spec();
    visit(study, |id, class, outcome, cell_spec| {
        all.add(id, rank(spec, cell_spec, outcome));
        by_class[class as usize].add(id, outcome.diverged.unwrap_or_else(|| rank(spec, cell_spec, outcome)));
    })?;
    // If all are equal, none is the best; they are examples of their classes.
    let are_equal = all.at_quarter(0).map(|(rank, _)| rank) == all.at_quarter(4).map(|(rank, _)| rank);
    let of_all = [(SelectionReason::Best, 0), (SelectionReason::Typical, 2), (SelectionReason::Worst, 4)]
        .into_iter()
        .filter(|_| !are_equal);
    let of_all = of_all.filter_map(|(place, quarter)| Some((all.at_quarter(quarter)?.1, place)));
    let mut chosen: Vec<(u64, SelectionReason)> = Vec::new();
    for (id, place) in of_all {
        if chosen.iter().all(|other| other.0 != id) {
            chosen.push((id, place));
        }
    }
    let there = chosen.iter().map(|(id, _)| class_of(study, *id)).collect::<Result<Vec<_>>>()?;
    for (examples, _) in by_class.iter().zip(OutcomeClass::ALL).filter(|(_, class)| !there.contains(&Some(*class))) {
        chosen.extend(examples.at_quarter(2).map(|(_, id)| (id, SelectionReason::OfClass)));
    }
    Ok(chosen)
}

/// Returns the ids of up to `count` trained models of all cells, evenly spaced from the best to the worst final
/// accuracy, diverged ones last. Equal accuracies are in a pseudo-random but reproducible order, so that their learning
/// rates differ.
///
/// # Errors
/// [`crate::Error::Io`], [`crate::Error::Damaged`].
pub fn ranked(study: &dyn StudyResults, count: usize) -> Result<Vec<u64>> {
    let every = study.finished_models().div_ceil(MOST_RANKED).max(1);
    let (mut all, spec) = (Vec::new(), study.spec());
    visit(study, |id, _, outcome, cell_spec| {
        let mix = sampling_key(id);
        if mix.is_multiple_of(every) {
            all.push((std::cmp::Reverse(rank(spec, cell_spec, outcome)), mix, id));
        }
    })?;
    all.sort_unstable();
    Ok(evenly(all.len() as u64, count as u64).map(|n| all[n as usize].2).collect())
}

/// Calls `look` for every trained model.
fn visit(study: &dyn StudyResults, mut look: impl FnMut(u64, OutcomeClass, &Outcome, &CellSpec)) -> Result<()> {
    let spec = study.spec();
    for part in study.parts() {
        let part = part?;
        let (cell_spec, models) = (&spec.cells[part.cell()], part.models()?);
        for (index, outcome) in models.range().zip(&models.outcomes) {
            look(cell_spec.first + index, class(spec, cell_spec, outcome), outcome, cell_spec);
        }
    }
    Ok(())
}

/// Returns the class of a model; `None` if it is not trained.
fn class_of(study: &dyn StudyResults, id: u64) -> Result<Option<OutcomeClass>> {
    let spec: &StudySpec = study.spec();
    let Some((cell, trial)) = spec.trial(id) else { return Ok(None) };
    let kept = study.kept_model(cell, trial.index)?;
    Ok(kept.map(|kept| class(spec, &spec.cells[cell], &kept.outcome)))
}

/// Returns 0 for a diverged or exploded model, else 1 plus billionths of the share by which the study selects: a share,
/// since cells may have different rows.
pub fn rank(spec: &StudySpec, cell_spec: &CellSpec, outcome: &Outcome) -> u32 {
    let score = choice_score(spec, cell_spec, outcome);
    let share = |score: f64| match spec.measure() {
        Measure::RSquared if spec.sweep.select != Select::Loss => 1.0 / (2.0 - score),
        _ => spec.sweep.select.share(score),
    };
    score.map_or(0, |score| 1 + (1e9 * share(score)).round() as u32)
}
