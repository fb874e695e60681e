//! Small files in the user's cache folder. They only save time: one that is damaged or can't be written is done without.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// The contents of a file that [`write`] wrote whole.
pub fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let mut bytes = std::fs::read(folder.join(name)).ok()?;
    let contents = bytes.split_off(HASH.min(bytes.len()));
    (Sha256::digest(&contents)[..] == bytes[..]).then_some(contents)
}

/// Writes a file with its hash, beside its place first: others may be reading.
pub fn write(folder: &Path, name: &str, contents: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let beside = folder.join(format!("{name}.{}", std::process::id()));
    let written = std::fs::write(&beside, [&Sha256::digest(contents)[..], contents].concat());
    let moved = written.and_then(|()| std::fs::rename(&beside, folder.join(name)));
    if moved.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    moved
}

/// What a table in such a file holds under `key`.
pub fn get<T: DeserializeOwned>(folder: Option<&Path>, name: &str, key: &str) -> Option<T> {
    table(folder?, name).remove(key)
}

/// Puts `value` there. What can't be kept is found out again next time.
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

/// Bytes of a hash.
const HASH: usize = 32;

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
        assert_eq!(std::fs::read_dir(&inner).unwrap().count(), 1, "nothing is left beside it");
        let whole = std::fs::read(inner.join("x")).unwrap();
        for damaged in [&whole[..whole.len() - 1], &whole[..5], &[], &[&whole[..], b"!"].concat()] {
            std::fs::write(inner.join("x"), damaged).unwrap();
            assert_eq!(read(&inner, "x"), None);
        }
        assert!(write(&inner.join("x"), "y", b"").is_err());
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
