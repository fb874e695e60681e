//! `gpu-sweep report DIR`: writes the page about a finished run again, from the files in its folder alone.

use super::Exit;
use super::study_folder_arg::StudyFolderArg;
use super::verbosity::Verbosity;
use crate::cli::ExitCode;
use crate::run;
use crate::study::Study;
use serde_json::json;

/// Flags of `report`.
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    #[command(flatten)]
    study: StudyFolderArg,
    #[command(flatten)]
    output: Verbosity,
}

/// Reads the folder and writes the page into it.
pub fn run(args: ReportArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let (study, inputs) = Study::found(&args.study.find(&output)?)?;
    let written = run::report(&study, &inputs)?;
    written.left_out.iter().for_each(|reason| output.report("pictures", reason));
    output.show(&format!("{}\n", written.path.display()))?;
    output.object(|| json!({ "report": written.path.display().to_string(), "pictures": written.pictures, "left_out": written.left_out }))?;
    Ok(ExitCode::SUCCESS)
}
