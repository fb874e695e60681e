//! The study spec: the settings, and what was read from the files that they name.

use crate::engine::cost::epoch_flop;
use crate::error::{Error, Result};
use crate::math::Loss;
use crate::model::NetworkShape;
use crate::statistics::{Measure, RowCounts, RowSet};
use crate::sweep::{CellChoices, CellColumn, Hyperparameter, Inputs, Job, Record, Sweep, Trial, Trials};

/// Settings and inputs that determine a study's results.
#[derive(Debug, Clone, PartialEq)]
pub struct StudySpec {
    /// Settings, with absolute paths.
    pub sweep: Sweep,
    /// Cells; models are numbered one cell after the other.
    pub cells: Vec<CellSpec>,
    /// Content hash over settings, data, trials and given weights: equal digests mean the same study.
    pub digest: String,
}

/// One cell of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct CellSpec {
    /// Id of its first model.
    pub first: u64,
    /// Its choices.
    pub choices: CellChoices,
    /// Its trials, one per model.
    pub trials: Trials,
    /// Network of its models.
    pub shape: NetworkShape,
    /// Loss that they are trained on.
    pub loss: Loss,
    /// Approximate floating-point operations of one model's epoch.
    pub epoch_flop: f64,
    /// Results to record for each model.
    pub record: Record,
    /// Training rows.
    pub train: RowCounts,
    /// Validation rows; 0 points if there are none.
    pub validation: RowCounts,
    /// Test rows; 0 points if there are none.
    pub test: RowCounts,
}

impl CellSpec {
    /// Describes a cell's job; `first` is the id of its first model.
    fn of(first: u64, choices: CellChoices, job: &Job) -> Self {
        let Job { data, trials, shape, record, train_spec, .. } = job;
        let [train, validation, test] = job.row_counts();
        Self {
            first,
            choices,
            trials: trials.clone(),
            shape: shape.clone(),
            loss: train_spec.loss,
            epoch_flop: epoch_flop(shape, train_spec, data.train.len()),
            record: record.clone(),
            train,
            validation,
            test,
        }
    }

    /// Returns the rows of a set.
    pub fn rows(&self, set: RowSet) -> RowCounts {
        match set {
            RowSet::Train => self.train,
            RowSet::Validation => self.validation,
            RowSet::Test => self.test,
        }
    }

    /// What pictures of the decision boundary would need that the models lack.
    pub fn lacks_for_boundary(&self) -> Option<String> {
        self.shape.lacks_for_boundary(self.train.numbers().is_some())
    }

    /// Returns the rows of every set, in the order of [`RowSet::ALL`].
    pub fn all_rows(&self) -> [RowCounts; 3] {
        RowSet::ALL.map(|set| self.rows(set))
    }
}

impl StudySpec {
    /// Combines the settings with the inputs loaded for them.
    pub fn of(sweep: &Sweep, inputs: &Inputs) -> Self {
        let (mut first, mut cells) = (0, Vec::new());
        for (choices, job) in sweep.cells().into_iter().zip(&inputs.jobs) {
            cells.push(CellSpec::of(first, choices, job));
            first += job.trials.len();
        }
        Self { sweep: sweep.clone(), cells, digest: inputs.digest.clone() }
    }

    /// Returns the number of models in all cells.
    pub fn models(&self) -> u64 {
        self.cells.last().map_or(0, |cell_spec| cell_spec.first + cell_spec.trials.len())
    }

    /// Returns the hyper-parameters for which any cell has values: they are columns of every table.
    pub fn hyperparameters(&self) -> Vec<Hyperparameter> {
        let given: Vec<Hyperparameter> = self.cells.iter().flat_map(|cell_spec| cell_spec.trials.given()).collect();
        Hyperparameter::ALL.into_iter().filter(|hyperparameter| given.contains(hyperparameter)).collect()
    }

    /// Whether models that differ in more than their seeds have the same seeds.
    pub fn shares_seeds(&self) -> bool {
        self.cells.len() > 1 || self.cells.iter().any(|cell_spec| cell_spec.trials.share_seeds())
    }

    /// Whether any cell records how well its models order the rows (AUC).
    pub fn records_auc(&self) -> bool {
        self.cells.iter().any(|cell_spec| cell_spec.record.auc)
    }

    /// Whether any cell has rows of this set.
    pub fn has(&self, set: RowSet) -> bool {
        self.cells.iter().any(|cell_spec| cell_spec.rows(set).points > 0)
    }

    /// Returns the measure of success, the same in all cells.
    pub fn measure(&self) -> Measure {
        self.cells.first().map_or(Measure::default(), |cell_spec| cell_spec.train.measure())
    }

    /// Returns the training accuracy that a success exceeds: the mean over cells, whose thresholds differ if their data
    /// have other fractions of the most common class.
    pub fn success_threshold(&self) -> f64 {
        let of = |cell_spec: &CellSpec| cell_spec.train.success_threshold(self.sweep.success_threshold);
        let first = self.cells.first().map_or(f64::NAN, of);
        match self.cells.iter().all(|cell_spec| of(cell_spec) == first) {
            true => first,
            false => self.cells.iter().map(of).sum::<f64>() / self.cells.len() as f64,
        }
    }

    /// Returns the settings in which cells differ: they are columns of every table.
    pub fn varying(&self) -> Vec<CellColumn> {
        let agree =
            |column| self.cells.iter().all(|cell_spec| cell_spec.choices.agrees(&self.cells[0].choices, column));
        CellColumn::ALL.into_iter().filter(|column| !agree(*column)).collect()
    }

    /// Returns the cell of model `id` and its trial there. `flag` and `allowed`, such as `an id`, are for the message.
    ///
    /// # Errors
    /// [`Error::Setting`] beyond the last model.
    pub fn require_trial(&self, flag: &str, id: u64, allowed: &str) -> Result<(usize, Trial)> {
        let last = self.models().saturating_sub(1);
        self.trial(id).ok_or_else(|| Error::setting(flag, id, format!("{allowed} from 0 to {last}")))
    }

    /// Returns the cell of model `id` and its trial there; `None` beyond the last model.
    pub fn trial(&self, id: u64) -> Option<(usize, Trial)> {
        let cell = self.cells.partition_point(|cell_spec| cell_spec.first + cell_spec.trials.len() <= id);
        self.cells.get(cell).map(|cell_spec| (cell, cell_spec.trials.get(id - cell_spec.first)))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    /// Returns the course's experiment with edits; the files that it names need not exist.
    pub fn spec(edit: impl FnOnce(&mut Sweep)) -> StudySpec {
        let mut sweep = Sweep::default();
        edit(&mut sweep);
        let without_files =
            Sweep { data: None, label: None, positive: None, trials: None, init_from: None, ..sweep.clone() };
        let mut spec = StudySpec::of(&sweep, &Inputs::load(&without_files).unwrap());
        spec.digest = crate::dataset::hex(Sha256::new().chain_update(format!("{sweep:?}")));
        spec
    }

    #[test]
    fn models_are_numbered_cell_after_cell() {
        let spec = spec(|s| {
            (s.optimizer, s.models) = (crate::sweep::Choices::parse("", "sgd,adam").unwrap(), Some(101));
        });
        assert_eq!((spec.models(), spec.varying()), (101, vec![CellColumn::Optimizer]));
        let sizes: Vec<_> = spec.cells.iter().map(|cell_spec| (cell_spec.first, cell_spec.trials.len())).collect();
        assert_eq!(sizes, [(0, 50), (50, 51)]);
        let at = |id| spec.trial(id).map(|(cell, trial)| (cell, trial.index));
        assert_eq!(
            [at(0), at(49), at(50), at(100), at(101)],
            [Some((0, 0)), Some((0, 49)), Some((1, 0)), Some((1, 50)), None]
        );
        assert_eq!(spec.cells[1].choices.text(CellColumn::Optimizer), "adam");
    }
}
