//! `sweep.toml`: the question as a file, and how two questions differ.

use super::question::{Question, file_digests, paths_mut};
use crate::disk;
use crate::error::{Error, Result, did_you_mean, is_exhaustion, shown};
use crate::sweep::Sweep;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

/// Version of the folder's layout.
const FORMAT: u32 = 4;
/// The table that is no setting: what the question came to.
const TABLE: &str = "study";
const COMMENT: &str = "# What was asked. `gpu-sweep --config sweep.toml` asks it again.\n\n";
/// Longest text: a few axes with every value written out.
const MOST_TEXT: u64 = 4 << 20;
const ALLOWED: &str = "settings as in the sweep.toml of a results folder";

/// The `[study]` table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Header {
    pub format: u32,
    /// Version of the program that began the folder.
    pub version: String,
    pub digest: String,
    /// Models per chunk, of each cell.
    pub chunk_models: Vec<u64>,
    /// SHA-256 of each file that the settings name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

impl Header {
    pub fn of(question: &Question, chunk_models: Vec<u64>) -> Result<Self> {
        let (version, digest) = (env!("CARGO_PKG_VERSION").to_owned(), question.digest.clone());
        Ok(Self { format: FORMAT, version, digest, chunk_models, files: file_digests(&question.sweep)? })
    }
}

/// Reads settings from a `sweep.toml`, of a results folder or written by hand; missing ones have their defaults.
/// Relative paths in it count from the file's own folder.
///
/// # Errors
/// [`Error::File`] names line and column, and what is allowed there.
pub fn read_config(path: &Path) -> Result<Sweep> {
    parse_config(path, &text(path)?)
}

/// As [`read_config`], from the text of the file at `path`.
///
/// # Errors
/// As there.
pub fn parse_config(path: &Path, text: &str) -> Result<Sweep> {
    let mut sweep: Sweep = settings(text).map_err(|e| refuse(path, text, &e))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    for file in paths_mut(&mut sweep).into_iter().filter_map(|(_, file)| file.as_mut()) {
        *file = folder.join(&*file);
    }
    Ok(sweep)
}

/// All of a file that may be a pipe, or have no end.
fn text(path: &Path) -> Result<String> {
    let refuse = |what: String| Error::file(path, what, ALLOWED);
    let unopened = |e| match is_exhaustion(&e) {
        true => Error::io(path, "open")(e),
        false => Error::file(path, format!("can't be opened: {e}"), ""),
    };
    let mut file = File::open(path).map_err(unopened)?.take(MOST_TEXT + 1);
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|e| refuse(format!("can't be read: {e}")))?;
    if text.len() as u64 > MOST_TEXT { Err(refuse("is longer than 4 MiB".into())) } else { Ok(text) }
}

/// Everything outside the `[study]` table.
fn settings(text: &str) -> Result<Sweep, toml::de::Error> {
    let mut table = DeTable::parse(text)?;
    table.get_mut().remove(TABLE);
    with_plain_keys(table.get_mut());
    Sweep::deserialize(Deserializer::from(table))
}

/// Spells keys as the settings are: `weight_decay` is `weight-decay`. One that is there in both ways stays, and is refused.
fn with_plain_keys(table: &mut DeTable<'_>) {
    let keys: Vec<_> = table.keys().cloned().collect();
    for key in keys {
        let plain = key.get_ref().to_lowercase().replace('_', "-");
        if !table.contains_key(plain.as_str())
            && let Some(value) = table.remove(key.get_ref().as_ref())
        {
            table.insert(Spanned::new(key.span(), plain.into()), value);
        }
    }
}

/// A study's file as text; `None` where it is none.
///
/// # Errors
/// [`Error::Io`] where the system has no more open files to give: that says nothing of the file.
fn text_of(path: &Path) -> Result<Option<String>> {
    match disk::text(path, MOST_TEXT, ALLOWED) {
        Err(error) if error.is_exhaustion() => Err(error),
        text => Ok(text.ok()),
    }
}

/// The file of a study: its settings and what they came to. `None`: not a file that this program wrote.
///
/// # Errors
/// [`Error::Io`] as for an open file too many.
pub(super) fn read_saved(path: &Path) -> Result<Option<(Sweep, Header)>> {
    #[derive(Deserialize)]
    struct File {
        study: Header,
    }
    let parse = |text: String| Some((settings(&text).ok()?, toml::from_str::<File>(&text).ok()?.study));
    Ok(text_of(path)?.and_then(parse))
}

/// Whether this program wrote the file, be it another version of it.
///
/// # Errors
/// As for [`read_saved`].
pub(super) fn is_ours(path: &Path) -> Result<bool> {
    #[derive(Deserialize)]
    struct File {
        #[serde(rename = "study")]
        _study: AnyHeader,
    }
    #[derive(Deserialize)]
    struct AnyHeader {
        #[serde(rename = "format")]
        _format: u32,
    }
    Ok(text_of(path)?.is_some_and(|text| toml::from_str::<File>(&text).is_ok()))
}

/// The text of `sweep.toml`.
///
/// # Errors
/// [`Error::Setting`] for a value that TOML does not hold, such as a path that is no text.
pub(super) fn to_text(sweep: &Sweep, header: &Header) -> Result<String> {
    let study = toml::to_string(&BTreeMap::from([(TABLE, header)]));
    let study = study.map_err(|e| Error::usage("the settings", format!("can't be written as a sweep.toml: {e}")))?;
    Ok(format!("{COMMENT}{}\n{study}", sweep.to_toml()?))
}

/// How the question `there` differs from the one asked, in one line; `None` where it is the same.
pub(super) fn difference(saved: &Sweep, there: &Header, asked: &Sweep, here: &Header) -> Option<String> {
    if there.format != here.format {
        return Some(format!("its layout is version {}, not {}", there.format, here.format));
    }
    let same_cut = asked.chunk_models.is_none() || asked.chunk_models == saved.chunk_models;
    if there.digest == here.digest && same_cut {
        return None;
    }
    let lines = differing(&table(saved), there, &table(asked), here);
    let unseen =
        || format!("the settings look alike, but version {} made something else of them", shown(&there.version));
    Some(if lines.is_empty() { unseen() } else { lines.join("; ") })
}

fn table(sweep: &Sweep) -> toml::Table {
    toml::Table::try_from(sweep).unwrap_or_default()
}

/// `epochs: 1000 there, 500 here`, a text per setting that differs. A file is what is in it, wherever it lies.
fn differing(saved: &toml::Table, there: &Header, asked: &toml::Table, here: &Header) -> Vec<String> {
    let names: BTreeSet<&String> = saved.keys().chain(asked.keys()).collect();
    let show = |value: Option<&toml::Value>| value.map_or("not given".to_owned(), toml::Value::to_string);
    let line = |name: &String| {
        let (old, new) = (saved.get(name), asked.get(name));
        let contents = there.files.get(name).zip(here.files.get(name)).map(|(old, new)| old == new);
        match contents {
            Some(true) => None,
            Some(false) if file_name(old) == file_name(new) => {
                Some(format!("{name}: the contents of {} changed since", show(new)))
            }
            _ if old == new => None,
            _ => Some(format!("{name}: {} there, {} here", show(old), show(new))),
        }
    };
    names.into_iter().filter_map(line).collect()
}

/// The last part of a path: the folder has a copy of the file, under its name.
fn file_name(value: Option<&toml::Value>) -> Option<&std::ffi::OsStr> {
    Path::new(value?.as_str()?).file_name()
}

/// The toml crate's error as a sentence of ours. The setting's own reader does not know its name: the line does.
fn refuse(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let (line, column) = error.span().map_or((0, 0), |span| position(text, span.start));
    let start = text.lines().nth((line as usize).saturating_sub(1)).unwrap_or_default();
    let name = start.split('=').next().unwrap_or_default().trim();
    let message = error.message().replace('\n', "; ");
    let what = if let Some(rest) = message.strip_prefix("unknown field `") {
        unknown(rest)
    } else if let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|m| m.split_once(", expected "))
    {
        format!("{name} must be {expected}, not a {found}")
    } else if message.starts_with(' ') {
        format!("{name}{message}")
    } else {
        message
    };
    Error::file_at(path, line, column, what, "")
}

/// From serde's ``epoch`, expected one of `data`, `dataset`, ...``, without the first backtick.
fn unknown(rest: &str) -> String {
    let name = rest.split('`').next().unwrap_or_default();
    let known: Vec<&str> = rest.split('`').skip(2).step_by(2).collect();
    let hint = match did_you_mean(name, known.iter().copied()) {
        none if none.is_empty() => "; gpu-sweep --print-config prints all settings".to_owned(),
        hint => hint,
    };
    format!("there is no setting {}{hint}", shown(name))
}

/// Line and column (in characters) of a byte, both from 1.
fn position(text: &str, byte: usize) -> (u64, u64) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line as u64, column as u64)
}

#[cfg(test)]
mod tests;
