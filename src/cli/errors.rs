//! What ends the program early, in one line, with its exit code.

use super::output::complain;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use gpu_sweep::Error;
use std::error::Error as _;
use std::process::ExitCode;

/// Why the program ends before its work is done.
#[derive(Debug)]
pub enum Stop {
    /// `--help` or `--version`.
    Shown(clap::Error),
    /// A command line that can't be understood, in one line.
    Usage(String),
    /// Some chunks failed, in one line; the others are there.
    Partly(String),
    /// The library's error.
    Failed(Error),
}

/// Prints what stopped the program and returns its exit code.
pub fn report(stop: Stop) -> ExitCode {
    match &stop {
        // A closed pipe (`gpu-sweep --help | head -1`) is no reason to complain.
        Stop::Shown(text) => match text.print() {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
                return report(Error::io(std::path::Path::new("standard output"), "write")(e).into());
            }
            _ => {}
        },
        _ => {
            let message = stop.to_string();
            let one_line: Vec<&str> = message.split_whitespace().collect();
            complain(&one_line.join(" "), stop.exit_code());
        }
    }
    ExitCode::from(stop.exit_code())
}

impl Stop {
    /// 0 done, 1 failed, 2 bad input, 3 some chunks failed.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Shown(_) => 0,
            Self::Usage(_) => 2,
            Self::Partly(_) => 3,
            Self::Failed(error) => error.exit_code(),
        }
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shown(text) => text.fmt(f),
            Self::Usage(line) | Self::Partly(line) => line.fmt(f),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<clap::Error> for Stop {
    fn from(error: clap::Error) -> Self {
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Self::Shown(error),
            _ => Self::Usage(in_one_line(&error)),
        }
    }
}

/// clap's complaint as one line, in the words of our own errors.
fn in_one_line(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let flag =
        || text(ContextKind::InvalidArg).unwrap_or_default().split([' ', '[']).next().unwrap_or_default().to_owned();
    let value = || text(ContextKind::InvalidValue).filter(|v| !v.is_empty());
    match error.kind() {
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => {
            let Some(value) = value().map(|v| format!("{v:?}")) else {
                return format!("{} needs a value; gpu-sweep --help says which", flag());
            };
            let listed = text(ContextKind::ValidValue).filter(|values| !values.is_empty());
            let allowed = error.source().map(ToString::to_string).or(listed).unwrap_or("a value".to_owned());
            Error::setting(flag(), value, allowed).to_string()
        }
        ErrorKind::UnknownArgument => {
            let similar = text(ContextKind::SuggestedArg).map(|flag| format!("; did you mean {flag}?"));
            format!("{} is unknown{}; gpu-sweep --help lists everything", flag(), similar.unwrap_or_default())
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "which study is missing; allowed: init".to_owned()
        }
        ErrorKind::MissingRequiredArgument => format!("{} is missing; gpu-sweep --help says more", flag()),
        _ => first_line(error),
    }
}

fn first_line(error: &clap::Error) -> String {
    let rendered = error.render().to_string();
    let line = rendered.lines().next().unwrap_or_default();
    format!("{}; gpu-sweep --help lists everything", line.trim_start_matches("error: "))
}
