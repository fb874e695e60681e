//! Error messages for settings files, with line and column, from the toml crate's errors.

use crate::error::{Error, did_you_mean, quoted};
use std::path::Path;
use toml::de::DeTable;

/// Flags that are not settings: they say where and how to train, not what
const FLAGS: [&str; 21] = [
    "device",
    "threads",
    "isa",
    "mapping",
    "checked",
    "out",
    "force",
    "shard",
    "shards",
    "preset",
    "config",
    "explain",
    "no-tune",
    "print-config",
    "print-data",
    "quiet",
    "json",
    "log-format",
    "pixels",
    "zoom",
    "zoom-movie",
];

/// Converts an error of the toml crate. The parser of a setting does not know its name, so it is taken from the line.
pub(super) fn of(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let (line, column) = error.span().map_or((0, 0), |span| position(text, span.start));
    let start = text.lines().nth((line as usize).saturating_sub(1)).unwrap_or_default();
    let name = start.split('=').next().unwrap_or_default().trim();
    let message = error.message().replace('\n', "; ");
    let what = if let Some(rest) = message.strip_prefix("unknown field `") {
        let typed = error.span().and_then(|span| text.get(span)).unwrap_or_default();
        unknown(rest, typed)
    } else if let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|m| m.split_once(", expected "))
    {
        format!("{name} must be {}, not {}", plain_expected(expected), plain_found(found))
    } else if message.starts_with(' ') {
        format!("{name}{message}")
    } else {
        format!("can't be read as TOML: {message}")
    };
    Error::file_at(path, line, column, what)
}

/// Normalises a key to the spelling of the settings.
fn key(name: &str) -> String {
    name.trim_matches('"').to_lowercase().replace('_', "-")
}

/// Rewords serde's name of the expected type.
fn plain_expected(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list",
        other => other,
    }
}

/// Rewords serde's description of the value found: ``integer `5` `` becomes `5`.
fn plain_found(found: &str) -> String {
    match found.split_once('`') {
        Some((_, value)) => value.trim_end_matches('`').to_owned(),
        None => match found.split_once(' ') {
            Some(("string", text)) => text.to_owned(),
            _ if found == "map" => "a date or a table".to_owned(),
            _ if found == "sequence" => "a list".to_owned(),
            _ => format!("a {found}"),
        },
    }
}

/// Builds the message for an unknown key from serde's ``epoch`, expected one of `data`, `dataset`, ...``, without the
/// first backtick.
fn unknown(rest: &str, typed: &str) -> String {
    let name = rest.split('`').next().unwrap_or_default();
    // Prefer the spelling in the file, if it is the same key.
    let shown_name = if key(typed) == key(name) { typed.trim_matches('"') } else { name };
    let known: Vec<&str> = rest.split('`').skip(2).step_by(2).collect();
    let key = key(name);
    let positive = key.strip_prefix("no-").filter(|rest| known.contains(rest));
    let hint = match positive {
        _ if FLAGS.contains(&key.as_str()) => format!("; it is no setting of a study: give it as a flag, --{key}"),
        Some(positive) => format!("; type {positive} = false"),
        None => match did_you_mean(name, known.iter().copied()) {
            none if none.is_empty() => "; gpu-sweep --print-config prints all settings".to_owned(),
            hint => hint,
        },
    };
    format!("there is no setting {}{hint}", quoted(shown_name))
}

/// Adds the position in the settings file to an error about a flag that was not typed. Returns the error unchanged if
/// the setting is not found in the file, or if the file is a pipe, which was already read.
pub fn in_file(path: &Path, error: Error) -> Error {
    let (Error::Setting { name, .. } | Error::Usage { name, .. }) = &error else { return error };
    let typed = name.trim_start_matches('-').to_owned();
    let (flag, rest) = typed.split_once(' ').map_or((typed.as_str(), ""), |(flag, rest)| (flag, rest));
    let wanted = if flag == "no-bias" { "bias" } else { flag };
    let Some(text) = path.is_file().then(|| super::text(path).ok()).flatten() else { return error };
    let span = DeTable::parse(&text).ok().and_then(|table| {
        let found = table.get_ref().iter().find(|(name, _)| key(name.get_ref()) == wanted);
        found.map(|(name, _)| (name.span(), name.get_ref().to_string()))
    });
    let Some((span, own)) = span.filter(|_| name.starts_with("--")) else { return error };
    let (line, column) = position(&text, span.start);
    let subject = if rest.is_empty() { own } else { format!("{own} {rest}") };
    Error::file_at(path, line, column, error.of(&subject).to_string())
}

/// Returns the line and column (in characters) of a byte offset, both starting at 1.
fn position(text: &str, byte: usize) -> (u64, u64) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line as u64, column as u64)
}
