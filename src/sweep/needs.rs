//! Conditions under which settings have an effect. A setting without effect is an error on the command line; from a
//! preset or a file, it is dropped if the command line removes its effect.

use super::setting::Setting;
use super::{BatchSize, Choice, Features, ScheduleKind, Sweep};
use crate::dataset::Generator;
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

/// Requires a generated data set with noise.
pub fn noisy_data(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    generated(sweep, Generator::is_noisy)
}

/// Requires a generated data set with clusters, which `--blur` spreads.
pub fn blurred_data(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    generated(sweep, Generator::is_blurred)
}

/// Requires a table, or a generated data set with a free number of features.
pub fn features(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    match (&sweep.data, &sweep.features) {
        (Some(_), _) => Ok(()),
        (None, Features::Count(_)) => generated(sweep, Generator::is_random),
        (None, Features::Columns(_)) => {
            Err("without a table; add --data FILE, or give the number of features of --dataset random".into())
        }
    }
}

fn generated(sweep: &Sweep, reads: fn(Generator) -> bool) -> Result<(), String> {
    let all: Vec<Generator> = Generator::VARIANTS.iter().copied().filter(|one| reads(*one)).collect();
    if sweep.data.is_some() {
        let names: Vec<String> = all.iter().map(Choice::text).collect();
        return Err(format!("with --data; use it with --dataset {}", one_of(&names)));
    }
    let any = sweep.dataset.all().iter().any(|one| reads(*one));
    require(any, || suggest_choices("--dataset", &sweep.dataset, &all))
}

/// Requires, for several data seeds, data that depend on the seed: generated data, or a file that is split.
pub fn drawn_data(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    let one = sweep.data_seeds.is_none_or(|seeds| seeds <= 1);
    require(one || sweep.data.is_none() || sweep.is_split(), || {
        "on a file whose rows are all trained on; add --test-fraction, which each of them splits differently".into()
    })
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
pub fn smoothed_labels(sweep: &Sweep, _: &Setting) -> Result<(), String> {
    let all: Vec<Loss> = Loss::ALL.iter().copied().filter(|loss| loss.shifted_function().is_some()).collect();
    require(all.contains(&sweep.loss), || suggest_choices("--loss", sweep.loss, &all))?;
    let random = sweep.data.is_none() && sweep.dataset.all().iter().any(|one| one.is_random());
    require(!random, || {
        "with --dataset random, which has numbers as targets; use data with classes or leave it out".into()
    })
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
