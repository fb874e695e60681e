//! Chunks with a valid checksum and invalid contents.

use crate::fuzz::{self, chunk};
use crate::{LITTLE, refused, says};
use std::ops::Range;

const TRILLION: u64 = 1_000_000_000_000;

/// The Parquet footer, which precedes its length and the magic number.
fn footer(bytes: &[u8]) -> Range<usize> {
    let end = bytes.len() - 8;
    let length = u32::from_le_bytes(bytes[end..end + 4].try_into().unwrap()) as usize;
    end - length..end
}

/// A 64-bit number in Thrift's compact protocol, preceded by the header of the next field.
fn field(number: u64) -> Vec<u8> {
    let (mut bits, mut bytes) = (number << 1, vec![0x16]);
    while bits >= 0x80 {
        bytes.push(bits as u8 | 0x80);
        bits >>= 7;
    }
    bytes.push(bits as u8);
    bytes
}

/// The file with every `from` in its footer replaced.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let place = footer(bytes);
    let (mut description, mut rest) = (Vec::new(), &bytes[place.clone()]);
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        description.extend_from_slice(&[&rest[..at], to].concat());
        rest = &rest[at + from.len()..];
    }
    assert!(!description.is_empty(), "nothing to replace");
    description.extend_from_slice(rest);
    let length = (description.len() as u32).to_le_bytes();
    [&bytes[..place.start], &description, &length, b"PAR1"].concat()
}

#[test]
fn a_trillion_rows_that_are_promised_are_not_there() {
    let bytes = replaced(&chunk::sound(), &field(chunk::MODELS), &field(TRILLION));
    says(&refused(LITTLE, || chunk::open(&bytes)), &["damaged: 1000000000000 rows, not 6"]);
}

/// The file with one bit of byte `at` flipped: the lowest at even, the highest at odd positions.
fn changed(sound: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    bytes[at] ^= if at.is_multiple_of(2) { 0x01 } else { 0x80 };
    bytes
}

#[test]
fn no_changed_byte_of_a_files_description_does_harm() {
    let sound = chunk::sound();
    let mut refused = 0;
    for at in footer(&sound) {
        let bytes = changed(&sound, at);
        fuzz::run(chunk::chunk, &bytes);
        refused += usize::from(at % 8 == 0 && chunk::open(&bytes).is_err());
    }
    assert!(refused > 50, "only {refused} changes were noticed: were the bytes read?");
}

#[test]
fn no_changed_byte_of_a_page_does_harm() {
    let sound = chunk::sound();
    (4..footer(&sound).start).for_each(|at| fuzz::run(chunk::chunk, &changed(&sound, at)));
}

#[test]
fn more_points_right_than_there_are_is_damage() {
    let sound = chunk::sound();
    let is_found = |at: &usize| {
        let mut bytes = sound.clone();
        bytes[*at] ^= 0x40;
        let models = chunk::open(&bytes).and_then(|chunk| chunk.models());
        models.is_err_and(|error| error.to_string().contains("more correct rows"))
    };
    assert!((4..footer(&sound).start).any(|at| is_found(&at)), "no byte is a number of points");
}
