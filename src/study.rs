//! A study on disk: a folder with the settings, chunks of results, and the tables made from them.
//!
//! ```text
//! sweep.toml              settings
//! inputs/*/*              copies of the files that the settings name
//! engine.json             engine and model-to-thread mappings of the first run; every later run must use the same
//! chunks/NNNNNN.chunk     results of consecutive trials; each file is written atomically once complete
//! models.csv, models.parquet, summary.csv, distributions.csv, variance.csv, curves.npz, loss_histograms.npz,
//! weights.npz             made from the chunks alone
//! weights-0.npz, ...      one per cell if there are several, since their networks may differ
//! representatives.npz     weights of a few models, trained again
//! preprocessing.json      how the data were prepared, and the networks: what it takes to use weights elsewhere
//! pictures/*.png, *.svg, report.html
//! run.json                log of all runs
//! progress.json           training progress, updated every second
//! ```

mod arrays;
mod checksum;
mod chunk;
mod chunk_expectation;
mod chunk_file;
mod chunk_labels;
mod chunk_plan;
mod chunk_sink;
mod columns;
mod config;
mod derived_folders;
mod distributions;
mod file_names;
mod files;
mod lock;
mod merge;
mod named_files;
mod open_study;
mod outcome_row;
mod preprocessing_file;
mod progress;
mod reader;
mod report_artifacts;
mod run_record;
mod scheduler;
mod studies_folder;
mod study_size;
mod tables;

pub use chunk_file::ChunkFile;
pub use chunk_plan::{TrainingSpeed, TrialRange};
pub use chunk_sink::{ChunkSink, GRACE, ProgressObserver};
pub use config::{in_file, parse_config, read_config};
pub use derived_folders::check_derived_folder;
pub use files::write_whole;
pub use lock::FolderLock;
pub use merge::{MergeSummary, merge};
pub use preprocessing_file::read_preprocessing;
pub use progress::Progress;
pub use run_record::{RunRecord, now};
pub use scheduler::{ChunkFailure, TrainingSummary};
pub use studies_folder::{LATEST, OUT, latest, make_latest, study_at};
pub use study_size::StudySize;
pub use tables::WrittenTables;

use crate::disk;
use crate::engine::{EngineInfo, Mapping};
use crate::error::{Error, Result};
use crate::results::StudySpec;
use crate::sweep::Shard;
use chunk_plan::ChunkPlan;
use file_names::CHUNKS;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const ENGINE: &str = "engine.json";
/// Maximum bytes of `engine.json`, which holds a mapping for each of many cells.
const MOST_ENGINE_TEXT: u64 = 4 << 20;

/// An open results folder.
#[derive(Debug)]
pub struct Study {
    folder: PathBuf,
    spec: StudySpec,
    plan: ChunkPlan,
    engine: Option<SavedEngine>,
    /// Whether each chunk is on disk; atomic because several devices update it at once.
    finished: Vec<AtomicBool>,
    /// Number of models in the finished chunks.
    kept: AtomicU64,
    damaged: Vec<Error>,
    /// Shard that this process trains; None: all chunks.
    shard: Option<Shard>,
    /// Lock held as long as the study is open.
    lock: FolderLock,
}

/// Engine and mappings of the first training in a folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SavedEngine {
    engine: EngineInfo,
    /// Mapping of each cell.
    mappings: Vec<Mapping>,
}

impl Study {
    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the study spec.
    pub fn spec(&self) -> &StudySpec {
        &self.spec
    }

    /// Returns the trials still to be trained by any process, in whole chunks, ascending by cell and trial.
    pub fn missing(&self) -> Vec<TrialRange> {
        self.spans(|n| !self.is_finished(n))
    }

    /// Returns the trials still to be trained by this process: all, or those of its shard.
    pub fn own_missing(&self) -> Vec<TrialRange> {
        self.spans(|n| !self.is_finished(n) && self.shard.is_none_or(|shard| shard.has(n)))
    }

    /// Returns the chunks that `wanted` accepts as ranges of trials; adjacent chunks of a cell are joined.
    fn spans(&self, wanted: impl Fn(u64) -> bool) -> Vec<TrialRange> {
        let mut spans: Vec<TrialRange> = Vec::new();
        for n in (0..self.plan.chunks()).filter(|n| wanted(*n)) {
            let span = self.plan.span(n);
            match spans.last_mut() {
                Some(last) if last.cell == span.cell && last.trials.end == span.trials.start => {
                    last.trials.end = span.trials.end;
                }
                _ => spans.push(span),
            }
        }
        spans
    }

    /// Returns the number of chunks, finished or not.
    pub fn number_of_chunks(&self) -> u64 {
        self.plan.chunks()
    }

    /// Whether chunk `n` is on disk.
    fn is_finished(&self, n: u64) -> bool {
        self.finished[n as usize].load(Ordering::Acquire)
    }

    fn mark_finished(&self, n: u64) {
        if !self.finished[n as usize].swap(true, Ordering::AcqRel) {
            self.kept.fetch_add(self.plan.span(n).len(), Ordering::Relaxed);
        }
    }

    /// Returns the number of models whose results are on disk.
    pub fn finished_models(&self) -> u64 {
        self.kept.load(Ordering::Relaxed)
    }

    /// Returns the errors of chunks that exist but can't be used; these chunks count as missing.
    pub fn damaged(&self) -> &[Error] {
        &self.damaged
    }

    /// Returns the engine of the first training in this folder and its mapping for each cell; None before it. Every
    /// later run must use the same, so that the same trial has the same bits.
    pub fn saved_engine(&self) -> Option<(&EngineInfo, &[Mapping])> {
        self.engine.as_ref().map(|saved| (&saved.engine, saved.mappings.as_slice()))
    }

    /// Returns the mapping that trained a cell; None if the folder records none.
    pub fn mapping(&self, cell: usize) -> Option<Mapping> {
        self.engine.as_ref().and_then(|saved| saved.mappings.get(cell).copied())
    }

    /// Returns the engine of the first training in the study at `folder`; None before it.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Damaged`].
    pub fn begun_by(folder: &Path) -> Result<Option<EngineInfo>> {
        open_study::settings(folder)?;
        Ok(read_engine(folder)?.map(|saved| saved.engine))
    }

    /// Declares engine and mappings of the coming training, and saves the first ones; must precede [`Study::train`].
    ///
    /// # Errors
    /// [`Error::Folder`] if engine, device or mappings differ from the first ones.
    pub fn use_engine(&mut self, engine: &EngineInfo, mappings: &[Mapping]) -> Result<()> {
        // A process with another shard may have saved its engine since.
        self.lock.check()?;
        let _beginning = FolderLock::setup(&self.folder)?;
        self.engine = read_engine(&self.folder)?;
        self.check_engine(engine, mappings)?;
        let chunks = self.folder.join(CHUNKS);
        files::create(&chunks)?;
        if self.engine.is_none() {
            let first = SavedEngine { engine: engine.clone(), mappings: mappings.to_vec() };
            self.write_json(ENGINE, &first)?;
            self.engine = Some(first);
        }
        Ok(())
    }

    /// Checks that this engine and these mappings may add results to the folder.
    ///
    /// # Errors
    /// [`Error::Folder`] if engine, device or mappings differ from the first ones.
    pub fn check_engine(&self, engine: &EngineInfo, mappings: &[Mapping]) -> Result<()> {
        let requested = SavedEngine { engine: engine.clone(), mappings: mappings.to_vec() };
        self.engine.as_ref().map_or(Ok(()), |first| first.check(&requested, &self.folder))
    }

    /// Waits until this process alone may write anything but chunks, which it may as long as the returned lock lives;
    /// then removes temporary files of killed processes. None if `stop` returns true before.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn alone(&self, stop: impl Fn() -> bool) -> Result<Option<FolderLock>> {
        self.lock.check()?;
        let sweep = |alone: &Option<FolderLock>| {
            alone.iter().for_each(|_| files::sweep(&self.folder, file_names::is_exclusive))
        };
        FolderLock::setup_unless(&self.folder, stop).inspect(sweep)
    }

    /// Returns the shard that this process trains; None: all chunks.
    pub fn shard(&self) -> Option<Shard> {
        self.shard
    }

    /// Returns a sink for the results of one of the [`Study::missing`] ranges.
    pub fn sink<'a>(&'a self, span: &TrialRange, observer: &'a dyn ProgressObserver) -> ChunkSink<'a> {
        ChunkSink::new(self, span, observer)
    }

    fn chunk_path(&self, n: u64) -> PathBuf {
        self.folder.join(CHUNKS).join(format!("{n:06}.chunk"))
    }

    fn write_text(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        write_whole(&path, |file| file.write_all(text.as_bytes()).map_err(Error::io(&path, "write")))?;
        Ok(path)
    }

    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value);
        let text = text.map_err(|e| Error::io(&self.folder.join(name), "write")(e.into()))?;
        self.write_text(name, &(text + "\n")).map(|_| ())
    }
}

/// Reads which engine trained first in `folder`, if any.
fn read_engine(folder: &Path) -> Result<Option<SavedEngine>> {
    let path = folder.join(ENGINE);
    if !path.is_file() {
        return Ok(None);
    }
    let text = disk::text(&path, MOST_ENGINE_TEXT, "who trains, in JSON")?;
    serde_json::from_str(&text).map(Some).map_err(|e| Error::Damaged { path, what: e.to_string() })
}

impl SavedEngine {
    /// Compares engine, device and mappings. The driver may differ: it also names threads and versions.
    fn check(&self, requested: &Self, folder: &Path) -> Result<()> {
        let device = |saved: &Self| (saved.engine.engine, saved.engine.device_identity().to_owned());
        if device(self) == device(requested) && self.mappings == requested.mappings {
            return Ok(());
        }
        let show = |Self { engine, mappings }: &Self| {
            let mappings: Vec<String> = mappings.iter().map(Mapping::to_string).collect();
            format!("{} on {:?} with mapping {:?}", engine.engine, engine.device, mappings.join(", "))
        };
        let (first, now) = (show(self), show(requested));
        let advice = "take the same --device, another --out, or --force to begin again";
        let what = format!("was started with {first}; results of {now} can't be added: {advice}");
        Err(Error::Folder { path: folder.into(), what })
    }
}
