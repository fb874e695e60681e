//! A results folder is begun, or found again with what is in it.

use super::chunk_file::ChunkFile;
use super::chunk_plan::{ChunkPlan, TrainingSpeed};
use super::config::{self, StudyHeader};
use super::file_names::{self, SWEEP};
use super::files::{self, FolderContents};
use super::lock::FolderLock;
use super::spec::{StudySpec, paths_mut};
use super::studies_folder;
use super::{Shard, Study, read_engine};
use crate::disk;
use crate::error::{Error, Result};
use crate::sweep::Inputs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};

/// Finds how fast each cell of a question is trained.
type MeasureSpeed<'a> = &'a mut dyn FnMut(&StudySpec) -> Result<Vec<TrainingSpeed>>;

/// How a new study is cut into chunks.
enum ChunkCut<'a> {
    /// Models in each cell's chunks.
    Given(Vec<u64>),
    /// By the speed of all cells.
    At(TrainingSpeed),
    /// By the speed of each cell.
    Measured(MeasureSpeed<'a>),
}

impl Default for ChunkCut<'_> {
    fn default() -> Self {
        Self::At(TrainingSpeed::nominal("gpu"))
    }
}

impl<'a> ChunkCut<'a> {
    /// As far as it is known without measuring, which shows what is to be refused whatever the speed is; none for numbers that no plan
    /// has.
    fn plan(self, question: &StudySpec) -> Result<(Option<ChunkPlan>, Option<MeasureSpeed<'a>>)> {
        let at = |speed: TrainingSpeed| ChunkPlan::of(question, &vec![speed; question.cells.len()]).map(Some);
        Ok(match self {
            ChunkCut::Given(per_chunk) => (ChunkPlan::new(question, per_chunk), None),
            ChunkCut::At(speed) => (at(speed)?, None),
            ChunkCut::Measured(measure) => (at(TrainingSpeed::nominal("gpu"))?, Some(measure)),
        })
    }
}

const NO_CUT: &str = "chunk-models in its sweep.toml are not what gpu-sweep writes";

/// How a folder is opened.
#[derive(Default)]
struct OpenOptions<'a> {
    /// A study that is there is deleted first.
    force: bool,
    /// The part that this process trains.
    shard: Option<Shard>,
    /// How a new study is cut.
    cut: ChunkCut<'a>,
    /// Nothing is going to be trained.
    reading: bool,
}

impl Study {
    /// Begins a folder, or opens one that answers the same question and finds the chunks that are finished. With
    /// `force`, a study that is there, of whatever question, is deleted first. No other process can open the folder
    /// as long as the study lives.
    ///
    /// # Errors
    /// [`Error::Folder`] for a folder with something else in it, for one that another process works in, and for another
    /// question, with what differs.
    pub fn open(folder: &Path, question: StudySpec, force: bool) -> Result<Self> {
        Self::open_locked(folder, question, OpenOptions { force, ..OpenOptions::default() })
    }

    /// The same, a new one in chunks that take a few seconds at the speeds that `measure` finds, one for each cell; it is asked only
    /// where a folder is begun.
    ///
    /// # Errors
    /// As for [`Study::open`], and what `measure` returns.
    pub fn open_measured(folder: &Path, question: StudySpec, force: bool, measure: MeasureSpeed) -> Result<Self> {
        Self::open_locked(
            folder,
            question,
            OpenOptions { force, cut: ChunkCut::Measured(measure), ..OpenOptions::default() },
        )
    }

    /// Opens a study that is there, with what its question refers to; it may be one that this user can only read.
    ///
    /// # Errors
    /// [`Error::File`] where there is none; as for [`Study::open`] and [`Inputs::load`].
    pub fn found(folder: &Path) -> Result<(Self, Inputs)> {
        let settings = settings(folder)?;
        let sweep = config::read_config(&settings)?;
        if !config::is_ours(&settings)? {
            return Err(Error::file(&settings, "is of no results folder; name a folder that gpu-sweep wrote"));
        }
        let inputs = Inputs::load(&sweep)?;
        let how = OpenOptions { reading: true, ..OpenOptions::default() };
        let study = Self::open_locked(folder, StudySpec::of(&sweep, &inputs), how)?;
        Ok((study, inputs))
    }

    /// The same for one process of several: it trains the chunks of its shard, others may train theirs. A new folder is cut by counted
    /// work and the engine's name alone: other machines have to come to the same cut.
    ///
    /// # Errors
    /// As for [`Study::open`].
    pub fn open_shard(folder: &Path, question: StudySpec, shard: Shard, engine: &str) -> Result<Self> {
        let cut = ChunkCut::At(TrainingSpeed::nominal(engine));
        Self::open_locked(folder, question, OpenOptions { shard: Some(shard), cut, ..OpenOptions::default() })
    }

    /// The same as [`Study::open`], a new one with so many models in each cell's chunks.
    pub(super) fn open_cut(folder: &Path, question: StudySpec, per_chunk: Vec<u64>) -> Result<Self> {
        Self::open_locked(folder, question, OpenOptions { cut: ChunkCut::Given(per_chunk), ..OpenOptions::default() })
    }

    fn open_locked(folder: &Path, question: StudySpec, how: OpenOptions) -> Result<Self> {
        let OpenOptions { force, shard, cut, reading } = how;
        let question = question.with_absolute_paths()?;
        let refuse = |what: String| Error::Folder { path: folder.into(), what };
        if folder.to_str().is_none() && paths_mut(&mut question.sweep.clone()).iter().any(|(_, path)| path.is_some()) {
            let what =
                "its name is not UTF-8, so that sweep.toml can't name the copies of files in it; choose another --out";
            return Err(refuse(what.into()));
        }
        let (plan, measure) = cut.plan(&question)?;
        let plan = plan.ok_or_else(|| refuse(NO_CUT.into()))?;
        let mut header = StudyHeader::of(&question, plan.per_chunk())?;
        let look = || match files::look(folder, config::is_ours)? {
            FolderContents::Foreign(reason) => {
                Err(refuse(format!("{reason}, and is no results folder of gpu-sweep; choose another --out")))
            }
            FolderContents::Study => Ok(true),
            FolderContents::Nothing => Ok(false),
        };
        // Nothing is written into a folder of others, nor out of this one. One that another process is just beginning may
        // look like that.
        look().map(|_| ()).or_else(|error| if files::is_begun(folder) { Ok(()) } else { Err(error) })?;
        files::refuse_links(folder)?;
        std::fs::create_dir_all(folder).map_err(Error::io(folder, "create"))?;
        let unlocked = |error| if reading { FolderLock::unless_read_only(error) } else { Err(error) };
        let lock = FolderLock::take(folder, shard).or_else(unlocked)?;
        let _beginning = FolderLock::setup(folder).or_else(unlocked)?;
        let ours = look()?;
        let study = |question, plan: ChunkPlan| {
            let finished = (0..plan.chunks()).map(|_| AtomicBool::new(false)).collect();
            let (folder, engine, damaged, kept) = (folder.into(), None, Vec::new(), AtomicU64::new(0));
            Self { folder, question, plan, engine, finished, kept, damaged, shard, lock }
        };
        let saved = if ours { config::read_saved(&folder.join(SWEEP))? } else { None };
        if ours && saved.is_none() && !force {
            let what = "holds results of another version of gpu-sweep; choose another --out, or --force to replace it";
            return Err(refuse(what.into()));
        }
        match saved {
            Some((sweep, there)) if !force => {
                if let Some(what) = config::difference(&sweep, &there, &question.sweep, &header) {
                    let advice = "choose another --out, or --force to replace it";
                    return Err(refuse(format!("contains a different study ({what}); {advice}")));
                }
                // An automatic choice is made once, by the version that began the folder.
                let plan = ChunkPlan::new(&question, there.chunk_models).ok_or_else(|| refuse(NO_CUT.into()))?;
                study(question, plan).with_what_is_there()
            }
            _ => {
                let plan = match measure {
                    Some(measure) => ChunkPlan::of(&question, &measure(&question)?)?,
                    None => plan,
                };
                if ours {
                    files::remove_study(folder)?;
                }
                header.chunk_models = plan.per_chunk();
                study(question, plan).begun(&header)
            }
        }
    }

    /// Writes the question, and what it refers to.
    fn begun(self, header: &StudyHeader) -> Result<Self> {
        let mut sweep = self.question.sweep.clone();
        for (name, path) in paths_mut(&mut sweep) {
            let kept = path.as_deref().map(|path| files::keep(&self.folder, name, path)).transpose()?;
            if let Some(kept) = kept.flatten() {
                *path = Some(kept);
            }
        }
        self.write_text(SWEEP, &config::to_text(&sweep, header)?)?;
        self.sweep();
        Ok(self)
    }

    /// Finds the engine and the finished chunks; one that is damaged or of another engine is set aside as not finished.
    fn with_what_is_there(mut self) -> Result<Self> {
        self.sweep();
        self.engine = read_engine(&self.folder)?;
        self.look_again()?;
        Ok(self)
    }

    /// Removes what killed programs left of the files that this process alone may write.
    fn sweep(&self) {
        let own = self.shard.map(|shard| format!(".progress{}.json.tmp", shard.suffix()));
        files::sweep(&self.folder, |place| match (self.shard, &own) {
            (Some(shard), Some(own)) => file_names::chunk_of(place).map_or(place == Path::new(own), |n| shard.has(n)),
            _ => true,
        });
    }

    /// Finds chunks that others finished meanwhile.
    ///
    /// # Errors
    /// [`Error::Io`] where the system has no more open files to give: then no chunk is to be taken for damaged.
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

    /// Opens a file as chunk `n` of this study, wherever it lies: intact, and of this question, engine and number.
    ///
    /// # Errors
    /// [`Error::Damaged`] says what is wrong; [`Error::Io`].
    ///
    /// # Panics
    /// Where the study has no chunk `n`.
    pub fn chunk_at(&self, n: u64, path: &Path) -> Result<ChunkFile> {
        let span = self.plan.span(n);
        ChunkFile::open(path, &self.labels(&span)?, span, &self.question)
    }
}

/// Where the settings of the study in `folder` are; a pipe in their place would be waited for.
///
/// # Errors
/// [`Error::Folder`] where there is no such folder or file; [`Error::File`] where it can't be read.
pub(super) fn settings(folder: &Path) -> Result<PathBuf> {
    studies_folder::check_there(folder)?;
    let path = folder.join(SWEEP);
    disk::open(&path, "the settings of a results folder")?;
    Ok(path)
}
