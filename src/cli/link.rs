//! `gpu-sweep link DIR`: a link that opens a study's settings on the page in the browser.

use super::Exit;
use super::study_folder_arg::StudyFolderArg;
use super::verbosity::Verbosity;
use crate::cli::ExitCode;
use crate::run::PageLink;
use crate::study::Study;
use serde_json::json;

/// Flags of `link`.
#[derive(Debug, clap::Args)]
pub struct LinkArgs {
    #[command(flatten)]
    study: StudyFolderArg,
    /// Address of the page, wherever a copy of web/dist lies; by default that of web/serve
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8000/")]
    page: String,
    #[command(flatten)]
    output: Verbosity,
}

/// Prints the link.
pub fn run(args: LinkArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let (study, _) = Study::found(&args.study.find(&output)?)?;
    let PageLink { link, left_out } = PageLink::of(&study.spec().sweep, &args.page)?;
    if let Some(path) = &left_out {
        output.report("table", &format!("{} is too large for a link; drop it onto the page", path.display()));
    }
    output.show(&format!("{link}\n"))?;
    output.object(|| json!({ "link": link, "left_out": left_out.as_ref().map(|path| path.display().to_string()) }))?;
    Ok(ExitCode::SUCCESS)
}
