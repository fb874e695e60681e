//! Conditions under which settings have an effect. A setting without effect is an error on the command line; from a
//! preset or a file, it is dropped if the command line removes its effect.

use super::setting::Setting;
use super::{BatchSize, Choice, Features, ScheduleKind, Sweep};
use crate::dataset::BuiltIn;
use crate::error::one_of;
use crate::math::Loss;
use crate::math::init::Scheme;
use std::fmt::Display;
use strum::VariantArray;

fn require(effect: bool, advice: impl FnOnce() -> String) -> Result<(), String> {
    if effect { Ok(()) } else { Err(advice()) }
}

/// Formats advice such as `with --optimizer sgd; use --optimizer adam or adamw`.
fn suggest_choices<T: Choice, D: Display>(flag: &str, chosen: D, choices: &[T]) -> String {
    let names: Vec<String> = choices.iter().map(Choice::text).collect();
    format!("with {flag} {chosen}; use {flag} {}", one_of(&names))
}

/// Requires a data file.
pub fn data_file(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    require(sweep.data.is_some(), || "without a file; add --data FILE.csv".into())
}

/// Requires a table, or a built-in data set with a free number of features.
pub fn features(sweep: &Sweep, setting: &Setting) -> Result<(), String> {
    match (&sweep.data, &sweep.features) {
        (Some(_), _) => Ok(()),
        (None, Features::Count(_)) => data_that_reads_it(sweep, setting),
        (None, Features::Columns(_)) => {
            Err("without a table; add --data FILE, or give a number of features to a --dataset that takes one".into())
        }
    }
}

/// Requires a built-in data set that reads this setting.
pub fn data_that_reads_it(sweep: &Sweep, setting: &Setting) -> Result<(), String> {
    let all: Vec<BuiltIn> = BuiltIn::VARIANTS.iter().copied().filter(|one| one.reads(setting.name)).collect();
    if sweep.data.is_some() {
        let names: Vec<String> = all.iter().map(Choice::text).collect();
        return Err(format!("with --data; use it with --dataset {}", one_of(&names)));
    }
    let any = sweep.dataset.all().iter().any(|one| all.contains(one));
    require(any, || suggest_choices("--dataset", &sweep.dataset, &all))
}

/// Requires, for several data seeds, data that depend on the seed: drawn points, a split, or noisy labels.
pub fn drawn_data(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    let one = sweep.data_seeds.is_none_or(|seeds| seeds <= 1);
    let drawn = sweep.data.is_none() && sweep.dataset.all().iter().any(|source| source.is_drawn());
    let noisy = sweep.label_noise.all().iter().any(|noise| noise.share() > 0.0);
    let which = if sweep.data.is_some() { "a file".into() } else { format!("--dataset {}", sweep.dataset) };
    require(one || drawn || noisy || sweep.is_split(), || {
        format!("on {which} whose rows are all trained on; add --test-fraction, which each of them splits differently")
    })
}

/// Requires a data file with classes.
pub fn table_of_classes(sweep: &Sweep, setting: &Setting) -> Result<(), String> {
    data_file(sweep, setting)?;
    class_labels(sweep, setting)
}

/// Requires targets that are classes.
pub fn class_labels(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    let numbers = sweep.data.is_none() && sweep.dataset.all().iter().all(|source| source.is_regression());
    require(!numbers, || numbers_as_targets(&sweep.dataset))?;
    match sweep.asks_for_numbers() {
        Some(flag) => Err(format!("with {flag}, which has numbers as targets; it is for classes: leave it out")),
        None => Ok(()),
    }
}

/// Requires numbers as targets.
pub fn number_targets(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    // The numbers of random are compared with 1/2, in their own units.
    let is_scaled = |source: &BuiltIn| source.is_regression() && *source != BuiltIn::Random;
    let drawn = sweep.data.is_none() && sweep.dataset.all().iter().any(is_scaled);
    require(drawn || sweep.asks_for_numbers().is_some(), || {
        "with classes as targets; use it with --task regression, several --target columns, or --dataset diabetes or \
         friedman1"
            .into()
    })
}

fn numbers_as_targets(dataset: impl Display) -> String {
    format!("with --dataset {dataset}, which has numbers as targets; use data with classes or leave it out")
}

/// Requires an optimizer that reads this hyper-parameter.
pub fn optimizer_that_reads_it(sweep: &Sweep, setting: &Setting) -> Result<(), String> {
    let optimizers = setting.hyperparameter().map(|hyper| hyper.optimizers()).unwrap_or_default();
    let read = sweep.optimizer.all().iter().any(|optimizer| optimizers.contains(optimizer));
    require(read, || suggest_choices("--optimizer", &sweep.optimizer, &optimizers))
}

/// Requires randomly drawn initial weights.
pub fn drawn_weights(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    let drawn = sweep.init_from.is_none() && sweep.init.all() != [Scheme::Zeros];
    let start = if sweep.init_from.is_some() { "--init-from" } else { "--init zeros" };
    require(drawn, || format!("with {start}; use weights that --init draws, such as --init torch"))
}

/// Requires a loss that learns smoothed targets, and targets that are classes.
pub fn smoothed_labels(sweep: &Sweep, setting: &Setting) -> Result<(), String> {
    class_labels(sweep, setting)?;
    let all: Vec<Loss> = Loss::ALL.iter().copied().filter(|loss| loss.shifted_function().is_some()).collect();
    require(all.contains(&sweep.loss), || suggest_choices("--loss", sweep.loss, &all))?;
    match sweep.regression_data() {
        Some(source) => Err(numbers_as_targets(source)),
        None => Ok(()),
    }
}

/// Requires mini-batches.
pub fn mini_batches(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    let any = sweep.batch_size.all().iter().any(|size| *size != BatchSize(None));
    require(any, || "without mini-batches; add --batch-size, such as --batch-size 32".into())
}

/// Requires a step schedule.
pub fn steps(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    scheduled(sweep, &[ScheduleKind::Step])
}

/// Requires a schedule with a decay factor: step or exponential.
pub fn decaying_schedule(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    scheduled(sweep, &[ScheduleKind::Step, ScheduleKind::Exponential])
}

/// Requires a schedule with a warm-up.
pub fn warmup(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    scheduled(sweep, &[ScheduleKind::WarmupCosine])
}

fn scheduled(sweep: &Sweep, kinds: &[ScheduleKind]) -> Result<(), String> {
    let any = sweep.schedule.all().iter().any(|kind| kinds.contains(kind));
    require(any, || suggest_choices("--schedule", &sweep.schedule, kinds))
}

/// Requires a grid of models instead of a `--trials` file.
pub fn grid(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    require(sweep.trials.is_none(), || "with --trials, whose column seed has every model's seed; leave it out".into())
}
