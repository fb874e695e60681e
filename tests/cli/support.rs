//! Runs the program in a temporary folder.

use std::io::Read;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// A study that takes milliseconds: 2 learning rates, 4 seeds, 5 epochs on the CPU engine.
pub const SMALL: &str = "--device cpu --lr 0.01,0.1 --models 8 --epochs 5";

/// Temporary working folder, empty at first.
pub struct Place(tempfile::TempDir);

/// Output and exit code of a run.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), contents).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// Runs `gpu-sweep` here with arguments separated by blanks.
    pub fn run(&self, words: &str) -> Run {
        self.run_args(&words.split_whitespace().collect::<Vec<_>>())
    }

    pub fn run_args(&self, args: &[&str]) -> Run {
        self.run_with(args, &[])
    }

    /// As [`Place::run_args`], with arguments that need not be UTF-8.
    pub fn run_os(&self, args: &[std::ffi::OsString]) -> Run {
        self.run_with(args, &[])
    }

    /// As [`Place::run_args`], with environment variables.
    pub fn run_with(&self, args: &[impl AsRef<std::ffi::OsStr>], variables: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gpu-sweep"));
        let output = command
            .args(args)
            .env("XDG_CACHE_HOME", self.path("cache"))
            .envs(variables.iter().copied())
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Run { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Run {
    /// Asserts success.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Asserts that the run failed with this exit code and one error line that contains all of `parts`.
    #[track_caller]
    pub fn stops(self, code: i32, parts: &[&str]) -> Self {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{self:?}");
        // Notes may precede the error; nothing follows it.
        let last = self.err.lines().last().unwrap_or_default();
        assert!(last.starts_with("gpu-sweep: error: "), "{self:?}");
        assert_eq!(self.err.matches("error: ").count(), 1, "{self:?}");
        for part in parts {
            assert!(last.contains(part), "no {part:?} in {last:?}");
        }
        self
    }

    /// Parses stdout, which must be a single JSON value.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// File names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Child process that is killed when its test ends, even by a panic.
pub struct Program(Child);

impl Program {
    /// Starts a command, capturing stderr.
    pub fn spawn(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Waits for the end; returns the exit status and stderr.
    pub fn end(mut self) -> (ExitStatus, String) {
        let mut err = String::new();
        self.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.wait().unwrap(), err)
    }

    /// Waits until `done` holds or the program has ended; returns whether `done` holds. Needs no timeout: one of them
    /// happens.
    pub fn reaches(&mut self, mut done: impl FnMut() -> bool) -> bool {
        while !done() {
            if self.try_wait().unwrap().is_some() {
                return done();
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        true
    }

    /// Sends a signal by name, such as `INT`; invalid after the program has been waited for.
    pub fn signal(&self, name: &str) {
        // The shell's builtin: not every system has a `kill` program.
        let words = format!("kill -s {name} {}", self.id());
        assert!(Command::new("sh").args(["-c", &words]).status().unwrap().success());
    }
}

impl Deref for Program {
    type Target = Child;
    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Program {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Fails if the program has already ended, which is fine.
        let _ = self.kill();
        let _ = self.wait();
    }
}
