//! Runs a whole command line: reads the arguments, runs the subcommand, prints an error.

use super::exit_code::ExitCode;
use super::verbosity::{LogFormat, hush_drivers, report};
use super::{Cli, Exit, run, signals, stray_arguments};
use clap::Parser;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::sync::OnceLock;

/// The words of the command line, for run records.
static TYPED: OnceLock<Vec<String>> = OnceLock::new();

/// Runs a command line, `arguments[0]` being the program's name, prints its errors, and returns the exit code. It must
/// be called on the main thread, at most once, before any other thread is started.
pub fn command_line(arguments: Vec<OsString>) -> ExitCode {
    hush_drivers();
    LogFormat::find(&arguments);
    TYPED.get_or_init(|| arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect());
    prepare().and_then(|()| parse(&arguments)).and_then(run).unwrap_or_else(report)
}

/// Prepares signals and threads.
///
/// # Errors
/// If the system refuses to install the signal handler or to start threads.
fn prepare() -> Result<(), Exit> {
    signals::ignore_sigxfsz()?;
    Ok(crate::threads::prepare()?)
}

/// Reads the command line.
///
/// # Errors
/// [`Exit::Shown`] for `--help` and `--version`; [`Exit::Usage`], in one line, for everything else that clap refuses.
fn parse(arguments: &[OsString]) -> Result<Cli, Exit> {
    Cli::try_parse_from(arguments).map_err(|error| match error.kind() {
        ErrorKind::InvalidUtf8 => Exit::Usage(stray_arguments::not_text(arguments)),
        _ => Exit::from(error),
    })
}

/// Returns the command line for run records; bytes that are not UTF-8 are replaced.
pub fn typed_words() -> Vec<String> {
    TYPED.get().cloned().unwrap_or_default()
}
