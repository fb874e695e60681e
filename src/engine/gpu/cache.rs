//! Small files in the user's cache folder. They only save time: one that is damaged or can't be written is done without.

use sha2::{Digest, Sha256};
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
}
