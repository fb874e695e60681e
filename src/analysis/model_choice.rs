//! Chooses trained models of a study to use: one by its id, the best, or the best ones together.

use super::model_selection::rank;
use super::study_model::ShownModel;
use crate::error::{Error, Result, quoted};
use crate::results::StudyResults;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::str::FromStr;

/// Most models of an ensemble.
pub const MOST_MODELS: usize = 1000;

/// Which models to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelChoice {
    /// The model with this id.
    Id(u64),
    /// The best one by the study's criterion, on validation rows if there are any, else on training rows; of equally
    /// good ones that with the lowest id.
    Best,
    /// This number of the best ones, of the cell with the best one: they share network and data.
    Ensemble(usize),
}

impl FromStr for ModelChoice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let allowed = format!("an id from models.csv, best, or ensemble:N with 2 to {MOST_MODELS} models");
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok());
        let read = |text: &str| match text.split_once(':') {
            None if text.eq_ignore_ascii_case("best") => Some(Self::Best),
            None => number(text).flatten().map(Self::Id),
            Some((word, count)) if word.eq_ignore_ascii_case("ensemble") => {
                let count = number(count).flatten().filter(|count| (2..=MOST_MODELS as u64).contains(count));
                count.map(|count| Self::Ensemble(count as usize))
            }
            Some(_) => None,
        };
        let refuse = || Error::setting("", quoted(text), allowed).or_closest(text, ["best"]);
        read(text.trim()).ok_or_else(refuse)
    }
}

impl ModelChoice {
    /// Whether other models than the named one matter, so that all must be there.
    pub fn compares(self) -> bool {
        !matches!(self, Self::Id(_))
    }

    /// Returns a name for files: `model-123`, `best`, `ensemble-20`.
    pub fn file_name(self) -> String {
        match self {
            Self::Id(id) => format!("model-{id}"),
            Self::Best => "best".into(),
            Self::Ensemble(count) => format!("ensemble-{count}"),
        }
    }

    /// Chooses among the trained models, the best first. All are of one cell, and none diverged.
    ///
    /// # Errors
    /// [`Error::Setting`] for an id beyond the last, or if there are fewer models that did not diverge;
    /// [`Error::Usage`] for a diverged one; [`Error::Folder`] for one that is not trained yet.
    pub fn choose(self, study: &dyn StudyResults) -> Result<Vec<ShownModel>> {
        match self {
            Self::Id(id) => named(study, id).map(|model| vec![model]),
            Self::Best => best(study, 1),
            Self::Ensemble(count) => best(study, count),
        }
    }
}

fn named(study: &dyn StudyResults, id: u64) -> Result<ShownModel> {
    let (cell, trial) = study.spec().require_trial("--model", id, "an id")?;
    let untrained = || study.refuse("this model is not trained yet; gpu-sweep resume goes on".into());
    let outcome = study.kept_model(cell, trial.index)?.ok_or_else(untrained)?.outcome;
    if let Some(epoch) = outcome.diverged {
        let what =
            format!("{id} diverged in epoch {epoch} and predicts nothing; take one with status ok in models.csv");
        return Err(Error::usage("--model", what));
    }
    Ok(ShownModel { id, cell, trial, outcome, reason: None })
}

/// Returns the `count` best models of the cell with the best one.
fn best(study: &dyn StudyResults, count: usize) -> Result<Vec<ShownModel>> {
    let spec = study.spec();
    // Of each cell, the best ones: higher ranks first, then lower ids.
    let mut cells: Vec<BTreeSet<(Reverse<u32>, u64)>> = vec![BTreeSet::new(); spec.cells.len()];
    for results in study.parts() {
        let results = results?;
        let cell = results.cell();
        let (part, models) = (&spec.cells[cell], results.models()?);
        for (index, outcome) in models.range().zip(&models.outcomes).filter(|(_, outcome)| outcome.diverged.is_none()) {
            cells[cell].insert((Reverse(rank(spec, part, outcome)), part.first + index));
            if cells[cell].len() > count {
                cells[cell].pop_last();
            }
        }
    }
    let top = cells.into_iter().filter(|cell| !cell.is_empty()).min_by_key(|cell| cell.first().copied());
    let top = top.unwrap_or_default();
    match top.len() {
        0 => {
            return Err(study.refuse("no model is trained that did not diverge; try smaller learning rates".into()));
        }
        there if there < count => {
            let allowed = match there {
                1 => "best: a single model of the best cell did not diverge".to_owned(),
                _ => format!("ensemble:N with 2 to {there}, the models of the best cell that did not diverge"),
            };
            return Err(Error::setting("--model", format!("ensemble:{count}"), allowed));
        }
        _ => {}
    }
    top.into_iter().map(|(_, id)| named(study, id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_and_others_refused() {
        let read = |text: &str| text.parse::<ModelChoice>().map_err(|error| error.to_string());
        assert_eq!(read("7"), Ok(ModelChoice::Id(7)));
        assert_eq!((read("best"), read("Ensemble:20")), (Ok(ModelChoice::Best), Ok(ModelChoice::Ensemble(20))));
        for text in ["", "-1", "1.5", "ensemble", "ensemble:1", "ensemble:1001", "ensemble:x", "worst", "best:3"] {
            assert!(read(text).unwrap_err().contains("must be an id from models.csv, best, or ensemble:N"), "{text}");
        }
        assert!(read("bset").unwrap_err().ends_with("did you mean best?"));
    }
}
