//! Typed errors: what was wrong, the value, and what is allowed. Each one prints as a single line.

use std::path::{Path, PathBuf};

/// Everything that can stop the library. `Display` is one line, fit for a terminal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting (flag or `sweep.toml` key) that makes no sense.
    #[error("{name}: {value} is not allowed; allowed: {allowed}")]
    Setting {
        /// Flag or key, as the user types it: `--lr`.
        name: String,
        /// What was given.
        value: String,
        /// What would do, in words.
        allowed: String,
    },

    /// A file whose contents can't be used; `place` names line and column where there are any.
    #[error("{}{place}: {what}; allowed: {allowed}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Line and column, where there are any.
        place: Place,
        /// What is wrong with its contents.
        what: String,
        /// What would do, in words.
        allowed: String,
    },

    /// The operating system refused.
    #[error("{}: cannot {action}: {source}", path.display())]
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
pub struct Place {
    /// From 1; 0: the file as a whole.
    pub line: u64,
    /// From 1; 0: the line as a whole.
    pub column: u64,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, self.column) {
            (0, _) => Ok(()),
            (line, 0) => write!(f, ", line {line}"),
            (line, column) => write!(f, ", line {line}, column {column}"),
        }
    }
}

impl Error {
    /// A bad setting: `name` as the user typed it (`--lr`), the value, and what is allowed.
    pub fn setting(name: impl Into<String>, value: impl ToString, allowed: impl Into<String>) -> Self {
        Self::Setting { name: name.into(), value: value.to_string(), allowed: allowed.into() }
    }

    /// A bad file as a whole.
    pub fn file(path: &Path, what: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self::file_at(path, 0, 0, what, allowed)
    }

    /// A bad file, at `line` and `column` (from 1; 0 where there is none).
    pub fn file_at(path: &Path, line: u64, column: u64, what: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self::File { path: path.into(), place: Place { line, column }, what: what.into(), allowed: allowed.into() }
    }

    /// Turns an `io::Error` into ours: `.map_err(Error::io(path, "read"))`.
    pub fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Io { path, action, source }
    }

    /// The exit code of a program that ends with this error: 2 for bad input, 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Setting { .. } | Self::File { .. } | Self::Folder { .. } => 2,
            _ => 1,
        }
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
