//! Locks on a results folder, held by the operating system, which releases them when their process ends in any way.

use crate::disk;
use crate::error::{Error, Result};
use crate::sweep::Shard;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Prefix of lock files. They are never removed: otherwise two processes could lock two files of the same name.
pub(super) const PREFIX: &str = ".lock";
/// Lock file held while a study is set up.
pub(super) const SETUP: &str = ".lock-setup";

/// Locks that a process holds while it works in a folder.
#[derive(Debug)]
pub struct FolderLock {
    /// Locked files with their paths; if a path has another file now, the folder was replaced.
    held: Vec<(PathBuf, File)>,
}

impl FolderLock {
    /// Locks the whole folder, or one shard of it: processes with different shards share the folder.
    ///
    /// # Errors
    /// [`Error::Folder`] names the process that holds it; [`Error::Io`].
    pub fn take(folder: &Path, shard: Option<Shard>) -> Result<Self> {
        let whole = open(folder, PREFIX)?;
        let Some(shard) = shard else {
            own(folder, &whole, "wait for it, or give each process its part with --shard")?;
            return Ok(Self { held: vec![(folder.join(PREFIX), whole)] });
        };
        match whole.try_lock_shared() {
            Ok(()) => write_holder(folder, &whole, "processes with shards of it".into())?,
            Err(TryLockError::WouldBlock) => return Err(busy(folder, &whole, "wait for it")),
            Err(TryLockError::Error(e)) => return Err(cannot(folder, e)),
        }
        let name = format!("{PREFIX}{}", shard.suffix());
        let part = open(folder, &name)?;
        own(folder, &part, &format!("it does shard {shard}"))?;
        Ok(Self { held: vec![(folder.join(PREFIX), whole), (folder.join(name), part)] })
    }

    /// Locks the folder against processes that train in it, not against others that read.
    ///
    /// # Errors
    /// [`Error::Folder`] names the process that holds it; [`Error::Io`].
    pub fn read(folder: &Path) -> Result<Self> {
        let whole = open(folder, PREFIX)?;
        match whole.try_lock_shared() {
            Ok(()) => Ok(Self { held: vec![(folder.join(PREFIX), whole)] }),
            Err(TryLockError::WouldBlock) => Err(busy(folder, &whole, "wait for it")),
            Err(TryLockError::Error(e)) => Err(cannot(folder, e)),
        }
    }

    /// Returns no lock if `error` means that the folder is read-only: then this process can't write to it either.
    ///
    /// # Errors
    /// Any other error, unchanged.
    pub fn unless_read_only(error: Error) -> Result<Self> {
        use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        match &error {
            Error::Io { source, .. } if [PermissionDenied, ReadOnlyFilesystem].contains(&source.kind()) => {
                Ok(Self { held: Vec::new() })
            }
            _ => Err(error),
        }
    }

    /// Waits for the setup lock, held briefly while a process starts a study in the folder or saves its engine.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn setup(folder: &Path) -> Result<Self> {
        let file = open(folder, SETUP)?;
        file.lock().map_err(Error::io(folder, "lock"))?;
        Ok(Self { held: vec![(folder.join(SETUP), file)] })
    }

    /// Waits like [`FolderLock::setup`], for a lock held for a long time; None if `stop` returns true before.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn setup_unless(folder: &Path, stop: impl Fn() -> bool) -> Result<Option<Self>> {
        let file = open(folder, SETUP)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { held: vec![(folder.join(SETUP), file)] })),
                Err(TryLockError::WouldBlock) if stop() => return Ok(None),
                Err(TryLockError::WouldBlock) => std::thread::sleep(std::time::Duration::from_millis(20)),
                Err(TryLockError::Error(e)) => return Err(cannot(folder, e)),
            }
        }
    }

    /// Checks that the folder is still the one that was locked: another process may have replaced it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn check(&self) -> Result<()> {
        let is_same =
            |(path, file): &(PathBuf, File)| Ok(identity(&std::fs::metadata(path)?) == identity(&file.metadata()?));
        for held in &self.held {
            let replaced = || std::io::Error::other("the folder was removed, and another one is in its place");
            let same: std::io::Result<bool> = is_same(held);
            let there = same.and_then(|same| if same { Ok(()) } else { Err(replaced()) });
            there.map_err(Error::io(held.0.parent().unwrap_or(Path::new(".")), "write to"))?;
        }
        Ok(())
    }
}

/// Returns what identifies a file whatever its name; None outside Unix.
#[cfg(unix)]
fn identity(file: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}

fn open(folder: &Path, name: &str) -> Result<File> {
    let path = folder.join(name);
    if disk::is_special(&path) {
        return Err(Error::Folder {
            path: folder.into(),
            what: format!("{name} is a link; nothing is written through it"),
        });
    }
    let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    options.map_err(Error::io(&path, "open"))
}

/// Locks a file exclusively and writes the holder's name into it.
fn own(folder: &Path, file: &File, advice: &str) -> Result<()> {
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(busy(folder, file, advice)),
        Err(TryLockError::Error(e)) => return Err(cannot(folder, e)),
    }
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    write_holder(folder, file, format!("process {} on {host}", std::process::id()))
}

/// Returns the error of a failed lock; some cluster file systems have no locks.
fn cannot(folder: &Path, error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::Unsupported => {
            let what = "this file system has no locks; give each process a folder of its own elsewhere, and join them with \
                        gpu-sweep merge";
            Error::Folder { path: folder.into(), what: what.into() }
        }
        _ => Error::io(folder, "lock")(error),
    }
}

fn write_holder(folder: &Path, mut file: &File, text: String) -> Result<()> {
    let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
    written.map_err(Error::io(folder, "lock"))
}

fn busy(folder: &Path, mut file: &File, advice: &str) -> Error {
    let mut holder = String::new();
    // A process that has just locked may not have written its name yet; a shared lock has no single holder.
    let read = file.rewind().and_then(|()| file.take(200).read_to_string(&mut holder));
    let holder = if read.is_err() || holder.is_empty() { "another process" } else { holder.trim() };
    Error::Folder { path: folder.into(), what: format!("in use by {holder}; {advice}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_one_processs_or_its_shards() {
        let folder = tempfile::tempdir().unwrap();
        let take = |shard: Option<&str>| FolderLock::take(folder.path(), shard.map(|s| s.parse().unwrap()));
        let whole = take(None).unwrap();
        let me = format!("process {}", std::process::id());
        for shard in [None, Some("0/2")] {
            let error = take(shard).unwrap_err().to_string();
            assert!(error.contains(&me) && error.contains("in use by"), "{error}");
        }
        drop(whole);
        let (_zero, one) = (take(Some("0/2")).unwrap(), take(Some("1/2")).unwrap());
        let error = take(Some("1/2")).unwrap_err().to_string();
        assert!(error.contains(&me) && error.contains("shard 1/2"), "{error}");
        assert!(take(None).unwrap_err().to_string().contains("in use by"));
        drop(one);
        take(Some("1/2")).unwrap();
    }

    #[test]
    fn readers_share_a_folder_and_keep_trainers_out() {
        let folder = tempfile::tempdir().unwrap();
        let (one, _two) = (FolderLock::read(folder.path()).unwrap(), FolderLock::read(folder.path()).unwrap());
        assert!(FolderLock::take(folder.path(), None).unwrap_err().to_string().contains("in use by"));
        drop((one, _two));
        let _trainer = FolderLock::take(folder.path(), None).unwrap();
        assert!(FolderLock::read(folder.path()).unwrap_err().to_string().contains("in use by process"));
    }

    #[test]
    fn a_folder_in_the_place_of_the_locked_one_is_noticed() {
        let place = tempfile::tempdir().unwrap();
        let [folder, other] = ["a", "b"].map(|name| place.path().join(name));
        std::fs::create_dir(&folder).unwrap();
        let lock = FolderLock::take(&folder, None).unwrap();
        lock.check().unwrap();
        std::fs::rename(&folder, &other).unwrap();
        assert!(lock.check().unwrap_err().to_string().contains("cannot write to"));
        std::fs::create_dir(&folder).unwrap();
        let _anew = FolderLock::take(&folder, None).unwrap();
        assert!(lock.check().unwrap_err().to_string().contains("another one is in its place"));
    }
}
