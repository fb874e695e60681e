//! `gpu-sweep merge A B C --out D`: joins results folders of machines that share no storage.

use super::verbosity::Verbosity;
use super::{Exit, resume};
use crate::cli::ExitCode;
use crate::run::summary_text::{plural, rest};
use crate::study::merge;
use std::path::PathBuf;

/// Flags of `merge`.
#[derive(Debug, clap::Args)]
pub struct MergeArgs {
    /// Results folders of one study
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,
    /// Folder for the whole
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Join what there is, even if chunks are missing
    #[arg(long)]
    allow_gaps: bool,
    #[command(flatten)]
    output: Verbosity,
}

/// Merges the folders, then writes tables and pictures of the whole.
pub fn run(args: MergeArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let merged = merge(&args.folders, &args.out, args.allow_gaps)?;
    merged.damaged.iter().for_each(|damaged| output.report("warning", &format!("{damaged}; left out")));
    output.report("merged", &format!("{} into {}", plural(merged.copied, "chunk"), args.out.display()));
    let (done, all) = (merged.study.finished_models(), merged.study.spec().models());
    if done < all {
        output.report("gaps", &rest(done, all, merged.study.folder()));
        return Ok(ExitCode::SUCCESS);
    }
    // Releases the folder, which is opened again.
    drop(merged);
    let device = resume::device(&args.out)?;
    resume::rerun(&args.out, |job| {
        device.into_iter().for_each(|device| job.running.device.device = device);
        job.running.output = output;
    })
}
