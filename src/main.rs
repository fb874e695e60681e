//! Entry point of `gpu-sweep`: parses the arguments, runs, reports an error and sets the exit code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::hush_drivers();
    let arguments: Vec<_> = std::env::args_os().collect();
    cli::LogFormat::find(&arguments);
    cli::prepare().and_then(|()| cli::parse(arguments.into_iter())).and_then(cli::run).unwrap_or_else(cli::report)
}
