//! Numbers of seeds for a study, with its settings in words.

use super::{Arms, NoAnswer, SeedsNeeded, SeedsQuery, seeds_needed};
use crate::engine::Job;
use crate::error::Result;
#[cfg(feature = "native")]
use crate::results::summary_of_results;
use crate::results::{StudySpec, settings_text};
use crate::statistics::number_format::short;
use crate::sweep::Inputs;

/// Seeds that a comparison of two learning rates of a study needs.
#[derive(Debug, Clone)]
pub struct SeedsReport {
    /// Numbers of seeds and interval widths.
    pub found: SeedsNeeded,
    /// Job of the compared learning rates' cell, without a mapping.
    pub job: Job,
    /// Settings that the compared models share.
    pub settings: String,
}

impl SeedsReport {
    /// Computes the numbers for learning rates `arms` of the study `spec` with these `inputs`.
    ///
    /// # Errors
    /// As for [`seeds_needed()`].
    pub fn of(spec: &StudySpec, inputs: &Inputs, arms: Arms, query: &SeedsQuery) -> Result<Self> {
        let (cell, job) = (arms.cell, inputs.jobs[arms.cell].clone());
        let others =
            arms.others.iter().map(|(hyperparameter, value)| format!("{} {}", hyperparameter.words(), short(*value)));
        let model = std::iter::once(settings_text::model(spec, cell, &job));
        let settings = model.chain(others).collect::<Vec<_>>().join(" · ");
        Ok(Self { found: seeds_needed(arms, query)?, job, settings })
    }

    /// Computes the numbers for the best combination of settings of a study, from the models that are trained.
    ///
    /// # Errors
    /// As for [`Arms::of`] and [`SeedsReport::of`].
    #[cfg(feature = "native")]
    pub fn of_study(study: &crate::study::Study, inputs: &Inputs, query: &SeedsQuery) -> Result<Self> {
        Self::of(study.spec(), inputs, Arms::of(study, &summary_of_results(study)?)?, query)
    }

    /// Whether there are too few seeds for any number.
    pub fn has_too_few(&self) -> bool {
        self.found.no_answer == Some(NoAnswer::TooFew)
    }
}
