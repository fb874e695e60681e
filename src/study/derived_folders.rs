//! Folders within a study for the output of other commands: derived from the study, no part of it.

use crate::disk;
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders with a fixed name.
const SINGLE: [&str; 3] = ["boundary", "movie", "seeds-needed"];
/// Name prefixes of folders of one model, followed by its id.
const OF_MODEL: [&str; 2] = ["replay-", "landscape-"];
/// Subfolder of `movie`.
const FRAMES: &str = "frames";
/// Extensions of files in these folders.
const ENDINGS: [&str; 5] = ["png", "svg", "npz", "csv", "json"];

/// Whether a folder in a study has such a name: `replay-123`, `movie`.
pub(super) fn is_derived(name: &str) -> bool {
    let number = OF_MODEL.iter().find_map(|start| name.strip_prefix(start));
    SINGLE.contains(&name) || number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Returns the paths of such folders in the study, each after its subfolder `frames`.
pub(super) fn folders(study: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(study).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| is_derived(name));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.iter().flat_map(|name| [study.join(name).join(FRAMES), study.join(name)]).collect()
}

/// Whether a file may be one of ours; `place` is its folder's path within the study.
pub(super) fn is_file(place: &str, extension: &str) -> bool {
    let side = place.strip_suffix(FRAMES).map_or(place, |outer| outer.trim_end_matches(['/', '\\']));
    is_derived(side) && ENDINGS.contains(&extension)
}

/// Checks that the folder `name` in the study at `study`, which need not exist yet, can be written to.
///
/// # Errors
/// [`Error::Folder`] for a link, and for a study that can't be written to.
pub fn check_derived_folder(study: &Path, name: &str) -> Result<()> {
    let place = study.join(name);
    let refuse = |what: String| Err(Error::Folder { path: study.into(), what });
    if [&place, &place.join(FRAMES)].into_iter().any(|folder| disk::is_special(folder)) {
        return refuse(format!("{name} is or holds a link; nothing is written through it; --out DIR writes elsewhere"));
    }
    let nearest = if place.is_dir() { &place } else { study };
    match tempfile::tempfile_in(nearest) {
        Ok(_) => Ok(()),
        Err(e) => refuse(format!("{name} can't be written there ({e}); --out DIR writes elsewhere")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_files_of_commands_are_known_and_others_are_not() {
        assert!(["boundary", "movie", "seeds-needed", "replay-0", "landscape-123"].into_iter().all(is_derived));
        assert!(!["replay-", "replay-x", "replay", "movies", "pictures", ""].into_iter().any(is_derived));
        assert!(is_file("movie/frames", "png") && is_file("replay-3", "npz"));
        assert!(!is_file("replay-3", "tex") && !is_file("mine/frames", "png") && !is_file("", "png"));
        assert!(!is_file("movie/mine", "png"));
    }
}
