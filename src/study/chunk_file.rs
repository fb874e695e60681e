//! `chunks/NNNNNN.chunk`: the results of consecutive trials, from which everything else is made. Only this program
//! reads it; others read the tables.
//!
//! | part | contents |
//! | --- | --- |
//! | one line | [`ChunkLabels`] in JSON: which study, engine and trials it belongs to |
//! | numbers, packed by Snappy | an [`OutcomeRow`] per trial, curves of each kind kept, loss histograms, both weights |
//! | 64 digits | SHA-256 of all before, so that damage is detected before parsing |
//!
//! How many numbers there are follows from the study spec alone ([`ChunkExpectation`]): the file does not say it, so
//! that it cannot lie, and memory grows only with the numbers that are there. Curves are `[models that keep curves,
//! recorded epochs]` in f32, NaN from the divergence on. Histograms are `[combinations, recorded epochs, bins]`: how
//! many models of a combination had a loss in each bin before each recorded epoch. Weights are `[models, parameters]`
//! in f64. Nothing in the file depends on when or how often it was written.

use super::checksum;
use super::chunk::Chunk;
use super::chunk_expectation::ChunkExpectation;
use super::chunk_labels::ChunkLabels;
use super::chunk_plan::TrialRange;
use super::files::write_whole;
use super::outcome_row::OutcomeRow;
use crate::disk;
use crate::error::{Error, Result, is_exhaustion};
use crate::results::{CurveKind, ModelColumns, StudySpec};
use bytemuck::Pod;
use snap::read::FrameDecoder;
use snap::write::FrameEncoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Maximum bytes of the labels.
const MOST_LABELS: u64 = 1 << 16;
/// Numbers for which there is memory before they are read.
const PIECE: usize = 1 << 16;

/// Writes a finished chunk atomically.
pub(super) fn write_chunk(path: &Path, chunk: &Chunk, spec: &StudySpec, labels: &ChunkLabels) -> Result<()> {
    let cell_spec = &spec.cells[chunk.cell()];
    let encode = || -> io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(&labels.0)?;
        bytes.push(b'\n');
        let mut body = FrameEncoder::new(bytes);
        chunk.write(&cell_spec.record, &cell_spec.trials, &mut body)?;
        body.into_inner().map_err(|error| error.into_error())
    };
    let mut bytes = encode().map_err(Error::io(path, "write"))?;
    checksum::seal(&mut bytes);
    write_whole(path, |file| file.write_all(&bytes).map_err(Error::io(path, "write")))
}

/// A finished chunk on disk; its numbers are read on request.
pub struct ChunkFile {
    path: PathBuf,
    /// Where the numbers begin.
    body: u64,
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
fn unreadable(path: &Path) -> impl Fn(io::Error) -> Error {
    |error| match is_exhaustion(&error) {
        true => Error::io(path, "read")(error),
        false => Error::Damaged { path: path.into(), what: error.to_string() },
    }
}

/// Reads `count` numbers.
fn numbers<T: Pod>(from: &mut impl Read, count: usize) -> io::Result<Vec<T>> {
    let mut values = Vec::new();
    while values.len() < count {
        let start = values.len();
        values.resize((start + PIECE).min(count), T::zeroed());
        from.read_exact(bytemuck::cast_slice_mut(&mut values[start..]))?;
    }
    Ok(values)
}

impl ChunkFile {
    /// Opens a chunk and checks that it is intact and holds the trials in `span` of the study that `labels` name.
    ///
    /// # Errors
    /// [`Error::Damaged`] with the reason; [`Error::Io`] if the system has no more file handles.
    pub(super) fn open(path: &Path, labels: &ChunkLabels, span: TrialRange, spec: &StudySpec) -> Result<Self> {
        match checksum::verified(&mut open_file(path)?).map_err(Error::io(path, "read"))? {
            Some(_) => Self::reopen(path, labels, span, spec),
            None => {
                Err(Error::Damaged { path: path.into(), what: "its contents are not those that were written".into() })
            }
        }
    }

    /// Opens a chunk like [`ChunkFile::open`], without the checksum: for one that was found intact before. Its labels
    /// are checked again: another study may have been started in the folder since.
    pub(super) fn reopen(path: &Path, labels: &ChunkLabels, span: TrialRange, spec: &StudySpec) -> Result<Self> {
        let mut line = Vec::new();
        let read = BufReader::new(open_file(path)?).take(MOST_LABELS).read_until(b'\n', &mut line);
        let body = read.map_err(unreadable(path))? as u64;
        let there: Vec<(String, String)> = serde_json::from_slice(&line).map_err(|e| unreadable(path)(e.into()))?;
        let file = Self { path: path.into(), body, expected: ChunkExpectation::of(&span, spec), span };
        for (key, value) in &labels.0 {
            let there = there.iter().find(|(name, _)| name == key).map_or("nothing", |(_, value)| value);
            if there != value {
                let there: String = there.escape_debug().take(80).collect();
                return Err(file.damaged(format!("{key} is {there}, not {value}")));
            }
        }
        Ok(file)
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
        let rows: Vec<OutcomeRow> = self.read(0, self.expected.models)?;
        let outcomes: Vec<_> = rows.iter().map(OutcomeRow::outcome).collect();
        if let Some(row) = outcomes.iter().position(|outcome| !self.expected.allows(outcome)) {
            return Err(self.damaged(format!("row {row}: more correct rows or epochs than the study has")));
        }
        Ok(ModelColumns { cell: self.span.cell, first: self.span.trials.start, outcomes })
    }

    /// Reads one kind of curve, row-major `[trials of the chunk that keep curves, recorded epochs]`; NaN from the
    /// divergence on.
    ///
    /// # Errors
    /// [`Error::Damaged`] also if the study does not keep it.
    pub fn curves(&self, kind: CurveKind) -> Result<Vec<f32>> {
        match self.expected.kinds.iter().position(|kept| *kept == kind) {
            Some(n) => self.read(self.curves_at(n), self.expected.curve_numbers),
            None => Err(self.damaged(format!("there is no {}", kind.name()))),
        }
    }

    /// Reads the loss histograms of all its models, `[combinations in the chunk, recorded epochs, bins]`: first the
    /// combination of the first trial, then that of the next one, and so on.
    ///
    /// # Errors
    /// [`Error::Damaged`] also if the study does not keep them.
    pub fn loss_counts(&self) -> Result<Vec<u32>> {
        let ChunkExpectation { kinds, histogram_numbers, .. } = &self.expected;
        if *histogram_numbers == 0 {
            return Err(self.damaged("there are no histograms".into()));
        }
        let counts: Vec<u32> = self.read(self.curves_at(kinds.len()), *histogram_numbers)?;
        match counts.iter().find(|n| u64::from(**n) > self.span.len()) {
            Some(n) => Err(self.damaged(format!("invalid loss count {n} for {} models", self.span.len()))),
            None => Ok(counts),
        }
    }

    /// Reads the initial weights, row-major `[trials of the chunk, parameters]`.
    ///
    /// # Errors
    /// [`Error::Damaged`] also if the study does not keep them.
    pub fn initial_weights(&self) -> Result<Vec<f64>> {
        self.weights(0)
    }

    /// Reads the weights after the last update or at the divergence, shaped like [`ChunkFile::initial_weights`].
    ///
    /// # Errors
    /// As for [`ChunkFile::initial_weights`].
    pub fn final_weights(&self) -> Result<Vec<f64>> {
        self.weights(1)
    }

    fn weights(&self, n: usize) -> Result<Vec<f64>> {
        let ChunkExpectation { kinds, histogram_numbers, weight_numbers, .. } = &self.expected;
        if *weight_numbers == 0 {
            return Err(self.damaged("there are no weights".into()));
        }
        let histograms = histogram_numbers * size_of::<u32>();
        self.read(self.curves_at(kinds.len()) + histograms + n * weight_numbers * size_of::<f64>(), *weight_numbers)
    }

    /// Returns the bytes before the `n`-th kept kind of curve.
    fn curves_at(&self, n: usize) -> usize {
        self.expected.models * size_of::<OutcomeRow>() + n * self.expected.curve_numbers * size_of::<f32>()
    }

    /// Reads `count` numbers that follow `before` bytes of others.
    fn read<T: Pod>(&self, before: usize, count: usize) -> Result<Vec<T>> {
        let mut file = open_file(&self.path)?;
        let mut read = || {
            file.seek(SeekFrom::Start(self.body))?;
            let mut body = FrameDecoder::new(BufReader::new(&file));
            io::copy(&mut body.by_ref().take(before as u64), &mut io::sink())?;
            numbers(&mut body, count)
        };
        read().map_err(unreadable(&self.path))
    }

    fn damaged(&self, what: String) -> Error {
        Error::Damaged { path: self.path.clone(), what }
    }
}
