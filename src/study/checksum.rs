//! Files that end with the SHA-256 of all before, so that damage is detected before parsing.

use crate::dataset::{HashingReader, hex};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of the checksum: hexadecimal digits.
const BYTES: u64 = 64;

/// Appends the checksum.
pub(super) fn seal(bytes: &mut Vec<u8>) {
    let checksum = hex(Sha256::new().chain_update(&*bytes));
    bytes.extend_from_slice(checksum.as_bytes());
}

/// Returns the checksum of an intact file; None if its bytes are not those that were sealed. Needs little memory for a
/// file of any length.
pub(super) fn verified(file: &mut (impl Read + Seek)) -> io::Result<Option<String>> {
    let Some(length) = file.seek(SeekFrom::End(0))?.checked_sub(BYTES) else { return Ok(None) };
    file.rewind()?;
    let mut contents = HashingReader::new(file.by_ref().take(length));
    io::copy(&mut contents, &mut io::sink())?;
    let (computed, mut found) = (contents.hash(), Vec::new());
    file.take(BYTES).read_to_end(&mut found)?;
    Ok((found == computed.as_bytes()).then_some(computed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn intact(bytes: &[u8]) -> bool {
        verified(&mut Cursor::new(bytes)).unwrap().is_some()
    }

    #[test]
    fn a_sealed_file_is_intact_and_any_changed_byte_shows() {
        for before in ["", "data", &"x".repeat(1 << 17)] {
            let mut bytes = before.as_bytes().to_vec();
            seal(&mut bytes);
            assert!(intact(&bytes) && bytes.len() == before.len() + 64);
            for i in (0..bytes.len()).filter(|i| *i < 40 || *i + 100 > bytes.len()) {
                let mut other = bytes.clone();
                other[i] ^= 1;
                assert!(!intact(&other), "byte {i}");
            }
            assert!(!intact(&bytes[1..]) && !intact(&bytes[..bytes.len() - 1]));
        }
        assert!(!intact(b"") && !intact(&[b'0'; 64]));
    }
}
