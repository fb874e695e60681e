//! `chunks/NNNNNN.parquet`: the results of consecutive trials, from which everything else is made.
//!
//! | column | type | meaning |
//! | --- | --- | --- |
//! | `model_id`, `lr`, `seed`, and others | u64, double, u64 | the trial: see [`trial_columns`](super::chunk::trial_columns) |
//! | `train_loss`, `train_correct`, `train_correct_positive` | double, int32, int32 | mean loss, points right, and those of them with label 1; null: diverged |
//! | `val_loss`, ..., `test_loss`, ... | likewise | null also where a logit is not finite. Columns exist where there are such rows |
//! | `train_ordered_pairs`, `val_...`, `test_...` | double | see [`ordered_pairs`](crate::statistics::ordered_pairs); with `--metrics auc` |
//! | `status` | string | `ok`, `diverged` or `exploded`: see [`Outcome::is_exploded`] |
//! | `diverged_epoch` | int32 | null: did not diverge |
//! | `first_loss`, `late_loss` | double | mean training loss before the first update and before the last tenth of the epochs, null where there was none |
//! | `silent` | int32 | 1: no hidden unit answers at the end |
//! | `train_loss_curve`, `train_acc_curve`, `test_loss_curve`, `test_acc_curve` | list of float | one value per recorded epoch, NaN from the divergence on; null: not kept. Columns exist where asked for |
//! | `loss_counts` | list of int32 | how many models of the row's combination had a loss in which bin before which recorded epoch, `[epochs, bins]`; null but in the first row of each combination. Exists where only some curves are kept, of a grid |
//! | `loss_sum`, `inverse_sum`, `last_losses` | double | of a map: see [`Convergence`]; columns exist there alone |
//! | `init_weights`, `final_weights` | list of double | layer by layer, as [`crate::model::Shape`] counts; exist where asked for |
//!
//! The file's key-value metadata say to what it belongs ([`Labels`]) and hold its own SHA-256, taken with 64 zeros in
//! that place: a damaged file is known before it is parsed. Nothing in it depends on when or how often it was written.

use super::checksum;
use super::chunk::{CONVERGENCE, Chunk, CurveKind, LOSS_COUNTS, ModelColumns, WEIGHTS, pairs_column, score_columns};
use super::chunk_expectation::ChunkExpectation;
use super::chunk_plan::TrialRange;
use super::columns::{TableWriter, unwritten};
use super::columns_read::ColumnReader;
use super::files::write_whole;
use super::spec::StudySpec;
use crate::disk;
use crate::engine::{Outcome, Score};
use crate::error::{Error, Result, is_exhaustion};
use crate::math::convergence::Convergence;
use crate::statistics::RowSet;
use parquet::data_type::{DoubleType, FloatType, Int32Type};
use parquet::errors::ParquetError;
use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Version of this layout.
const FORMAT: &str = "5";
const CHECKSUM: &str = "sha256";

/// To what a chunk belongs: key-value pairs of its file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ChunkLabels(pub Vec<(String, String)>);

impl ChunkLabels {
    /// `rest` says which sweep and engine; `range` which trials.
    pub fn of_chunk(rest: &[(&str, String)], range: &Range<u64>) -> Self {
        let own = [("format", FORMAT.to_owned()), ("first", range.start.to_string()), ("end", range.end.to_string())];
        Self(own.iter().chain(rest).map(|(key, value)| (format!("gpu-sweep.{key}"), value.clone())).collect())
    }
}

/// Writes a finished chunk, whole or not at all.
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

/// A finished chunk on disk, its columns read as they are asked for. What it holds has the size that the question gives it,
/// whatever the file says.
pub struct ChunkFile {
    path: PathBuf,
    columns: ColumnReader,
    span: TrialRange,
    expected: ChunkExpectation,
}

/// A chunk's file: one that can't be opened is as good as damaged.
pub(super) fn open_file(path: &Path) -> Result<File> {
    disk::open(path, "a chunk of results").map_err(|error| match error {
        Error::File { path, what, .. } => Error::Damaged { path, what },
        other => other,
    })
}

/// Damage, unless the system had no more to give.
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
    /// Opens a chunk and checks that it is intact and holds the trials in `span` of the sweep that `labels` name.
    ///
    /// # Errors
    /// [`Error::Damaged`] says what is wrong; [`Error::Io`] where the system has no more open files to give.
    pub(super) fn open(path: &Path, labels: &ChunkLabels, span: TrialRange, question: &StudySpec) -> Result<Self> {
        let damaged = |what: String| Error::Damaged { path: path.into(), what };
        let mut file = open_file(path)?;
        if !checksum::is_intact(&mut file).map_err(Error::io(path, "read"))? {
            return Err(damaged("its contents are not those that were written".into()));
        }
        Self::reopen(path, labels, span, question)
    }

    /// The same without the checksum, for a chunk that was found intact before. Its labels are looked at again: another
    /// study may have been begun in the folder since.
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

    /// The trials in it.
    pub fn span(&self) -> &TrialRange {
        &self.span
    }

    /// Every trial's outcome.
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
            return Err(self.damaged(format!("row {row} has more points right, or epochs, than there are")));
        }
        Ok(ModelColumns { cell: self.span.cell, first: self.span.trials.start, outcomes })
    }

    /// How well each model orders a set of rows; nothing where that was not asked for.
    fn ordered_pairs(&self, set: RowSet) -> Result<Vec<Option<u64>>> {
        if !self.expected.auc || self.expected.rows[set as usize].points == 0 {
            return Ok(Vec::new());
        }
        let pairs = self.whole(self.columns.optional::<DoubleType>(pairs_column(set)))?;
        // A number that is none, or negative, becomes one that no model can have.
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

    /// One kind of curve, row-major `[trials of the chunk that keep curves, recorded epochs]`; NaN from the divergence
    /// on.
    ///
    /// # Errors
    /// [`Error::Damaged`] also where the sweep does not keep it.
    pub fn curves(&self, kind: CurveKind) -> Result<Vec<f32>> {
        let [models, width] = self.expected.curves;
        self.whole(self.columns.lists::<FloatType>(kind.column(), models, width, false))
    }

    /// Histograms of the losses of all its models, `[combinations that occur, recorded epochs, bins]`: of the combination of the
    /// first trial, then of the next one's, and so on.
    ///
    /// # Errors
    /// [`Error::Damaged`] also where the sweep does not keep them.
    pub fn loss_counts(&self) -> Result<Vec<i32>> {
        let [combinations, width] = self.expected.histograms;
        let counts = self.whole(self.columns.lists::<Int32Type>(LOSS_COUNTS, combinations, width, true))?;
        match counts.iter().find(|n| u64::try_from(**n).map_or(true, |n| n > self.span.len())) {
            Some(n) => Err(self.damaged(format!("{n} of {} models have a loss", self.span.len()))),
            None => Ok(counts),
        }
    }

    /// Initial weights, row-major `[trials of the chunk, parameters]`.
    ///
    /// # Errors
    /// [`Error::Damaged`] also where the sweep does not keep them.
    pub fn initial_weights(&self) -> Result<Vec<f64>> {
        self.weights(WEIGHTS[0])
    }

    /// Weights after the last update, or at the divergence; as [`ChunkFile::initial_weights`].
    ///
    /// # Errors
    /// As there.
    pub fn final_weights(&self) -> Result<Vec<f64>> {
        self.weights(WEIGHTS[1])
    }

    fn weights(&self, name: &str) -> Result<Vec<f64>> {
        self.whole(self.columns.lists::<DoubleType>(name, self.columns.rows(), self.expected.parameters, false))
    }

    /// Scores on a set of rows; none where there are no such rows.
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
