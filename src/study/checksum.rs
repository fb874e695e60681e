//! Files that hold their own SHA-256, computed with zeros in its place, so that damage is detected before parsing.

use crate::dataset::hex;
use sha2::{Digest, Sha256};
use std::io::{self, Read, Seek, SeekFrom};

const PREFIX: &str = "sha256:";
/// Placeholder of the checksum before a file is sealed.
pub(super) const ZEROS: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
/// Bytes at the end of a file that contain the checksum: it is among the labels, and little follows them.
const TAIL: u64 = 1 << 16;

/// Replaces the last placeholder in the file by the checksum.
pub(super) fn seal(bytes: &mut [u8]) {
    let digest = format!("{PREFIX}{}", hex(Sha256::new().chain_update(&*bytes)));
    if let Some(at) = find_last(bytes, ZEROS.as_bytes()) {
        bytes[at..at + digest.len()].copy_from_slice(digest.as_bytes());
    }
}

/// Whether the bytes are those that were sealed. Needs little memory for a file of any length.
pub(super) fn is_intact(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    let before = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(before))?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail)?;
    let Some(at) = find_last(&tail, PREFIX.as_bytes()) else { return Ok(false) };
    let Some(place) = tail.get_mut(at..at + ZEROS.len()) else { return Ok(false) };
    let found = place.to_vec();
    place.copy_from_slice(ZEROS.as_bytes());
    file.seek(SeekFrom::Start(0))?;
    let mut hash = Sha256::new();
    pieces(&mut file.take(before), |piece| hash.update(piece))?;
    hash.update(&tail);
    Ok(found == format!("{PREFIX}{}", hex(hash)).into_bytes())
}

/// Whether two files hold the same bytes.
pub(super) fn are_alike(one: &mut impl Read, other: &mut impl Read) -> io::Result<bool> {
    let (mut there, mut alike) = (Vec::new(), true);
    pieces(one, |piece| {
        there.resize(piece.len(), 0);
        alike = alike && other.read_exact(&mut there).is_ok() && there == piece;
    })?;
    Ok(alike && other.read(&mut [0])? == 0)
}

/// Reads to the end and passes all bytes to `take`, piece by piece.
fn pieces(from: &mut impl Read, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut piece = vec![0; 1 << 16];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(()),
            n => take(&piece[..n]),
        }
    }
}

fn find_last(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).rposition(|window| window == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn intact(bytes: &[u8]) -> bool {
        is_intact(&mut Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn a_sealed_file_is_intact_and_any_changed_byte_shows() {
        let long = "x".repeat(2 * TAIL as usize);
        for before in ["PAR1 data", &long] {
            let mut bytes = format!("{before} {ZEROS} more").into_bytes();
            seal(&mut bytes);
            assert!(intact(&bytes) && find_last(&bytes, ZEROS.as_bytes()).is_none());
            for i in (0..bytes.len()).filter(|i| *i < 40 || *i + 40 > bytes.len()) {
                let mut other = bytes.clone();
                other[i] ^= 1;
                assert!(!intact(&other), "byte {i}");
            }
        }
        assert!(!intact(b"PAR1 data sha256:0000") && !intact(b""));
    }

    #[test]
    fn files_are_alike_to_the_last_byte() {
        let alike = |a: &[u8], b: &[u8]| are_alike(&mut &*a, &mut &*b).unwrap();
        assert!(alike(b"", b"") && alike(b"abc", b"abc"));
        assert!(!alike(b"abc", b"abd") && !alike(b"abc", b"ab") && !alike(b"ab", b"abc") && !alike(b"", b"a"));
    }
}
