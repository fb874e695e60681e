use super::Stop;
use std::process::ExitCode;
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
pub fn run(_: Args) -> Result<ExitCode, Stop> {
    Ok(ExitCode::SUCCESS)
}
