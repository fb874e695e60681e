//! Durability: studies that are killed, stopped, sharded and merged end with the same files as an undisturbed one.

#[allow(dead_code)] // written for the command-line tests
#[path = "../cli/support.rs"]
mod support;

#[path = "../fuzz/src/seal.rs"]
mod seal;

mod clock;
mod clock_jumps;
mod damaged_chunks;
mod devices;
mod disk;
mod gaps;
mod kill;
mod limits;
mod permission;
mod shards;
mod sizes;
#[cfg(unix)]
mod small_disk;
mod stop;

use std::path::Path;
use std::process::Command;
use support::Program;

/// A study of 250 chunks that takes about a second on the cpu engine.
pub const STUDY: &str = "--device cpu --models 5000 --epochs 300 --chunk-models 20 --curves 400 --save-weights";
/// Number of its chunks.
pub const CHUNKS: usize = 250;
/// Tables of a finished study.
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

/// Starts `gpu-sweep` in `folder` without waiting for it.
pub fn start(folder: &Path, words: &str) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gpu-sweep"));
    let command =
        command.args(words.split_whitespace()).current_dir(folder).env("XDG_CACHE_HOME", folder.join("cache"));
    hear_hangup(command);
    Program::spawn(command)
}

/// Restores the default action of SIGHUP, which `nohup` would make the tests' children ignore.
fn hear_hangup(command: &mut Command) {
    #[cfg(unix)]
    // SAFETY: `signal` may be called between fork and exec.
    unsafe {
        use std::os::unix::process::CommandExt;
        command.pre_exec(|| {
            libc::signal(libc::SIGHUP, libc::SIG_DFL);
            Ok(())
        });
    }
    #[cfg(not(unix))]
    let _ = command;
}

/// Starts the study in `out` and stops the process (SIGSTOP) after its first chunk and well before its last, so that
/// tests meet it at work however busy the machine is.
#[cfg(unix)]
pub fn held_at_work(place: &support::Place, words: &str) -> Program {
    for _ in 0..100 {
        let mut child = start(&place.path(""), &format!("{words} --out out"));
        if child.reaches(|| chunks(&place.path("out")) > 0) && child.try_wait().unwrap().is_none() {
            child.signal("STOP");
            if (1..CHUNKS / 2).contains(&chunks(&place.path("out"))) {
                return child;
            }
        }
        drop(child);
        std::fs::remove_dir_all(place.path("out")).unwrap();
    }
    panic!("never seen at work");
}

/// Asserts that the tables in both folders are byte-identical.
#[track_caller]
pub fn same_tables(one: &Path, other: &Path) {
    for name in TABLES {
        let [one, other] = [one, other].map(|folder| std::fs::read(folder.join(name)).unwrap_or_default());
        assert!(!one.is_empty() && one == other, "{name} differs: {} and {} bytes", one.len(), other.len());
    }
}

/// Temporary files (`*.tmp`) below a folder.
pub fn temporaries(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let is_temporary = |path: &std::path::PathBuf| path.extension().is_some_and(|ending| ending == "tmp");
    let inner = folders.iter().flat_map(|inner| temporaries(inner));
    files.into_iter().filter(is_temporary).chain(inner).collect()
}

/// Number of chunks in a folder.
pub fn chunks(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder.join("chunks")).into_iter().flatten().flatten();
    entries.filter(|e| e.path().extension().is_some_and(|ending| ending == "chunk")).count()
}
