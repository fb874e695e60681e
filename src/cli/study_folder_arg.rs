//! `[DIR]` of commands that analyze a study: which folder it is, and where their results are written.

use super::verbosity::Verbosity;
use crate::study::{self, latest, study_at};
use crate::{Error, Result};
use std::path::{Path, PathBuf};

/// The positional argument.
#[derive(Debug, clap::Args)]
pub struct StudyFolderArg {
    /// The results folder [default: the newest, gpu-sweep-out/latest]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

impl StudyFolderArg {
    /// Returns the named folder or the newest one; prints it if it differs from what was typed.
    ///
    /// # Errors
    /// [`Error::Folder`] for a folder of several studies, and if there is no study.
    pub fn find(&self, output: &Verbosity) -> Result<PathBuf> {
        find(self.folder.as_deref(), output)
    }

    /// The same without printing, for callers that print the folder later.
    ///
    /// # Errors
    /// As for [`StudyFolderArg::find`].
    pub fn path(&self) -> Result<PathBuf> {
        self.folder.as_deref().map_or_else(latest, study_at)
    }
}

/// The same for a path.
///
/// # Errors
/// As for [`StudyFolderArg::find`].
pub fn find(named: Option<&Path>, output: &Verbosity) -> Result<PathBuf> {
    let folder = named.map_or_else(latest, study_at)?;
    if named != Some(&folder) {
        output.report("study", &folder.display().to_string());
    }
    Ok(folder)
}

/// Folder for a command's results.
#[derive(Debug, Clone)]
pub struct OutputFolder(PathBuf);

impl OutputFolder {
    /// Returns `--out`, which must be outside of the study, or by default the folder `name` in it; creates nothing.
    ///
    /// # Errors
    /// [`Error::Setting`] for an `--out` elsewhere in the study; [`Error::Folder`] if the study is not writable.
    pub fn of(out: Option<&Path>, study: &Path, name: &str) -> Result<Self> {
        let within = study.join(name);
        match out {
            Some(out) if real(out)? == real(&within)? => {}
            Some(out) if real(out)?.starts_with(real(study)?) => {
                let allowed = format!("a folder outside of the results folder, or none: then {}", within.display());
                return Err(Error::setting("--out", out.display(), allowed));
            }
            Some(out) => return Ok(Self(out.into())),
            None => {}
        }
        study::check_derived_folder(study, name)?;
        Ok(Self(within))
    }

    /// Creates the folder.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn make(&self) -> Result<&Path> {
        std::fs::create_dir_all(&self.0).map_err(Error::io(&self.0, "create"))?;
        Ok(&self.0)
    }
}

/// Resolves links and `..` in a path that need not exist.
pub fn real(path: &Path) -> Result<PathBuf> {
    let mut real = PathBuf::new();
    for part in std::path::absolute(path).map_err(Error::io(path, "find"))?.components() {
        // `canonicalize` would refuse a `..` after a folder that does not exist yet.
        if part == std::path::Component::ParentDir {
            real.pop();
            continue;
        }
        real.push(part);
        real = real.canonicalize().unwrap_or(real);
    }
    Ok(real)
}
