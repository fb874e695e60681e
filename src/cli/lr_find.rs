//! `gpu-sweep lr-find`: learning rates suggested by a short training in which the learning rate grows.

mod lr_find_text;
mod train_command;

use super::args::DeviceArgs;
use super::setting_args::{ModelSettings, SettingArgs};
use super::values::{between, choices, count, number, whole};
use super::verbosity::Verbosity;
use super::{Exit, settings_source};
use crate::Error;
use crate::analysis::lr_find::{LrFindOptions, PlannedTest, RangeTest};
use crate::cli::ExitCode;
use crate::engine::ignore_progress;
use crate::plot::write_all;
use crate::sweep::{BatchSize, Choices};
use std::path::PathBuf;

/// Flags of `lr-find`.
#[derive(Debug, clap::Args)]
pub struct LrFindArgs {
    #[command(flatten)]
    settings: SettingArgs<ModelSettings>,
    #[command(flatten)]
    range: RangeTestArgs,
    #[command(flatten)]
    device: DeviceArgs,
}

/// The test itself.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Range test")]
struct RangeTestArgs {
    /// The first learning rate
    #[arg(long, value_name = "LR", default_value_t = 1e-5, value_parser = number, allow_hyphen_values = true)]
    start: f64,
    /// The learning rate that it grows towards
    #[arg(long, value_name = "LR", default_value_t = 10.0, value_parser = number, allow_hyphen_values = true)]
    stop: f64,
    /// Steps on the way, each an epoch: one update on all training rows, or one for each mini-batch
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = |text: &str| between(text, RangeTest::STEPS), allow_hyphen_values = true)]
    steps: u32,
    /// Rows of an update, or full [default: full]
    #[arg(long, value_name = "SIZE", value_parser = choices::<BatchSize>, allow_hyphen_values = true)]
    batch_size: Option<Choices<BatchSize>>,
    /// How much the losses are smoothed, 0 for not at all [default: 0; with mini-batches 0.98]
    ///
    /// The weight of what was before, as fastai's. The mean lags behind the losses, so that the suggested rates come
    /// out higher.
    #[arg(long, value_name = "BETA", value_parser = number, allow_hyphen_values = true)]
    smoothing: Option<f64>,
    /// Seeds, each with initial weights of its own
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = count::<u64>("seeds"), allow_hyphen_values = true)]
    seeds: u64,
    /// The first seed; the others count up from it
    #[arg(long, value_name = "SEED", default_value_t = 0, value_parser = whole::<u64>, allow_hyphen_values = true)]
    seed: u64,
    /// Draw lr-find into this folder
    #[arg(long, value_name = "DIR")]
    plot: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Trains, analyzes the losses, prints and draws suggestions.
pub fn run(args: LrFindArgs) -> Result<ExitCode, Exit> {
    let output = Verbosity { quiet: false, json: args.range.json };
    let planned = PlannedTest::of(settings_source::of_model(&args.settings)?, &args.range.options())?;
    output.report_each("note", planned.sweep.notes());
    let loaded = planned.load()?;
    // A folder that cannot be created is an error now, not after the training.
    let made = |folder: &PathBuf| std::fs::create_dir_all(folder).map_err(Error::io(folder, "create"));
    args.range.plot.iter().try_for_each(made)?;
    let mut selected = args.device.select()?;
    output.report("device", &selected.reason);
    let engine = selected.engine.as_mut();
    let ready = loaded.on(engine, args.device.mapping)?;
    let range = lr_find_text::range(&ready.test);
    output.report("test", &format!("{}, learning rates from {range}", ready.settings));
    output.report("data", &ready.data);
    output.report_each("note", &ready.notes);
    let report = ready.run(engine, &mut ignore_progress)?;
    output.gap();
    let grid = report.found.grid.map(|grid| grid.to_string());
    let train = grid.map(|grid| train_command::command(&grid, super::typed_words().split_off(1)));
    output.show(&lr_find_text::text(&report, train.as_deref()))?;
    output.object(|| lr_find_text::object(&report, train.as_deref()))?;
    if let Some(folder) = &args.range.plot {
        let files = write_all(&[&report.picture()], folder)?;
        output.report_each("drawn", files.iter().map(|file| file.display().to_string()));
    }
    Ok(ExitCode::SUCCESS)
}

impl RangeTestArgs {
    fn options(&self) -> LrFindOptions {
        let Self { start, stop, steps, smoothing, seeds, seed, .. } = *self;
        LrFindOptions { start, stop, steps, smoothing, batch_size: self.batch_size.clone(), seeds, seed }
    }
}
