//! Computes SHA-256 while reading, so that a file is read once and the hash is that of the bytes used.

use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// A reader that hashes all bytes read through it.
pub struct HashingReader<R> {
    inner: R,
    sha256: Sha256,
    count: u64,
}

impl<R: Read> HashingReader<R> {
    /// Starts hashing with the next byte read.
    pub fn new(inner: R) -> Self {
        Self { inner, sha256: Sha256::new(), count: 0 }
    }

    /// Returns the SHA-256 of everything read so far, as hexadecimal digits.
    pub fn hash(&self) -> String {
        hex(self.sha256.clone())
    }

    /// Returns the number of bytes read so far.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.sha256.update(&buffer[..count]);
        self.count += count as u64;
        Ok(count)
    }
}

/// Finishes a hash and returns it as hexadecimal digits.
pub fn hex(sha256: Sha256) -> String {
    sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
