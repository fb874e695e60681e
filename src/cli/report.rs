//! `gpu-sweep report DIR`: the page about a finished run again, from the files of its folder alone.

use super::Stop;
use super::output::Output;
use super::study_folder::StudyFolder;
use gpu_sweep::run;
use gpu_sweep::study::Study;
use serde_json::json;
use std::process::ExitCode;

/// Flags of `report`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    study: StudyFolder,
    #[command(flatten)]
    output: Output,
}

/// Reads the folder and writes the page into it.
pub fn run(args: Args) -> Result<ExitCode, Stop> {
    let output = args.output;
    let (study, inputs) = Study::found(&args.study.find(&output)?)?;
    let written = run::report(&study, &inputs)?;
    written.left_out.iter().for_each(|reason| output.tell("pictures", reason));
    output.show(&format!("{}\n", written.path.display()))?;
    output.object(|| json!({ "report": written.path.display().to_string(), "pictures": written.pictures, "left_out": written.left_out }))?;
    Ok(ExitCode::SUCCESS)
}
