//! Human-readable texts about a run.

use crate::engine::{Job, Mapping, Record};
use crate::plot::undrawable as undrawable_names;
pub use crate::plural::{plural, verb, written};
use crate::report::shell_word;
use crate::results::StudySpec;
pub use crate::results::settings_text::{axes, model, models, most_common_class, settings};
pub use crate::statistics::number_format::{percent_or_dash as percent, short};
use std::path::Path;

/// Says how much of a study is trained, and how to continue.
pub fn rest(done: u64, all: u64, folder: &Path) -> String {
    let (models, are) = (plural(all, "model"), verb(done, "are"));
    format!("{done} of {models} {are} trained and kept; to go on: gpu-sweep resume {}", shell(folder))
}

/// Says how much of a study is trained when a shard is done.
pub fn others(done: u64, all: u64) -> String {
    let (models, are) = (plural(all, "model"), verb(done, "are"));
    format!("this part is done; {done} of {models} {are} trained, the others are for other shards")
}

/// Quotes a path for a shell.
fn shell(path: &Path) -> String {
    let path = path.display().to_string();
    // Without `./` a name such as -x would be a flag.
    if path.starts_with('-') { shell_word(&format!("./{path}")) } else { shell_word(&path) }
}

/// Returns notes on names that PNGs replace: those of the data sets, and of the columns and classes of the cell whose
/// points are drawn.
pub fn undrawable(jobs: &[Job], drawn: Option<usize>) -> Option<String> {
    let data: Vec<&str> = jobs.iter().map(|job| job.data.name.as_str()).collect();
    let features = drawn.map_or(&[][..], |cell| &jobs[cell].data.feature_names);
    let features: Vec<&str> = features.iter().map(String::as_str).collect();
    let classes = drawn.map_or(&[][..], |cell| &jobs[cell].data.class_names);
    let classes: Vec<&str> = classes.iter().map(String::as_str).collect();
    undrawable_names(&data, &features, &classes)
}

/// Says how many curves are kept.
pub fn curves(spec: &StudySpec) -> String {
    let kept: u64 = spec.cells.iter().map(|cell_spec| cell_spec.record.curves_below.min(cell_spec.trials.len())).sum();
    let all = spec.models();
    let points = plural(spec.cells[0].record.epochs.len() as u64, "point");
    let has = |what: fn(&Record) -> bool| spec.cells.iter().any(|cell_spec| what(&cell_spec.record));
    let counted = match (has(|record| record.histograms), has(|record| record.convergence)) {
        (true, _) => "; histograms of all losses",
        (_, true) => "; per model: sum of losses and mean of the last 20",
        _ => "",
    };
    let curves = match (kept, spec.cells.len()) {
        (0, _) => "no curves".to_owned(),
        (1, _) if all == 1 => format!("the curve of the only model, {points}"),
        _ if kept == all => format!("curves of all {all} models, {points} each"),
        (1, 1) => format!("the curve of the first of {all} models, {points} (--curves changes that)"),
        (_, 1) => format!("curves of the first {kept} of {all} models, {points} each (--curves changes that)"),
        (1, _) => format!("the curve of 1 of {all} models, {points} (--curves changes that)"),
        _ => format!("curves of {kept} of {all} models, {points} each (--curves changes that)"),
    };
    curves + counted
}

/// Returns the mappings of planned jobs, which all have one, in their order.
pub fn mappings(jobs: &[Job]) -> Vec<Mapping> {
    jobs.iter().filter_map(|job| job.mapping).collect()
}

/// File name of a run's report.
pub const REPORT: &str = "report.html";

/// Returns the existing files of a results folder, each with its purpose.
pub fn files(folder: &Path) -> Vec<(String, String)> {
    let known = [
        (REPORT, "all of it on one page, for a browser"),
        ("map.png", "the map, a network a pixel"),
        ("pixels.png", "the same without axes and legend"),
        ("thumbnail.png", "the same, small"),
        ("map.npz", "axes, who converged, sums of losses and of their inverses"),
        ("summary.csv", "a row per combination of settings"),
        ("distributions.csv", "quantiles over the models, Hartigan's dip"),
        ("variance.csv", "variance by source: learning rate, seed, ..."),
        ("models.csv", "a row per model"),
        ("models.parquet", "the same, for programs"),
        ("curves.npz", "loss curves"),
        ("loss_histograms.npz", "losses of all models, counted"),
        ("loss_histograms-0.npz", "losses of all models, counted, a file per cell"),
        ("weights.npz", "initial and final weights"),
        ("weights-0.npz", "initial and final weights, a file per cell"),
        ("representatives.npz", "weights of the best, a typical and the worst model of each class"),
        ("preprocessing.json", "how the data were prepared, and the networks, to use weights elsewhere"),
        ("sweep.toml", "all settings; rerun with --config"),
        ("run.json", "what ran where, and how long it took"),
    ];
    let there = known.iter().filter(|(name, _)| folder.join(name).is_file());
    let pictures = picture_names(&folder.join("pictures")).join(", ");
    let pictures = (!pictures.is_empty()).then(|| ("pictures/".to_owned(), format!("{pictures} (.png and .svg)")));
    pictures.into_iter().chain(there.map(|(name, purpose)| (name.to_string(), purpose.to_string()))).collect()
}

/// Returns the names of the pictures in a folder, sorted; empty if there is no such folder.
fn picture_names(folder: &Path) -> Vec<String> {
    let paths = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let png = paths.filter(|path| path.extension().is_some_and(|extension| extension == "png"));
    let mut names: Vec<String> = png.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    names
}

/// Formats seconds: `0.35 s`, `12 s`, `3 min 20 s`, `2 h 05 min`.
pub fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match seconds {
        s if s < 1.0 => format!("{s:.2} s"),
        s if s < 10.0 => format!("{s:.1} s"),
        _ if whole < 60 => format!("{whole} s"),
        _ if whole < 3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

/// Formats a number of bytes: `850 kB`, `1.2 GB`.
pub fn bytes(n: f64) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let (size, unit) = units.into_iter().find(|(size, _)| n >= *size).unwrap_or((1.0, "bytes"));
    let number = n / size;
    if number < 10.0 && size > 1.0 { format!("{number:.1} {unit}") } else { format!("{number:.0} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_no_flag_of_the_command_that_goes_on() {
        for (folder, typed) in [("-x", "./-x"), ("a b", "'a b'"), ("gpu-sweep-out/a", "gpu-sweep-out/a")] {
            assert!(
                rest(1, 2, Path::new(folder)).ends_with(&format!("to go on: gpu-sweep resume {typed}")),
                "{folder}"
            );
        }
    }
}
