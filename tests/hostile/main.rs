//! Malicious files and folders: rejected with one clear line and in little memory, and nothing outside is touched.
//!
//! This program's allocator counts bytes, so measured code runs alone ([`fuzz::memory::peak_of`]).

#[path = "../fuzz/src/lib.rs"]
mod fuzz;
#[allow(dead_code)] // written for the command-line tests
#[path = "../cli/support.rs"]
mod support;
#[path = "../cli/well_formed.rs"]
mod well_formed;

mod chunks;
mod columns;
mod corpus;
mod csv;
mod folders;
mod merging;
mod npz;
mod report;
mod settings;

use fuzz::memory::peak_of;

/// Memory limit of a rejection; large inputs get a multiple of it.
pub const LITTLE: usize = 8 << 20;

/// Returns the one-line error of `work`, which may allocate at most `most` bytes.
#[track_caller]
pub fn refused<T>(most: usize, work: impl FnOnce() -> gpu_sweep::Result<T>) -> String {
    let (result, peak) = peak_of(work);
    let error = result.err().expect("it is refused");
    let message = error.to_string();
    assert!(peak <= most, "{peak} bytes to say {message}");
    assert!(!message.contains('\n') && message.len() < 1000, "{message}");
    message
}

/// Asserts that `message` contains all of `parts`.
#[track_caller]
pub fn says(message: &str, parts: &[&str]) {
    parts.iter().for_each(|part| assert!(message.contains(part), "no {part:?} in {message:?}"));
}
