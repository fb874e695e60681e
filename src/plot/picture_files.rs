//! Writes pictures as files, atomically.

use super::Picture;
use crate::disk;
use crate::error::{Error, Result};
use crate::parallel::*;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Draws a picture and writes `STEM.png` and `STEM.svg`. Both are drawn before the first is written; each is written
/// under a temporary name and then renamed, so that no partial file appears.
///
/// # Errors
/// Errors of [`Picture::scene`]; [`Error::Io`] if a file can't be written.
pub fn write(picture: &dyn Picture, stem: &Path) -> Result<[PathBuf; 2]> {
    let (png, svg) = join(|| super::png(picture), || super::svg(picture));
    let (png, svg) = (png?, svg?);
    Ok([replace(stem, "png", &png)?, replace(stem, "svg", svg.as_bytes())?])
}

/// Writes several pictures into `folder`, each under [`Picture::name`], and returns the files.
///
/// # Errors
/// As for [`write()`], for the first picture that fails; others may have been written.
pub fn write_all(pictures: &[&dyn Picture], folder: &Path) -> Result<Vec<PathBuf>> {
    let files: Result<Vec<_>> = pictures.par_iter().map(|p| write(*p, &folder.join(p.name()))).collect();
    Ok(files?.concat())
}

/// Replaces `STEM.ending` by `bytes` in one step.
pub(super) fn replace(stem: &Path, ending: &str, bytes: &[u8]) -> Result<PathBuf> {
    // Not `with_extension`, which would cut a stem such as `lr-0.1` at its dot.
    let mut name = stem.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    let path = PathBuf::from(name);
    let partial = disk::temporary(&path);
    let written = disk::create_new(&partial).and_then(|mut file| file.write_all(bytes));
    let done = written.and_then(|()| std::fs::rename(&partial, &path));
    if let Err(source) = done {
        // A leftover temporary file does no harm, so failing to remove it is not a second error.
        let _ = std::fs::remove_file(&partial);
        return Err(Error::io(&path, "write")(source));
    }
    Ok(path)
}
