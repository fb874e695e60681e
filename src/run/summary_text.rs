//! Human-readable texts about a run.

use crate::dataset::Points;
use crate::engine::{Job, Record};
use crate::math::Activation;
use crate::model::NetworkShape;
use crate::plot::sentences::baseline_words;
use crate::plot::undrawable as undrawable_names;
pub use crate::plural::{plural, verb, written};
use crate::report::shell_word;
use crate::results::{CellSpec, StudySpec};
pub use crate::statistics::number_words::short;
use crate::statistics::number_words::{self, percent_to};
use crate::sweep::{BatchSize, CellColumn, Hyperparameter, ScheduleKind, TrainSpec, Trials};
use std::collections::BTreeSet;
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

/// Returns, for example, `1000 models: 40 learning rates × 25 seeds, 2-1-1 ReLU, 200 points, 1000 epochs`.
pub fn models(question: &StudySpec, jobs: &[Job]) -> String {
    format!("{}: {}, {}", plural(question.models(), "model"), grid(question), setting(question, jobs).join(", "))
}

/// Returns the factors of the sweep: `2 optimizers × 20 learning rates × 25 seeds`.
fn grid(question: &StudySpec) -> String {
    let (sweep, varying) = (&question.sweep, question.varying());
    let differ = varying.iter().map(|column| {
        let texts: BTreeSet<String> = question.cells.iter().map(|part| part.choices.text(*column)).collect();
        plural(texts.len() as u64, noun(*column, &varying))
    });
    let cells = &question.cells;
    let Trials::Grid { independent_seeds, .. } = &cells[0].trials else {
        let file = sweep.trials.as_deref().map(|file| format!("one per row of {}", file.display()));
        return differ.chain(file).collect::<Vec<_>>().join(" × ");
    };
    let axes =
        sweep.axes().into_iter().filter(|(scalar, axis)| *scalar == Hyperparameter::Lr || axis.values().len() > 1);
    let axes = axes.map(|(scalar, axis)| plural(axis.values().len() as u64, scalar.words()));
    let combinations = |part: &CellSpec| part.trials.combinations();
    let grid = match cells.iter().all(|part| combinations(part) == combinations(&cells[0])) {
        true => differ.chain(axes).collect::<Vec<_>>().join(" × "),
        // Not every cell has every axis.
        false => {
            let all = plural(cells.iter().map(combinations).sum(), "combination");
            format!("{} in {all}", differ.collect::<Vec<_>>().join(" × "))
        }
    };
    if *independent_seeds {
        return format!("{grid}, a seed of its own for each model");
    }
    let seeds = cells.iter().map(|part| part.trials.len().div_ceil(combinations(part))).max().unwrap_or(0);
    let whole = cells.iter().all(|part| part.trials.len() == seeds * combinations(part));
    format!("{grid} × {}{}", plural(seeds, "seed"), if whole { "" } else { " (the last one cut off)" })
}

/// Returns the noun for a factor of a sweep whose cells differ in `varying`.
fn noun(column: CellColumn, varying: &[CellColumn]) -> &'static str {
    match column {
        // `2 data sets × 20 data seeds`, otherwise `20 data sets`.
        CellColumn::DataSeed if varying.contains(&CellColumn::Dataset) => "data seed",
        CellColumn::DataSeed | CellColumn::Dataset => "data set",
        CellColumn::Hidden => "network",
        CellColumn::Activation => "activation",
        CellColumn::Init => "initialisation",
        CellColumn::Optimizer => "optimizer",
        CellColumn::Schedule => "schedule",
        CellColumn::BatchSize => "batch size",
    }
}

/// Returns the settings that all models have in common, without defaults: network, optimizer, ..., points and epochs.
fn setting(question: &StudySpec, jobs: &[Job]) -> Vec<String> {
    let (job, differ) = (&jobs[0], question.varying());
    let (same, recipe) = (|column| !differ.contains(&column), &job.train_spec);
    let choices = &question.cells[0].choices;
    let mut parts = Vec::new();
    if same(CellColumn::Hidden) {
        parts.push(network(&job.shape, same(CellColumn::Activation).then_some(recipe.activation)));
    } else if same(CellColumn::Activation) {
        parts.push(recipe.activation.words().to_owned());
    }
    let plain = TrainSpec::plain();
    let shared = |column, is_plain: bool| (same(column) && !is_plain).then(|| choices.text(column));
    let init = shared(CellColumn::Init, recipe.init.scheme == plain.init.scheme);
    parts.extend(init.map(|init| format!("{init} weights")));
    parts.extend((!recipe.init.scaling.is_standard()).then(|| format!("{} scaling", recipe.init.scaling)));
    parts.extend(shared(CellColumn::Optimizer, recipe.optimizer == plain.optimizer));
    let schedule = shared(CellColumn::Schedule, choices.schedule == ScheduleKind::Constant);
    parts.extend(schedule.map(|schedule| format!("{schedule} schedule")));
    let size = shared(CellColumn::BatchSize, choices.batch_size == BatchSize(None));
    parts.extend(size.map(|size| format!("batches of {size}")));
    parts.extend((recipe.loss != plain.loss).then(|| "squared error".to_owned()));
    let data = &job.data;
    let rows = |points: Option<&Points>| points.map_or(0, |points| points.len() as u64);
    let sets = [Some(&data.train), data.validation.as_ref(), data.test.as_ref()].map(rows);
    parts.extend([number_words::points(sets, |n| n.to_string()), plural(job.epochs.into(), "epoch")]);
    parts
}

/// Returns, for example, `2-16-1 ReLU`.
fn network(shape: &NetworkShape, activation: Option<Activation>) -> String {
    let biases = if shape.bias() { "" } else { " without biases" };
    match (shape.hidden().is_empty(), activation) {
        (true, _) => format!("{shape}{biases} (logistic regression)"),
        (false, Some(activation)) => format!("{shape} {}{biases}", activation.words()),
        (false, None) => format!("{shape}{biases}"),
    }
}

/// Returns data, network, points and epochs for a picture's subtitle.
pub fn settings(question: &StudySpec, jobs: &[Job]) -> String {
    let name = (!question.varying().contains(&CellColumn::Dataset)).then(|| jobs[0].data.name.clone());
    let models = plural(question.models(), "model");
    name.into_iter().chain(setting(question, jobs)).chain([models]).collect::<Vec<_>>().join(" · ")
}

/// Returns data, network, points and epochs of one cell alone.
pub fn model(question: &StudySpec, cell: usize, job: &Job) -> String {
    let alone = StudySpec { cells: vec![question.cells[cell].clone()], ..question.clone() };
    let setting = setting(&alone, std::slice::from_ref(job));
    let several = question.sweep.data_seeds.is_some_and(|n| n > 1);
    let seed = question.cells[cell].choices.data_seed;
    let data = if several { format!("{}, data seed {seed}", job.data.name) } else { job.data.name.clone() };
    std::iter::once(data).chain(setting).collect::<Vec<_>>().join(" · ")
}

/// Returns notes on names that PNGs replace: those of the data sets, and of the columns and classes of the cell whose
/// points are drawn.
pub fn undrawable(jobs: &[Job], drawn: Option<usize>) -> Option<String> {
    let data: Vec<&str> = jobs.iter().map(|job| job.data.name.as_str()).collect();
    let features = drawn.map_or(&[][..], |cell| &jobs[cell].data.feature_names);
    let features: Vec<&str> = features.iter().map(String::as_str).collect();
    let classes = drawn.map_or(["", ""], |cell| [0, 1].map(|k| jobs[cell].data.class_names[k].as_str()));
    undrawable_names(&data, &features, classes)
}

/// Returns `always the larger class: 50 %` for the training points, if all cells agree.
pub fn larger_class(question: &StudySpec) -> Option<String> {
    let mut shares: Vec<f64> = question.cells.iter().map(|part| part.train.baseline()).collect();
    shares.dedup();
    if let [share] = shares[..] { Some(baseline_words(share)) } else { None }
}

/// Returns the axis labels for points, which show the features as the models see them.
pub fn axes(job: &Job) -> Vec<String> {
    let note = if job.data.scaling.is_some() { " (standard deviations from the mean)" } else { "" };
    job.data.feature_names.iter().map(|name| format!("{name}{note}")).collect()
}

/// Says how many curves are kept.
pub fn curves(question: &StudySpec) -> String {
    let kept: u64 = question.cells.iter().map(|part| part.record.curves_below.min(part.trials.len())).sum();
    let all = question.models();
    let points = plural(question.cells[0].record.epochs.len() as u64, "point");
    let has = |what: fn(&Record) -> bool| question.cells.iter().any(|part| what(&part.record));
    let counted = match (has(|record| record.histograms), has(|record| record.convergence)) {
        (true, _) => "; histograms of all losses",
        (_, true) => "; per model: sum of losses and mean of the last 20",
        _ => "",
    };
    let curves = match (kept, question.cells.len()) {
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

/// Returns the jobs' mappings, in their order.
pub fn mappings(jobs: &[Job]) -> Vec<String> {
    jobs.iter().map(|job| job.mapping.clone()).collect()
}

/// Joins the distinct texts, sorted.
pub fn distinct(texts: &[String]) -> String {
    let mut seen: Vec<&str> = texts.iter().map(String::as_str).collect();
    seen.sort_unstable();
    seen.dedup();
    seen.join(", ")
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
        ("distributions.csv", "quantiles of accuracies and losses, Hartigan's dip"),
        ("variance.csv", "variance by source: learning rate, seed, ..."),
        ("models.csv", "a row per model"),
        ("models.parquet", "the same, for programs"),
        ("curves.npz", "loss curves"),
        ("loss_histograms.npz", "losses of all models, counted"),
        ("loss_histograms-0.npz", "losses of all models, counted, a file per cell"),
        ("weights.npz", "initial and final weights"),
        ("weights-0.npz", "initial and final weights, a file per cell"),
        ("representatives.npz", "weights of the best, a typical and the worst model of each class"),
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

/// Formats a fraction in percent; a dash for `None`.
pub fn percent(fraction: Option<f64>, decimals: usize) -> String {
    fraction.map_or("–".to_owned(), |fraction| percent_to(fraction, decimals))
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
