//! The run on disk: a folder with the question, chunks of results, and the tables made from them.
//!
//! ```text
//! sweep.toml              the question
//! inputs/*/*              copies of the files that the question names
//! engine.json             who trains, and how models are laid onto the hardware: obeyed by every later run
//! chunks/NNNNNN.parquet   results of consecutive trials, each written whole as it finishes
//! models.csv, models.parquet, summary.csv, distributions.csv, variance.csv, curves.npz, loss_histograms.npz, weights.npz
//!                         made from the chunks alone
//! weights-0.npz, ...      of several cells, whose networks may differ
//! representatives.npz     weights of a few models, trained again
//! pictures/*.png, *.svg, report.html
//! run.json                what happened
//! progress.json           how far the training is, every second
//! ```

mod arrays;
mod checksum;
mod chunk;
mod chunk_expectation;
mod chunk_file;
mod chunk_plan;
mod chunk_sink;
mod columns;
mod columns_read;
mod config;
mod derived_folders;
mod distributions;
mod file_names;
mod files;
mod lock;
mod map_models;
mod merge;
mod open_study;
mod page_limits;
mod progress;
mod reader;
mod report_artifacts;
mod run_record;
mod scheduler;
mod selection_rows;
mod shard;
mod spec;
mod studies_folder;
mod study_curves;
mod study_size;
mod summary_table;
mod tables;
mod variance;

pub use chunk::{CurveKind, ModelColumns};
pub use chunk_file::ChunkFile;
pub use chunk_plan::{TrainingSpeed, TrialRange};
pub use chunk_sink::{ChunkSink, GRACE, ProgressObserver};
pub use config::{in_file, parse_config, read_config};
pub use derived_folders::check_side;
pub use files::write_whole;
pub use lock::FolderLock;
pub use map_models::{MapModels, MapSide};
pub use merge::{MergeSummary, merge};
pub use progress::Progress;
pub use reader::{KeptModel, ModelCurve};
pub use run_record::{RunRecord, now};
pub use scheduler::{ChunkFailure, TrainingSummary};
pub use selection_rows::choice_score;
pub use shard::Shard;
pub use spec::{CellSpec, StudySpec};
pub use studies_folder::{LATEST, OUT, latest, make_latest, study_at};
pub use study_curves::StudyCurves;
pub use study_size::StudySize;
pub use tables::{WrittenTables, class, summary_of};
pub use variance::VarianceShare;

use crate::disk;
use crate::engine::EngineInfo;
use crate::error::{Error, Result};
use chunk_plan::ChunkPlan;
use file_names::CHUNKS;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const ENGINE: &str = "engine.json";
/// Its longest text: of many cells, each with a mapping.
const MOST_ENGINE_TEXT: u64 = 4 << 20;

/// A results folder, open.
#[derive(Debug)]
pub struct Study {
    folder: PathBuf,
    question: StudySpec,
    plan: ChunkPlan,
    engine: Option<SavedEngine>,
    /// By chunk; several devices set these at once.
    finished: Vec<AtomicBool>,
    /// Models in them.
    kept: AtomicU64,
    damaged: Vec<Error>,
    /// The part that this process trains; None: all of it.
    shard: Option<Shard>,
    /// Held as long as the study is open.
    lock: FolderLock,
}

/// Who trained first in a folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SavedEngine {
    engine: EngineInfo,
    /// Of each cell.
    mappings: Vec<String>,
}

impl Study {
    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is asked.
    pub fn question(&self) -> &StudySpec {
        &self.question
    }

    /// Trials that are still to be trained by whomever, in whole chunks, cell by cell, ascending.
    pub fn missing(&self) -> Vec<TrialRange> {
        self.spans(|n| !self.is_finished(n))
    }

    /// Those that this process is to train: all, or its shard's.
    pub fn own_missing(&self) -> Vec<TrialRange> {
        self.spans(|n| !self.is_finished(n) && self.shard.is_none_or(|shard| shard.has(n)))
    }

    /// Neighbouring chunks together.
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

    /// Number of chunks, finished or not.
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

    /// Number of models whose results are on disk.
    pub fn finished_models(&self) -> u64 {
        self.kept.load(Ordering::Relaxed)
    }

    /// Chunks that were there but can't be used, with the reason; they count as missing.
    pub fn damaged(&self) -> &[Error] {
        &self.damaged
    }

    /// Who trained first in this folder, and with which mapping in each cell: every later run must be the same, so that
    /// the same trial has the same bits.
    pub fn saved_engine(&self) -> Option<(&EngineInfo, &[String])> {
        self.engine.as_ref().map(|saved| (&saved.engine, saved.mappings.as_slice()))
    }

    /// Who trained first in the study at `folder`; None where nobody did.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Damaged`].
    pub fn begun_by(folder: &Path) -> Result<Option<EngineInfo>> {
        open_study::settings(folder)?;
        Ok(read_engine(folder)?.map(|saved| saved.engine))
    }

    /// Says who is going to train; to be called before [`Study::train`]. The first one is saved.
    ///
    /// # Errors
    /// [`Error::Folder`] for another engine, device or mapping than the first.
    pub fn use_engine(&mut self, engine: &EngineInfo, mappings: &[String]) -> Result<()> {
        // A shard beside this one may have been the first.
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

    /// Whether this engine and these mappings may add to the folder.
    ///
    /// # Errors
    /// [`Error::Folder`] for another engine, device or mapping than the first.
    pub fn check_engine(&self, engine: &EngineInfo, mappings: &[String]) -> Result<()> {
        let asked = SavedEngine { engine: engine.clone(), mappings: mappings.to_vec() };
        self.engine.as_ref().map_or(Ok(()), |first| first.check(&asked, &self.folder))
    }

    /// Waits until no other process writes anything but chunks, as long as the guard lives; None where `stop` says so before.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn alone(&self, stop: impl Fn() -> bool) -> Result<Option<FolderLock>> {
        self.lock.check()?;
        let sweep =
            |alone: &Option<FolderLock>| alone.iter().for_each(|_| files::sweep(&self.folder, file_names::is_of_all));
        FolderLock::setup_unless(&self.folder, stop).inspect(sweep)
    }

    /// The part that this process trains; None: all of it.
    pub fn shard(&self) -> Option<Shard> {
        self.shard
    }

    /// Takes the results of the trials of one of the [`Study::missing`] spans.
    pub fn sink<'a>(&'a self, span: &TrialRange, watch: &'a dyn ProgressObserver) -> ChunkSink<'a> {
        ChunkSink::new(self, span, watch)
    }

    fn chunk_path(&self, n: u64) -> PathBuf {
        self.folder.join(CHUNKS).join(format!("{n:06}.parquet"))
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

/// Who trained first in `folder`, if anyone.
fn read_engine(folder: &Path) -> Result<Option<SavedEngine>> {
    let path = folder.join(ENGINE);
    if !path.is_file() {
        return Ok(None);
    }
    let text = disk::text(&path, MOST_ENGINE_TEXT, "who trains, in JSON")?;
    serde_json::from_str(&text).map(Some).map_err(|e| Error::Damaged { path, what: e.to_string() })
}

impl SavedEngine {
    /// The driver may change: it names threads and versions, too.
    fn check(&self, asked: &Self, folder: &Path) -> Result<()> {
        // Processors of any name agree: what matters of them is in the mapping.
        let device = |s: &Self| if s.engine.engine == "cpu" { String::new() } else { s.engine.device.clone() };
        let same = |a: &Self, b: &Self| a.engine.engine == b.engine.engine && device(a) == device(b);
        if same(self, asked) && self.mappings == asked.mappings {
            return Ok(());
        }
        let show =
            |s: &Self| format!("{} on {:?} with mapping {:?}", s.engine.engine, s.engine.device, s.mappings.join(", "));
        let (first, now) = (show(self), show(asked));
        let advice = "take the same --device, another --out, or --force to begin again";
        let what = format!("was begun by {first}, not by {now}; their results do not mix: {advice}");
        Err(Error::Folder { path: folder.into(), what })
    }
}
