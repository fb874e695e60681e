//! Typed errors: what is wrong, the value, and what is allowed. Each prints as a single line.

mod did_you_mean;

pub use did_you_mean::{closest, did_you_mean, is_same};

use std::path::{Path, PathBuf};

/// Every error of the library. `Display` is one line, fit for a terminal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value that a setting (flag or `sweep.toml` key) does not accept.
    #[error("{name} must be {allowed}, not {value}{hint}")]
    Setting {
        /// Flag or key, as the user types it: `--lr`.
        name: String,
        /// The rejected value.
        value: String,
        /// Accepted values, in words that follow "must be".
        allowed: String,
        /// Suggestion, or empty: `; did you mean adam?`.
        hint: String,
    },

    /// Settings that contradict each other, or whatever they refer to.
    #[error("{name} {what}")]
    Usage {
        /// Flag or key, as the user types it: the subject of the sentence.
        name: String,
        /// Rest of the sentence, with what to type instead: `has no effect with ...; add ...`.
        what: String,
    },

    /// A file with unusable contents.
    #[error("{}{place}: {what}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Line and column, if known.
        place: FilePosition,
        /// What is wrong with the contents and what is allowed: a sentence, which may have the file as its subject.
        what: String,
    },

    /// A failed operation of the operating system.
    #[error("{}: cannot {action}: {source}{}", path.display(), remedy(source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Attempted action: `read`, `write`, ...
        action: &'static str,
        /// Reason of the failure.
        source: std::io::Error,
    },

    /// A results folder whose contents do not match the request.
    #[error("{}: {what}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },

    /// No device of the requested kind, or a device that failed.
    #[error("{0}")]
    Device(String),

    /// A finished file, written by this program, that can't be read back.
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
        /// Name of the picture: `accuracy`.
        name: String,
        /// What went wrong.
        what: String,
    },

    /// A computation that its caller has stopped.
    #[error("stopped before the end")]
    Stopped,
}

/// `Result` with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Position in a file; line and column count from 1, 0 means the file as a whole. In a table, `column` is the field
/// number.
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
    /// Creates an error about a bad value. `name` is as the user typed it (`--lr`), `allowed` follows "must be".
    pub fn setting(name: impl Into<String>, value: impl ToString, allowed: impl Into<String>) -> Self {
        let (name, value, allowed) = (name.into(), value.to_string(), allowed.into());
        Self::Setting { name, value, allowed, hint: String::new() }
    }

    /// Creates an error about settings that contradict each other. `name` is the subject of the sentence; `what` is the
    /// rest, with what to type instead.
    pub fn usage(name: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Usage { name: name.into(), what: what.into() }
    }

    /// Adds a suggestion to a bad value: the one of `names` that `typed` most likely misspells.
    pub fn or_closest<'a>(mut self, typed: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        if let Self::Setting { hint, .. } = &mut self {
            *hint = did_you_mean(typed, names);
        }
        self
    }

    /// Replaces the value that is shown for a bad value.
    pub fn with_shown_value(mut self, text: String) -> Self {
        if let Self::Setting { value, .. } = &mut self {
            *value = text;
        }
        self
    }

    /// Adds a clause on the probable mistake to a bad value.
    pub fn with_hint(mut self, clause: &str) -> Self {
        if let Self::Setting { hint, .. } = &mut self
            && !clause.is_empty()
        {
            *hint = format!("; {clause}");
        }
        self
    }

    /// Sets the setting's name, if the error is about a setting.
    pub fn of(mut self, setting: &str) -> Self {
        if let Self::Setting { name, .. } | Self::Usage { name, .. } = &mut self {
            *name = setting.to_owned();
        }
        self
    }

    /// Creates an error about a file as a whole; `what` is a sentence.
    pub fn file(path: &Path, what: impl Into<String>) -> Self {
        Self::file_at(path, 0, 0, what)
    }

    /// Creates an error about a file that must be something else: `allowed` follows "must be", `found` follows "not".
    pub fn file_is(path: &Path, found: &str, allowed: &str) -> Self {
        Self::file(path, format!("must be {allowed}, not {found}"))
    }

    /// Creates an error about a file at `line` and `column` (from 1; 0 if unknown); `what` is a sentence.
    pub fn file_at(path: &Path, line: u64, column: u64, what: impl Into<String>) -> Self {
        Self::File { path: path.into(), place: FilePosition { line, column }, what: what.into() }
    }

    /// Converts an `io::Error`: `.map_err(Error::io(path, "read"))`.
    pub fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Io { path, action, source }
    }

    /// Whether the system is out of open files or memory, so that nothing is wrong with the file itself.
    pub fn is_exhaustion(&self) -> bool {
        matches!(self, Self::Io { source, .. } if is_exhaustion(source))
    }

    /// Returns the exit code of a program that ends with this error: 2 for bad input, 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Setting { .. } | Self::Usage { .. } | Self::File { .. } | Self::Folder { .. } => 2,
            _ => 1,
        }
    }
}

/// Whether the system is out of open files or memory: ENOMEM, ENFILE or EMFILE, which have the same numbers on every
/// Unix.
pub fn is_exhaustion(error: &std::io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(12 | 23 | 24))
}

/// Returns a clause on how to raise the system limit behind this error; empty for other errors.
fn remedy(error: &std::io::Error) -> &'static str {
    match error.raw_os_error().filter(|_| cfg!(unix)) {
        Some(23) => "; close other programs, which hold the system's open files",
        Some(24) => "; raise the limit on open files: ulimit -n 4096",
        Some(27) => "; raise the limit on the size of files: ulimit -f unlimited",
        _ => "",
    }
}

/// Quotes a text for a message, on one line and truncated to 60 characters.
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// Lists texts for a message, each as by [`quoted`]: the first `most`, then the number of the others.
pub fn listed<'a>(texts: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let mut texts = texts.into_iter();
    let first: Vec<String> = texts.by_ref().take(most).map(quoted).collect();
    match texts.count() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Formats a number for a message as users type it: `0.05`, `1000`, `1e30`.
pub fn number(value: f64) -> String {
    let (plain, short) = (value.to_string(), format!("{value:e}"));
    if plain.len() <= short.len() + 6 { plain } else { short }
}

/// Joins names for a message: `a`, `a or b`, `a, b or c`.
pub fn one_of(names: &[impl AsRef<str>]) -> String {
    joined(names, "or")
}

/// Joins names for a sentence: `a`, `a and b`, `a, b and c`.
pub fn all_of(names: &[impl AsRef<str>]) -> String {
    joined(names, "and")
}

fn joined(names: &[impl AsRef<str>], word: &str) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {word} {last}", rest.join(", ")),
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
