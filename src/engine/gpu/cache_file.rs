//! Small files in the user's cache folder. They only save time: a damaged or unwritable one is ignored.

use crate::disk;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::Path;

/// Returns the contents of a file that [`write`] wrote completely; None if it is missing or damaged.
pub fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // Opens regular files only: reading anything else might never end.
    disk::open(&folder.join(name), "").ok()?.read_to_end(&mut bytes).ok()?;
    let contents = bytes.split_off(HASH.min(bytes.len()));
    (Sha256::digest(&contents)[..] == bytes[..]).then_some(contents)
}

/// Writes a file with its hash, first under a temporary name, since others may be reading it. Fails while another
/// process writes in this folder, and on anything but a regular file.
pub fn write(folder: &Path, name: &str, contents: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let (path, lock) = (folder.join(name), folder.join(LOCK));
    if disk::is_special(&path) || disk::is_special(&lock) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(lock)?;
    lock.try_lock()?;
    let beside = disk::temporary(&path);
    let hashed = [&Sha256::digest(contents)[..], contents].concat();
    let written = disk::create_new(&beside).and_then(|mut file| file.write_all(&hashed));
    let moved = written.and_then(|()| std::fs::rename(&beside, path));
    if moved.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    moved
}

/// Lists what can't be used in a cache folder, one line each: pipes, devices, links to them.
pub fn special_files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let strange = entries.filter(|path| std::fs::metadata(path).is_ok_and(|what| !what.is_file() && !what.is_dir()));
    let line =
        |path: std::path::PathBuf| format!("{}: is a pipe or a device, so it is not used for caching", path.display());
    let mut lines: Vec<String> = strange.map(line).collect();
    lines.sort();
    lines
}

/// Returns the value under `key` in a table file.
pub fn get<T: DeserializeOwned>(folder: Option<&Path>, name: &str, key: &str) -> Option<T> {
    table(folder?, name).remove(key)
}

/// Stores `value` under `key`. Failures are ignored: the next run determines the value again.
pub fn put<T: Serialize + DeserializeOwned>(folder: Option<&Path>, name: &str, key: String, value: T) {
    let Some(folder) = folder else { return };
    let mut table = table(folder, name);
    table.insert(key, value);
    if let Ok(text) = serde_json::to_vec(&table) {
        let _ = write(folder, name, &text);
    }
}

fn table<T: DeserializeOwned>(folder: &Path, name: &str) -> BTreeMap<String, T> {
    read(folder, name).and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Bytes of a SHA-256 hash.
const HASH: usize = 32;
/// Name of the file that is locked while another is written.
const LOCK: &str = ".lock";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_whole_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        assert_eq!(read(&inner, "x"), None);
        write(&inner, "x", b"contents").unwrap();
        assert_eq!(read(&inner, "x").unwrap(), b"contents");
        let names = || std::fs::read_dir(&inner).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        assert!(names().len() == 2 && names().contains(&LOCK.into()), "nothing else is left beside it");
        let whole = std::fs::read(inner.join("x")).unwrap();
        for damaged in [&whole[..whole.len() - 1], &whole[..5], &[], &[&whole[..], b"!"].concat()] {
            std::fs::write(inner.join("x"), damaged).unwrap();
            assert_eq!(read(&inner, "x"), None);
        }
        assert!(write(&inner.join("x"), "y", b"").is_err());
    }

    #[test]
    fn what_a_killed_program_left_is_replaced_and_one_writer_at_a_time_writes() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join(".x.tmp");
        std::fs::write(&left, "half").unwrap();
        let lock = std::fs::File::create(folder.path().join(LOCK)).unwrap();
        lock.lock().unwrap();
        assert!(write(folder.path(), "x", b"contents").is_err() && read(folder.path(), "x").is_none());
        drop(lock);
        write(folder.path(), "x", b"contents").unwrap();
        assert!(!left.exists() && read(folder.path(), "x").unwrap() == b"contents");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_neither_waited_for_nor_written_over_and_said() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("x");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(read(folder.path(), "x").is_none() && write(folder.path(), "x", b"contents").is_err());
        assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
        let lines = special_files(folder.path());
        assert!(lines.len() == 1 && lines[0].contains("is a pipe"), "{lines:?}");
    }

    #[test]
    fn tables_grow_and_other_tables_are_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Some(folder.path());
        put(folder, "t", "a".into(), 1.5);
        put(folder, "t", "b".into(), 2.5);
        assert_eq!([get(folder, "t", "a"), get(folder, "t", "b"), get(folder, "t", "c")], [Some(1.5), Some(2.5), None]);
        assert_eq!((get::<String>(folder, "t", "a"), get::<f64>(None, "t", "a")), (None, None));
    }
}
