//! The command line: flags, one thin file per subcommand, printing, progress and exit codes.

mod allow_gaps;
mod args;
mod bench;
mod boundary;
mod data;
mod devices;
mod distributions;
mod entry;
mod errors;
mod exit_code;
mod export;
mod landscape;
mod lr_find;
mod map;
mod map_summary;
mod merge;
mod model_arg;
mod movie;
mod predict;
mod progress;
mod replay;
mod report;
mod resume;
mod seeds_needed;
mod setting_args;
mod settings_source;
mod signals;
mod standard_input;
mod stray_arguments;
mod study;
mod study_folder_arg;
mod summary;
mod train;
mod values;
mod variance;
mod verbosity;
mod verify;

pub use entry::command_line;
pub use exit_code::ExitCode;

pub(crate) use entry::typed_words;
pub(crate) use errors::Exit;

use clap::{Parser, Subcommand};

/// Trains thousands of small binary classifiers at once and shows what the learning rate did.
///
/// Without a subcommand: trains one network per learning rate and seed, on a GPU if there is one, and writes tables and
/// pictures. The defaults are an experiment of their own: two Gaussian clusters of 100 points each, a network with a
/// single hidden ReLU unit, 40 learning rates, full-batch gradient descent.
#[derive(Debug, Parser)]
#[command(name = "gpu-sweep", version, args_conflicts_with_subcommands = true, max_term_width = 110)]
#[command(subcommand_help_heading = "Other things to do")]
#[command(after_help = "Examples and details: gpu-sweep --help", after_long_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    train: args::TrainArgs,
    /// Notes and errors on stderr: text, or json, an object a line
    // `LogFormat::find` reads this flag earlier; the field is here for --help and to check the value.
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        value_enum,
        ignore_case = true,
        hide_possible_values = true,
        help_heading = "Running"
    )]
    log_format: Option<verbosity::LogFormat>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the engines and GPUs that --device can choose from
    Devices(devices::DevicesArgs),
    /// Time GPU against CPU on this machine, as a share of what each can do at most
    Bench(bench::BenchArgs),
    /// How chosen models of a study tell the classes apart, side by side, where the data has two features
    Boundary(boundary::BoundaryArgs),
    /// What would be learnt of a table: its columns, target, classes, sets and baseline
    Data(Box<data::DataArgs>),
    /// Write trained models for other programs: ONNX, safetensors, PyTorch, JSON
    Export(export::ExportArgs),
    /// The loss over a plane through one model's end point, and the paths of many seeds over it
    Landscape(landscape::LandscapeArgs),
    /// Which learning rates a short training with a growing one suggests, for many seeds at once
    LrFind(Box<lr_find::LrFindArgs>),
    /// Which pairs of settings train: a picture with a network a pixel, whose boundary is a fractal
    Map(Box<map::MapArgs>),
    /// Join results folders of machines that share nothing
    Merge(merge::MergeArgs),
    /// How the models of a study learn: frames and an animated PNG of accuracies or boundaries
    Movie(movie::MovieArgs),
    /// Let trained models of a study predict the rows of another table
    Predict(predict::PredictArgs),
    /// Train one model of a study again, with its full trajectory: sharpness, parameters, boundaries
    Replay(replay::ReplayArgs),
    /// Make report.html of a results folder again
    Report(report::ReportArgs),
    /// Go on with a results folder that was stopped
    Resume(resume::ResumeArgs),
    /// Seeds needed to distinguish two learning rates of a study, and how sure its means are
    SeedsNeeded(seeds_needed::SeedsNeededArgs),
    /// Large studies: `study init`, the variance over initial weights
    Study(study::StudyArgs),
    /// Check the chosen device against 64-bit reference calculations
    Verify(verify::VerifyArgs),
}

const EXAMPLES: &str = "\
Examples:
  gpu-sweep --models 1000
      1000 networks on the built-in data: 40 learning rates, 25 seeds
  gpu-sweep --lr logspace:-4:0:30 --seeds 100 --epochs 500 --out wide
      30 learning rates from 0.0001 to 1, 100 seeds each, into the folder wide/
  gpu-sweep --data patients.csv --label outcome --positive ill --hidden 16 --test-fraction 0.25
      your own data, a quarter of it kept for testing
  gpu-sweep --optimizer sgd,adam --lr logspace:-4:0:20 --hidden 8 --dataset moons
      two optimizers side by side
  gpu-sweep --preset init-std --seeds 400
      a preset; --print-config shows its settings
  gpu-sweep --trials random_search.csv --hidden 16,16
      one network per row of a file with the columns lr and seed, and others if wanted
  gpu-sweep --config gpu-sweep-out/latest/sweep.toml --seeds 400
      the newest study again, with more seeds
  gpu-sweep replay --model 123
      one model of the newest study again, with its trajectory
  gpu-sweep predict --model best --data new.csv
      what the best model of the newest study says about other rows
  gpu-sweep export --model ensemble:20 --format onnx
      its 20 best models as one file for onnxruntime
  gpu-sweep lr-find --dataset moons --hidden 16 --optimizer adam
      which learning rates to try, from one short training per seed
  gpu-sweep verify --device cpu
      is this engine right on this machine?
  gpu-sweep bench --plot speed
      GPU against CPU in a minute, and from how many models on the GPU pays

Exit code: 0 done, 1 a device, disk or check failed, 2 something asked for makes no sense, 3 some chunks failed and the others
are there; 130, 143 or 129 stopped by Ctrl-C, kill or a closed terminal, with all finished results kept.";

/// Runs the subcommand, or the main job if there is none, and returns the exit code.
///
/// # Errors
/// Any error that stops it; [`report`] prints it.
fn run(cli: Cli) -> Result<ExitCode, Exit> {
    let ended = run_command(cli);
    standard_input::forget();
    ended
}

fn run_command(cli: Cli) -> Result<ExitCode, Exit> {
    match cli.command {
        None => train::run(cli.train),
        Some(Command::Bench(args)) => bench::run(args),
        Some(Command::Boundary(args)) => boundary::run(args),
        Some(Command::Data(args)) => data::run(*args),
        Some(Command::Devices(args)) => devices::run(args),
        Some(Command::Export(args)) => export::run(args),
        Some(Command::Landscape(args)) => landscape::run(args),
        Some(Command::LrFind(args)) => lr_find::run(*args),
        Some(Command::Map(args)) => map::run(*args),
        Some(Command::Merge(args)) => merge::run(args),
        Some(Command::Movie(args)) => movie::run(args),
        Some(Command::Predict(args)) => predict::run(args),
        Some(Command::Replay(args)) => replay::run(args),
        Some(Command::Report(args)) => report::run(args),
        Some(Command::Resume(args)) => resume::run(args),
        Some(Command::SeedsNeeded(args)) => seeds_needed::run(args),
        Some(Command::Study(args)) => study::run(args),
        Some(Command::Verify(args)) => verify::run(args),
    }
}
