//! What to learn from.

use super::super::values::{choices, count, measure};
use gpu_sweep::dataset::Generator;
use gpu_sweep::sweep::Choices;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Data")]
pub struct DataArgs {
    /// CSV table to learn from [default: --dataset]
    ///
    /// With a header line (or --no-header); every column but the label is a number.
    #[arg(long, value_name = "FILE.csv")]
    pub data: Option<PathBuf>,
    /// Column of the classes, of any two values: its name, or its number from 1 or, from the end, -1 [default: the last]
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub label: Option<String>,
    /// Value that is class 1 [default: the greater number or later word]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub positive: Option<String>,
    /// The first line of --data is a row of data: columns are called x1, x2, ...
    #[arg(long, num_args = 0, default_missing_value = "true")]
    pub no_header: Option<bool>,
    /// Built-in data: qwerties, blobs, moons, circles, xor, spirals, random [default: qwerties]
    ///
    /// qwerties: two Gaussian clusters around (1, 1) and (5, 1), the course's. blobs, moons, circles: as scikit-learn makes them. xor, spirals: as TensorFlow Playground does. random: normal features and normal targets, with --loss mse. A list with commas trains on each.
    #[arg(long, value_name = "NAMES", value_parser = choices::<Generator>, conflicts_with = "data", hide_possible_values = true)]
    pub dataset: Option<Choices<Generator>>,
    /// Points of built-in data, both classes together [default: 200]
    #[arg(long, value_name = "N", value_parser = count::<u32>("points"), conflicts_with = "data", allow_hyphen_values = true)]
    pub points: Option<u32>,
    /// Noise of moons, circles, xor and spirals [default: 0]
    ///
    /// moons and circles: the standard deviation of Gaussian noise; xor and spirals: Playground's noise, 0 to 0.5 there.
    #[arg(long, value_name = "X", value_parser = measure("noise"), conflicts_with = "data", allow_hyphen_values = true)]
    pub noise: Option<f64>,
    /// Standard deviation of the clusters of qwerties and blobs [default: 1]
    #[arg(long, value_name = "SD", value_parser = measure("blur"), conflicts_with = "data", allow_hyphen_values = true)]
    pub blur: Option<f64>,
    /// Features of random [default: 16]
    #[arg(long, value_name = "N", value_parser = count::<u32>("features"), conflicts_with = "data", allow_hyphen_values = true)]
    pub features: Option<u32>,
    /// Scale features to mean 0 and standard deviation 1 [default for --data]
    ///
    /// By the mean and the population standard deviation of the training rows.
    #[arg(long, overrides_with = "no_standardize")]
    pub standardize: bool,
    /// Take the features as they are
    #[arg(long, overrides_with = "standardize")]
    pub no_standardize: bool,
    /// Share of each class kept for choosing between models [default: 0]
    ///
    /// 0 to 0.9. Scores on these rows say which learning rate is best; without them the training rows do.
    #[arg(long, value_name = "SHARE", value_parser = measure("validation-fraction"), allow_hyphen_values = true)]
    pub validation_fraction: Option<f64>,
    /// Share of each class kept for testing, 0 to 0.9 [default: 0]
    #[arg(long, value_name = "SHARE", value_parser = measure("test-fraction"), allow_hyphen_values = true)]
    pub test_fraction: Option<f64>,
    /// Seed of built-in data, of the split and of the order of mini-batches [default: 0]
    #[arg(long, value_name = "SEED", value_parser = count::<u64>("data-seed"), allow_hyphen_values = true)]
    pub data_seed: Option<u64>,
    /// Number of data sets, drawn with --data-seed and the seeds after it [default: 1]
    ///
    /// Every seed and learning rate is trained on each. Of --data they are splits, by --test-fraction.
    #[arg(long, value_name = "N", value_parser = count::<u32>("data-seeds"), allow_hyphen_values = true)]
    pub data_seeds: Option<u32>,
}
