//! Nothing is lost: studies that are killed, stopped, shared out and put together again end as one that was left in peace.

#[allow(dead_code)] // made for the tests of the command line
#[path = "../cli/support.rs"]
mod support;

#[path = "../fuzz/src/seal.rs"]
mod seal;

mod clock;
mod devices;
mod disk;
mod faults;
mod jumps;
mod kill;
mod permission;
mod shards;
#[cfg(unix)]
mod small;
mod stop;

use std::io::Read;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A study of 250 chunks that takes about a second on the cpu engine.
pub const STUDY: &str = "--device cpu --models 5000 --epochs 300 --chunk-models 20 --curves 400 --save-weights";
/// What a study comes to.
const TABLES: [&str; 8] = [
    "summary.csv",
    "distributions.csv",
    "variance.csv",
    "models.csv",
    "models.parquet",
    "curves.npz",
    "loss_histograms.npz",
    "weights.npz",
];

/// A run that ends with its test, however that ends.
pub struct Program(Child);

impl Program {
    /// Waits, and returns what it wrote on stderr.
    pub fn end(mut self) -> (ExitStatus, String) {
        let mut err = String::new();
        self.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.wait().unwrap(), err)
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
        // Most have ended, which is no error.
        let _ = self.kill();
        let _ = self.wait();
    }
}

/// Starts `gpu-sweep` in `folder` and does not wait for it.
pub fn start(folder: &Path, words: &str) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gpu-sweep"));
    let command =
        command.args(words.split_whitespace()).current_dir(folder).env("XDG_CACHE_HOME", folder.join("cache"));
    Program(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
}

/// Waits until `done` holds.
pub fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The tables of both folders must be the same bytes.
#[track_caller]
pub fn same_tables(one: &Path, other: &Path) {
    for name in TABLES {
        let [one, other] = [one, other].map(|folder| std::fs::read(folder.join(name)).unwrap_or_default());
        assert!(!one.is_empty() && one == other, "{name} differs: {} and {} bytes", one.len(), other.len());
    }
}

/// Chunks that are there.
pub fn chunks(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder.join("chunks")).into_iter().flatten().flatten();
    entries.filter(|e| e.path().extension().is_some_and(|ending| ending == "parquet")).count()
}
