//! Files in a study's folder: written atomically, and deleted only if this program wrote them.

use super::derived_folders;
use super::file_names::{CHUNKS, INPUTS, PICTURES, SWEEP, is_our_name, is_progress, name_of, without_temporary};
use super::lock::{PREFIX, SETUP};
use crate::disk;
use crate::error::{Error, Result};
use crate::sweep::Setting;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Maximum bytes of an input file that is copied; for a larger one, the settings hold its path and hash.
const MOST_KEPT: u64 = 64 << 20;

/// Writes a file under a temporary name in the same folder, flushes it to the disk, then renames it: after a crash
/// there is the old file or the new one, never a part.
///
/// # Errors
/// [`Error::Io`], and what `fill` returns.
pub fn write_whole<T>(path: &Path, fill: impl FnOnce(&mut BufWriter<File>) -> Result<T>) -> Result<T> {
    let filled = write_beside(path, true, fill)?;
    // A bare name has an empty path as its parent.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    sync_folder(folder.unwrap_or(Path::new(".")))?;
    Ok(filled)
}

/// Writes a file like [`write_whole`], but without flushing it to the disk: much faster on some disks, but a power cut
/// may lose it.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn write_lightly(path: &Path, text: &str) -> Result<()> {
    write_beside(path, false, |file| file.write_all(text.as_bytes()).map_err(Error::io(path, "write")))
}

/// Writes under a temporary name, then renames the file.
fn write_beside<T>(path: &Path, sync: bool, fill: impl FnOnce(&mut BufWriter<File>) -> Result<T>) -> Result<T> {
    let temporary = disk::temporary(path);
    let result = fill_and_rename(&temporary, path, sync, fill);
    if result.is_err() {
        // The first error is returned; the next write replaces any leftover.
        let _ = fs::remove_file(&temporary);
    }
    result
}

fn fill_and_rename<T>(
    from: &Path,
    to: &Path,
    sync: bool,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<T>,
) -> Result<T> {
    // Errors name the final file: the temporary one is gone when they are read.
    let mut file = BufWriter::with_capacity(1 << 20, disk::create_new(from).map_err(Error::io(to, "create"))?);
    let filled = fill(&mut file)?;
    file.flush().map_err(Error::io(to, "write"))?;
    if sync {
        file.get_ref().sync_all().map_err(Error::io(to, "write"))?;
    }
    drop(file);
    fs::rename(from, to).map_err(Error::io(to, "create"))?;
    Ok(filled)
}

/// Flushes a folder to the disk, so that a new name in it survives a crash; possible only on Unix.
fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        let folder_file = File::open(folder).map_err(Error::io(folder, "open"))?;
        folder_file.sync_all().map_err(Error::io(folder, "write"))?;
    }
    Ok(())
}

/// Copies a file that the setting `name` names into the study's folder; returns the path within the folder, None for a
/// file that is too large.
pub(super) fn keep(folder: &Path, name: &str, file: &Path) -> Result<Option<PathBuf>> {
    let mut from = disk::open(file, "a file of data")?;
    if from.metadata().map_err(Error::io(file, "read"))?.len() > MOST_KEPT {
        return Ok(None);
    }
    // Under its original name, which titles and tables show.
    let place = Path::new(INPUTS).join(name).join(file.file_name().unwrap_or_default());
    let copy = folder.join(&place);
    let inner = copy.parent().unwrap_or(folder);
    fs::create_dir_all(inner).map_err(Error::io(inner, "create"))?;
    write_whole(&copy, |to| std::io::copy(&mut from, to).map_err(Error::io(&copy, "write")))?;
    Ok(Some(place))
}

/// Creates a folder, if it is missing, but no parents: a study that was removed does not come back in pieces.
pub(super) fn create(folder: &Path) -> Result<()> {
    match fs::create_dir(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(Error::io(folder, "create")(e)),
        _ => Ok(()),
    }
}

/// Contents of the path of a results folder.
pub(super) enum FolderContents {
    /// Nothing, an empty folder, or leftovers of a run that ended before the settings were written.
    Nothing,
    /// A folder with a `sweep.toml` of this program.
    Study,
    /// Anything else, with the reason.
    Foreign(String),
}

/// Checks what is at `folder`; `is_ours` judges its `sweep.toml`.
pub(super) fn folder_contents(folder: &Path, is_ours: impl FnOnce(&Path) -> Result<bool>) -> Result<FolderContents> {
    let metadata = match fs::metadata(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(FolderContents::Nothing),
        other => other.map_err(Error::io(folder, "read"))?,
    };
    if !metadata.is_dir() {
        return Ok(FolderContents::Foreign("it is a file, not a folder".into()));
    }
    let settings = folder.join(SWEEP);
    if settings.is_file() && is_ours(&settings)? {
        return Ok(FolderContents::Study);
    }
    let other = entries(folder)?.into_iter().find(|path| !is_left_over(folder, path));
    Ok(other.map_or(FolderContents::Nothing, |path| FolderContents::Foreign(format!("it holds {}", name_of(&path)))))
}

/// Whether a path is a leftover of a first run that ended before its settings were written: locks, progress, partial
/// settings, copies of inputs. A lock beside copies shows that they are ours.
fn is_left_over(folder: &Path, path: &Path) -> bool {
    let in_place = |file: &PathBuf| file.strip_prefix(folder).is_ok_and(is_our_name) && file.is_file();
    let copies = || listed(folder).is_ok_and(|files| files.iter().filter(|file| file.starts_with(path)).all(in_place));
    name_of(path).starts_with(PREFIX)
        || is_progress(&name_of(path))
        || *path == disk::temporary(&folder.join(SWEEP))
        || (*path == folder.join(INPUTS) && is_begun(folder) && copies())
}

/// Whether a study was started in the folder, maybe just now by another process: the lock is the first file written.
pub(super) fn is_begun(folder: &Path) -> bool {
    folder.join(SETUP).is_file()
}

/// Checks that files written to the folder stay in it: a folder from elsewhere may have links to anywhere in the place
/// of its inner folders.
///
/// # Errors
/// [`Error::Folder`] names the link.
pub(super) fn refuse_links(folder: &Path) -> Result<()> {
    match inner_folders(folder).into_iter().find(|inner| disk::is_special(inner)) {
        Some(link) => {
            let place = link.strip_prefix(folder).unwrap_or(&link).display();
            Err(Error::Folder {
                path: folder.into(),
                what: format!("{place} is a link; nothing is written through it"),
            })
        }
        None => Ok(()),
    }
}

/// Deletes a study's files, after checking that there are no others.
///
/// # Errors
/// [`Error::Folder`] names anything that this program did not write; then nothing is deleted.
pub(super) fn remove_study(folder: &Path) -> Result<()> {
    let refuse = |what: String| Error::Folder { path: folder.into(), what };
    if is_link(folder)? {
        return Err(refuse("it is a link; --force deletes no files through links".into()));
    }
    let files = listed(folder)?;
    for file in &files {
        let place = file.strip_prefix(folder).unwrap_or(file);
        if is_link(file)? || !file.is_file() || !is_our_name(place) {
            let what = format!("it holds {}, not written by gpu-sweep, so --force deleted nothing", place.display());
            return Err(refuse(what));
        }
    }
    // The settings are deleted last: after a crash, the rest is still known as ours.
    // Locks stay, since this process holds them.
    let files = files.into_iter().filter(|file| !name_of(file).starts_with(PREFIX));
    let (settings, others): (Vec<_>, Vec<_>) = files.partition(|file| *file == folder.join(SWEEP));
    others.iter().try_for_each(|file| fs::remove_file(file).map_err(Error::io(file, "remove")))?;
    for inner in inner_folders(folder).iter().filter(|inner| inner.is_dir()) {
        fs::remove_dir(inner).map_err(Error::io(inner, "remove"))?;
    }
    settings.iter().try_for_each(|file| fs::remove_file(file).map_err(Error::io(file, "remove")))
}

/// Returns the paths of a study's inner folders, the deepest first.
fn inner_folders(folder: &Path) -> Vec<PathBuf> {
    let settings = Setting::paths().map(|setting| Path::new(INPUTS).join(setting.key()));
    let others = [CHUNKS, PICTURES, INPUTS].map(PathBuf::from);
    let fixed = settings.chain(others).map(|inner| folder.join(inner));
    fixed.chain(derived_folders::folders(folder)).collect()
}

/// Returns all entries of the folder, with inner folders replaced by their entries.
fn listed(folder: &Path) -> Result<Vec<PathBuf>> {
    let inner = inner_folders(folder);
    let (mut files, mut waiting) = (Vec::new(), entries(folder)?);
    while let Some(path) = waiting.pop() {
        let ours = inner.contains(&path) && !is_link(&path)? && path.is_dir();
        if ours { waiting.extend(entries(&path)?) } else { files.push(path) }
    }
    files.sort();
    Ok(files)
}

/// Removes temporary files of killed processes if only this process may write them; `is_own` decides by the path within
/// the folder. Files that can't be read or removed do no harm and stay.
pub(super) fn sweep(folder: &Path, is_own: impl Fn(&Path) -> bool) {
    let inner = inner_folders(folder).into_iter().filter(|inner| !disk::is_special(inner));
    for path in inner.chain([folder.to_path_buf()]).flat_map(|inner| entries(&inner).unwrap_or_default()) {
        let is_file = fs::symlink_metadata(&path).is_ok_and(|what| what.is_file());
        let place = path.strip_prefix(folder).unwrap_or(&path);
        if is_file && without_temporary(&name_of(place)).is_some() && is_our_name(place) && is_own(place) {
            let _ = fs::remove_file(&path);
        }
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        let mut paths: Vec<_> = fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
        paths.sort();
        Ok(paths)
    };
    read().map_err(Error::io(folder, "read"))
}

fn is_link(path: &Path) -> Result<bool> {
    Ok(fs::symlink_metadata(path).map_err(Error::io(path, "read"))?.is_symlink())
}

#[cfg(test)]
mod tests;
