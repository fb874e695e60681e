//! Typed errors: what was wrong, the value, and what is allowed. Each one prints as a single line.

mod meant;

pub use meant::{closest, did_you_mean, is_same};

use std::path::{Path, PathBuf};

/// Everything that can stop the library. `Display` is one line, fit for a terminal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value that a setting (flag or `sweep.toml` key) does not take.
    #[error("{name} must be {allowed}, not {value}{hint}")]
    Setting {
        /// Flag or key, as the user types it: `--lr`.
        name: String,
        /// What was given.
        value: String,
        /// What it takes, in words that follow "must be".
        allowed: String,
        /// Empty, or what was probably meant: `; did you mean adam?`.
        hint: String,
    },

    /// Settings that do not fit together, or to what they refer to.
    #[error("{name} {what}")]
    Usage {
        /// Flag or key, as the user types it: the subject of the sentence.
        name: String,
        /// The rest of the sentence, and what to type instead: `has no effect with ...; add ...`.
        what: String,
    },

    /// A file whose contents can't be used; `place` names line and column where there are any.
    #[error("{}{place}: {what}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Line and column, where there are any.
        place: FilePosition,
        /// What is wrong with its contents and what is allowed: a sentence, of which the file may be the subject.
        what: String,
    },

    /// The operating system refused.
    #[error("{}: cannot {action}: {source}{}", path.display(), remedy(source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried: `read`, `write`, ...
        action: &'static str,
        /// Why it was refused.
        source: std::io::Error,
    },

    /// A results folder that holds something else than what was asked for.
    #[error("{}: {what}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },

    /// No device of the kind asked for, or a device that failed.
    #[error("{0}")]
    Device(String),

    /// A finished file of ours that can't be read back.
    #[error("{}: damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },

    /// A picture that could not be drawn.
    #[error("picture {name}: {what}")]
    Picture {
        /// Its name: `accuracy`.
        name: String,
        /// What went wrong.
        what: String,
    },
}

/// `Result` with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Where in a file: both count from 1; 0 means "the file as a whole". In a table, `column` is the number of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FilePosition {
    /// From 1; 0: the file as a whole.
    pub line: u64,
    /// From 1; 0: the line as a whole.
    pub column: u64,
}

impl std::fmt::Display for FilePosition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, self.column) {
            (0, _) => Ok(()),
            (line, 0) => write!(f, ", line {line}"),
            (line, column) => write!(f, ", line {line}, column {column}"),
        }
    }
}

impl Error {
    /// A bad value: `name` as the user typed it (`--lr`), the value, and what is allowed, in words that follow "must be".
    pub fn setting(name: impl Into<String>, value: impl ToString, allowed: impl Into<String>) -> Self {
        let (name, value, allowed) = (name.into(), value.to_string(), allowed.into());
        Self::Setting { name, value, allowed, hint: String::new() }
    }

    /// A sentence about settings that do not fit together: `name` is its subject, `what` the rest with what to type instead.
    pub fn usage(name: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Usage { name: name.into(), what: what.into() }
    }

    /// The same error of a bad value, with the name among `names` that it is most likely a typing error of.
    pub fn or_closest<'a>(mut self, typed: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        if let Self::Setting { hint, .. } = &mut self {
            *hint = did_you_mean(typed, names);
        }
        self
    }

    /// The same error of a bad value, of which it shows this text.
    pub fn showing(mut self, text: String) -> Self {
        if let Self::Setting { value, .. } = &mut self {
            *value = text;
        }
        self
    }

    /// The same error of a bad value, with what was probably the mistake, as a clause.
    pub fn hinted(mut self, clause: &str) -> Self {
        if let Self::Setting { hint, .. } = &mut self
            && !clause.is_empty()
        {
            *hint = format!("; {clause}");
        }
        self
    }

    /// The same error about the setting `name`, where it is about a setting at all.
    pub fn of(mut self, setting: &str) -> Self {
        if let Self::Setting { name, .. } | Self::Usage { name, .. } = &mut self {
            *name = setting.to_owned();
        }
        self
    }

    /// A bad file as a whole, in a sentence.
    pub fn file(path: &Path, what: impl Into<String>) -> Self {
        Self::file_at(path, 0, 0, what)
    }

    /// A file that must be something else: both in words that follow "must be" and "not".
    pub fn file_is(path: &Path, found: &str, allowed: &str) -> Self {
        Self::file(path, format!("must be {allowed}, not {found}"))
    }

    /// A bad file, at `line` and `column` (from 1; 0 where there is none), in a sentence.
    pub fn file_at(path: &Path, line: u64, column: u64, what: impl Into<String>) -> Self {
        Self::File { path: path.into(), place: FilePosition { line, column }, what: what.into() }
    }

    /// Turns an `io::Error` into ours: `.map_err(Error::io(path, "read"))`.
    pub fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Io { path, action, source }
    }

    /// Whether the system has no more open files or memory to give: nothing is wrong with the file.
    pub fn is_exhaustion(&self) -> bool {
        matches!(self, Self::Io { source, .. } if is_exhaustion(source))
    }

    /// The exit code of a program that ends with this error: 2 for bad input, 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Setting { .. } | Self::Usage { .. } | Self::File { .. } | Self::Folder { .. } => 2,
            _ => 1,
        }
    }
}

/// Whether the system has no more open files or memory to give. (ENOMEM, ENFILE, EMFILE: of these numbers on every Unix.)
pub fn is_exhaustion(error: &std::io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(12 | 23 | 24))
}

/// What to do about a limit of the system that is in the way, as a clause; nothing for other errors.
fn remedy(error: &std::io::Error) -> &'static str {
    match error.raw_os_error().filter(|_| cfg!(unix)) {
        Some(23) => "; close other programs, which hold the system's open files",
        Some(24) => "; raise the limit on open files: ulimit -n 4096",
        Some(27) => "; raise the limit on the size of files: ulimit -f unlimited",
        _ => "",
    }
}

/// A text for a message: quoted, on one line, and not too long.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// Texts for a message, as [`shown`]; of more than `most` only the first ones, and how many there are beside.
pub fn listed<'a>(texts: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let mut texts = texts.into_iter();
    let first: Vec<String> = texts.by_ref().take(most).map(shown).collect();
    match texts.count() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// A number for a message, as people type it: `0.05`, `1000`, `1e30`.
pub fn number(value: f64) -> String {
    let (plain, short) = (value.to_string(), format!("{value:e}"));
    if plain.len() <= short.len() + 6 { plain } else { short }
}

/// Names for a message: `a`, `a or b`, `a, b or c`.
pub fn one_of(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_sentences() {
        let error = Error::setting("", "\"sdg\"", one_of(&["sgd", "adam", "adamw"])).or_closest("sdg", ["sgd"]);
        let expected = "--optimizer must be sgd, adam or adamw, not \"sdg\"; did you mean sgd?";
        assert_eq!(error.of("--optimizer").to_string(), expected);
        assert_eq!(
            Error::usage("--seeds", "and --models exclude each other").to_string(),
            "--seeds and --models exclude each other"
        );
        assert_eq!(
            (one_of(&[""; 0]), one_of(&["a"]), one_of(&["a", "b"])),
            (String::new(), "a".into(), "a or b".into())
        );
    }

    #[test]
    fn numbers_are_as_people_type_them() {
        let cases =
            [(0.05, "0.05"), (1e6, "1000000"), (1e30, "1e30"), (1e300, "1e300"), (1e-12, "1e-12"), (-0.1, "-0.1")];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }
}
