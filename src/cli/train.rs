use super::{Stop, args, question};
use std::process::ExitCode;
pub fn run(args: args::Train) -> Result<ExitCode, Stop> {
    let sweep = question::on_top_of(Default::default(), &args)?;
    println!("{sweep:?} {}", super::progress::duration(3.0));
    Ok(ExitCode::SUCCESS)
}
