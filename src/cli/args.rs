//! Flags of the main job. Each is optional, so that `--config` and the defaults show through.

use super::values::{axis, curves, hidden, number, whole};
use gpu_sweep::sweep::{Axis, Choices, Curve, CurvesKept, Widths};
use std::path::PathBuf;

/// Everything that `gpu-sweep` takes without a subcommand.
#[derive(Debug, clap::Args)]
pub struct Train {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub network: Network,
    #[command(flatten)]
    pub models: Models,
    #[command(flatten)]
    pub keep: Keep,
    #[command(flatten)]
    pub running: Running,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Data")]
pub struct Data {
    /// CSV table to learn from [default: two built-in clusters]
    ///
    /// With a header line; every column but the label is a number. Without it, 200 points with 2 features are drawn: 100 around (1, 1) and 100 around (5, 1).
    #[arg(long, value_name = "FILE.csv")]
    pub data: Option<PathBuf>,
    /// Column of the classes, of any two values [default: the last]
    #[arg(long, value_name = "COLUMN")]
    pub label: Option<String>,
    /// Value that is class 1 [default: the greater number or later word]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub positive: Option<String>,
    /// Scale features to mean 0 and standard deviation 1 [default for --data]
    ///
    /// By the mean and the population standard deviation of the training rows.
    #[arg(long, overrides_with = "no_standardize")]
    pub standardize: bool,
    /// Take the features as they are
    #[arg(long, overrides_with = "standardize")]
    pub no_standardize: bool,
    /// Share of each class kept for testing, 0 to 0.9 [default: 0]
    #[arg(long, value_name = "SHARE", value_parser = number, allow_hyphen_values = true)]
    pub test_fraction: Option<f64>,
    /// Seed of built-in data and of the train/test split [default: 0]
    #[arg(long, value_name = "SEED", value_parser = whole::<u64>, allow_hyphen_values = true)]
    pub data_seed: Option<u64>,
    /// Standard deviation of the built-in clusters [default: 1]
    #[arg(long, value_name = "SD", value_parser = number, conflicts_with = "data", allow_hyphen_values = true)]
    pub blur: Option<f64>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Network and training")]
pub struct Network {
    /// Widths of the hidden layers: 16 or 16,16 or none [default: 1]
    ///
    /// Up to 4 ReLU layers of 1 to 64 units each; `none` is logistic regression.
    #[arg(long, value_name = "WIDTHS", value_parser = hidden, allow_hyphen_values = true)]
    pub hidden: Option<Choices<Widths>>,
    /// Passes over the training rows, one update each [default: 1000]
    #[arg(long, value_name = "N", value_parser = whole::<u32>, allow_hyphen_values = true)]
    pub epochs: Option<u32>,
    /// Learning rates [default: linspace:0.001:0.1:40]
    ///
    /// A number, a list such as 0.01,0.1, or a range: `linspace:START:STOP:COUNT` is evenly spaced, both ends included; `logspace:-4:-1:20` runs from 10^-4 to 10^-1.
    #[arg(long, value_name = "RATES", value_parser = axis, conflicts_with = "trials", allow_hyphen_values = true)]
    pub lr: Option<Axis>,
    /// Success: more than this share of training rows right [default: 0.7]
    #[arg(long, value_name = "SHARE", value_parser = number, allow_hyphen_values = true)]
    pub success_threshold: Option<f64>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Which models")]
pub struct Models {
    /// Number of models [default: 1000]
    ///
    /// Every learning rate with the first seed, then with the next one, and so on; the last seed may be cut off.
    #[arg(long, value_name = "N", value_parser = whole::<u64>, conflicts_with = "seeds", allow_hyphen_values = true)]
    pub models: Option<u64>,
    /// Number of seeds, each with every learning rate, not --models
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_hyphen_values = true)]
    pub seeds: Option<u64>,
    /// The first seed; the others count up from it [default: 0]
    #[arg(long, value_name = "SEED", value_parser = whole::<u64>, conflicts_with = "trials", allow_hyphen_values = true)]
    pub seed: Option<u64>,
    /// A seed of its own for every model
    ///
    /// Otherwise every learning rate starts from the same initial weights, seed by seed.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    pub independent_seeds: Option<bool>,
    /// CSV table with a row per model, columns lr and seed, not --lr
    #[arg(long, value_name = "FILE.csv")]
    pub trials: Option<PathBuf>,
    /// Initial weights, as --save-weights writes them
    ///
    /// Arrays init_w1 [models, out, in], init_b1 [models, out], init_w2, ..., in the order of the models. Without it, PyTorch's default for nn.Linear, drawn from each model's seed.
    #[arg(long, value_name = "FILE.npz")]
    pub init_from: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What to keep")]
pub struct Keep {
    /// Folder for tables and pictures [default: gpu-sweep-out]
    ///
    /// The same question resumes there; another one is refused.
    #[arg(long, value_name = "DIR", default_value = "gpu-sweep-out", hide_default_value = true)]
    pub out: PathBuf,
    /// Replace earlier results in the folder
    ///
    /// Only if gpu-sweep wrote everything in it.
    #[arg(long)]
    pub force: bool,
    /// Epochs between two points of a curve [default: for up to 200 points]
    #[arg(long, value_name = "K", value_parser = whole::<u32>, allow_hyphen_values = true)]
    pub record_every: Option<u32>,
    /// Curves beside the training loss: accuracy, test or both
    #[arg(long, value_name = "WHICH", value_delimiter = ',', hide_possible_values = true)]
    pub record: Option<Vec<Curve>>,
    /// Whose curves to keep: auto, all, none or N models [default: auto]
    ///
    /// `auto` keeps all while they fit in about 100 MB, else those of the first seeds.
    #[arg(long, value_name = "WHOSE", value_parser = curves, allow_hyphen_values = true)]
    pub curves: Option<CurvesKept>,
    /// Also write all initial and final weights to weights.npz
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    pub save_weights: Option<bool>,
    /// Models per file in chunks/ [default: by the work in one]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_hyphen_values = true)]
    pub chunk_models: Option<u64>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Running")]
pub struct Running {
    /// auto, gpu, cpu, reference, or one of `gpu-sweep devices` [default: auto]
    ///
    /// `auto` takes a hardware GPU if there is one, else the cpu; `gpu` insists on a GPU, a software one if need be;
    /// `reference` is slow 64-bit arithmetic that the others are checked against.
    #[arg(long, value_name = "DEVICE", default_value = "auto", hide_default_value = true)]
    pub device: String,
    /// Force a layout of models onto the device [default: the engine's choice]
    ///
    /// As run.json names it.
    #[arg(long, value_name = "TEXT")]
    pub mapping: Option<String>,
    /// Settings from a file such as sweep.toml; flags override it
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Print nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
    /// Print the summary as one JSON object
    #[arg(long)]
    pub json: bool,
}
