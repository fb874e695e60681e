//! Flags of the main job. Each is optional, so that `--preset`, `--config` and the defaults show through.

mod data;
mod device;
mod training;

pub use data::DataArgs;
pub use device::{DeviceArgs, ResourceArgs};
pub use training::{NetworkArgs, OptimizerArgs, TrainingArgs};

use super::values::{RecordedCurves, count, curves, whole, word, yes_or_no};
use super::verbosity::Verbosity;
use gpu_sweep::error::{Error, Result};
use gpu_sweep::run::RunOptions;
use gpu_sweep::study::Shard;
use gpu_sweep::sweep::{CurvesKept, Metric, Sweep};
use std::path::PathBuf;

/// Everything that `gpu-sweep` takes without a subcommand.
#[derive(Debug, clap::Args)]
pub struct TrainArgs {
    #[command(flatten)]
    pub data: DataArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
    #[command(flatten)]
    pub training: TrainingArgs,
    #[command(flatten)]
    pub models: ModelsArgs,
    #[command(flatten)]
    pub keep: OutputArgs,
    #[command(flatten)]
    pub running: RunArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Which models")]
pub struct ModelsArgs {
    /// Number of models [default: 1000]
    ///
    /// Every combination of the values given with the first seed, then with the next one, and so on; the last seed may be cut off. The learning rate changes fastest, then --lr-first, --momentum, --weight-decay, --init-scale, --beta1, --beta2, --alpha, --epsilon, --clip, --offset-a, --offset-b. Several data sets, networks, ... are trained one after the other and share the models.
    #[arg(long, value_name = "N", value_parser = count::<u64>("models"), conflicts_with = "seeds", allow_hyphen_values = true)]
    pub models: Option<u64>,
    /// Number of seeds, each with every combination, not --models
    #[arg(long, value_name = "N", value_parser = count::<u64>("seeds"), allow_hyphen_values = true)]
    pub seeds: Option<u64>,
    /// The first seed; the others count up from it [default: 0]
    #[arg(long, value_name = "SEED", value_parser = count::<u64>("seed"), conflicts_with = "trials", allow_hyphen_values = true)]
    pub seed: Option<u64>,
    /// A seed of its own for every model
    ///
    /// Otherwise every learning rate starts from the same initial weights, seed by seed.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = yes_or_no)]
    pub independent_seeds: Option<bool>,
    /// CSV table with a row per model, columns lr and seed
    ///
    /// And any of lr_first, momentum, weight_decay, init_scale, beta1, beta2, alpha, epsilon, clip, offset_a, offset_b. What has no column may be given as a flag with one value for all rows, such as --momentum 0.9. Several data sets, networks, ... are each trained on all its rows, or the first --models of them.
    #[arg(long, value_name = "FILE.csv")]
    pub trials: Option<PathBuf>,
    /// Initial weights, as --save-weights writes them
    ///
    /// Arrays init_w1 [models, out, in], init_b1 [models, out], init_w2, ..., in the order of the models; several optimizers, ... each begin with the first. Without it, weights are drawn from each model's seed as --init says.
    #[arg(long, value_name = "FILE.npz")]
    pub init_from: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What to keep")]
pub struct OutputArgs {
    /// Folder for tables and pictures [default: gpu-sweep-out/NAME]
    ///
    /// NAME says what differs from the defaults, such as hidden-16_seeds-50: the same question finds its folder again and goes on there. gpu-sweep-out/latest points at the newest.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace earlier results in the folder
    ///
    /// Only if gpu-sweep wrote everything in it.
    #[arg(long)]
    pub force: bool,
    /// Epochs between two points of a curve [default: for up to 200 points]
    #[arg(long, value_name = "K", value_parser = count::<u32>("record-every"), allow_hyphen_values = true)]
    pub record_every: Option<u32>,
    /// Curves beside the training loss: accuracy, test or both
    #[arg(long, value_name = "WHICH", value_parser = curves)]
    pub record: Option<RecordedCurves>,
    /// Metrics beside loss and accuracies: auc
    ///
    /// auc: the area under the ROC curve, exact, ties counted half; columns auc, val_auc, test_auc.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = word::<Metric>)]
    pub metrics: Option<Vec<Metric>>,
    /// Whose curves to keep: auto, all, none or N models [default: auto]
    ///
    /// `auto` keeps all while they fit in about 100 MB, else those of the first seeds.
    #[arg(long, value_name = "WHOSE", allow_hyphen_values = true)]
    pub curves: Option<CurvesKept>,
    /// Also write all initial and final weights to weights.npz
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = yes_or_no)]
    pub save_weights: Option<bool>,
    /// Models per file in chunks/ [default: by the work in one]
    #[arg(long, value_name = "N", value_parser = count::<u64>("chunk-models"), allow_hyphen_values = true)]
    pub chunk_models: Option<u64>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Running")]
pub struct RunArgs {
    #[command(flatten)]
    pub device: DeviceArgs,
    /// Train only every n-th chunk, beside other processes: i/n with 0 ≤ i < n, or auto
    ///
    /// All may write into one folder on a shared file system; `gpu-sweep merge` joins folders that share nothing. `auto` asks Slurm's variables (of a job array or of srun), or Kubernetes' (of an Indexed Job, with --shards).
    #[arg(long, value_name = "i/n", conflicts_with_all = ["force", "explain"])]
    pub shard: Option<String>,
    /// How many there are, for --shard auto in Kubernetes
    #[arg(long, value_name = "N", value_parser = whole::<u64>, requires = "shard", allow_hyphen_values = true)]
    pub shards: Option<u64>,
    /// A ready question: course, momentum, optimizers, init-std, init-study, depth-breadth, xor-playground, fractal-tanh, fractal-relu, fractal-identity
    ///
    /// Flags override it; --print-config shows it.
    #[arg(long, value_name = "NAME", conflicts_with = "config")]
    pub preset: Option<String>,
    /// Settings from a file such as sweep.toml; flags override it
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Take the planned mapping as it is, without timing rivals in long trainings
    #[arg(long)]
    pub no_tune: bool,
    /// Print how the models are laid onto the device, why, and what it should take, and stop
    #[arg(long, conflicts_with_all = ["print_config", "print_data"])]
    pub explain: bool,
    /// Print the question as a sweep.toml, and stop
    #[arg(long)]
    pub print_config: bool,
    /// Print the data set as a CSV table, and stop
    #[arg(long, conflicts_with = "print_config")]
    pub print_data: bool,
    #[command(flatten)]
    pub output: Verbosity,
}

impl TrainArgs {
    /// The sweep, where to train it and where its results go.
    pub fn how(&self, sweep: Sweep) -> Result<RunOptions> {
        let RunArgs { device, no_tune, .. } = &self.running;
        Ok(RunOptions {
            sweep,
            preset: self.running.preset.clone(),
            devices: device.device.parse()?,
            limits: device.limits.settings(),
            mapping: device.mapping.clone(),
            tune: !no_tune,
            out: self.keep.out.clone(),
            force: self.keep.force,
            shard: self.running.part()?,
        })
    }
}

impl RunArgs {
    /// Takes a ready question where neither `--preset` nor `--config` names one.
    pub fn begin_from(&mut self, preset: &str) {
        if self.preset.is_none() && self.config.is_none() {
            self.preset = Some(preset.to_owned());
        }
    }

    /// The part of the study that this process is to train; None: all of it.
    fn part(&self) -> Result<Option<Shard>> {
        let part = |text: &str| match text {
            "auto" => Shard::auto(self.shards, |name| std::env::var(name).ok()),
            _ => text.parse(),
        };
        let shard = self.shard.as_deref().map(part).transpose()?;
        if let (Some(shard), Some(shards)) = (shard, self.shards)
            && !shard.to_string().ends_with(&format!("/{shards}"))
        {
            let what = format!("{shards} does not agree with --shard {shard}; leave --shards out, or give both alike");
            return Err(Error::usage("--shards", what));
        }
        Ok(shard)
    }
}
