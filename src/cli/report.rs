//! `gpu-sweep report DIR`: the page about a finished run again, from the files of its folder alone.

use super::output::Output;
use super::view::Sides;
use super::{Stop, session, words};
use gpu_sweep::engine::Job;
use gpu_sweep::report::{Report, Written};
use gpu_sweep::study::Study;
use gpu_sweep::{Error, Result};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Flags of `report`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The results folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    output: Output,
}

/// Reads the folder and writes the page into it. No engine is needed.
pub fn run(args: Args) -> Result<ExitCode, Stop> {
    let output = args.output;
    let (study, inputs) = Study::found(&args.folder)?;
    let _alone = study.alone(|| false)?;
    if !study.missing().is_empty() {
        let what = words::rest(study.finished_models(), study.question().models(), study.folder());
        return Err(Error::Folder { path: args.folder, what }.into());
    }
    let (_, mappings) = study.saved_engine().unzip();
    let mapping = |cell| mappings.and_then(|mappings| mappings.get(cell).cloned()).unwrap_or_default();
    let parts = inputs.cells.iter().zip(&study.question().cells).enumerate();
    let job = |(n, (inputs, part)): (usize, (_, &gpu_sweep::study::Part))| {
        Job::of(&study.question().sweep, inputs, part.record.clone(), mapping(n))
    };
    let jobs: Vec<Job> = parts.map(job).collect();
    let summary = study.summary()?;
    let sides = Sides::of(study.question(), &summary);
    let written = page(&study, &sides, &jobs, &session::classes(&inputs))?;
    written.left_out.iter().for_each(|reason| output.tell("pictures", reason));
    output.show(&format!("{}\n", written.path.display()))?;
    output.object(|| json!({ "report": written.path, "pictures": written.pictures, "left_out": written.left_out }))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the page of a finished study.
pub fn page(study: &Study, sides: &Sides, jobs: &[Job], classes: &[String]) -> Result<Written> {
    let asked = words::models(study.question(), jobs);
    let files = words::files(study.folder());
    // The page does not list itself: it is the same whether it was there or not.
    let files: Vec<_> = files.into_iter().filter(|(name, _)| name != words::REPORT).collect();
    Report { study, view: &sides.view, asked: &asked, classes, files: &files }.write()
}
