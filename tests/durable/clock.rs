//! Clocks that jump: nothing that is saved or decided depends on what time it is.

use crate::support::{Place, Run, names};
use crate::{STUDY, same_tables};
use std::fs::{File, FileTimes};
use std::path::Path;
use std::time::{Duration, SystemTime};

const SMALL: &str =
    "--device cpu --lr 0.1,0.2 --models 60 --epochs 5 --chunk-models 10 --curves 20 --save-weights --quiet";

/// Sets when a file was last written and read.
fn date(path: &Path, time: SystemTime) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_times(FileTimes::new().set_modified(time).set_accessed(time)).unwrap();
}

#[test]
fn files_of_any_date_are_taken_for_what_is_in_them() {
    let place = Place::new();
    place.run(&format!("{SMALL} --out calm")).ok();
    place.run(&format!("{SMALL} --out out --shard 0/2")).ok();
    let epoch = SystemTime::UNIX_EPOCH;
    let (early, late) = (epoch + Duration::from_secs(1), epoch + Duration::from_secs(130 * 365 * 86_400));
    let chunks: Vec<_> = names(&place.path("out/chunks")).iter().map(|n| place.path("out/chunks").join(n)).collect();
    assert_eq!(chunks.len(), 3);
    // The question from the future, its first chunk from the past, the next from the future, the locks from both.
    let others = [".lock", ".lock-setup", "sweep.toml", "engine.json"].map(|name| place.path("out").join(name));
    for (n, path) in chunks.iter().chain(&others).enumerate() {
        date(path, if n % 2 == 0 { early } else { late });
    }
    let dates = || chunks.iter().map(|c| std::fs::metadata(c).unwrap().modified().unwrap()).collect::<Vec<_>>();
    let before = dates();
    place.run(&format!("{SMALL} --out out")).ok();
    assert_eq!(dates(), before, "a chunk that was there was written again");
    same_tables(&place.path("calm"), &place.path("out"));
}

/// A library that, loaded before the system's, makes the clock on the wall jump by ten years at every look, forth and back;
/// the clock that only goes forward stays as it is.
const JUMPS: &str = r#"
use std::sync::atomic::{AtomicU64, Ordering};
#[repr(C)]
pub struct Time { seconds: i64, nanoseconds: i64 }
type Clock = unsafe extern "C" fn(i32, *mut Time) -> i32;
unsafe extern "C" { fn dlsym(handle: isize, name: *const u8) -> Option<Clock>; }
static LOOKS: AtomicU64 = AtomicU64::new(0);
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: i32, time: *mut Time) -> i32 {
    // RTLD_NEXT, CLOCK_REALTIME
    let next = unsafe { dlsym(-1, b"clock_gettime\0".as_ptr()) }.unwrap();
    let result = unsafe { next(clock, time) };
    if clock == 0 {
        let years = if LOOKS.fetch_add(1, Ordering::Relaxed) % 2 == 0 { 20 } else { -20 };
        unsafe { (*time).seconds += years * 365 * 86_400 };
    }
    result
}
"#;

/// Runs with that library.
fn run(place: &Place, words: &str) -> Run {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gpu-sweep"));
    command.args(words.split_whitespace()).env("LD_PRELOAD", place.path("libjumps.so"));
    let output = command.env("XDG_CACHE_HOME", place.path("cache")).current_dir(place.path("")).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
#[cfg(target_os = "linux")]
fn a_clock_that_jumps_changes_nothing_but_the_dates_in_run_json() {
    let place = Place::new();
    place.write("jumps.rs", JUMPS);
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let mut rustc = std::process::Command::new(rustc);
    let rustc = rustc.args(["--edition", "2024", "--crate-type", "cdylib", "-o", "libjumps.so", "jumps.rs"]);
    assert!(rustc.current_dir(place.path("")).status().unwrap().success());
    place.run(&format!("{STUDY} --quiet --out calm")).ok();
    run(&place, &format!("{STUDY} --out out --shard 0/2")).ok();
    let rest = run(&place, &format!("{STUDY} --out out --json")).ok();
    same_tables(&place.path("calm"), &place.path("out"));
    for (name, seconds) in rest.json()["seconds"].as_object().unwrap() {
        let seconds = seconds.as_f64().unwrap();
        assert!((0.0..600.0).contains(&seconds), "{name} took {seconds} seconds");
    }
    let log: serde_json::Value = serde_json::from_str(&place.read("out/run.json")).unwrap();
    let year = |key: &str| log[key].as_str().unwrap()[..4].parse::<i32>().unwrap();
    assert!(year("started") - year("ended") > 30, "the clock did not jump: {log}");
}
