//! Functions that process hostile bytes, for the fuzz targets and for `tests/hostile`, which replays what they found.
//!
//! Each target must return on any input, without a panic and within [`memory::MOST`].

pub mod chunk;
pub mod memory;
pub mod seal;
pub mod texts;

/// A parser under test.
pub type Target = fn(&[u8]);

/// All targets, by the names of their corpora.
pub const TARGETS: [(&str, Target); 6] = [
    ("csv", texts::csv),
    ("table", texts::table),
    ("npz", texts::npz),
    ("config", texts::config),
    ("axis", texts::axis),
    ("chunk", chunk::chunk),
];

/// Runs a target and asserts its memory limit.
pub fn run(target: Target, bytes: &[u8]) {
    let ((), peak) = memory::peak_of(|| target(bytes));
    assert!(peak <= memory::MOST, "{peak} bytes of memory for {} bytes of input", bytes.len());
}
