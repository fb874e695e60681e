//! A table from standard input (`--data -`). It is kept in a file, since a table is read twice and then copied into the
//! study's folder, from where the study is resumed and replayed.

use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::Mutex;
use tempfile::TempDir;

/// Most bytes of standard input: a study's folder keeps files up to this size.
const MOST: u64 = 64 << 20;
/// Folder of the file, until the program ends.
static FOLDER: Mutex<Option<TempDir>> = Mutex::new(None);

/// Returns the path of the file with the bytes of standard input.
pub fn kept() -> Result<String> {
    let (name, failed) = (Path::new("standard input"), |action| Error::io(Path::new("standard input"), action));
    if io::stdin().is_terminal() {
        let what = "reads standard input, which is a terminal here; pipe a table into it, or name a file";
        return Err(Error::usage("--data -", what));
    }
    let folder = tempfile::Builder::new().prefix("gpu-sweep-").tempdir().map_err(failed("keep"))?;
    let path = folder.path().join("stdin");
    let mut file = File::create_new(&path).map_err(failed("keep"))?;
    let count = io::copy(&mut io::stdin().lock().take(MOST + 1), &mut file).map_err(failed("read"))?;
    if count > MOST {
        return Err(Error::file_is(
            name,
            "more",
            "a table of up to 64 MiB; write a larger one into a file and name that",
        ));
    }
    let Some(text) = path.to_str().map(str::to_owned) else {
        let what = "needs a folder for temporary files with a name in UTF-8; set TMPDIR";
        return Err(Error::usage("--data -", what));
    };
    *FOLDER.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(folder);
    Ok(text)
}

/// Whether standard input was read as data.
pub fn is_kept() -> bool {
    FOLDER.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).is_some()
}

/// Removes the file.
pub fn forget() {
    // What can't be removed is left to the system, as all temporary files are.
    drop(FOLDER.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take());
}
