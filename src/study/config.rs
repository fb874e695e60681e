//! `sweep.toml`: the question as a file, and how two questions differ.

mod refusal;

pub use refusal::in_file;

use super::spec::{StudySpec, file_digests};
use crate::disk;
use crate::error::{Error, Result, is_exhaustion, shown};
use crate::sweep::{Setting, Sweep};
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
const COMMENT: &str = "# All settings of this study. Rerun with `gpu-sweep --config sweep.toml`.\n\n";
/// Longest text: a few axes with every value written out.
const MOST_TEXT: u64 = 4 << 20;
const ALLOWED: &str = "a file of settings, such as the sweep.toml of a results folder";

/// The `[study]` table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct StudyHeader {
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

impl StudyHeader {
    pub fn of(question: &StudySpec, chunk_models: Vec<u64>) -> Result<Self> {
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
    let mut sweep: Sweep = settings(text).map_err(|e| refusal::of(path, text, &e))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    for setting in Setting::paths() {
        if let Some(file) = setting.path(&mut sweep) {
            *file = folder.join(&*file);
        }
    }
    Ok(sweep)
}

/// All of a file that may be a pipe, or have no end.
fn text(path: &Path) -> Result<String> {
    let unopened = |e| match is_exhaustion(&e) {
        true => Error::io(path, "open")(e),
        false => Error::file(path, format!("can't be opened: {e}")),
    };
    let file = File::open(path).map_err(unopened)?;
    if path.is_dir() {
        return Err(Error::file_is(path, "a folder", ALLOWED));
    }
    let mut bytes = Vec::new();
    file.take(MOST_TEXT + 1).read_to_end(&mut bytes).map_err(|e| Error::file(path, format!("can't be read: {e}")))?;
    if bytes.len() as u64 > MOST_TEXT {
        return Err(Error::file_is(path, "longer", &format!("{ALLOWED}, of up to 4 MiB")));
    }
    String::from_utf8(bytes).map_err(|_| Error::file_is(path, "invalid UTF-8", ALLOWED))
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
pub(super) fn read_saved(path: &Path) -> Result<Option<(Sweep, StudyHeader)>> {
    #[derive(Deserialize)]
    struct File {
        study: StudyHeader,
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
pub(super) fn to_text(sweep: &Sweep, header: &StudyHeader) -> Result<String> {
    let study = toml::to_string(&BTreeMap::from([(TABLE, header)]));
    let study = study.map_err(|e| Error::usage("the settings", format!("can't be written as a sweep.toml: {e}")))?;
    Ok(format!("{COMMENT}{}\n{study}", sweep.to_toml()?))
}

/// How the question `there` differs from the one asked, in one line; `None` where it is the same.
pub(super) fn difference(saved: &Sweep, there: &StudyHeader, asked: &Sweep, here: &StudyHeader) -> Option<String> {
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
fn differing(saved: &toml::Table, there: &StudyHeader, asked: &toml::Table, here: &StudyHeader) -> Vec<String> {
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

#[cfg(test)]
mod tests;
