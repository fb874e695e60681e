//! `[DIR]` of the commands that ask a study: which folder that is, and where in it their results go.

use super::verbosity::Verbosity;
use gpu_sweep::study::{self, latest, study_at};
use gpu_sweep::{Error, Result};
use std::path::{Path, PathBuf};

/// The positional argument.
#[derive(Debug, clap::Args)]
pub struct StudyFolderArg {
    /// The results folder [default: the newest, gpu-sweep-out/latest]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

impl StudyFolderArg {
    /// The folder that was named, or the newest; says which where that is not what was typed.
    ///
    /// # Errors
    /// [`Error::Folder`] for a folder of several studies, and where there is none.
    pub fn find(&self, output: &Verbosity) -> Result<PathBuf> {
        find(self.folder.as_deref(), output)
    }

    /// The same without a word, for what says it later.
    ///
    /// # Errors
    /// As for [`StudyFolder::find`].
    pub fn path(&self) -> Result<PathBuf> {
        self.folder.as_deref().map_or_else(latest, study_at)
    }
}

/// The same for a path.
///
/// # Errors
/// As for [`StudyFolder::find`].
pub fn find(named: Option<&Path>, output: &Verbosity) -> Result<PathBuf> {
    let folder = named.map_or_else(latest, study_at)?;
    if named != Some(&folder) {
        output.tell("study", &folder.display().to_string());
    }
    Ok(folder)
}

/// Where a command's results go.
#[derive(Debug, Clone)]
pub struct OutputFolder(PathBuf);

impl OutputFolder {
    /// `--out`, which is outside of the study, or else the folder `name` in it; nothing is made yet.
    ///
    /// # Errors
    /// [`Error::Setting`] for an `--out` elsewhere in the study; [`Error::Folder`] for a study that can't be written to.
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
        study::check_side(study, name)?;
        Ok(Self(within))
    }

    /// Makes the folder.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn make(&self) -> Result<&Path> {
        std::fs::create_dir_all(&self.0).map_err(Error::io(&self.0, "create"))?;
        Ok(&self.0)
    }
}

/// The path without links and `..`, of which nothing need be there yet.
fn real(path: &Path) -> Result<PathBuf> {
    let mut real = PathBuf::new();
    for part in std::path::absolute(path).map_err(Error::io(path, "find"))?.components() {
        // A `..` leads out of folders that need not be there yet.
        if part == std::path::Component::ParentDir {
            real.pop();
            continue;
        }
        real.push(part);
        real = real.canonicalize().unwrap_or(real);
    }
    Ok(real)
}
