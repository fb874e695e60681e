//! In place of the cache folder in a build without files: nothing is kept.

use std::path::Path;

/// Keeps no entries.
pub fn get<T>(_folder: Option<&Path>, _file: &str, _key: &str) -> Option<T> {
    None
}

/// Keeps no entries.
pub fn put<T>(_folder: Option<&Path>, _file: &str, _key: String, _value: T) {}

/// Keeps no files.
pub fn read(_folder: &Path, _name: &str) -> Option<Vec<u8>> {
    None
}

/// Keeps no files.
pub fn write(_folder: &Path, _name: &str, _contents: &[u8]) -> std::io::Result<()> {
    Ok(())
}

/// Finds no files.
#[cfg(not(target_arch = "wasm32"))]
pub fn special_files(_folder: &Path) -> Vec<String> {
    Vec::new()
}
