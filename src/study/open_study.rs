//! Creates a results folder, or opens one and finds its finished chunks.

use super::chunk_file::ChunkFile;
use super::chunk_plan::{ChunkPlan, TrainingSpeed};
use super::config::{self, StudyHeader};
use super::file_names::{self, SWEEP};
use super::files::{self, FolderContents};
use super::lock::FolderLock;
use super::studies_folder;
use super::{Study, read_engine};
use crate::disk;
use crate::engine::EngineKind;
use crate::error::{Error, Result};
use crate::results::StudySpec;
use crate::sweep::Shard;
use crate::sweep::{Inputs, Setting};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};

/// Function that measures how fast each cell of a study is trained.
type MeasureSpeed<'a> = &'a mut dyn FnMut(&StudySpec) -> Result<Vec<TrainingSpeed>>;

/// How a new study is divided into chunks.
enum ChunkCut<'a> {
    /// Models per chunk of each cell.
    Given(Vec<u64>),
    /// By one training speed for all cells.
    At(TrainingSpeed),
    /// By a measured training speed of each cell.
    Measured(MeasureSpeed<'a>),
}

impl Default for ChunkCut<'_> {
    fn default() -> Self {
        Self::At(TrainingSpeed::nominal(EngineKind::Gpu))
    }
}

impl<'a> ChunkCut<'a> {
    /// Plans chunks without measuring, which already detects what is refused at any speed, and returns the measurement
    /// still to be made, if any. The plan is None for chunk sizes that no plan has.
    fn plan(self, spec: &StudySpec) -> Result<(Option<ChunkPlan>, Option<MeasureSpeed<'a>>)> {
        let at = |speed: TrainingSpeed| ChunkPlan::of(spec, &vec![speed; spec.cells.len()]).map(Some);
        Ok(match self {
            ChunkCut::Given(per_chunk) => (ChunkPlan::new(spec, per_chunk), None),
            ChunkCut::At(speed) => (at(speed)?, None),
            ChunkCut::Measured(measure) => (at(TrainingSpeed::nominal(EngineKind::Gpu))?, Some(measure)),
        })
    }
}

const NO_CUT: &str = "chunk-models in its sweep.toml are not what gpu-sweep writes";

/// Options for opening a folder.
#[derive(Default)]
struct OpenOptions<'a> {
    /// Whether to delete an existing study first.
    force: bool,
    /// Shard that this process trains.
    shard: Option<Shard>,
    /// How a new study is divided into chunks.
    cut: ChunkCut<'a>,
    /// Whether the study is only read, not trained.
    reading: bool,
}

impl Study {
    /// Creates a folder, or opens one of the same study and finds its finished chunks. With `force`, any existing study
    /// is deleted first. No other process can open the folder as long as the study lives.
    ///
    /// # Errors
    /// [`Error::Folder`] for a folder with other contents, for one that another process works in, and for a different
    /// study, with the difference.
    pub fn open(folder: &Path, spec: StudySpec, force: bool) -> Result<Self> {
        Self::open_locked(folder, spec, OpenOptions { force, ..OpenOptions::default() })
    }

    /// Opens a study like [`Study::open`]. If it is new, `measure` returns the speed of each cell, and chunks are sized
    /// to take a few seconds; otherwise `measure` is not called.
    ///
    /// # Errors
    /// As for [`Study::open`], and the errors of `measure`.
    pub fn open_measured(folder: &Path, spec: StudySpec, force: bool, measure: MeasureSpeed) -> Result<Self> {
        Self::open_locked(
            folder,
            spec,
            OpenOptions { force, cut: ChunkCut::Measured(measure), ..OpenOptions::default() },
        )
    }

    /// Opens an existing study with its inputs, to read it: the folder may be read-only, and others may read it, too.
    ///
    /// # Errors
    /// [`Error::Folder`] if there is none, [`Error::File`] for settings of no results folder; as for [`Study::open`]
    /// and [`Inputs::load`].
    pub fn found(folder: &Path) -> Result<(Self, Inputs)> {
        let settings = settings(folder)?;
        let sweep = config::read_config(&settings)?;
        if !config::is_ours(&settings)? {
            return Err(Error::file(&settings, "is of no results folder; name a folder that gpu-sweep wrote"));
        }
        let inputs = Inputs::load(&sweep)?;
        let options = OpenOptions { reading: true, ..OpenOptions::default() };
        let study = Self::open_locked(folder, StudySpec::of(&sweep, &inputs), options)?;
        Ok((study, inputs))
    }

    /// Opens a study like [`Study::open`] for one of several processes, which trains the chunks of its shard. A new
    /// folder is divided by FLOPs and the engine's name alone, so that other machines get the same chunks.
    ///
    /// # Errors
    /// As for [`Study::open`].
    pub fn open_shard(folder: &Path, spec: StudySpec, shard: Shard, engine: EngineKind) -> Result<Self> {
        let cut = ChunkCut::At(TrainingSpeed::nominal(engine));
        Self::open_locked(folder, spec, OpenOptions { shard: Some(shard), cut, ..OpenOptions::default() })
    }

    /// Opens a study like [`Study::open`]; a new one gets `per_chunk` models per chunk of each cell.
    pub(super) fn open_cut(folder: &Path, spec: StudySpec, per_chunk: Vec<u64>) -> Result<Self> {
        Self::open_locked(folder, spec, OpenOptions { cut: ChunkCut::Given(per_chunk), ..OpenOptions::default() })
    }

    fn open_locked(folder: &Path, spec: StudySpec, options: OpenOptions) -> Result<Self> {
        let OpenOptions { force, shard, cut, reading } = options;
        let spec = spec.with_absolute_paths()?;
        let refuse = |what: String| Error::Folder { path: folder.into(), what };
        let names_a_file = || Setting::paths().any(|setting| setting.path(&mut spec.sweep.clone()).is_some());
        if folder.to_str().is_none() && names_a_file() {
            let what =
                "its name is not UTF-8, so that sweep.toml can't name the copies of files in it; choose another --out";
            return Err(refuse(what.into()));
        }
        let (plan, measure) = cut.plan(&spec)?;
        let plan = plan.ok_or_else(|| refuse(NO_CUT.into()))?;
        let mut header = StudyHeader::of(&spec, plan.per_chunk())?;
        let look = || match files::folder_contents(folder, config::is_ours)? {
            FolderContents::Foreign(reason) => {
                Err(refuse(format!("{reason}, and is no results folder of gpu-sweep; choose another --out")))
            }
            FolderContents::Study => Ok(true),
            FolderContents::Nothing => Ok(false),
        };
        // Nothing is written into a foreign folder, or through a link out of this one. A folder that another process is
        // just creating may look foreign.
        look().map(|_| ()).or_else(|error| if files::is_begun(folder) { Ok(()) } else { Err(error) })?;
        files::refuse_links(folder)?;
        std::fs::create_dir_all(folder).map_err(Error::io(folder, "create"))?;
        let unlocked = |error| if reading { FolderLock::unless_read_only(error) } else { Err(error) };
        let lock =
            if reading { FolderLock::read(folder) } else { FolderLock::take(folder, shard) }.or_else(unlocked)?;
        let _beginning = FolderLock::setup(folder).or_else(unlocked)?;
        let ours = look()?;
        let study = |spec, plan: ChunkPlan| {
            let finished = (0..plan.chunks()).map(|_| AtomicBool::new(false)).collect();
            let (folder, engine, damaged, kept) = (folder.into(), None, Vec::new(), AtomicU64::new(0));
            Self { folder, spec, plan, engine, finished, kept, damaged, shard, lock }
        };
        let saved = if ours { config::read_saved(&folder.join(SWEEP))? } else { None };
        if ours && saved.is_none() && !force {
            let what = "holds results of another version of gpu-sweep; choose another --out, or --force to replace it";
            return Err(refuse(what.into()));
        }
        match saved {
            Some((sweep, there)) if !force => {
                if let Some(what) = config::difference(&sweep, &there, &spec.sweep, &header) {
                    let advice = "choose another --out, or --force to replace it";
                    return Err(refuse(format!("contains a different study ({what}); {advice}")));
                }
                // An automatic chunk size is chosen once, by the version that created the folder.
                let plan = ChunkPlan::new(&spec, there.chunk_models).ok_or_else(|| refuse(NO_CUT.into()))?;
                study(spec, plan).load_existing()
            }
            _ => {
                let plan = match measure {
                    Some(measure) => ChunkPlan::of(&spec, &measure(&spec)?)?,
                    None => plan,
                };
                if ours {
                    files::remove_study(folder)?;
                }
                header.chunk_models = plan.per_chunk();
                study(spec, plan).write_settings(&header)
            }
        }
    }

    /// Writes the settings and copies of the files that they name.
    fn write_settings(self, header: &StudyHeader) -> Result<Self> {
        let mut sweep = self.spec.sweep.clone();
        for setting in Setting::paths() {
            if let Some(path) = setting.path(&mut sweep)
                && let Some(kept) = files::keep(&self.folder, &setting.key(), path)?
            {
                *path = kept;
            }
        }
        self.write_text(SWEEP, &config::to_text(&sweep, header)?)?;
        self.sweep();
        Ok(self)
    }

    /// Reads the engine and finds the finished chunks; one that is damaged or of another engine counts as missing.
    fn load_existing(mut self) -> Result<Self> {
        self.sweep();
        self.engine = read_engine(&self.folder)?;
        self.look_again()?;
        Ok(self)
    }

    /// Removes temporary files of killed processes if only this process may write them.
    fn sweep(&self) {
        let own = self.shard.map(|shard| format!(".progress{}.json.tmp", shard.suffix()));
        files::sweep(&self.folder, |place| match (self.shard, &own) {
            (Some(shard), Some(own)) => file_names::chunk_of(place).map_or(place == Path::new(own), |n| shard.has(n)),
            _ => true,
        });
    }

    /// Finds chunks that other processes have finished since.
    ///
    /// # Errors
    /// [`Error::Io`] if the system has no more file handles: then no chunk may be called damaged.
    pub fn look_again(&mut self) -> Result<()> {
        for n in (0..self.plan.chunks()).filter(|n| !self.is_finished(*n)).collect::<Vec<_>>() {
            if self.chunk_path(n).is_file() {
                match self.check_chunk(n) {
                    Ok(()) => self.mark_finished(n),
                    Err(error) if error.is_exhaustion() => return Err(error),
                    Err(error) => self.damaged.push(error),
                }
            }
        }
        Ok(())
    }

    fn check_chunk(&self, n: u64) -> Result<()> {
        self.chunk_at(n, &self.chunk_path(n)).map(|_| ())
    }

    /// Opens a file, anywhere, as chunk `n` of this study; it must be intact and match the study, engine and number.
    ///
    /// # Errors
    /// [`Error::Damaged`] with the reason; [`Error::Io`].
    ///
    /// # Panics
    /// If the study has no chunk `n`.
    pub fn chunk_at(&self, n: u64, path: &Path) -> Result<ChunkFile> {
        let span = self.plan.span(n);
        ChunkFile::open(path, &self.labels(&span)?, span, &self.spec)
    }
}

/// Returns the path of the settings of the study in `folder`, after checking that they are a regular file: reading a
/// pipe would block.
///
/// # Errors
/// [`Error::Folder`] if there is no such folder or file; [`Error::File`] if it can't be read.
pub(super) fn settings(folder: &Path) -> Result<PathBuf> {
    studies_folder::check_there(folder)?;
    let path = folder.join(SWEEP);
    disk::open(&path, "the settings of a results folder")?;
    Ok(path)
}
