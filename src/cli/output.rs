//! Where words go: notes to stderr, results to stdout. `--quiet` silences both, `--json` puts one object on stdout.

use super::Stop;
use gpu_sweep::Error;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;

/// Keeps drivers from writing to our stderr: Mesa's layer that puts a desktop's GPU first complains where there is no
/// desktop, and we choose among adapters ourselves. To be called before there is a second thread.
pub fn hush_drivers() {
    if std::env::var_os("NODEVICE_SELECT").is_none() {
        // SAFETY: the caller runs before any other thread that might read the environment.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}

/// How much to say, and how.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    pub quiet: bool,
    pub json: bool,
}

impl Output {
    /// A line for whoever watches, on stderr.
    pub fn note(&self, line: &str) {
        if !self.quiet {
            stderr_line(line);
        }
    }

    /// The result in words, on stdout.
    ///
    /// # Errors
    /// Where stdout can't be written, a closed pipe excepted.
    pub fn show(&self, text: &str) -> Result<(), Stop> {
        if self.quiet || self.json { Ok(()) } else { stdout(text) }
    }

    /// The result for programs, on stdout, with `--json`.
    ///
    /// # Errors
    /// As for [`Output::show`].
    pub fn object(&self, object: impl FnOnce() -> serde_json::Value) -> Result<(), Stop> {
        if self.json { stdout(&format!("{:#}\n", object())) } else { Ok(()) }
    }

    /// Whether a progress bar would be seen by anyone.
    pub fn has_bar(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }
}

/// Whether colour is wanted: by a terminal, and by a user who has not set `NO_COLOR` (no-color.org).
pub fn has_colour(stream: &impl IsTerminal) -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    stream.is_terminal() && set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}

/// `text` in bold, for stdout.
pub fn bold(text: &str) -> String {
    if has_colour(&std::io::stdout()) { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

/// One line on stderr; nobody can be told if that fails.
pub fn stderr_line(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn stdout(text: &str) -> Result<(), Stop> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        // The reader has seen enough (`| head -3`).
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result.map_err(Error::io(Path::new("standard output"), "write"))?),
    }
}
