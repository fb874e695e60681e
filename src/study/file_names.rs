//! Names of a study's files, temporary ones included.

use super::derived_folders;
use super::lock::PREFIX;
use std::path::Path;

/// File of the settings; its contents identify a folder as ours.
pub const SWEEP: &str = "sweep.toml";
/// File with the weights of a few models.
pub const REPRESENTATIVES: &str = "representatives.npz";
/// How the data were prepared, and the networks.
pub const PREPROCESSING: &str = "preprocessing.json";
/// File name of the report.
pub const REPORT: &str = "report.html";
/// Folder of the chunks.
pub const CHUNKS: &str = "chunks";
/// Folder of the pictures.
pub const PICTURES: &str = "pictures";
/// Folder with copies of the files that the settings name, in one subfolder per setting.
pub const INPUTS: &str = "inputs";
#[rustfmt::skip]
const FILES: [&str; 18] = [
    PREPROCESSING, REPRESENTATIVES, REPORT, SWEEP, "engine.json", "run.json", "models.csv", "models.parquet", "summary.csv", "distributions.csv",
    "variance.csv", "curves.npz", "loss_histograms.npz", "weights.npz", "map.npz", "map.png", "pixels.png", "thumbnail.png",
];

/// Returns the last component of a path.
pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether a file with this path within the study (`chunks/000000.chunk`) may be one of ours.
pub fn is_our_name(place: &Path) -> bool {
    let Some(name) = place.file_name().and_then(|name| name.to_str()) else { return false };
    let name = without_temporary(name).unwrap_or(name);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    match place.parent().and_then(Path::to_str) {
        Some("") => FILES.contains(&name) || is_per_cell_or_process(name) || name.starts_with(PREFIX),
        // Earlier versions wrote Parquet.
        Some(CHUNKS) => {
            matches!(extension, "chunk" | "parquet") && stem.len() >= 6 && stem.bytes().all(|b| b.is_ascii_digit())
        }
        Some(PICTURES) => matches!(extension, "png" | "svg"),
        Some(inner) => {
            derived_folders::is_file(inner, extension) || (inner != INPUTS && Path::new(inner).starts_with(INPUTS))
        }
        None => false,
    }
}

/// Whether a file belongs to one cell (`weights-12.npz`, `loss_histograms-0.npz`) or to one process (`progress.json`,
/// `progress-0-of-4.json`).
fn is_per_cell_or_process(name: &str) -> bool {
    let rest = name.strip_prefix("weights-").or_else(|| name.strip_prefix("loss_histograms-"));
    let number = rest.and_then(|rest| rest.strip_suffix(".npz"));
    is_progress(name) || number.is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a name is `progress.json` or like `progress-0-of-4.json`.
pub fn is_progress(name: &str) -> bool {
    let of = |rest: &str| rest.split_once("-of-").is_some_and(|(i, n)| is_number(i) && is_number(n));
    let rest = name.strip_prefix("progress").and_then(|rest| rest.strip_suffix(".json"));
    rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('-').is_some_and(of))
}

/// Returns the final name of a temporary file, see [`crate::disk::temporary`].
pub fn without_temporary(name: &str) -> Option<&str> {
    name.strip_prefix('.')?.strip_suffix(".tmp")
}

/// Whether only one process at a time writes this file, the one that holds [`super::Study::alone`]: true except for
/// chunks, progress files and `run.json`.
pub fn is_exclusive(place: &Path) -> bool {
    let name = name_of(place);
    let name = without_temporary(&name).unwrap_or(&name);
    !place.starts_with(CHUNKS) && !is_progress(name) && name != "run.json"
}

/// Returns the number of the chunk in a file, which may be temporary.
pub fn chunk_of(place: &Path) -> Option<u64> {
    let name = name_of(place.strip_prefix(CHUNKS).ok()?);
    without_temporary(&name).unwrap_or(&name).strip_suffix(".chunk")?.parse().ok()
}
