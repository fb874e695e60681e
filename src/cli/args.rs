//! Flags of the training command. All are optional: a missing one keeps the value of `--preset`, `--config` or the
//! defaults.

mod device;

pub use device::{DeviceArgs, ResourceArgs};

use super::setting_args::{AllSettings, SettingArgs};
use super::values::whole;
use super::verbosity::Verbosity;
use crate::builder::RunOptions;
use crate::error::{Error, Result};
use crate::sweep::Shard;
use crate::sweep::Sweep;
use std::path::PathBuf;

/// Everything that `gpu-sweep` takes without a subcommand.
#[derive(Debug, clap::Args)]
pub struct TrainArgs {
    #[command(flatten)]
    pub settings: SettingArgs<AllSettings>,
    #[command(flatten)]
    pub keep: OutputArgs,
    #[command(flatten)]
    pub running: RunArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What to keep")]
pub struct OutputArgs {
    /// Folder for tables and pictures [default: gpu-sweep-out/NAME]
    ///
    /// NAME says what differs from the defaults, such as hidden-16_seeds-50: the same settings find their folder again
    /// and resume there. gpu-sweep-out/latest points at the newest.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace earlier results in the folder
    ///
    /// Only if gpu-sweep wrote everything in it.
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Running")]
pub struct RunArgs {
    #[command(flatten)]
    pub device: DeviceArgs,
    /// Train only every n-th chunk, beside other processes: i/n with 0 ≤ i < n, or auto
    ///
    /// All may write into one folder on a shared file system; `gpu-sweep merge` joins folders that share nothing.
    /// `auto` asks Slurm's variables (of a job array or of srun), or Kubernetes' (of an Indexed Job, with --shards).
    #[arg(long, value_name = "i/n", conflicts_with_all = ["force", "explain"])]
    pub shard: Option<String>,
    /// How many there are, for --shard auto in Kubernetes
    #[arg(long, value_name = "N", value_parser = whole::<u64>, requires = "shard", allow_hyphen_values = true)]
    pub shards: Option<u64>,
    /// A preset: course, momentum, optimizers, init-std, init-study, depth-breadth, xor-playground, fractal-tanh,
    /// fractal-relu, fractal-identity
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
    /// Print all settings as a sweep.toml, and stop
    #[arg(long)]
    pub print_config: bool,
    /// Print the data set as a CSV table, and stop
    #[arg(long, conflicts_with = "print_config")]
    pub print_data: bool,
    #[command(flatten)]
    pub output: Verbosity,
}

impl TrainArgs {
    /// Combines `sweep` with the flags about devices, the output folder and the shard.
    pub fn run_options(&self, sweep: Sweep) -> Result<RunOptions> {
        let RunArgs { device, no_tune, .. } = &self.running;
        Ok(RunOptions {
            sweep,
            preset: self.running.preset.clone(),
            devices: device.device.parse()?,
            limits: device.limits.settings(),
            mapping: device.mapping,
            tune: !no_tune,
            out: self.keep.out.clone(),
            force: self.keep.force,
            shard: self.running.part()?,
        })
    }
}

impl RunArgs {
    /// Sets the preset, unless `--preset` or `--config` was given.
    pub fn default_preset(&mut self, preset: &str) {
        if self.preset.is_none() && self.config.is_none() {
            self.preset = Some(preset.to_owned());
        }
    }

    /// Returns the shard of the study that this process trains; `None` for the whole study.
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
