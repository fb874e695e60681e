//! `chunks/NNNNNN.parquet`: the results of consecutive trials, from which everything else is made.
//!
//! | column | type | meaning |
//! | --- | --- | --- |
//! | `model_id`, `lr`, `seed`, and others | u64, double, u64 | the trial: see [`trial_columns`](super::chunk::trial_columns) |
//! | `train_loss`, `train_correct` | double, int32 | mean loss, points right; null: diverged |
//! | `test_loss`, `test_correct` | double, int32 | null also without test rows |
//! | `status` | string | `ok` or `diverged` |
//! | `diverged_epoch` | int32 | null: did not diverge |
//! | `train_loss_curve`, `train_acc_curve`, `test_loss_curve`, `test_acc_curve` | list of float | one value per recorded epoch, NaN from the divergence on; null: not kept. Columns exist where asked for |
//! | `loss_counts` | list of int32 | how many models of the row's combination had a loss in which bin before which recorded epoch, `[epochs, bins]`; null but in the first row of each combination. Exists where only some curves are kept, of a grid |
//! | `init_weights`, `final_weights` | list of double | layer by layer, as [`crate::model::Shape`] counts; exist where asked for |
//!
//! The file's key-value metadata say to what it belongs ([`Labels`]) and hold its own SHA-256, taken with 64 zeros in
//! that place: a damaged file is known before it is parsed. Nothing in it depends on when or how often it was written.

use super::chunk::{Chunk, CurveKind, LOSS_COUNTS, Models, WEIGHTS};
use super::columns::{TableWriter, read, read_all, unwritten};
use super::files::write_whole;
use super::plan::Span;
use super::question::Question;
use crate::engine::{Outcome, Score};
use crate::error::{Error, Result};
use parquet::data_type::{DoubleType, FloatType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::SerializedFileReader;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Version of this layout.
const FORMAT: &str = "4";
const CHECKSUM: &str = "sha256";
const CHECKSUM_PREFIX: &str = "sha256:";
const ZEROS: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// To what a chunk belongs: key-value pairs of its file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labels(pub Vec<(String, String)>);

impl Labels {
    /// `rest` says which sweep and engine; `range` which trials.
    pub fn of_chunk(rest: &[(&str, String)], range: &Range<u64>) -> Self {
        let own = [("format", FORMAT.to_owned()), ("first", range.start.to_string()), ("end", range.end.to_string())];
        Self(own.iter().chain(rest).map(|(key, value)| (format!("gpu-sweep.{key}"), value.clone())).collect())
    }
}

/// Writes a finished chunk, whole or not at all.
pub(super) fn write_chunk(path: &Path, chunk: Chunk, question: &Question, mut labels: Labels) -> Result<()> {
    labels.0.push((CHECKSUM.into(), ZEROS.into()));
    let table = chunk.into_table(question);
    let encode = || -> Result<Vec<u8>, ParquetError> {
        let mut writer = TableWriter::new(Vec::new(), &table, &labels.0)?;
        writer.write(&table)?;
        writer.finish()
    };
    let mut bytes = encode().map_err(unwritten(path))?;
    seal(&mut bytes);
    write_whole(path, |file| file.write_all(&bytes).map_err(Error::io(path, "write")))
}

/// Puts the checksum in the place of its zeros, the last such text in the file.
fn seal(bytes: &mut [u8]) {
    let digest = format!("{CHECKSUM_PREFIX}{}", hex(&Sha256::digest(&*bytes)));
    if let Some(at) = find_last(bytes, ZEROS.as_bytes()) {
        bytes[at..at + digest.len()].copy_from_slice(digest.as_bytes());
    }
}

/// Whether the bytes are those that were sealed.
fn is_intact(mut bytes: Vec<u8>) -> bool {
    let Some(at) = find_last(&bytes, CHECKSUM_PREFIX.as_bytes()) else { return false };
    let Some(place) = bytes.get_mut(at..at + ZEROS.len()) else { return false };
    let found = place.to_vec();
    place.copy_from_slice(ZEROS.as_bytes());
    found == format!("{CHECKSUM_PREFIX}{}", hex(&Sha256::digest(&bytes))).into_bytes()
}

fn find_last(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).rposition(|window| window == text)
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A finished chunk on disk, its columns read as they are asked for.
pub struct ChunkFile {
    path: PathBuf,
    reader: SerializedFileReader<File>,
    span: Span,
}

impl ChunkFile {
    /// Opens a chunk and checks that it is intact and holds the trials in `span` of the sweep that `labels` name.
    ///
    /// # Errors
    /// [`Error::Damaged`] says what is wrong.
    pub(super) fn open(path: &Path, labels: &Labels, span: Span) -> Result<Self> {
        let damaged = |what: String| Error::Damaged { path: path.into(), what };
        let bytes = std::fs::read(path).map_err(Error::io(path, "read"))?;
        if !is_intact(bytes) {
            return Err(damaged("its contents are not those that were written".into()));
        }
        Self::reopen(path, labels, span)
    }

    /// The same without the checksum, for a chunk that was found intact before. Its labels are looked at again: another
    /// study may have been begun in the folder since.
    pub(super) fn reopen(path: &Path, labels: &Labels, span: Span) -> Result<Self> {
        let file = Self::parse(path, span)?;
        let found = file.reader.metadata().file_metadata().key_value_metadata();
        let found = |key: &str| found.into_iter().flatten().find(|pair| pair.key == key)?.value.as_deref();
        for (key, value) in &labels.0 {
            let there = found(key).unwrap_or("nothing");
            if there != value {
                return Err(file.damaged(format!("{key} is {there}, not {value}")));
            }
        }
        Ok(file)
    }

    fn parse(path: &Path, span: Span) -> Result<Self> {
        let file = File::open(path).map_err(Error::io(path, "read"))?;
        let path = path.to_path_buf();
        let reader =
            SerializedFileReader::new(file).map_err(|e| Error::Damaged { path: path.clone(), what: e.to_string() })?;
        let file = Self { path, reader, span };
        let (groups, rows) = (file.reader.num_row_groups(), file.reader.metadata().file_metadata().num_rows());
        if groups != 1 || u64::try_from(rows).ok() != Some(file.span.len()) {
            return Err(file.damaged(format!("{rows} rows in {groups} row groups")));
        }
        Ok(file)
    }

    /// The trials in it.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Every trial's outcome.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Io`].
    pub fn models(&self) -> Result<Models> {
        self.read(|group| {
            let train = scores(group, "train_loss", "train_correct")?;
            let test = scores(group, "test_loss", "test_correct")?;
            let diverged = counts(group, "diverged_epoch")?;
            let (late, silent) = (read::<DoubleType>(group, "late_loss")?, counts(group, "silent")?);
            let outcome = |((((train, test), diverged), late_loss), silent)| Outcome {
                train,
                test,
                diverged,
                late_loss,
                silent: silent == Some(1),
            };
            let outcomes = train.into_iter().zip(test).zip(diverged).zip(late).zip(silent).map(outcome).collect();
            Ok(Models { cell: self.span.cell, first: self.span.trials.start, outcomes })
        })
    }

    /// One kind of curve, row-major `[trials of the chunk that keep curves, recorded epochs]`; NaN from the divergence
    /// on.
    ///
    /// # Errors
    /// [`Error::Damaged`] also where the sweep does not keep it.
    pub fn curves(&self, kind: CurveKind) -> Result<Vec<f32>> {
        self.read(|group| read_all::<FloatType>(group, kind.column()))
    }

    /// Histograms of the losses of all its models, `[combinations that occur, recorded epochs, bins]`: of the combination of the
    /// first trial, then of the next one's, and so on.
    ///
    /// # Errors
    /// [`Error::Damaged`] also where the sweep does not keep them.
    pub fn loss_counts(&self) -> Result<Vec<i32>> {
        self.read(|group| read_all::<Int32Type>(group, LOSS_COUNTS))
    }

    /// Initial weights, row-major `[trials of the chunk, parameters]`.
    ///
    /// # Errors
    /// [`Error::Damaged`] also where the sweep does not keep them.
    pub fn initial_weights(&self) -> Result<Vec<f64>> {
        self.read(|group| read_all::<DoubleType>(group, WEIGHTS[0]))
    }

    /// Weights after the last update, or at the divergence; as [`ChunkFile::initial_weights`].
    ///
    /// # Errors
    /// As there.
    pub fn final_weights(&self) -> Result<Vec<f64>> {
        self.read(|group| read_all::<DoubleType>(group, WEIGHTS[1]))
    }

    fn read<T>(&self, columns: impl FnOnce(&dyn RowGroupReader) -> Result<T, ParquetError>) -> Result<T> {
        let group = self.reader.get_row_group(0);
        group.and_then(|group| columns(&*group)).map_err(|e| self.damaged(e.to_string()))
    }

    fn damaged(&self, what: String) -> Error {
        Error::Damaged { path: self.path.clone(), what }
    }
}

fn scores(group: &dyn RowGroupReader, loss: &str, correct: &str) -> Result<Vec<Option<Score>>, ParquetError> {
    let losses = read::<DoubleType>(group, loss)?;
    let counts = counts(group, correct)?;
    let both = |(loss, correct): (Option<f64>, Option<u32>)| Some(Score { loss: loss?, correct: correct? });
    Ok(losses.into_iter().zip(counts).map(both).collect())
}

fn counts(group: &dyn RowGroupReader, name: &str) -> Result<Vec<Option<u32>>, ParquetError> {
    Ok(read::<Int32Type>(group, name)?.into_iter().map(|v| v.map(i32::cast_unsigned)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_file_is_intact_and_any_changed_byte_shows() {
        let mut bytes = format!("PAR1 data {ZEROS} more").into_bytes();
        seal(&mut bytes);
        assert!(is_intact(bytes.clone()) && find_last(&bytes, ZEROS.as_bytes()).is_none());
        for i in 0..bytes.len() {
            let mut other = bytes.clone();
            other[i] ^= 1;
            assert!(!is_intact(other), "byte {i}");
        }
        assert!(!is_intact(bytes[..20].to_vec()) && !is_intact(Vec::new()));
    }
}
