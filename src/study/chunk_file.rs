//! `chunks/NNNNNN.parquet`: the results of consecutive trials, from which everything else is made.
//!
//! | column | type | meaning |
//! | --- | --- | --- |
//! | `model_id`, `lr`, `seed`, others | u64, double, u64 | the trial: see [`trial_columns`] |
//! | `train_loss` | double | mean loss; null: diverged |
//! | `train_correct`, `train_correct_positive` | int32 | correct rows, and those of label 1; null: diverged |
//! | `val_loss`, ..., `test_loss`, ... | as above | only if such rows exist; null also if a logit is not finite |
//! | `train_ordered_pairs`, `val_...`, `test_...` | double | only with `--metrics auc`: see [`ordered_pairs`] |
//! | `status` | string | `ok`, `diverged` or `exploded`: see [`Outcome::is_exploded`] |
//! | `diverged_epoch` | int32 | null: did not diverge |
//! | `first_loss` | double | mean training loss before the first update; null if there was none |
//! | `late_loss` | double | mean training loss before the last tenth of the epochs; null if there was none |
//! | `silent` | int32 | 1: at the end, no hidden unit is active on any training point |
//! | `train_loss_curve`, `train_acc_curve`, `test_...` | list of float | one value per recorded epoch; see below |
//! | `loss_counts` | list of int32 | loss histograms; see below |
//! | `loss_sum`, `inverse_sum`, `last_losses` | double | only for a map: see [`Convergence`] |
//! | `init_weights`, `final_weights` | list of double | in the order of [`NetworkShape`]'s layers; only if asked for |
//!
//! Columns of curves exist if asked for. A curve is NaN from the divergence on, and null if it is not kept.
//! `loss_counts`, `[epochs, bins]`, is how many models of the row's combination had a loss in each bin before each
//! recorded epoch. It is null except in the first row of each combination, and exists for a grid that keeps only some
//! of the curves.
//!
//! The file's key-value metadata say which study it belongs to ([`ChunkLabels`]) and hold its own SHA-256, computed
//! with 64 zeros in its place, so that damage is detected before parsing. Nothing in the file depends on when or how
//! often it was written.
//!
//! [`trial_columns`]: super::chunk::trial_columns
//! [`ordered_pairs`]: crate::statistics::ordered_pairs
//! [`NetworkShape`]: crate::model::NetworkShape

use super::checksum;
use super::chunk::{CONVERGENCE, Chunk, LOSS_COUNTS, WEIGHTS, pairs_column, score_columns};
use super::chunk_expectation::ChunkExpectation;
use super::chunk_labels::ChunkLabels;
use super::chunk_plan::TrialRange;
use super::columns::{TableWriter, unwritten};
use super::columns_read::ColumnReader;
use super::files::write_whole;
use crate::disk;
use crate::engine::{Outcome, Score};
use crate::error::{Error, Result, is_exhaustion};
use crate::math::convergence::Convergence;
use crate::results::StudySpec;
use crate::results::{CurveKind, ModelColumns};
use crate::statistics::RowSet;
use parquet::data_type::{DoubleType, FloatType, Int32Type};
use parquet::errors::ParquetError;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

const CHECKSUM: &str = "sha256";

/// Writes a finished chunk atomically.
pub(super) fn write_chunk(path: &Path, chunk: Chunk, question: &StudySpec, mut labels: ChunkLabels) -> Result<()> {
    labels.0.push((CHECKSUM.into(), checksum::ZEROS.into()));
    let table = chunk.into_table(question);
    let encode = || -> Result<Vec<u8>, ParquetError> {
        let mut writer = TableWriter::new(Vec::new(), &table, &labels.0)?;
        writer.write(&table)?;
        writer.finish()
    };
    let mut bytes = encode().map_err(unwritten(path))?;
    checksum::seal(&mut bytes);
    write_whole(path, |file| file.write_all(&bytes).map_err(Error::io(path, "write")))
}

/// A finished chunk on disk whose columns are read on request. Their sizes follow from the study spec, whatever the
/// file claims.
pub struct ChunkFile {
    path: PathBuf,
    columns: ColumnReader,
    span: TrialRange,
    expected: ChunkExpectation,
}

/// Opens a chunk's file; one that can't be opened counts as damaged.
pub(super) fn open_file(path: &Path) -> Result<File> {
    disk::open(path, "a chunk of results").map_err(|error| match error {
        Error::File { path, what, .. } => Error::Damaged { path, what },
        other => other,
    })
}

/// Returns [`Error::Damaged`], unless the system ran out of resources.
fn unreadable(path: &Path, error: ParquetError) -> Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(inner) if is_exhaustion(&inner) => Error::io(path, "read")(*inner),
            Ok(inner) => Error::Damaged { path: path.into(), what: inner.to_string() },
            Err(inner) => Error::Damaged { path: path.into(), what: inner.to_string() },
        },
        other => Error::Damaged { path: path.into(), what: other.to_string() },
    }
}

impl ChunkFile {
    /// Opens a chunk and checks that it is intact and holds the trials in `span` of the study that `labels` name.
    ///
    /// # Errors
    /// [`Error::Damaged`] with the reason; [`Error::Io`] if the system has no more file handles.
    pub(super) fn open(path: &Path, labels: &ChunkLabels, span: TrialRange, question: &StudySpec) -> Result<Self> {
        let damaged = |what: String| Error::Damaged { path: path.into(), what };
        let mut file = open_file(path)?;
        if !checksum::is_intact(&mut file).map_err(Error::io(path, "read"))? {
            return Err(damaged("its contents are not those that were written".into()));
        }
        Self::reopen(path, labels, span, question)
    }

    /// Opens a chunk like [`ChunkFile::open`], without the checksum: for one that was found intact before. Its labels
    /// are checked again: another study may have been started in the folder since.
    pub(super) fn reopen(path: &Path, labels: &ChunkLabels, span: TrialRange, question: &StudySpec) -> Result<Self> {
        let file = Self::parse(path, span, question)?;
        for (key, value) in &labels.0 {
            let there = file.columns.label(key).unwrap_or("nothing");
            if there != value {
                let there: String = there.escape_debug().take(80).collect();
                return Err(file.damaged(format!("{key} is {there}, not {value}")));
            }
        }
        Ok(file)
    }

    fn parse(path: &Path, span: TrialRange, question: &StudySpec) -> Result<Self> {
        let damaged = |what: String| Error::Damaged { path: path.into(), what };
        let columns = ColumnReader::open(open_file(path)?).map_err(|e| unreadable(path, e))?;
        if columns.rows() as u64 != span.len() {
            return Err(damaged(format!("{} rows, not {}", columns.rows(), span.len())));
        }
        let expected = ChunkExpectation::of(&span, question);
        Ok(Self { path: path.into(), columns, span, expected })
    }

    /// Returns the trials in it.
    pub fn span(&self) -> &TrialRange {
        &self.span
    }

    /// Reads every trial's outcome.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Io`].
    pub fn models(&self) -> Result<ModelColumns> {
        let [train, validation, test] = RowSet::ALL.map(|set| self.scores(set));
        let scores = train?.into_iter().zip(validation?).zip(test?);
        let (diverged, silent) = (self.counts("diverged_epoch")?, self.counts("silent")?);
        let [first, late] =
            ["first_loss", "late_loss"].map(|name| self.whole(self.columns.optional::<DoubleType>(name)));
        let outcome = |((((((train, validation), test), diverged), first_loss), late_loss), silent)| Outcome {
            train,
            validation,
            test,
            diverged,
            first_loss,
            late_loss,
            silent: silent == Some(1),
            ordered_pairs: [None; 3],
            convergence: None,
        };
        let mut outcomes: Vec<Outcome> = scores.zip(diverged).zip(first?).zip(late?).zip(silent).map(outcome).collect();
        for set in RowSet::ALL {
            let pairs = self.ordered_pairs(set)?;
            outcomes.iter_mut().zip(pairs).for_each(|(outcome, pairs)| outcome.ordered_pairs[set as usize] = pairs);
        }
        if self.expected.convergence {
            outcomes.iter_mut().zip(self.convergence()?).for_each(|(outcome, found)| outcome.convergence = found);
        }
        if let Some(row) = outcomes.iter().position(|outcome| !self.expected.allows(outcome)) {
            return Err(self.damaged(format!("row {row}: more correct rows or epochs than the study has")));
        }
        Ok(ModelColumns { cell: self.span.cell, first: self.span.trials.start, outcomes })
    }

    /// Reads the ordered pairs of each model on a set of rows; empty if they are not kept.
    fn ordered_pairs(&self, set: RowSet) -> Result<Vec<Option<u64>>> {
        if !self.expected.auc || self.expected.rows[set as usize].points == 0 {
            return Ok(Vec::new());
        }
        let pairs = self.whole(self.columns.optional::<DoubleType>(pairs_column(set)))?;
        // A fraction, NaN or negative number becomes one that no model can have.
        let whole = |pairs: f64| if pairs.fract() == 0.0 && pairs >= 0.0 { pairs as u64 } else { u64::MAX };
        Ok(pairs.into_iter().map(|pairs| pairs.map(whole)).collect())
    }

    fn convergence(&self) -> Result<Vec<Option<Convergence>>> {
        let column = |n: usize| self.whole(self.columns.optional::<DoubleType>(CONVERGENCE[n]));
        let (sums, inverses, last) = (column(0)?, column(1)?, column(2)?);
        let all = |((sum, inverse), last): ((Option<f64>, Option<f64>), Option<f64>)| {
            Some(Convergence { loss_sum: sum?, inverse_sum: inverse?, last: last? })
        };
        let found: Vec<_> = sums.into_iter().zip(inverses).zip(last).map(all).collect();
        match found.iter().position(Option::is_none) {
            Some(row) => Err(self.damaged(format!("row {row} does not say whether its model converged"))),
            None => Ok(found),
        }
    }

    /// Reads one kind of curve, row-major `[trials of the chunk that keep curves, recorded epochs]`; NaN from the
    /// divergence on.
    ///
    /// # Errors
    /// [`Error::Damaged`] also if the study does not keep it.
    pub fn curves(&self, kind: CurveKind) -> Result<Vec<f32>> {
        let [models, width] = self.expected.curves;
        self.whole(self.columns.lists::<FloatType>(kind.column(), models, width, false))
    }

    /// Reads the loss histograms of all its models, `[combinations in the chunk, recorded epochs, bins]`: first the
    /// combination of the first trial, then that of the next one, and so on.
    ///
    /// # Errors
    /// [`Error::Damaged`] also if the study does not keep them.
    pub fn loss_counts(&self) -> Result<Vec<i32>> {
        let [combinations, width] = self.expected.histograms;
        let counts = self.whole(self.columns.lists::<Int32Type>(LOSS_COUNTS, combinations, width, true))?;
        match counts.iter().find(|n| u64::try_from(**n).map_or(true, |n| n > self.span.len())) {
            Some(n) => Err(self.damaged(format!("invalid loss count {n} for {} models", self.span.len()))),
            None => Ok(counts),
        }
    }

    /// Reads the initial weights, row-major `[trials of the chunk, parameters]`.
    ///
    /// # Errors
    /// [`Error::Damaged`] also if the study does not keep them.
    pub fn initial_weights(&self) -> Result<Vec<f64>> {
        self.weights(WEIGHTS[0])
    }

    /// Reads the weights after the last update or at the divergence, shaped like [`ChunkFile::initial_weights`].
    ///
    /// # Errors
    /// As for [`ChunkFile::initial_weights`].
    pub fn final_weights(&self) -> Result<Vec<f64>> {
        self.weights(WEIGHTS[1])
    }

    fn weights(&self, name: &str) -> Result<Vec<f64>> {
        self.whole(self.columns.lists::<DoubleType>(name, self.columns.rows(), self.expected.parameters, false))
    }

    /// Reads the scores on a set of rows; all None if there are no such rows.
    fn scores(&self, set: RowSet) -> Result<Vec<Option<Score>>> {
        if self.expected.rows[set as usize].points == 0 {
            return Ok(vec![None; self.columns.rows()]);
        }
        let [loss, correct, positive] = score_columns(set);
        let losses = self.whole(self.columns.optional::<DoubleType>(loss))?;
        let all = |((loss, correct), positive): ((Option<f64>, Option<u32>), Option<u32>)| {
            Some(Score { loss: loss?, correct: correct?, correct_positive: positive? })
        };
        Ok(losses.into_iter().zip(self.counts(correct)?).zip(self.counts(positive)?).map(all).collect())
    }

    fn counts(&self, name: &str) -> Result<Vec<Option<u32>>> {
        let counts = self.whole(self.columns.optional::<Int32Type>(name))?;
        Ok(counts.into_iter().map(|v| v.map(i32::cast_unsigned)).collect())
    }

    fn whole<T>(&self, read: Result<T, ParquetError>) -> Result<T> {
        read.map_err(|e| unreadable(&self.path, e))
    }

    fn damaged(&self, what: String) -> Error {
        Error::Damaged { path: self.path.clone(), what }
    }
}
