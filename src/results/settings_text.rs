//! Settings in words, for the subtitles of pictures and for summaries.

use super::{CellSpec, StudySpec};
use crate::dataset::Points;
use crate::engine::Job;
use crate::math::{Activation, Loss};
use crate::model::NetworkShape;
use crate::plural::plural;
use crate::statistics::number_format::{self, baseline_words};
use crate::sweep::{BatchSize, CellChoices, CellColumn, Hyperparameter, LabelNoise, ScheduleKind, TrainSpec, Trials};
use std::collections::BTreeSet;

/// Returns, for example, `1000 models: 40 learning rates × 25 seeds, 2-1-1 ReLU, 200 points, 1000 epochs`.
pub fn models(spec: &StudySpec, jobs: &[Job]) -> String {
    format!("{}: {}, {}", plural(spec.models(), "model"), grid(spec), setting(spec, jobs).join(", "))
}

/// Returns the factors of the sweep: `2 optimizers × 20 learning rates × 25 seeds`.
fn grid(spec: &StudySpec) -> String {
    let (sweep, varying) = (&spec.sweep, spec.varying());
    let differ = varying.iter().map(|column| {
        let texts: BTreeSet<String> = spec.cells.iter().map(|cell_spec| cell_spec.choices.text(*column)).collect();
        plural(texts.len() as u64, noun(*column, &varying))
    });
    let cells = &spec.cells;
    let Trials::Grid { independent_seeds, .. } = &cells[0].trials else {
        let file = sweep.trials.as_deref().map(|file| format!("one per row of {}", file.display()));
        return differ.chain(file).collect::<Vec<_>>().join(" × ");
    };
    let axes = sweep
        .axes()
        .into_iter()
        .filter(|(hyperparameter, axis)| *hyperparameter == Hyperparameter::Lr || axis.values().len() > 1);
    let axes = axes.map(|(hyperparameter, axis)| plural(axis.values().len() as u64, hyperparameter.words()));
    let combinations = |cell_spec: &CellSpec| cell_spec.trials.combinations();
    let grid = match cells.iter().all(|cell_spec| combinations(cell_spec) == combinations(&cells[0])) {
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
    let seeds =
        cells.iter().map(|cell_spec| cell_spec.trials.len().div_ceil(combinations(cell_spec))).max().unwrap_or(0);
    let whole = cells.iter().all(|cell_spec| cell_spec.trials.len() == seeds * combinations(cell_spec));
    format!("{grid} × {}{}", plural(seeds, "seed"), if whole { "" } else { " (the last one cut off)" })
}

/// Returns the noun for a factor of a sweep with cells that differ in `varying`.
fn noun(column: CellColumn, varying: &[CellColumn]) -> &'static str {
    match column {
        // `2 data sets × 20 data seeds`, otherwise `20 data sets`.
        CellColumn::DataSeed if varying.contains(&CellColumn::Dataset) => "data seed",
        CellColumn::DataSeed | CellColumn::Dataset => "data set",
        CellColumn::LabelNoise => "label-noise share",
        CellColumn::Hidden => "network",
        CellColumn::Activation => "activation",
        CellColumn::Init => "initialisation",
        CellColumn::Optimizer => "optimizer",
        CellColumn::Schedule => "schedule",
        CellColumn::BatchSize => "batch size",
    }
}

/// Returns the settings that all models have in common, without defaults: network, optimizer, ..., points and epochs.
fn setting(spec: &StudySpec, jobs: &[Job]) -> Vec<String> {
    let (job, differ) = (&jobs[0], spec.varying());
    let (same, train_spec) = (|column| !differ.contains(&column), &job.train_spec);
    let choices = &spec.cells[0].choices;
    let mut parts = Vec::new();
    if same(CellColumn::Hidden) {
        parts.push(network(&job.shape, same(CellColumn::Activation).then_some(train_spec.activation)));
    } else if same(CellColumn::Activation) {
        parts.push(train_spec.activation.words().to_owned());
    }
    let plain = TrainSpec::plain();
    let shared = |column, is_plain: bool| (same(column) && !is_plain).then(|| choices.text(column));
    let noise = shared(CellColumn::LabelNoise, choices.label_noise == LabelNoise::NONE);
    parts.extend(noise.map(|share| format!("label noise {share}")));
    let init = shared(CellColumn::Init, train_spec.init.scheme == plain.init.scheme);
    parts.extend(init.map(|init| format!("{init} weights")));
    parts.extend((!train_spec.init.scaling.is_standard()).then(|| format!("{} scaling", train_spec.init.scaling)));
    parts.extend(shared(CellColumn::Optimizer, train_spec.optimizer == plain.optimizer));
    let schedule = shared(CellColumn::Schedule, choices.schedule == ScheduleKind::Constant);
    parts.extend(schedule.map(|schedule| format!("{schedule} schedule")));
    let size = shared(CellColumn::BatchSize, choices.batch_size == BatchSize(None));
    parts.extend(size.map(|size| format!("batches of {size}")));
    let is_implied = matches!(train_spec.loss, Loss::Bce | Loss::Softmax);
    parts.extend((!is_implied).then(|| train_spec.loss.words().replacen("mean ", "", 1)));
    let data = &job.data;
    let rows = |points: Option<&Points>| points.map_or(0, |points| points.len() as u64);
    let sets = [Some(&data.train), data.validation.as_ref(), data.test.as_ref()].map(rows);
    parts.extend([number_format::points(sets, |n| n.to_string()), plural(job.epochs.into(), "epoch")]);
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
pub fn settings(spec: &StudySpec, jobs: &[Job]) -> String {
    let name = (!spec.varying().contains(&CellColumn::Dataset)).then(|| jobs[0].data.name.clone());
    let models = plural(spec.models(), "model");
    name.into_iter().chain(setting(spec, jobs)).chain([models]).collect::<Vec<_>>().join(" · ")
}

/// Returns the same, and the share of the most common class if all cells agree.
pub fn of_study(spec: &StudySpec, jobs: &[Job]) -> String {
    [Some(settings(spec, jobs)), most_common_class(spec)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Returns data, network, points and epochs of one cell alone.
pub fn model(spec: &StudySpec, cell: usize, job: &Job) -> String {
    let alone = StudySpec { cells: vec![spec.cells[cell].clone()], ..spec.clone() };
    let setting = setting(&alone, std::slice::from_ref(job));
    let several = spec.sweep.number_of_data_seeds() > 1;
    let seed = spec.cells[cell].choices.data_seed;
    let data = if several { format!("{}, data seed {seed}", job.data.name) } else { job.data.name.clone() };
    std::iter::once(data).chain(setting).collect::<Vec<_>>().join(" · ")
}

/// Returns `always the most common class: 50 %` for the training points, if all cells agree.
pub fn most_common_class(spec: &StudySpec) -> Option<String> {
    let mut shares: Vec<f64> = spec.cells.iter().map(|cell_spec| cell_spec.train.baseline()).collect();
    shares.dedup();
    if let [share] = shares[..] { Some(baseline_words(spec.measure(), share)) } else { None }
}

/// Returns the axis labels for points, which show the features as the models see them.
pub fn axes(job: &Job) -> Vec<String> {
    let note = if job.data.scaling.is_some() { " (standard deviations from the mean)" } else { "" };
    job.data.feature_names.iter().map(|name| format!("{name}{note}")).collect()
}

/// Returns what distinguishes a cell from the others: `adam, batches of 32`; empty if there is only one.
pub fn cell_name(spec: &StudySpec, cell: usize) -> String {
    let choices = &spec.cells[cell].choices;
    spec.varying().into_iter().map(|column| choice(choices, column)).collect::<Vec<_>>().join(", ")
}

/// Returns the human-readable form of a choice.
pub fn choice(choices: &CellChoices, column: CellColumn) -> String {
    match column {
        CellColumn::Hidden if choices.hidden.0.is_empty() => "no hidden layer".to_owned(),
        CellColumn::Hidden => choices.text(column).replace(',', "-"),
        CellColumn::DataSeed => format!("data seed {}", choices.data_seed),
        CellColumn::LabelNoise => format!("label noise {}", choices.text(column)),
        CellColumn::BatchSize => match choices.batch_size {
            BatchSize(None) => "full batch".to_owned(),
            BatchSize(Some(size)) => format!("batches of {size}"),
        },
        CellColumn::Dataset
        | CellColumn::Activation
        | CellColumn::Init
        | CellColumn::Optimizer
        | CellColumn::Schedule => choices.text(column),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Loss;
    use crate::sweep::{Inputs, Sweep};

    #[test]
    fn every_loss_but_the_default_is_called_by_its_name() {
        let text = |loss: Loss| {
            let sweep = Sweep { loss, models: Some(4), ..Sweep::default() };
            let inputs = Inputs::load(&sweep).unwrap();
            of_study(&StudySpec::of(&sweep, &inputs), &inputs.jobs)
        };
        let hinge = text(Loss::Hinge);
        assert!(!hinge.contains("squared"), "{hinge}");
        assert!(hinge.contains("hinge loss"), "{hinge}");
        assert!(text(Loss::Mse).contains("squared error"), "{}", text(Loss::Mse));
        assert!(!text(Loss::Bce).contains("entropy"), "{}", text(Loss::Bce));
    }
}
