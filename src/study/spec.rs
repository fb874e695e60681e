//! What a study answers: the settings and what they came to once the files were read.

use crate::dataset::Points;
use crate::disk;
use crate::engine::Record;
use crate::error::{Error, Result};
use crate::model::NetworkShape;
use crate::statistics::{RowCounts, RowSet};
use crate::sweep::{COLUMNS, Hyperparameter, Inputs, Sweep, Trial, Trials};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A sweep with everything that a folder of results depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct StudySpec {
    /// Paths in it are absolute.
    pub sweep: Sweep,
    /// The cells, whose models are numbered one cell after the other.
    pub cells: Vec<CellSpec>,
    /// Content hash over settings, data, trials and given weights: the same digest is the same question.
    pub digest: String,
}

/// One cell of the question.
#[derive(Debug, Clone, PartialEq)]
pub struct CellSpec {
    /// Id of its first model.
    pub first: u64,
    /// What it chose, by [`COLUMNS`].
    pub texts: [String; COLUMNS.len()],
    /// The models.
    pub trials: Trials,
    /// Their network.
    pub shape: NetworkShape,
    /// What to keep of each.
    pub record: Record,
    /// Training rows.
    pub train: RowCounts,
    /// Validation rows; none: 0 points.
    pub validation: RowCounts,
    /// Test rows; none: 0 points.
    pub test: RowCounts,
}

impl CellSpec {
    /// Rows of a set.
    pub fn rows(&self, set: RowSet) -> RowCounts {
        match set {
            RowSet::Train => self.train,
            RowSet::Validation => self.validation,
            RowSet::Test => self.test,
        }
    }

    /// Rows of every set, in the order of [`RowSet::ALL`].
    pub fn all_rows(&self) -> [RowCounts; 3] {
        RowSet::ALL.map(|set| self.rows(set))
    }
}

impl StudySpec {
    /// The sweep with what its files and data came to.
    pub fn of(sweep: &Sweep, inputs: &Inputs) -> Self {
        let (mut first, mut cells, all) = (0, Vec::new(), inputs.models() as f64);
        for inputs in &inputs.cells {
            let (data, trials) = (&inputs.data, inputs.trials.clone());
            let (models, rows) = (trials.len(), |points: &Points| RowCounts::of(&points.y));
            let record = Record::of(sweep, &trials, first, models as f64 / all);
            cells.push(CellSpec {
                first,
                texts: inputs.cell.texts(),
                trials,
                shape: inputs.shape.clone(),
                record,
                train: rows(&data.train),
                validation: data.validation.as_ref().map_or(RowCounts::default(), rows),
                test: data.test.as_ref().map_or(RowCounts::default(), rows),
            });
            first += models;
        }
        Self { sweep: sweep.clone(), cells, digest: inputs.digest.clone() }
    }

    /// Number of models in all cells.
    pub fn models(&self) -> u64 {
        self.cells.last().map_or(0, |part| part.first + part.trials.len())
    }

    /// The scalars that any cell has values for: columns of every table.
    pub fn scalars(&self) -> Vec<Hyperparameter> {
        let given: Vec<Hyperparameter> = self.cells.iter().flat_map(|part| part.trials.given()).collect();
        Hyperparameter::ALL.into_iter().filter(|scalar| given.contains(scalar)).collect()
    }

    /// Whether models that differ in more than their seeds have the same seeds.
    pub fn shares_seeds(&self) -> bool {
        self.cells.len() > 1 || self.cells.iter().any(|part| part.trials.share_seeds())
    }

    /// Whether models are asked how well they order the rows.
    pub fn ranks(&self) -> bool {
        self.cells.iter().any(|part| part.record.auc)
    }

    /// Whether any cell has rows of this set.
    pub fn has(&self, set: RowSet) -> bool {
        self.cells.iter().any(|part| part.rows(set).points > 0)
    }

    /// The share of training rows that a success exceeds: the mean of the cells', where their data have other shares of the larger
    /// class.
    pub fn success_threshold(&self) -> f64 {
        let of = |part: &CellSpec| part.train.success_threshold(self.sweep.success_threshold);
        let first = self.cells.first().map_or(f64::NAN, of);
        match self.cells.iter().all(|part| of(part) == first) {
            true => first,
            false => self.cells.iter().map(of).sum::<f64>() / self.cells.len() as f64,
        }
    }

    /// The columns in which cells differ.
    pub fn varying(&self) -> Vec<usize> {
        let differ = |n: &usize| self.cells.iter().any(|part| part.texts[*n] != self.cells[0].texts[*n]);
        (0..COLUMNS.len()).filter(differ).collect()
    }

    /// The cell of model `id`, and its trial there; `None` beyond the last.
    pub fn trial(&self, id: u64) -> Option<(usize, Trial)> {
        let cell = self.cells.partition_point(|part| part.first + part.trials.len() <= id);
        self.cells.get(cell).map(|part| (cell, part.trials.get(id - part.first)))
    }

    /// Makes the paths absolute, so that the question can be asked again from anywhere.
    pub(super) fn with_absolute_paths(mut self) -> Result<Self> {
        for path in paths_mut(&mut self.sweep).into_iter().filter_map(|(_, path)| path.as_mut()) {
            *path = std::path::absolute(&*path).map_err(Error::io(path, "find"))?;
        }
        Ok(self)
    }
}

/// The settings that name a file.
pub(super) fn paths_mut(sweep: &mut Sweep) -> [(&'static str, &mut Option<PathBuf>); 4] {
    [
        ("data", &mut sweep.data),
        ("trials", &mut sweep.trials),
        ("init-from", &mut sweep.init_from),
        ("batch-order", &mut sweep.batch_order),
    ]
}

/// SHA-256 of each file that the settings name, by the setting's name.
pub(super) fn file_digests(sweep: &Sweep) -> Result<BTreeMap<String, String>> {
    let digest = |(name, path): (&str, &mut Option<PathBuf>)| {
        path.as_ref().map(|path| Ok((name.to_owned(), file_digest(path)?)))
    };
    paths_mut(&mut sweep.clone()).into_iter().filter_map(digest).collect()
}

fn file_digest(path: &Path) -> Result<String> {
    let mut file = disk::open(path, "a file of data")?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece).map_err(Error::io(path, "read"))? {
            0 => return Ok(super::checksum::hex(&hash.finalize())),
            n => hash.update(&piece[..n]),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::sweep::Choice;

    /// The course's experiment, edited; files need not be there.
    pub fn question(edit: impl FnOnce(&mut Sweep)) -> StudySpec {
        let mut sweep = Sweep::default();
        edit(&mut sweep);
        let without_files =
            Sweep { data: None, label: None, positive: None, trials: None, init_from: None, ..sweep.clone() };
        let mut question = StudySpec::of(&sweep, &Inputs::load(&without_files).unwrap());
        question.digest = super::super::checksum::hex(&Sha256::digest(format!("{sweep:?}")));
        question
    }

    #[test]
    fn models_are_numbered_cell_after_cell() {
        let question = question(|s| {
            (s.optimizer, s.models) = (crate::sweep::Choices::parse("", "sgd,adam").unwrap(), Some(101));
        });
        assert_eq!((question.models(), question.varying()), (101, vec![5]));
        let sizes: Vec<_> = question.cells.iter().map(|part| (part.first, part.trials.len())).collect();
        assert_eq!(sizes, [(0, 50), (50, 51)]);
        let at = |id| question.trial(id).map(|(cell, trial)| (cell, trial.index));
        assert_eq!(
            [at(0), at(49), at(50), at(100), at(101)],
            [Some((0, 0)), Some((0, 49)), Some((1, 0)), Some((1, 50)), None]
        );
        assert_eq!(question.cells[1].texts[5], crate::math::Optimizer::Adam.text());
    }
}
