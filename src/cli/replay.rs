//! `gpu-sweep replay DIR --model ID`: retrains one model of a study and shows its trajectory.

mod replay_text;

use super::Exit;
use super::args::ResourceArgs;
use super::progress::StatusLine;
use super::study_folder_arg::{OutputFolder, StudyFolderArg};
use super::values::{between, whole};
use super::verbosity::Verbosity;
use crate::analysis::replay::ReplayOptions;
use crate::cli::ExitCode;
use crate::run::{ReopenedStudy, summary_text};
use std::path::PathBuf;

/// Flags of `replay`.
#[derive(Debug, clap::Args)]
pub struct ReplayArgs {
    #[command(flatten)]
    study: StudyFolderArg,
    /// Which model: its model_id in models.csv
    #[arg(long, value_name = "ID", value_parser = whole::<u64>, allow_hyphen_values = true)]
    model: u64,
    /// Folder for arrays and pictures [default: DIR/replay-ID]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Epochs whose decision boundaries are drawn, up to nine [default: 0, the last one and some between]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = whole::<u32>, allow_hyphen_values = true)]
    at: Option<Vec<u32>>,
    /// At about how many epochs to look at parameters, gradient norm and sharpness
    ///
    /// Half of them evenly spaced, half geometrically. The model is trained up to each of them.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = |text: &str| between(text, 2..=10_000), allow_hyphen_values = true)]
    snapshots: u32,
    #[command(flatten)]
    limits: ResourceArgs,
    #[command(flatten)]
    output: Verbosity,
}

/// Retrains, compares and draws; exit code 1 if any bit differs from the study.
pub fn run(args: ReplayArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let folder = args.study.find(&output)?;
    let mut study = ReopenedStudy::open(&folder, &args.limits.settings())?;
    let model = study.model(args.model)?;
    let out = OutputFolder::of(args.out.as_deref(), &folder, &format!("replay-{}", args.model))?;
    output.report("device", &study.reason);
    let options = ReplayOptions { at: args.at, snapshots: args.snapshots };
    let replay = StatusLine::during(&output, |callback| study.replay(model, &options, callback))?;
    let job = &replay.model.job;
    output.report_each("pictures", summary_text::undrawable(std::slice::from_ref(job), Some(0)));
    let files = replay.write(out.make()?)?;
    if let Some(lacks) = job.shape.lacks_for_boundary(job.data.train.is_regression()) {
        output.report("pictures", &format!("none of the boundaries: that would need {lacks}"));
    }
    output.show(&replay_text::text(&replay, &files))?;
    output.object(|| replay.json(&files))?;
    Ok(ExitCode::SUCCESS)
}
