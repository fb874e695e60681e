//! `gpu-sweep lr-find`: learning rates suggested by a short training in which the learning rate grows.

use super::args::DeviceArgs;
use super::setting_args::{ModelSettings, SettingArgs};
use super::values::{between, choices, count, number, whole};
use super::verbosity::{Verbosity, bold};
use super::{Exit, settings_source};
use gpu_sweep::analysis::lr_find::{AtEdge, CurveEnd, LrFound, RangeTest, RangeTestCurve, SuggestedRate, lr_find};
use gpu_sweep::engine::EngineInfo;
use gpu_sweep::plot::{LrFindPlot, write_all};
use gpu_sweep::report::shell_word;
use gpu_sweep::results::StudySpec;
use gpu_sweep::run::summary_text::{self, short};
use gpu_sweep::sweep::{BatchSize, CellColumn, Choices, Inputs, Sweep};
use gpu_sweep::{Error, Result};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

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

/// Flags of the range test that the suggested training command must not contain, and whether each takes a value.
const OWN: [(&str, bool); 6] = [
    ("--start", true),
    ("--stop", true),
    ("--steps", true),
    ("--smoothing", true),
    ("--plot", true),
    ("--json", false),
];

/// Trains, analyzes the losses, prints and draws suggestions.
pub fn run(args: LrFindArgs) -> Result<ExitCode, Exit> {
    let output = Verbosity { quiet: false, json: args.range.json };
    let test = RangeTest::new(args.range.start, args.range.stop, args.range.steps, args.range.smoothing)?;
    let sweep = args.sweep()?;
    sweep.notes().iter().for_each(|note| output.report("note", note));
    let inputs = Inputs::load(&sweep)?;
    check_single(&sweep)?;
    // A folder that cannot be created is an error now, not after the training.
    let made = |folder: &PathBuf| std::fs::create_dir_all(folder).map_err(Error::io(folder, "create"));
    args.range.plot.iter().try_for_each(made)?;
    let mut selected = args.device.select()?;
    output.report("device", &selected.reason);
    let engine = selected.engine.as_mut();
    let job = test.job(&inputs.jobs[0], args.device.mapping.as_deref(), engine)?;
    let updates = job.data.train.len().div_ceil(job.train_spec.batches.size.clamp(1, job.data.train.len()));
    let each = if updates == 1 { "one update".to_owned() } else { format!("{updates} updates") };
    let settings = format!("{} of {each}", summary_text::model(&StudySpec::of(&sweep, &inputs), 0, &job));
    output.report("test", &format!("{settings}, learning rates from {}", range(&test)));
    output.report("data", &inputs.descriptions[0]);
    let found = lr_find(engine, &job, &test)?;
    output.gap();
    let train = found.grid.map(|grid| command(&grid.to_string(), super::typed_words().split_off(1)));
    output.show(&text(&found, &test, train.as_deref()))?;
    output.object(|| object(&found, (test.smoothing(&job), engine.info(), &job.mapping), train.as_deref()))?;
    if let Some(folder) = &args.range.plot {
        let smoothed = if test.smoothing(&job) > 0.0 { ", smoothed" } else { "" };
        let loss = format!("{}{smoothed}", job.train_spec.loss.words());
        let picture = LrFindPlot { found: &found, loss: &loss, settings: &settings };
        write_all(&[&picture], folder)?.iter().for_each(|file| output.report("drawn", &file.display().to_string()));
    }
    Ok(ExitCode::SUCCESS)
}

impl LrFindArgs {
    /// The sweep to train: one epoch per step of the range test, starting at its first learning rate.
    fn sweep(&self) -> Result<Sweep> {
        let builder = settings_source::of_model(&self.settings);
        let range = &self.range;
        let builder = builder.lr(range.start).epochs(range.steps).seeds(range.seeds).seed(range.seed);
        match range.batch_size.clone() {
            Some(size) => builder.batch_size(size),
            None => builder,
        }
        .sweep()
    }
}

/// Refuses several values of a setting: the models must differ by seed alone.
fn check_single(sweep: &Sweep) -> Result<()> {
    let one = "must be a single one for lr-find, which compares seeds";
    if let [first, .., last] = &sweep.cells()[..] {
        let several = CellColumn::ALL.into_iter().find(|column| !first.agrees(last, *column));
        let flag = several.map_or(String::new(), |column| match column {
            CellColumn::DataSeed => "--data-seeds".to_owned(),
            column => format!("--{}", column.name().replace('_', "-")),
        });
        return Err(Error::usage(flag, one));
    }
    match sweep.axes().into_iter().find(|(_, axis)| axis.values().len() > 1) {
        Some((scalar, _)) => Err(Error::usage(scalar.flag(), one)),
        None => Ok(()),
    }
}

/// Range of learning rates: `1e-5 to 10`.
fn range(test: &RangeTest) -> String {
    let rates = test.rates();
    format!("{} to {}", short(rates[0]), short(rates[rates.len() - 1]))
}

/// A row per suggestion, how the curves ended, and the command to train with the suggested rates.
fn text(found: &LrFound, test: &RangeTest, train: Option<&str>) -> String {
    let (seeds, suggestions) = (found.curves.len(), [found.steepest, found.tenth(), found.lowest]);
    let mut text = format!("  {:24}  learning rate  80 % of seeds     seeds\n", "suggestion");
    let [steepest, lowest] = found.at_edges();
    let rows = [("steepest fall", steepest), ("a tenth of the minimum's", lowest), ("the minimum's", lowest)];
    for ((name, edge), spread) in rows.into_iter().zip(suggestions) {
        let _ = match spread {
            Some(SuggestedRate { median, low, high, models }) => {
                let mark = match edge {
                    _ if median < found.rates[0] => "  ← below all rates looked at".to_owned(),
                    0 => String::new(),
                    n => format!("  ← {n} at the edge of what was looked at"),
                };
                let middle = format!("{} – {}", short(low), short(high));
                let median = bold(&format!("{:>13}", short(median)));
                writeln!(text, "  {name:24}  {median}  {middle:17} {models:>5}{mark}")
            }
            None => writeln!(text, "  {name:24}  {:>13}  {:17} {:>5}", "none", "–", 0),
        };
    }
    let _ = writeln!(
        text,
        "\nof {} {} diverged, {} ended at four times their lowest loss",
        summary_text::plural(seeds as u64, "seed"),
        found.ended(CurveEnd::Diverged),
        found.ended(CurveEnd::Risen)
    );
    let none = found.curves.iter().filter(|curve| curve.steepest.is_none()).count();
    if none > 0 {
        let _ = writeln!(text, "in {none} the loss never falls");
    }
    let now = format!("(now {}, {} steps)", range(test), found.rates.len());
    if found.too_high() > 0 {
        let _ = writeln!(
            text,
            "in {} it rises from the first rates looked at on: try a smaller --start {now}",
            found.too_high()
        );
    }
    for (edge, what) in [
        (AtEdge::Start, "it falls most steeply at the first rates looked at: try a smaller --start"),
        (AtEdge::Stop, "it still falls at the last rates looked at: try a larger --stop"),
        (AtEdge::Steps, "it rises within the last five steps, which are not looked at: try more --steps"),
    ] {
        match found.at(edge) {
            0 => {}
            n => _ = writeln!(text, "in {n}, {what} {now}"),
        }
    }
    if let Some(train) = train {
        let beyond = match found.is_cut() {
            [false, false] => "",
            [true, false] => ", though better ones may lie below",
            [false, true] => ", though better ones may lie above",
            [true, true] => ", though better ones may lie below and above",
        };
        let _ = writeln!(text, "\nto train with these rates{beyond}: {}", bold(train));
    }
    text
}

/// Turns the words typed for lr-find into a command that trains with the learning rates `lr`.
fn command(lr: &str, mut typed: Vec<String>) -> String {
    // Only the first occurrence is the subcommand; another may be a value: `--plot lr-find`.
    typed.iter().position(|word| word == "lr-find").into_iter().for_each(|at| _ = typed.remove(at));
    let (mut words, mut typed) = (vec!["gpu-sweep".to_owned()], typed.iter());
    while let Some(word) = typed.next() {
        let name = word.split('=').next().unwrap_or_default();
        match OWN.iter().find(|(own, _)| *own == name) {
            Some((_, has_value)) if *has_value && !word.contains('=') => _ = typed.next(),
            Some(_) => {}
            None => words.push(shell_word(word)),
        }
    }
    words.extend(["--lr".to_owned(), lr.to_owned()]);
    words.join(" ")
}

/// Suggestions as JSON; missing values are null, as are losses after the end of a curve.
fn object(found: &LrFound, (smoothing, engine, mapping): (f64, &EngineInfo, &str), train: Option<&str>) -> Value {
    let [low, middle, high] = found.band().map(|losses| losses.into_iter().map(finite).collect::<Vec<_>>());
    let edge = |edge| found.at(edge);
    let seeds = found.curves.iter().map(|curve| {
        let RangeTestCurve { losses, end, steepest, lowest, edges } = curve;
        json!({ "steepest": steepest, "minimum": lowest, "edges": edges, "end": end, "steps": losses.len() })
    });
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "engine": engine,
        "mapping": mapping,
        "smoothing": smoothing,
        "steepest": found.steepest,
        "tenth_of_minimum": found.tenth(),
        "minimum": found.lowest,
        "grid": found.grid,
        "diverged": found.ended(CurveEnd::Diverged),
        "risen": found.ended(CurveEnd::Risen),
        "too_high": found.too_high(),
        "cut": found.is_cut(),
        "edges": { "start": edge(AtEdge::Start), "stop": edge(AtEdge::Stop), "steps": edge(AtEdge::Steps) },
        "lr": found.rates,
        "loss": { "q10": low, "median": middle, "q90": high },
        "seeds": seeds.collect::<Vec<_>>(),
        "train": train,
    })
}

fn finite(loss: f64) -> Option<f64> {
    loss.is_finite().then_some(loss)
}
