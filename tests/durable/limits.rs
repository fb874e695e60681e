//! System limits on threads, open files and file sizes: the program uses less, or fails with one clear line.
#![cfg(unix)]

use crate::chunks;
use crate::same_tables;
use crate::support::{Place, Run};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

#[cfg(target_os = "linux")]
type Resource = libc::__rlimit_resource_t;
#[cfg(not(target_os = "linux"))]
type Resource = libc::c_int;

const STUDY: &str = "--lr 0.1,0.2 --models 40 --epochs 5 --chunk-models 10 --curves 20 --save-weights --quiet";

/// User who is subject to the limits. Root is not, so each test as root switches to a user id of its own with a copy of
/// the program: a limit on threads counts all threads of a user, including those of other tests.
struct User {
    place: Place,
    program: std::path::PathBuf,
    /// None: the user who runs the tests.
    id: Option<u32>,
}

impl User {
    fn new() -> Self {
        static USERS: AtomicU32 = AtomicU32::new(0);
        let place = Place::new();
        let mut program = env!("CARGO_BIN_EXE_gpu-sweep").into();
        let is_root = std::fs::metadata(place.path("")).unwrap().uid() == 0;
        let id = is_root.then(|| 100_000 + std::process::id() % 1_000_000 * 16 + USERS.fetch_add(1, Ordering::Relaxed));
        if is_root {
            std::fs::set_permissions(place.path(""), PermissionsExt::from_mode(0o777)).unwrap();
            std::fs::copy(&program, place.path("program")).unwrap();
            program = place.path("program");
        }
        Self { place, program, id }
    }

    fn run(&self, words: &str, limit: Option<(Resource, u64)>) -> Run {
        let mut command = Command::new(&self.program);
        command.args(words.split_whitespace()).current_dir(self.place.path("")).stdin(Stdio::null());
        command.env("XDG_CACHE_HOME", self.place.path("cache")).env("NODEVICE_SELECT", "1").env("RUST_BACKTRACE", "0");
        if let Some(id) = self.id {
            command.uid(id).gid(id);
        }
        let set = move || {
            let Some((resource, limit)) = limit else { return Ok(()) };
            let both = libc::rlimit { rlim_cur: limit, rlim_max: limit };
            // SAFETY: a plain system call; the pointer is to a live value.
            if unsafe { libc::setrlimit(resource, &both) } == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
        };
        // SAFETY: between fork and exec only one system call is made.
        unsafe { command.pre_exec(set) };
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Whether this user has no other threads, so that a limit on threads is exact.
    fn has_no_others(&self) -> bool {
        if self.id.is_none() {
            let _ = writeln!(std::io::stderr(), "left out: few threads; only root can become a user without any");
        }
        self.id.is_some()
    }
}

/// Runs with each of these thread limits, and asserts success or one line that names the limit. Returns the exit codes;
/// None if that cannot be tested here.
fn with_few_threads(device: &str, threads: std::ops::RangeInclusive<u64>) -> Option<Vec<i32>> {
    let user = User::new();
    if !user.has_no_others() {
        return None;
    }
    user.run(&format!("{STUDY} --device {device} --no-tune --out calm"), None).ok();
    let run = |n: u64| {
        let words = format!("{STUDY} --device {device} --no-tune --out out{n}");
        let run = user.run(&words, Some((libc::RLIMIT_NPROC, n)));
        match run.code {
            0 => same_tables(&user.place.path("calm"), &user.place.path(&format!("out{n}"))),
            _ => drop(user.run(&words, Some((libc::RLIMIT_NPROC, n))).stops(1, &["threads", "ulimit -u"])),
        }
        run.code
    };
    Some(threads.map(run).collect())
}

#[test]
fn few_threads_are_enough_for_the_cpu_engine_and_none_is_said() {
    let codes = with_few_threads("cpu", 1..=6);
    assert!(codes.is_none_or(|codes| codes.contains(&0) && codes.contains(&1)));
}

#[test]
fn few_threads_are_enough_for_two_cpu_engines() {
    assert!(with_few_threads("cpu,cpu", 2..=7).is_none_or(|codes| codes.contains(&0)));
}

#[test]
fn the_reference_engine_needs_no_thread_of_its_own() {
    assert!(with_few_threads("reference", 1..=3).is_none_or(|codes| codes == [0, 0, 0]));
}

#[test]
fn too_few_threads_for_a_gpus_driver_are_said() {
    let enough = 2 * std::thread::available_parallelism().unwrap().get() as u64 + 9;
    assert!(with_few_threads("gpu", 1..=enough).is_none_or(|codes| codes.contains(&1)));
}

#[test]
fn devices_that_need_no_thread_are_listed_without_one() {
    let user = User::new();
    if user.has_no_others() {
        let run = user.run("devices", Some((libc::RLIMIT_NPROC, 1))).ok();
        for part in ["cpu ", "reference ", "GPU search skipped: ", "ulimit -u"] {
            assert!(run.out.contains(part), "no {part:?} in {run:?}");
        }
    }
}

#[test]
fn too_many_open_files_are_no_damage() {
    let user = User::new();
    user.run(&format!("{STUDY} --device cpu --out out"), None).ok();
    let (mut good, mut refused) = (0, 0);
    for n in 3..=24 {
        for words in ["resume out --quiet", "report out --quiet", "seeds-needed out --between 0.1,0.2 --json"] {
            let run = user.run(words, Some((libc::RLIMIT_NOFILE, n)));
            assert!(!run.err.contains("damaged") && !run.err.contains("missing"), "{n} {words}: {run:?}");
            match run.code {
                0 => good += 1,
                // With three file descriptors the program is not even loaded.
                127 | -1 => {}
                _ => {
                    run.stops(1, &["Too many open files", "ulimit -n 4096"]);
                    refused += 1;
                }
            }
        }
    }
    assert!(good > 5 && refused > 2, "{good} went well, {refused} were refused");
    assert_eq!(chunks(&user.place.path("out")), 4);
}

#[test]
fn a_file_beyond_the_limit_is_said_by_every_command() {
    let user = User::new();
    user.run(&format!("{STUDY} --device cpu --out out"), None).ok();
    let limit = Some((libc::RLIMIT_FSIZE, 4096));
    user.run("report out --quiet", limit).stops(1, &["out/report.html", "File too large", "ulimit -f unlimited"]);
    user.run("replay out --model 3 --quiet --out again", limit).stops(1, &["again/", "File too large"]);
    let left = |name: &str| crate::temporaries(&user.place.path(name));
    assert!(left("out").is_empty() && left("again").is_empty());
}
