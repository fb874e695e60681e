//! Files and folders that were made to do harm: refused in one clear line, in little memory, and nothing outside is touched.
//!
//! The allocator of this program counts; what is measured runs alone ([`fuzz::memory::peak_of`]).

#[path = "../fuzz/src/lib.rs"]
mod fuzz;
#[path = "../cli/page.rs"]
mod page;
#[allow(dead_code)] // made for the tests of the command line
#[path = "../cli/support.rs"]
mod support;

mod chunks;
mod corpus;
mod csv;
mod folders;
mod merging;
mod npz;
mod report;
mod settings;

use fuzz::memory::peak_of;

/// What a refusal may take: the input's own bytes come on top.
pub const LITTLE: usize = 8 << 20;

/// The one-line error of `work`, which must have taken at most `most` bytes.
#[track_caller]
pub fn refused<T>(most: usize, work: impl FnOnce() -> gpu_sweep::Result<T>) -> String {
    let (result, peak) = peak_of(work);
    let error = result.err().expect("it is refused");
    let message = error.to_string();
    assert!(peak <= most, "{peak} bytes to say {message}");
    assert!(!message.contains('\n') && message.len() < 1000, "{message}");
    message
}

/// `message` must hold all of `parts`.
#[track_caller]
pub fn says(message: &str, parts: &[&str]) {
    parts.iter().for_each(|part| assert!(message.contains(part), "no {part:?} in {message:?}"));
}
