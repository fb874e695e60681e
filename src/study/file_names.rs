//! Which names files of a study have, and which of them were never finished.

use super::derived_folders;
use super::lock::PREFIX;
use super::report_artifacts::REPORT;
use std::path::Path;

/// The settings; a folder is ours if this file says so.
pub const SWEEP: &str = "sweep.toml";
/// Weights of a few models.
pub const REPRESENTATIVES: &str = "representatives.npz";
/// Folder of the chunks.
pub const CHUNKS: &str = "chunks";
/// Folder of the pictures.
pub const PICTURES: &str = "pictures";
/// Folder of copies of the files that the settings name: in it a folder for each such setting.
pub const INPUTS: &str = "inputs";
#[rustfmt::skip]
const FILES: [&str; 17] = [
    REPRESENTATIVES, REPORT, SWEEP, "engine.json", "run.json", "models.csv", "models.parquet", "summary.csv", "distributions.csv",
    "variance.csv", "curves.npz", "loss_histograms.npz", "weights.npz", "map.npz", "map.png", "pixels.png", "thumbnail.png",
];

/// The last part of a path.
pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether a file of this place (`chunks/000000.parquet`) may be one of ours.
pub fn is_our_name(place: &Path) -> bool {
    let Some(name) = place.file_name().and_then(|name| name.to_str()) else { return false };
    let name = without_temporary(name).unwrap_or(name);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    match place.parent().and_then(Path::to_str) {
        Some("") => FILES.contains(&name) || is_of_one(name) || name.starts_with(PREFIX),
        Some(CHUNKS) => extension == "parquet" && stem.len() >= 6 && stem.bytes().all(|b| b.is_ascii_digit()),
        Some(PICTURES) => matches!(extension, "png" | "svg"),
        Some(inner) => {
            derived_folders::is_file(inner, extension) || (inner != INPUTS && Path::new(inner).starts_with(INPUTS))
        }
        None => false,
    }
}

/// Of a cell, `weights-12.npz`, `loss_histograms-0.npz`, or of a process, `progress.json`, `progress-0-of-4.json`.
fn is_of_one(name: &str) -> bool {
    let rest = name.strip_prefix("weights-").or_else(|| name.strip_prefix("loss_histograms-"));
    let number = rest.and_then(|rest| rest.strip_suffix(".npz"));
    is_progress(name) || number.is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `progress.json`, `progress-0-of-4.json`.
pub fn is_progress(name: &str) -> bool {
    let of = |rest: &str| rest.split_once("-of-").is_some_and(|(i, n)| is_number(i) && is_number(n));
    let rest = name.strip_prefix("progress").and_then(|rest| rest.strip_suffix(".json"));
    rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('-').is_some_and(of))
}

/// The name that a temporary file was to get, see [`disk::temporary`].
pub fn without_temporary(name: &str) -> Option<&str> {
    name.strip_prefix('.')?.strip_suffix(".tmp")
}

/// Whether only one process at a time writes this file, one that holds [`super::Study::alone`]: neither a chunk nor a word
/// of how far a process is.
pub fn is_of_all(place: &Path) -> bool {
    let name = name_of(place);
    let name = without_temporary(&name).unwrap_or(&name);
    !place.starts_with(CHUNKS) && !is_progress(name) && name != "run.json"
}

/// The number of the chunk that a file, be it a temporary one, is of.
pub fn chunk_of(place: &Path) -> Option<u64> {
    let name = name_of(place.strip_prefix(CHUNKS).ok()?);
    without_temporary(&name).unwrap_or(&name).strip_suffix(".parquet")?.parse().ok()
}
