//! A model of a finished sweep, with all that it takes to train it again.

use crate::builder::SweepResults;
use crate::engine::{Job, Outcome};
use crate::error::{Error, Result};
use crate::results::settings_text::cell_name;
use crate::results::{CellSpec, KeptModel, StudyResults, StudySpec, class};
use crate::statistics::OutcomeClass;
use crate::statistics::number_format::short;
use crate::sweep::{Hyperparameter, Trial, Trials};

/// A trained model, its stored results and the job of its cell.
#[derive(Debug, Clone)]
pub struct StudyModel {
    /// Model id in the study.
    pub id: u64,
    /// Index of its cell.
    pub cell: usize,
    /// Its index within the cell, hyper-parameters and seed.
    pub trial: Trial,
    /// Stored results.
    pub kept: KeptModel,
    /// Job of the cell, with the mapping that trained it.
    pub job: Job,
}

impl StudyModel {
    /// Returns `model 123`.
    pub fn name(&self) -> String {
        format!("model {}", self.id)
    }

    /// Refuses a diverged model, which has no end point.
    ///
    /// # Errors
    /// [`Error::Usage`] with the epoch of the divergence.
    pub fn require_end(&self) -> Result<()> {
        let Some(epoch) = self.kept.outcome.diverged else { return Ok(()) };
        let what = format!(
            "{} diverged in epoch {epoch} and has no end point; take one with status ok in models.csv",
            self.id
        );
        Err(Error::usage("--model", what))
    }

    /// Returns the model as one of several to show.
    pub fn shown(&self, reason: Option<SelectionReason>) -> ShownModel {
        let (id, cell, trial, outcome) = (self.id, self.cell, self.trial, self.kept.outcome);
        ShownModel { id, cell, trial, outcome, reason }
    }
}

impl SweepResults {
    /// Returns model `id` with its outcome and, if they were recorded, its weights. Its curves are left out, so a
    /// replay compares outcome and weights alone.
    ///
    /// # Errors
    /// [`Error::Setting`] for an id beyond the last model.
    pub fn model(&self, id: u64) -> Result<StudyModel> {
        let (cell, trial) = self.spec.require_trial("--model", id, "an id")?;
        let job = self.jobs[cell].clone();
        let kept = self.kept_model(cell, trial.index)?;
        let kept = kept.ok_or_else(|| self.refuse(format!("has no model {id}")))?;
        Ok(StudyModel { id, cell, trial, kept, job })
    }
}

/// Returns the hyper-parameters among `wanted` that this trial has: `learning rate 0.0238`.
pub(super) fn values<'a>(
    trial: &'a Trial,
    wanted: impl IntoIterator<Item = Hyperparameter> + 'a,
) -> impl Iterator<Item = String> + 'a {
    let text = |hyperparameter: Hyperparameter| {
        let value = trial.hyperparameters.get(hyperparameter)?;
        Some(format!("{} {}", hyperparameter.words(), short(value)))
    };
    wanted.into_iter().filter_map(text)
}

/// Reason for showing a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectionReason {
    /// Best by the study's selection criterion, on the rows for selection.
    Best,
    /// Median of all models.
    Typical,
    /// Worst of all models; diverged ones rank last.
    Worst,
    /// Median of its class.
    OfClass,
}

impl SelectionReason {
    /// Returns a label; empty for an example of a class.
    pub fn word(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Typical => "typical",
            Self::Worst => "worst",
            Self::OfClass => "",
        }
    }
}

/// One of several models that are drawn side by side.
#[derive(Debug, Clone)]
pub struct ShownModel {
    /// Model id in the study.
    pub id: u64,
    /// Index of its cell.
    pub cell: usize,
    /// Its index within the cell, hyper-parameters and seed.
    pub trial: Trial,
    /// Outcome in the study.
    pub outcome: Outcome,
    /// Why it is shown; `None`: the user named it.
    pub reason: Option<SelectionReason>,
}

impl ShownModel {
    /// Returns its outcome class.
    pub fn class(&self, spec: &StudySpec) -> OutcomeClass {
        class(spec, self.cell_spec(spec), &self.outcome)
    }

    /// Returns its final training accuracy, a fraction, or R²; `None` if it diverged.
    pub fn accuracy(&self, spec: &StudySpec) -> Option<f64> {
        self.outcome.train.and_then(|score| score.measure(self.cell_spec(spec).train))
    }

    /// Returns the settings that distinguish it from others: `adam · lr 0.0746 · weight decay 0.01 · seed 3`.
    pub fn note(&self, spec: &StudySpec) -> String {
        let varies = |hyperparameter: &Hyperparameter| match &self.cell_spec(spec).trials {
            Trials::Grid { axes, .. } => axes.iter().any(|(axis, values)| axis == hyperparameter && values.len() > 1),
            Trials::List(_) => true,
        };
        let others = spec
            .hyperparameters()
            .into_iter()
            .filter(|hyperparameter| *hyperparameter != Hyperparameter::Lr)
            .filter(varies);
        let (cell, lr) = (cell_name(spec, self.cell), format!("lr {}", short(self.trial.lr())));
        let cell = (!cell.is_empty()).then_some(cell);
        let seed = format!("seed {}", self.trial.seed);
        cell.into_iter().chain([lr]).chain(values(&self.trial, others)).chain([seed]).collect::<Vec<_>>().join(" · ")
    }

    fn cell_spec<'a>(&self, spec: &'a StudySpec) -> &'a CellSpec {
        &spec.cells[self.cell]
    }
}
