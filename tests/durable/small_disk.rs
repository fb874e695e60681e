//! Small disks: a tmpfs of a few pages in a mount namespace, which ends with its shell; without permission to mount, a
//! limit on file sizes, whose signal (SIGXFSZ) kills a program that does not handle it.

use crate::support::{Place, Run};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Method of running out of disk space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Way {
    /// A tmpfs, mounted by `unshare` with these flags.
    Mount(&'static str),
    /// A limit on the size of each file.
    Limit,
}

/// Runs once in `small/out` without enough room and copies the folder to `full`; then again with room, copied to
/// `whole`. SIZE is in bytes for a tmpfs, in blocks of 512 bytes for a limit.
const FULL: &str = r#"
run() { "$PROGRAM" $WORDS --quiet --out small/out >"$1.out" 2>"$1.err"; echo $? >"$1.code"; }
mkdir small
case $WAY in
mount)
  mount -t tmpfs -o "size=$SIZE" none small || exit 99
  run first
  cp -R small/out full
  mount -t tmpfs -o remount,size=64m none small || exit 99
  ;;
limit)
  (ulimit -f "$SIZE"; run first)
  cp -R small/out full
  ;;
esac
run second
cp -R small/out whole
"#;

/// Runs half a study, remounts the disk read-only, runs again there and in a new folder, remounts writable and
/// finishes.
const READ_ONLY: &str = r#"
run() { "$PROGRAM" $2 --quiet >"$1.out" 2>"$1.err"; echo $? >"$1.code"; }
mkdir small
mount -t tmpfs -o size=64m none small || exit 99
run half "$WORDS --out small/out --shard 0/2"
mount -t tmpfs -o remount,ro none small || exit 99
run first "$WORDS --out small/out"
run new "$WORDS --out small/new"
mount -t tmpfs -o remount,rw none small || exit 99
run second "$WORDS --out small/out"
cp -R small/out whole
"#;

/// Whether mounting works here. A remount without type and source would inherit options that a user namespace refuses.
const PROBE: &str =
    "mkdir -p small && mount -t tmpfs -o size=64k none small && mount -t tmpfs -o remount,size=64m none small";

/// Methods that work here, and prints which. A limit always works.
pub fn ways() -> Vec<Way> {
    static MOUNT: OnceLock<Option<Way>> = OnceLock::new();
    let mount = MOUNT.get_or_init(|| {
        let place = Place::new();
        let found = ["-m", "-rm"]
            .into_iter()
            .map(Way::Mount)
            .find(|way| shell(&place, *way, PROBE, &[]).is_ok_and(|code| code == 0));
        // Written to stderr directly, because the test harness captures the output of passing tests.
        let words =
            found.map_or("a limit on files alone: nothing can be mounted here".into(), |way| format!("{way:?}"));
        let _ = writeln!(std::io::stderr(), "full disks are played by: {words}");
        found
    });
    mount.iter().copied().chain([Way::Limit]).collect()
}

/// Runs a script in the test folder with its environment variables; returns its exit code.
fn shell(place: &Place, way: Way, script: &str, more: &[(&str, &str)]) -> std::io::Result<i32> {
    let mut command = match way {
        Way::Mount(_) => Command::new("unshare"),
        Way::Limit => Command::new("sh"),
    };
    if let Way::Mount(flags) = way {
        command.args([flags, "sh"]);
    }
    let name = if way == Way::Limit { "limit" } else { "mount" };
    let program = env!("CARGO_BIN_EXE_gpu-sweep");
    command.args(["-c", script]).env("WAY", name).env("PROGRAM", program).envs(more.iter().copied());
    command.env("XDG_CACHE_HOME", place.path("cache")).current_dir(place.path("")).stdin(Stdio::null());
    Ok(command.stderr(Stdio::null()).status()?.code().unwrap_or(-1))
}

/// Result of `run NAME` in a script.
fn outcome(place: &Place, name: &str) -> Run {
    let [code, out, err] = ["code", "out", "err"].map(|what| place.read(&format!("{name}.{what}")));
    Run { code: code.trim().parse().unwrap(), out, err }
}

/// Runs out of room at `size`, then finishes with enough room; returns both runs.
pub fn full(place: &Place, way: Way, words: &str, size: u64) -> [Run; 2] {
    let code = shell(place, way, FULL, &[("WORDS", words), ("SIZE", &size.to_string())]).unwrap();
    assert_eq!(code, 0, "the script for {way:?}");
    ["first", "second"].map(|name| outcome(place, name))
}

/// Read-only disk: returns a resumed run, a run in a new folder, and the resumed run once the disk is writable.
pub fn read_only(place: &Place, way: Way, words: &str) -> [Run; 3] {
    assert_eq!(shell(place, way, READ_ONLY, &[("WORDS", words)]).unwrap(), 0, "the script for {way:?}");
    outcome(place, "half").ok();
    ["first", "new", "second"].map(|name| outcome(place, name))
}

/// Room for exactly these files: whole pages of a tmpfs, or the blocks of the largest file.
pub fn room(way: Way, files: &[std::path::PathBuf]) -> u64 {
    let lengths = files.iter().map(|file| std::fs::metadata(file).unwrap().len());
    match way {
        Way::Mount(_) => lengths.map(|length| length.div_ceil(page())).sum::<u64>() * page(),
        Way::Limit => lengths.max().unwrap_or(0).div_ceil(512),
    }
}

fn page() -> u64 {
    let output = Command::new("getconf").arg("PAGESIZE").output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8(output).unwrap().trim().parse().unwrap_or(4096)
}

/// All files below a folder, as sorted relative paths.
pub fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(&inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path.strip_prefix(folder).unwrap().to_owned()) }
        }
    }
    found.sort();
    found
}
