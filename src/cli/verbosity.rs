//! Output: notes to stderr, results to stdout. `--quiet` silences both, `--json` prints one object to stdout.

use super::Exit;
use crate::Error;
use crate::cli::ExitCode;
use crate::study::now;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// How this process writes on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// An object a line.
    Json,
}

static LOG_FORMAT: OnceLock<LogFormat> = OnceLock::new();

impl LogFormat {
    /// Finds `--log-format` before the command line is parsed, so that parsing errors have this format, too.
    pub fn find(arguments: &[OsString]) {
        let is = |word: &OsString, text: &str| word.eq_ignore_ascii_case(text);
        let given = arguments.iter().any(|word| is(word, "--log-format=json"));
        let json = given || arguments.windows(2).any(|words| words[0] == "--log-format" && is(&words[1], "json"));
        let _ = LOG_FORMAT.set(if json { Self::Json } else { Self::Text });
    }

    fn is_json() -> bool {
        LOG_FORMAT.get() == Some(&Self::Json)
    }
}

/// Keeps drivers from writing to stderr: Mesa's device selection layer complains if there is no desktop, and this
/// program chooses among adapters itself. Call it before there is a second thread.
pub fn hush_drivers() {
    if std::env::var_os("NODEVICE_SELECT").is_none() {
        // SAFETY: the caller runs before any other thread that might read the environment.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}

/// How much to say, and how; flags of what trains or writes.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Verbosity {
    /// Print nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
    /// Print the summary as one JSON object
    #[arg(long)]
    pub json: bool,
}

impl Verbosity {
    /// Prints a note on stderr: its subject and text.
    pub fn report(&self, subject: &str, text: &str) {
        if self.quiet {
            return;
        }
        match LogFormat::is_json() {
            true => log(
                if subject == "warning" { "warning" } else { "info" },
                &json!({ "about": subject, "message": text }),
            ),
            false => stderr_line(&labelled(subject, text)),
        }
    }

    /// Prints notes on the same subject.
    pub fn report_each<T: AsRef<str>>(&self, subject: &str, texts: impl IntoIterator<Item = T>) {
        texts.into_iter().for_each(|text| self.report(subject, text.as_ref()));
    }

    /// Logs progress in a JSON log; the terminal has a bar instead.
    pub fn log_progress(&self, progress: &impl serde::Serialize) {
        if !self.quiet && LogFormat::is_json() {
            log("info", &json!({ "about": "progress", "progress": progress }));
        }
    }

    /// Prints an empty line between notes and the summary.
    pub fn gap(&self) {
        if !self.quiet && !LogFormat::is_json() {
            stderr_line("");
        }
    }

    /// Prints the result as text on stdout.
    ///
    /// # Errors
    /// If stdout can't be written, except for a closed pipe.
    pub fn show(&self, text: &str) -> Result<(), Exit> {
        if self.quiet || self.json { Ok(()) } else { stdout(text) }
    }

    /// Prints the result as JSON on stdout, with `--json`.
    ///
    /// # Errors
    /// As for [`Verbosity::show`].
    pub fn object(&self, object: impl FnOnce() -> serde_json::Value) -> Result<(), Exit> {
        if self.json { stdout(&format!("{:#}\n", object())) } else { Ok(()) }
    }

    /// Whether a progress bar would be visible.
    pub fn has_bar(&self) -> bool {
        !self.quiet
            && !LogFormat::is_json()
            && std::io::stderr().is_terminal()
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }
}

/// Whether to use colour: on a terminal, unless the user has set `NO_COLOR` (no-color.org).
pub fn has_colour(stream: &impl IsTerminal) -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    stream.is_terminal() && set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}

/// `text` in bold if stdout has colour.
pub fn bold(text: &str) -> String {
    if has_colour(&std::io::stdout()) { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

/// Prints why the program stopped and returns its exit code.
pub fn report(stop: Exit) -> ExitCode {
    match &stop {
        // A closed pipe (`gpu-sweep --help | head -1`) is not an error.
        Exit::Shown(text) => match text.print() {
            Err(e) if e.kind() != ErrorKind::BrokenPipe => {
                return report(Error::io(Path::new("standard output"), "write")(e).into());
            }
            _ => {}
        },
        _ => {
            let message = stop.to_string();
            let one_line: Vec<&str> = message.split_whitespace().collect();
            print_error(&one_line.join(" "), stop.exit_code());
        }
    }
    ExitCode::from(stop.exit_code())
}

/// Prints the error that ends the program as one line, with the exit code in a JSON log.
fn print_error(message: &str, code: u8) {
    match LogFormat::is_json() {
        true => log("error", &json!({ "message": message, "exit_code": code })),
        false => stderr_line(&format!("gpu-sweep: error: {message}")),
    }
}

/// A note with its subject in a column of fixed width.
pub fn labelled(subject: &str, text: &str) -> String {
    format!("{subject:<9} {text}")
}

/// Prints an object as one line, with the time (RFC 3339, UTC).
fn log(level: &str, content: &Value) {
    let mut line = json!({ "time": now(), "level": level });
    content.as_object().into_iter().flatten().for_each(|(name, value)| line[name] = value.clone());
    stderr_line(&line.to_string());
}

/// Prints one line on stderr; a failure is ignored because it cannot be reported.
fn stderr_line(line: &str) {
    // Escapes control characters: names in a foreign file could move the cursor or change the window's title.
    let shown = |c: char| if c.is_control() && c != '\n' { c.escape_default().to_string() } else { c.to_string() };
    let _ = writeln!(std::io::stderr(), "{}", line.chars().map(shown).collect::<String>());
}

fn stdout(text: &str) -> Result<(), Exit> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        // The reader closed the pipe (`| head -3`).
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result.map_err(Error::io(Path::new("standard output"), "write"))?),
    }
}
/// Lists the written files.
pub fn written(files: &[PathBuf]) -> String {
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    bold("written") + "\n  " + &names.join("\n  ") + "\n"
}

/// Lists the files in a folder with their purposes.
pub fn list_of_files(folder: &Path, files: &[(String, String)]) -> String {
    let width = files.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let lines = files.iter().map(|(name, purpose)| format!("  {name:width$}  {purpose}\n"));
    bold(&format!("in {}", folder.display())) + "\n" + &lines.collect::<String>()
}
