//! Guarded access to files that other programs or users may have prepared: reads only regular files, up to a size
//! limit, and never writes through a link.

use crate::error::{Error, Result, is_exhaustion};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Opens a regular file. Rejects pipes, which block in `open`, and devices, which never end: a downloaded folder may
/// contain either.
///
/// # Errors
/// [`Error::File`] if `path` is not a readable regular file; the message names what is `allowed`. [`Error::Io`] if the
/// system has no more open files or memory.
pub fn open(path: &Path, allowed: &str) -> Result<File> {
    let unreadable = |e: io::Error| match is_exhaustion(&e) {
        true => Error::io(path, "open")(e),
        false => Error::file(path, format!("can't be opened: {e}")),
    };
    let kind = fs::metadata(path).map_err(unreadable)?;
    if kind.is_dir() {
        return Err(Error::file_is(path, "a folder", allowed));
    }
    if !kind.is_file() {
        return Err(Error::file_is(path, "a pipe or a device, which can't be read twice", allowed));
    }
    File::open(path).map_err(unreadable)
}

/// Reads UTF-8 text of at most `most` bytes from a regular file.
///
/// # Errors
/// As for [`open`]; also [`Error::File`] for a longer file and for one that is not UTF-8.
pub fn text(path: &Path, most: u64, allowed: &str) -> Result<String> {
    let mut bytes = Vec::new();
    let read = open(path, allowed)?.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|e| Error::file(path, format!("can't be read: {e}")))?;
    if bytes.len() as u64 > most {
        let most = most >> 20;
        return Err(Error::file_is(path, "longer", &format!("{allowed}, of up to {most} MiB")));
    }
    String::from_utf8(bytes).map_err(|_| Error::file_is(path, "invalid UTF-8", allowed))
}

/// Returns the name of a file while it is being written: `chunks/.000001.chunk.tmp` for `chunks/000001.chunk`. The
/// name is fixed, so that a killed program leaves at most one behind, which the next writer replaces.
pub fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.tmp"))
}

/// Creates a file, removing whatever has that name first, so that nothing is written through a link.
///
/// # Errors
/// Returns the operating system's error.
pub fn create_new(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => OpenOptions::new().write(true).create_new(true).open(path),
    }
}

/// Whether `path` exists but is neither a regular file nor a folder: a link, a pipe or a device.
pub fn is_special(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|what| !what.is_file() && !what.is_dir())
}

/// Returns the bytes available to this user on the disk of `path`, which need not exist yet; `None` if the system does
/// not report them.
pub fn free_bytes(path: &Path) -> Option<u64> {
    let path = std::path::absolute(path).ok()?;
    free_at(path.ancestors().find(|folder| folder.is_dir())?)
}

#[cfg(unix)]
fn free_at(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    // Some network file systems report a size of 0.
    (disk.f_blocks > 0).then(|| disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_at(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let read = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            text(&path, 3, "text").map_err(|e| e.to_string())
        };
        assert_eq!((read("äb".as_bytes()), read(b"")), (Ok("äb".into()), Ok(String::new())));
        assert!(read("äbc".as_bytes()).unwrap_err().contains("longer"));
        assert!(read(b"\xff").unwrap_err().contains("UTF-8"));
        assert!(text(folder.path(), 3, "text").unwrap_err().to_string().contains("not a folder"));
    }

    #[cfg(unix)]
    #[test]
    fn a_fresh_file_takes_the_place_of_a_link_and_leaves_alone_what_that_led_to() {
        use std::io::Write;
        let folder = tempfile::tempdir().unwrap();
        let (link, other) = (folder.path().join("link"), folder.path().join("other"));
        fs::write(&other, "mine").unwrap();
        std::os::unix::fs::symlink(&other, &link).unwrap();
        assert!(is_special(&link) && !is_special(&other) && !is_special(folder.path()));
        create_new(&link).unwrap().write_all(b"new").unwrap();
        assert!(!is_special(&link) && fs::read(&link).unwrap() == b"new" && fs::read(&other).unwrap() == b"mine");
    }
}
