//! What is done with hostile bytes: by the fuzz targets, and by `tests/hostile` with the bytes that they found.
//!
//! Each target must come back, whatever it is given: without a panic, and within [`memory::MOST`].

pub mod chunk;
pub mod memory;
pub mod seal;
pub mod texts;

/// A reader to be fuzzed.
pub type Target = fn(&[u8]);

/// All of them, by the names of their corpora.
pub const TARGETS: [(&str, Target); 5] = [
    ("csv", texts::csv),
    ("npz", texts::npz),
    ("config", texts::config),
    ("axis", texts::axis),
    ("chunk", chunk::chunk),
];

/// Runs a target, and panics where it takes more memory than it may.
pub fn run(target: Target, bytes: &[u8]) {
    let ((), peak) = memory::peak_of(|| target(bytes));
    assert!(peak <= memory::MOST, "{peak} bytes of memory for {} bytes of input", bytes.len());
}
