//! What is being done, in words.

use gpu_sweep::engine::Job;
use gpu_sweep::model::Shape;
use gpu_sweep::sweep::{Sweep, Trials};
use std::path::Path;

/// A note with its subject in a column of its own.
pub fn labelled(subject: &str, text: &str) -> String {
    format!("{subject:<9} {text}")
}

/// `1000 models: 40 learning rates × 25 seeds, 2-1-1 ReLU, 200 points, 1000 epochs`.
pub fn models(sweep: &Sweep, job: &Job) -> String {
    let test = job.data.test.as_ref().map_or(String::new(), |test| format!(" and {} test points", test.len()));
    let points = plural(job.data.train.len() as u64, if test.is_empty() { "point" } else { "training point" });
    let (network, epochs) = (network(&job.shape), plural(job.epochs.into(), "epoch"));
    format!("{}: {}, {network}, {points}{test}, {epochs}", plural(job.trials.len(), "model"), grid(sweep, &job.trials))
}

/// How the models come about.
fn grid(sweep: &Sweep, trials: &Trials) -> String {
    let Trials::Grid { axes, independent_seeds, count, .. } = trials else {
        let file = sweep.trials.as_deref().map(|file| file.display().to_string());
        return format!("one per row of {}", file.unwrap_or_default());
    };
    let rates = plural(axes[0].1.len() as u64, "learning rate");
    if *independent_seeds {
        return format!("{rates}, a seed of its own for each model");
    }
    let combinations = axes[0].1.len() as u64;
    let cut = if count % combinations == 0 { "" } else { " (the last one cut off)" };
    format!("{rates} × {}{cut}", plural(count.div_ceil(combinations), "seed"))
}

/// `2-16-1 ReLU`.
fn network(shape: &Shape) -> String {
    if shape.hidden().is_empty() { format!("{shape} (logistic regression)") } else { format!("{shape} ReLU") }
}

/// Network, points and epochs, for under a picture's title.
pub fn settings(job: &Job) -> String {
    let (points, epochs) = (plural(job.data.train.len() as u64, "training point"), plural(job.epochs.into(), "epoch"));
    let models = plural(job.trials.len(), "model");
    format!("{} · {} · {points} · {epochs} · {models}", job.data.name, network(&job.shape))
}

/// How many curves are kept.
pub fn curves(job: &Job) -> String {
    let (kept, all) = (job.record.curves_below.min(job.trials.len()), job.trials.len());
    let points = plural(job.record.epochs.len() as u64, "point");
    match kept {
        0 => "no curves".to_owned(),
        _ if kept == all => format!("curves of all {}, {points} each", plural(all, "model")),
        _ => format!("curves of the first {kept} of {all} models, {points} each (--curves changes that)"),
    }
}

/// `1 seed`, `25 seeds`.
fn plural(n: u64, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

/// The files of a results folder that are there, each with what it is for.
pub fn files(folder: &Path) -> Vec<(String, String)> {
    let known = [
        ("summary.csv", "a row per learning rate"),
        ("models.csv", "a row per model"),
        ("models.parquet", "the same, for programs"),
        ("curves.npz", "loss curves"),
        ("weights.npz", "initial and final weights"),
        ("sweep.toml", "the question; --config asks it again"),
        ("run.json", "what ran where, and how long it took"),
    ];
    let there = known.iter().filter(|(name, _)| folder.join(name).is_file());
    let pictures = picture_names(&folder.join("pictures")).join(", ");
    let pictures = (!pictures.is_empty()).then(|| ("pictures/".to_owned(), format!("{pictures} (.png and .svg)")));
    pictures.into_iter().chain(there.map(|(name, purpose)| (name.to_string(), purpose.to_string()))).collect()
}

/// Names of the pictures in a folder, sorted; none where there is no such folder.
fn picture_names(folder: &Path) -> Vec<String> {
    let paths = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let png = paths.filter(|path| path.extension().is_some_and(|extension| extension == "png"));
    let mut names: Vec<String> = png.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    names
}
