//! SHA-256 of what passes by, so that a file is read once, and the content hash is that of what was read.

use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// A reader that hashes what is read through it.
pub struct HashingReader<R> {
    inner: R,
    sha256: Sha256,
}

impl<R: Read> HashingReader<R> {
    /// Hashes from here on.
    pub fn new(inner: R) -> Self {
        Self { inner, sha256: Sha256::new() }
    }

    /// SHA-256 of everything read so far, as hexadecimal digits.
    pub fn hash(&self) -> String {
        hex(self.sha256.clone())
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.sha256.update(&buffer[..count]);
        Ok(count)
    }
}

/// A finished hash as hexadecimal digits.
pub fn hex(sha256: Sha256) -> String {
    sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
