//! A system clock that jumps: no saved data and no decision depends on the time.
#![cfg(target_os = "linux")]

use crate::clock::SMALL;
use crate::same_tables;
use crate::support::{Place, Run};
use std::time::SystemTime;

/// Preloaded library that makes the real-time clock jump forty years at every call, back and forth; the monotonic clock
/// is unchanged.
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
        let years: i64 = if LOOKS.fetch_add(1, Ordering::Relaxed) % 2 == 0 { 20 } else { -20 };
        unsafe { (*time).seconds += years * 365 * 86_400 };
    }
    result
}
"#;

/// Runs `gpu-sweep` with that library.
fn run(place: &Place, words: &str) -> Run {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gpu-sweep"));
    command.args(words.split_whitespace()).env("LD_PRELOAD", place.path("libjumps.so"));
    let output = command.env("XDG_CACHE_HOME", place.path("cache")).current_dir(place.path("")).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
fn a_clock_that_jumps_changes_nothing_but_the_dates_in_run_json() {
    let place = Place::new();
    place.write("jumps.rs", JUMPS);
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let mut rustc = std::process::Command::new(rustc);
    let rustc = rustc.args(["--edition", "2024", "--crate-type", "cdylib", "-o", "libjumps.so", "jumps.rs"]);
    assert!(rustc.current_dir(place.path("")).status().unwrap().success());
    place.run(&format!("{SMALL} --out calm")).ok();
    run(&place, &format!("{SMALL} --out out --shard 0/2")).ok();
    let rest = run(&place, &format!("{} --out out --json", SMALL.replace("--quiet", ""))).ok();
    same_tables(&place.path("calm"), &place.path("out"));
    for (name, seconds) in rest.json()["seconds"].as_object().unwrap() {
        let seconds = seconds.as_f64().unwrap();
        // A jump would add forty years.
        assert!((0.0..1e8).contains(&seconds), "{name} took {seconds} seconds");
    }
    let log: serde_json::Value = serde_json::from_str(&place.read("out/run.json")).unwrap();
    let year = |key: &str| log[key].as_str().unwrap()[..4].parse::<u64>().unwrap();
    let now = 1970 + SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() / (365 * 86_400);
    assert!(["started", "ended"].iter().all(|key| year(key).abs_diff(now) > 15), "the clock did not jump: {log}");
}
