//! Merges the folders of machines without a shared disk.

use super::chunk_file::open_file;
use super::config::{self, StudyHeader, read_config};
use super::file_names::SWEEP;
use super::files::write_whole;
use super::studies_folder;
use super::{Study, TrialRange, checksum, read_engine};
use crate::error::{Error, Result};
use crate::results::StudySpec;
use crate::sweep::{Inputs, Sweep};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Result of a merge.
pub struct MergeSummary {
    /// The merged study, open.
    pub study: Study,
    /// Number of chunks copied into it.
    pub copied: u64,
    /// Errors of chunks that can't be used; another folder may have a sound copy.
    pub damaged: Vec<Error>,
}

/// A folder to merge.
struct MergeSource {
    folder: PathBuf,
    sweep: Sweep,
    header: StudyHeader,
}

/// Copies the chunks of all `folders` into `out`, which is new or of the same study. Nothing is copied unless all
/// folders fit together; without `allow_gaps`, all chunks must exist.
///
/// # Errors
/// [`Error::Folder`] for folders of different studies or engines, for chunks of the same number that differ, and for
/// missing chunks.
pub fn merge(folders: &[PathBuf], out: &Path, allow_gaps: bool) -> Result<MergeSummary> {
    let sources = folders.iter().map(|folder| MergeSource::open(folder)).collect::<Result<Vec<_>>>()?;
    let Some(first) = sources.first() else {
        return Err(Error::usage("merge", "needs one or more folders"));
    };
    sources[1..].iter().try_for_each(|other| first.check(other))?;
    let spec = StudySpec::of(&first.sweep, &Inputs::load(&first.sweep)?);
    // Before anything is written: a folder may name files of others, of which the new one would get a copy.
    if spec.digest != first.header.digest {
        let what =
            "has other settings or files than its models were trained with; its own are in sweep.toml and inputs";
        return Err(Error::Folder { path: first.folder.clone(), what: what.into() });
    }
    let mut study = Study::open_cut(out, spec, first.header.chunk_models.clone())?;
    if study.plan.per_chunk() != first.header.chunk_models {
        let what = format!("its chunk sizes differ from those of {}", first.folder.display());
        return Err(Error::Folder { path: out.into(), what });
    }
    let engines = sources.iter().map(|source| read_engine(&source.folder)).collect::<Result<Vec<_>>>()?;
    for engine in engines.into_iter().flatten() {
        study.use_engine(&engine.engine, &engine.mappings)?;
    }
    let (mut damaged, mut copies) = (Vec::new(), BTreeMap::new());
    for n in 0..study.plan.chunks() {
        let found = study.find(n, &sources, &mut damaged)?;
        copies.extend(found.filter(|_| !study.is_finished(n)).map(|path| (n, path)));
    }
    let gaps = study.spans(|n| !study.is_finished(n) && !copies.contains_key(&n));
    if !allow_gaps && !gaps.is_empty() {
        let place = match &damaged[..] {
            [] => "in no folder".to_owned(),
            [one] => format!("missing or damaged ({one})"),
            [first, more @ ..] => format!("missing or damaged ({first}; {} more damaged)", more.len()),
        };
        let what = format!("{} {place}; --allow-gaps merges the rest", missing(&gaps));
        return Err(Error::Folder { path: out.into(), what });
    }
    for (n, from) in &copies {
        let mut chunk = open_file(from)?;
        // Under this study's name for the chunk, whatever the source claims.
        let to = study.chunk_path(*n);
        write_whole(&to, |file| std::io::copy(&mut chunk, file).map_err(Error::io(&to, "write")))?;
        study.mark_finished(*n);
    }
    Ok(MergeSummary { study, copied: copies.len() as u64, damaged })
}

/// Describes missing models: how many, and where the first ones are.
fn missing(gaps: &[TrialRange]) -> String {
    let models: u64 = gaps.iter().map(TrialRange::len).sum();
    let TrialRange { cell, trials } = &gaps[0];
    format!("{models} models (the first ones: {} to {} of cell {cell}) are", trials.start, trials.end - 1)
}

impl MergeSource {
    fn open(folder: &Path) -> Result<Self> {
        let refuse = |what: &str| Error::Folder { path: folder.into(), what: what.into() };
        studies_folder::check_there(folder)?;
        let path = folder.join(SWEEP);
        let (_, header) = config::read_saved(&path)?.ok_or_else(|| refuse("is no results folder of this version"))?;
        Ok(Self { folder: folder.into(), sweep: read_config(&path)?, header })
    }

    /// Checks that `other` is a part of the same study.
    fn check(&self, other: &Self) -> Result<()> {
        let difference = config::difference(&other.sweep, &other.header, &self.sweep, &self.header);
        let (here, there) = (&self.header.chunk_models, &other.header.chunk_models);
        let advice = "parts of one study come from --shard, or have the same --chunk-models";
        let cut = (here != there).then(|| format!("chunks of {there:?} models there, {here:?} here: {advice}"));
        difference.or(cut).map_or(Ok(()), |what| {
            let what = format!("holds a part of another study than {} ({what})", self.folder.display());
            Err(Error::Folder { path: other.folder.clone(), what })
        })
    }
}

impl Study {
    /// Returns a sound file of chunk `n`; all sound ones, in this study and in `sources`, must have the same contents.
    fn find(&self, n: u64, sources: &[MergeSource], damaged: &mut Vec<Error>) -> Result<Option<PathBuf>> {
        let name = self.chunk_path(n).strip_prefix(self.folder()).map(Path::to_path_buf).unwrap_or_default();
        let mut found = self.is_finished(n).then(|| self.chunk_path(n));
        for path in sources.iter().map(|source| source.folder.join(&name)).filter(|path| path.is_file()) {
            match self.chunk_at(n, &path) {
                Ok(_) => {}
                Err(error) if error.is_exhaustion() => return Err(error),
                Err(error) => {
                    damaged.push(error);
                    continue;
                }
            }
            let checksum = |path: &Path| checksum::verified(&mut open_file(path)?).map_err(Error::io(path, "read"));
            if let Some(other) = &found
                && checksum(other)? != checksum(&path)?
            {
                let what = format!("differs from {}: two trainings of the same models", other.display());
                return Err(Error::Folder { path, what });
            }
            found.get_or_insert(path);
        }
        Ok(found)
    }
}
