//! Threads on systems that limit their number: uses fewer, or reports one clear error.

use crate::error::{Error, Result};
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;

/// Threads besides those that compute.
const SPARE: usize = 8;
/// Stack size in bytes of a thread that only waits.
const STACK: usize = 1 << 16;

/// Whether [`prepare`] found that the system starts too few threads.
static FEW: AtomicBool = AtomicBool::new(false);

/// Returns the number of cores that the system reports, else 1.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Returns the processor's name if the system reports it, else its architecture.
pub fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or(std::env::consts::ARCH, |(_, name)| name.trim()).into()
}

/// Returns how many threads the system can start now, up to `wanted`, by starting them.
pub fn available(wanted: usize) -> usize {
    let gate = Mutex::new(());
    std::thread::scope(|scope| {
        let closed = gate.lock();
        let wait = || drop(gate.lock());
        let start = |_: &usize| Builder::new().stack_size(STACK).spawn_scoped(scope, wait).is_ok();
        let started = (0..wanted).take_while(start).count();
        drop(closed);
        started
    })
}

/// Sets up the thread pool that pictures and statistics share: one thread per core, or, if the system starts too few,
/// the calling thread alone. Call it once, on the main thread, before any other thread starts.
///
/// # Errors
/// [`Error::Device`] if the system refuses.
pub fn prepare() -> Result<()> {
    let cores = cores();
    let (wanted, pool) = (2 * cores + SPARE, rayon::ThreadPoolBuilder::new());
    let few = available(wanted) < wanted;
    FEW.store(few, Ordering::Relaxed);
    let built = match few {
        true => pool.num_threads(1).use_current_thread().build_global(),
        false => pool.num_threads(cores).build_global(),
    };
    built.map_err(|e| thread_error("this program", &e))
}

/// Creates a pool of `wanted` threads (0: one per core) with stacks of `stack` bytes each, or of as many as the system
/// starts.
///
/// # Errors
/// [`Error::Device`] if it starts none.
pub fn pool(owner: &str, wanted: usize, stack: usize) -> Result<rayon::ThreadPool> {
    let mut threads = if wanted == 0 { cores() } else { wanted };
    let mut tries = TRIES;
    loop {
        match rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(stack).build() {
            Ok(pool) => return Ok(pool),
            Err(e) if threads == 1 && tries == 0 => return Err(thread_error(owner, &e)),
            // Threads of the last attempt may not have ended yet.
            Err(_) if threads == 1 => tries -= 1,
            Err(_) => threads /= 2,
        }
        std::thread::sleep(PAUSE);
    }
}

/// Number of attempts to start the last thread, and the pause between them.
const TRIES: u32 = 20;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(5);

/// Checks that a driver can start its threads: one that cannot may wait for them forever.
///
/// # Errors
/// [`Error::Device`] if the system starts too few.
pub fn room_for_driver() -> Result<()> {
    let wanted = cores() + SPARE;
    match available(wanted) {
        // If the shared pool is the main thread alone, the GPU engine's threads would wait for it.
        n if n == wanted && !FEW.load(Ordering::Relaxed) => Ok(()),
        n => Err(thread_error("a GPU's driver", &io::Error::other(format!("{n} of {} needed", 2 * cores() + SPARE)))),
    }
}

/// Creates the error for a thread of `owner` that the system does not start, with advice.
pub fn thread_error(owner: &str, why: &dyn std::fmt::Display) -> Error {
    let advice = "the process limit is reached: raise it (ulimit -u, or pids.max of the control group)";
    Error::Device(format!("{owner}: cannot start more threads ({why}); {advice}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_that_can_start_are_counted_and_all_of_them_end() {
        assert_eq!([available(0), available(1), available(9)], [0, 1, 9]);
        // Threads that did not end would reach the limit of some systems.
        (0..50).for_each(|_| assert_eq!(available(20), 20));
    }

    #[test]
    fn a_pool_has_the_threads_that_were_asked_for() {
        assert_eq!(pool("this test", 3, 1 << 20).unwrap().current_num_threads(), 3);
        assert_eq!(pool("this test", 0, 1 << 20).unwrap().current_num_threads(), cores());
    }
}
