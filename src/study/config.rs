//! `sweep.toml`: reads and writes the settings of a study, and compares those of two studies.

mod refusal;

pub use refusal::in_file;

use super::named_files::file_digests;
use crate::disk;
use crate::error::{Error, Result, is_exhaustion, quoted};
use crate::results::StudySpec;
use crate::sweep::{Setting, Sweep};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

/// Version of the study folder's layout
const FORMAT: u32 = 5;
/// Table of the [`StudyHeader`]; everything outside it is a setting
const STUDY_TABLE: &str = "study";
const COMMENT: &str = "# All settings of this study. Rerun with `gpu-sweep --config sweep.toml`.\n\n";
/// Maximum file size in bytes: enough for a few axes with every value written out
const MOST_TEXT: u64 = 4 << 20;
const ALLOWED: &str = "a file of settings, such as the sweep.toml of a results folder";

/// The `[study]` table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct StudyHeader {
    pub format: u32,
    /// Program version that created the folder
    pub version: String,
    pub digest: String,
    /// Models per chunk, for each cell
    pub chunk_models: Vec<u64>,
    /// SHA-256 of each file in the settings, by setting name
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

impl StudyHeader {
    pub fn of(spec: &StudySpec, chunk_models: Vec<u64>) -> Result<Self> {
        let (version, digest) = (env!("CARGO_PKG_VERSION").to_owned(), spec.digest.clone());
        Ok(Self { format: FORMAT, version, digest, chunk_models, files: file_digests(&spec.sweep)? })
    }
}

/// Reads settings from a `sweep.toml` of a results folder or written by hand; missing ones have their defaults.
/// Relative paths are relative to the file's folder.
///
/// # Errors
/// [`Error::File`] with the line, the column and what is allowed there.
pub fn read_config(path: &Path) -> Result<Sweep> {
    parse_config(path, &text(path)?)
}

/// Like [`read_config`], from the text of the file at `path`.
///
/// # Errors
/// As for [`read_config`].
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

/// Reads a whole file. It may be a pipe or endless, so the size is checked while reading.
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

/// Parses everything outside the `[study]` table.
fn settings(text: &str) -> Result<Sweep, toml::de::Error> {
    let mut table = DeTable::parse(text)?;
    table.get_mut().remove(STUDY_TABLE);
    normalise_keys(table.get_mut());
    Sweep::deserialize(Deserializer::from(table))
}

/// Normalises keys to lower case with hyphens: `weight_decay` becomes `weight-decay`. If the file also has the
/// normalised key, the other one stays unchanged and is refused later.
fn normalise_keys(table: &mut DeTable<'_>) {
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

/// Reads a study's file as text; `None` if that fails.
///
/// # Errors
/// [`Error::Io`] if the system runs out of memory or open files, since that says nothing about the file.
fn text_of(path: &Path) -> Result<Option<String>> {
    match disk::text(path, MOST_TEXT, ALLOWED) {
        Err(error) if error.is_exhaustion() => Err(error),
        text => Ok(text.ok()),
    }
}

/// Reads the settings and the header of a study's file; `None` if this program did not write it.
///
/// # Errors
/// [`Error::Io`] if the system runs out of memory or open files.
pub(super) fn read_saved(path: &Path) -> Result<Option<(Sweep, StudyHeader)>> {
    #[derive(Deserialize)]
    struct File {
        study: StudyHeader,
    }
    let parse = |text: String| Some((settings(&text).ok()?, toml::from_str::<File>(&text).ok()?.study));
    Ok(text_of(path)?.and_then(parse))
}

/// Whether any version of this program wrote the file.
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

/// Returns the text of `sweep.toml`.
///
/// # Errors
/// [`Error::Usage`] for a value that TOML can't represent, such as a path that is not UTF-8.
pub(super) fn to_text(sweep: &Sweep, header: &StudyHeader) -> Result<String> {
    let study = toml::to_string(&BTreeMap::from([(STUDY_TABLE, header)]));
    let study = study.map_err(|e| Error::usage("the settings", format!("can't be written as a sweep.toml: {e}")))?;
    Ok(format!("{COMMENT}{}\n{study}", sweep.to_toml()?))
}

/// Describes in one line how the saved settings differ from those asked for; `None` if they are the same.
pub(super) fn difference(saved: &Sweep, there: &StudyHeader, requested: &Sweep, here: &StudyHeader) -> Option<String> {
    if there.format != here.format {
        return Some(format!("its layout is version {}, not {}", there.format, here.format));
    }
    let same_cut = requested.chunk_models.is_none() || requested.chunk_models == saved.chunk_models;
    if there.digest == here.digest && same_cut {
        return None;
    }
    let lines = differing(&table(saved), there, &table(requested), here);
    let unseen =
        || format!("the settings look alike, but version {} made something else of them", quoted(&there.version));
    Some(if lines.is_empty() { unseen() } else { lines.join("; ") })
}

fn table(sweep: &Sweep) -> toml::Table {
    toml::Table::try_from(sweep).unwrap_or_default()
}

/// Returns a text such as `epochs: 1000 there, 500 here` for each setting that differs. Files are compared by their
/// contents, not their paths.
fn differing(saved: &toml::Table, there: &StudyHeader, requested: &toml::Table, here: &StudyHeader) -> Vec<String> {
    let names: BTreeSet<&String> = saved.keys().chain(requested.keys()).collect();
    let show = |value: Option<&toml::Value>| value.map_or("not given".to_owned(), toml::Value::to_string);
    let line = |name: &String| {
        let (old, new) = (saved.get(name), requested.get(name));
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

/// Returns the last part of a path. The study folder's copy of a file has the same name.
fn file_name(value: Option<&toml::Value>) -> Option<&std::ffi::OsStr> {
    Path::new(value?.as_str()?).file_name()
}

#[cfg(test)]
mod tests;
