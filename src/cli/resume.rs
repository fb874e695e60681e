//! `gpu-sweep resume DIR`: trains what is missing in a results folder, and nothing else.

use super::args::{ResourceArgs, TrainArgs};
use super::study_folder_arg::StudyFolderArg;
use super::values::whole;
use super::verbosity::Verbosity;
use super::{Cli, Exit, train};
use crate::cli::ExitCode;
use crate::engine::select::DeviceChoice;
use crate::study::Study;
use clap::Parser;
use std::path::Path;

/// Flags of `resume`.
#[derive(Debug, clap::Args)]
pub struct ResumeArgs {
    #[command(flatten)]
    study: StudyFolderArg,
    /// What to compute on, as for the main job [default: what trained there first]
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    #[command(flatten)]
    limits: ResourceArgs,
    /// Train only every n-th chunk, as for the main job
    #[arg(long, value_name = "i/n")]
    shard: Option<String>,
    /// How many there are, for --shard auto in Kubernetes
    #[arg(long, value_name = "N", value_parser = whole::<u64>, requires = "shard", allow_hyphen_values = true)]
    shards: Option<u64>,
    #[command(flatten)]
    output: Verbosity,
}

/// Runs the main job with the folder's settings.
pub fn run(args: ResumeArgs) -> Result<ExitCode, Exit> {
    let folder = args.study.path()?;
    let device = args.device.map_or_else(|| device(&folder), |device| Ok(Some(device)))?;
    rerun(&folder, |job| {
        device.into_iter().for_each(|device| job.running.device.device = device);
        job.running.device.limits = args.limits;
        (job.running.shard, job.running.shards) = (args.shard, args.shards);
        job.running.output = args.output;
    })
}

/// The device that first trained in `folder`, as a value of `--device`; `None` if nothing is trained.
///
/// # Errors
/// As for [`Study::begun_by`].
pub fn device(folder: &Path) -> crate::Result<Option<String>> {
    Ok(Study::begun_by(folder)?.map(|info| DeviceChoice::like(&info).to_string()))
}

/// Runs the main job with the settings of the folder at `folder` and the flags that `edit` sets.
pub fn rerun(folder: &Path, edit: impl FnOnce(&mut TrainArgs)) -> Result<ExitCode, Exit> {
    let Cli { train: mut job, .. } = Cli::try_parse_from(["gpu-sweep"])?;
    // Set directly, not parsed: a folder may have a name such as -x.
    job.running.config = Some(folder.join("sweep.toml"));
    job.keep.out = Some(folder.into());
    edit(&mut job);
    train::run(job)
}
