//! Reasons to end the program early, each with a one-line message and an exit code.

use super::Cli;
use super::stray_arguments::{behind_flag, command_at, flags, is_command, meant, no_command};
use crate::Error;
use crate::error::{closest, one_of, quoted};
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::error::Error as _;

/// Why the program ends early.
#[derive(Debug)]
pub enum Exit {
    /// Output of `--help` or `--version`.
    Shown(clap::Error),
    /// Invalid command line; a one-line message.
    Usage(String),
    /// Some chunks failed, the others are complete; a one-line message.
    Partly(String),
    /// Error from the library.
    Failed(Error),
}

impl Exit {
    /// 0 done, 1 failed, 2 invalid input, 3 some chunks failed.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Shown(_) => 0,
            Self::Usage(_) => 2,
            Self::Partly(_) => 3,
            Self::Failed(error) => error.exit_code(),
        }
    }
}

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shown(text) => text.fmt(f),
            Self::Usage(line) | Self::Partly(line) => line.fmt(f),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl From<Error> for Exit {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<clap::Error> for Exit {
    fn from(error: clap::Error) -> Self {
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Self::Shown(error),
            _ => Self::Usage(in_one_line(&error)),
        }
    }
}

/// Rewrites clap's error as a one-line message in our own words.
fn in_one_line(error: &clap::Error) -> String {
    let help = format!("{} --help", command(error));
    let flag = || text(error, ContextKind::InvalidArg).map(|flag| plain(&flag)).unwrap_or_default();
    match error.kind() {
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => bad_value(error, &flag(), &help),
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand => unknown(error, &help),
        ErrorKind::ArgumentConflict => conflict(error, &flag()),
        ErrorKind::TooManyValues => format!("{0} takes no value; type {0} alone", flag()),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "gpu-sweep study needs to know which study; type gpu-sweep study init".to_owned()
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = text(error, ContextKind::InvalidArg).unwrap_or_default();
            format!("{} needs {missing}; {help} describes it", command(error))
        }
        _ => first_line(error, &help),
    }
}

/// Returns clap's context of one kind: a text, or a list joined with commas.
fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    }
}

/// The bare flag: `--epochs` for `--epochs <N>`, `--bias` for `--bias[=<BOOL>]`.
fn plain(flag: &str) -> String {
    flag.split([' ', '[', '=']).next().unwrap_or_default().to_owned()
}

/// The program and its subcommand, as typed: `gpu-sweep lr-find`.
fn command(error: &clap::Error) -> String {
    let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) else { return "gpu-sweep".to_owned() };
    let usage = usage.to_string();
    let words = usage.trim_start_matches("Usage:").split_whitespace();
    let words: Vec<&str> = words.take_while(|word| !word.starts_with(['[', '<', '-'])).collect();
    if words.is_empty() { "gpu-sweep".to_owned() } else { words.join(" ") }
}

fn bad_value(error: &clap::Error, flag: &str, help: &str) -> String {
    let Some(value) = text(error, ContextKind::InvalidValue).filter(|value| !value.is_empty()) else {
        return format!("{flag} needs a value; {help} describes it");
    };
    if let Some(error) = error.source().and_then(|source| source.downcast_ref::<Error>()) {
        // Value parsers do not know their flag; their message starts after its name.
        return format!("{flag}{error}");
    }
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(names)) => {
            let names = names.iter().map(String::as_str);
            let error = Error::setting(flag, quoted(&value), one_of(&names.clone().collect::<Vec<_>>()));
            error.or_closest(&value, names).to_string()
        }
        _ => format!("{flag} can't be {}; {help} describes it", quoted(&value)),
    }
}

/// Message for an unknown flag or command.
fn unknown(error: &clap::Error, help: &str) -> String {
    let word = text(error, ContextKind::InvalidArg).or_else(|| text(error, ContextKind::InvalidSubcommand));
    let word = word.unwrap_or_default();
    let (parent, cli) = (command(error), Cli::command());
    let command = command_at(&cli, &parent);
    let flag = plain(&word);
    if flag.starts_with('-') {
        let name = flag.trim_start_matches('-');
        // A flag of the main job is spelled correctly, only used with the wrong command: suggest no similar flag.
        let ours = flags(&cli).contains(&name);
        let own = closest(name, flags(command)).map(|meant| format!("--{meant}"));
        let similar = own.or_else(|| text(error, ContextKind::SuggestedArg)).filter(|_| !ours);
        let advice = similar.map_or(format!("{help} lists all flags"), |similar| format!("did you mean {similar}?"));
        return format!("{parent} has no flag {flag}; {advice}");
    }
    let mut names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    names.extend((names.contains(&"study")).then_some("study init"));
    let what = if names.is_empty() { "takes no further argument" } else { "has no command" };
    let advice = meant(&word, &names).or_else(|| behind_flag(command, &word, &super::typed_words()));
    format!("{parent} {what} {}; {}", quoted(&word), advice.unwrap_or_else(|| format!("{help} lists everything")))
}

/// Message for flags that exclude each other, or for a flag given twice.
fn conflict(error: &clap::Error, flag: &str) -> String {
    let others = match error.get(ContextKind::PriorArg) {
        Some(ContextValue::String(other)) => vec![plain(other)],
        Some(ContextValue::Strings(others)) => others.iter().map(|other| plain(other)).collect(),
        _ => return first_line(error, &format!("{} --help", command(error))),
    };
    if others.iter().any(|other| other == flag) {
        return format!("{flag} is given more than once; give it once");
    }
    let others = one_of(&others);
    match flag {
        "" => {
            let name = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            if !is_command(&name) {
                return no_command(&name, &super::typed_words());
            }
            format!(
                "{others} can't stand before the command {name}; type gpu-sweep {name} first, and its flags after it"
            )
        }
        _ => Error::usage(flag, format!("can't be used together with {others}; leave one of them out")).to_string(),
    }
}

fn first_line(error: &clap::Error, help: &str) -> String {
    let rendered = error.render().to_string();
    let line = rendered.lines().next().unwrap_or_default();
    format!("{}; {help} lists everything", line.trim_start_matches("error: "))
}
