//! The folder of studies, `gpu-sweep-out`: a folder per study, and `latest`, which points at the newest.

use super::file_names::SWEEP;
use crate::disk;
use crate::error::{Error, Result, closest, listed};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

/// Default folder of studies.
pub const OUT: &str = "gpu-sweep-out";
/// Pointer to the newest study in it: a symbolic link, or a file with the study's name where links are not available.
pub const LATEST: &str = "latest";
/// Maximum studies listed in a message.
const MOST_LISTED: usize = 20;
/// Maximum studies listed in a message about another folder.
const FEW: usize = 5;
/// Maximum attempts to create a link while other processes replace it.
const MOST_TRIES: u64 = 300;

/// Makes [`LATEST`] point at the study in `folder`, if that is in [`OUT`], in one step.
///
/// # Errors
/// [`Error::Io`], such as when the user has a folder of that name.
pub fn make_latest(folder: &Path) -> Result<()> {
    match (folder.parent(), folder.file_name().and_then(|name| name.to_str())) {
        (Some(home), Some(name)) if home == Path::new(OUT) && name != LATEST => point(home, name),
        _ => Ok(()),
    }
}

fn point(home: &Path, name: &str) -> Result<()> {
    let (latest, temporary) = (home.join(LATEST), home.join(format!(".{LATEST}.tmp")));
    let mut result = Ok(());
    for n in 0..MOST_TRIES {
        result = link(name, &temporary).and_then(|()| fs::rename(&temporary, &latest));
        match &result {
            // Left by a killed process, or about to be renamed by another one.
            Err(e) if e.kind() == ErrorKind::AlreadyExists => drop(fs::remove_file(&temporary)),
            // Another process renamed or removed it.
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            _ => break,
        }
        // Back off: the more attempts failed, the longer the pause for the other processes.
        std::thread::sleep(std::time::Duration::from_micros(20 * n));
    }
    if result.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    result.map_err(Error::io(&latest, "make"))
}

#[cfg(unix)]
fn link(name: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(name, path)
}

/// Writes a file, since links require rights that most users do not have there.
#[cfg(not(unix))]
fn link(name: &str, path: &Path) -> io::Result<()> {
    use io::Write;
    fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(name.as_bytes())
}

/// Returns the folder of the newest study.
///
/// # Errors
/// [`Error::Folder`] if there is none.
pub fn latest() -> Result<PathBuf> {
    let home = Path::new(OUT);
    match pointed_at(home)? {
        Some(study) => Ok(study),
        None if home.join(SWEEP).is_file() => Ok(home.into()),
        None if studies_in(home).is_empty() => {
            let what = "no results are here; name a results folder, or train first: gpu-sweep --models 1000";
            Err(Error::Folder { path: home.into(), what: what.into() })
        }
        None => Err(not_one(home)),
    }
}

/// Returns the study's folder for a path that the user gave: the path, or the target of `latest`.
///
/// # Errors
/// [`Error::Folder`] for a folder of studies, with their names, and if there is no study.
pub fn study_at(named: &Path) -> Result<PathBuf> {
    if named.file_name().is_some_and(|name| name == LATEST)
        && let Some(study) = pointed_at(named.parent().unwrap_or(Path::new("")))?
    {
        return Ok(study);
    }
    match named.join(SWEEP).exists() || studies_in(named).is_empty() {
        true => check_there(named).map(|()| named.into()),
        false => Err(not_one(named)),
    }
}

/// Checks that `folder` may hold a study.
///
/// # Errors
/// [`Error::Folder`] if it does not exist or has no `sweep.toml`, with the names of existing studies.
pub(super) fn check_there(folder: &Path) -> Result<()> {
    let is_missing = |path: &Path| fs::metadata(path).is_err_and(|e| e.kind() == ErrorKind::NotFound);
    let what = match (is_missing(folder), folder.is_dir()) {
        (true, _) => "no such folder",
        (false, false) if folder.exists() => "is a file, and no results folder",
        (false, true) if is_missing(&folder.join(SWEEP)) => "is no results folder: it has no sweep.toml",
        // Opening it reports the system's error.
        _ => return Ok(()),
    };
    let (home, studies) = (Path::new(OUT), studies_in(Path::new(OUT)));
    let name = folder.to_str().unwrap_or_default();
    let way_on = match closest(name, studies.iter().map(String::as_str)) {
        _ if studies.iter().any(|study| study == name) => format!("did you mean {OUT}/{name}?"),
        Some(study) => format!("did you mean {OUT}/{study}?"),
        None if studies.is_empty() => "train first: gpu-sweep --models 1000".to_owned(),
        None => format!("in {} there are {}", home.display(), listed(studies.iter().map(String::as_str), FEW)),
    };
    Err(Error::Folder { path: folder.into(), what: format!("{what}; {way_on}") })
}

/// Returns the target of `latest` in `home`: a folder beside it, never one elsewhere. None if there is no `latest`.
fn pointed_at(home: &Path) -> Result<Option<PathBuf>> {
    let latest = home.join(LATEST);
    let Ok(kind) = fs::symlink_metadata(&latest) else { return Ok(None) };
    let name = match (kind.is_symlink(), kind.is_file()) {
        (true, _) => fs::read_link(&latest).map_err(Error::io(&latest, "read"))?,
        (_, true) => PathBuf::from(disk::text(&latest, 1 << 10, "the name of a study beside it")?.trim()),
        // A folder that the user made.
        _ => return Ok(None),
    };
    let mut parts = name.components();
    let is_name = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
    let study = home.join(&name);
    if !is_name || disk::is_special(&study) {
        let what = format!("points at {}, not at a study beside it; name a results folder", name.display());
        return Err(Error::Folder { path: latest, what });
    }
    if !study.join(SWEEP).is_file() {
        let what = format!("points at {}, which is gone; name one of: {}", name.display(), names(home));
        return Err(Error::Folder { path: latest, what });
    }
    Ok(Some(study))
}

fn not_one(home: &Path) -> Error {
    let what = format!("holds several studies; name one of: {}", names(home));
    Error::Folder { path: home.into(), what }
}

fn names(home: &Path) -> String {
    let studies = studies_in(home);
    if studies.is_empty() { "none are left".into() } else { listed(studies.iter().map(String::as_str), MOST_LISTED) }
}

/// Returns the sorted names of the studies in a folder.
fn studies_in(home: &Path) -> Vec<String> {
    let entries = fs::read_dir(home).into_iter().flatten().flatten().map(|entry| entry.path());
    let studies = entries.filter(|path| !disk::is_special(path) && path.join(SWEEP).is_file());
    let mut names: Vec<String> =
        studies.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Creates a folder with studies `a` and `b`.
    fn home() -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            fs::create_dir(home.path().join(name)).unwrap();
            fs::write(home.path().join(name).join(SWEEP), "").unwrap();
        }
        home
    }

    #[test]
    fn latest_points_at_the_study_that_was_named_last() {
        let home = home();
        for name in ["a", "b", "b", "a"] {
            // A leftover of a killed process does no harm.
            fs::write(home.path().join(".latest.tmp"), "").unwrap();
            point(home.path(), name).unwrap();
            assert_eq!(pointed_at(home.path()).unwrap(), Some(home.path().join(name)));
            assert_eq!(study_at(&home.path().join(LATEST)).unwrap(), home.path().join(name));
        }
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 3, "no temporary link stays");
    }

    #[test]
    fn a_file_with_the_name_does_where_there_are_no_links() {
        let home = home();
        fs::write(home.path().join(LATEST), "b\n").unwrap();
        assert_eq!(pointed_at(home.path()).unwrap(), Some(home.path().join("b")));
    }

    #[test]
    fn processes_that_point_at_once_leave_one_whole_link() {
        let home = home();
        std::thread::scope(|scope| {
            for name in ["a", "b", "a", "b"] {
                let home = home.path();
                scope.spawn(move || (0..200).for_each(|_| point(home, name).unwrap()));
            }
        });
        assert!(pointed_at(home.path()).unwrap().is_some());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_elsewhere_is_not_followed() {
        use std::os::unix::fs::symlink;
        let (home, other) = (home(), home());
        symlink(other.path().join("a"), home.path().join("away")).unwrap();
        for target in [other.path().join("a"), "../a".into(), ".".into(), "away".into()] {
            let _ = fs::remove_file(home.path().join(LATEST));
            symlink(&target, home.path().join(LATEST)).unwrap();
            let error = pointed_at(home.path()).unwrap_err().to_string();
            assert!(error.contains("not at a study beside it"), "{error}");
        }
    }

    #[test]
    fn a_folder_of_studies_says_which_there_are() {
        let home = home();
        let error = study_at(home.path()).unwrap_err().to_string();
        assert!(error.contains("\"a\", \"b\""), "{error}");
        assert_eq!(study_at(&home.path().join("a")).unwrap(), home.path().join("a"));
        fs::write(home.path().join(LATEST), "gone").unwrap();
        let error = study_at(&home.path().join(LATEST)).unwrap_err().to_string();
        assert!(error.contains("gone") && error.contains("\"a\", \"b\""), "{error}");
    }
}
