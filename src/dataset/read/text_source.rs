//! A table's text in UTF-8, whatever the encoding and packing of its file.

use super::super::hashing_reader::HashingReader;
use super::unpacked::{Ahead, Unpacked, look_ahead};
use super::utf16::Utf16Reader;
use std::io::{self, Read};

/// Bytes looked at to find out what a file is.
const HEAD: usize = 1 << 16;

/// UTF-8 text of a table, or text in a superset of ASCII such as Latin-1, which is converted field by field.
pub(in super::super) struct TextSource<R: Read> {
    text: Ahead<Decoded<R>>,
}

enum Decoded<R: Read> {
    Bytes(Ahead<Unpacked<R>>),
    Utf16(Box<Utf16Reader<Ahead<Unpacked<R>>>>),
}

/// The first bytes of a table's text, and what had to be done to get them.
pub(in super::super) struct Head {
    pub(in super::super) bytes: Vec<u8>,
    /// Such as `unpacked from gzip` and `in UTF-16`.
    pub(in super::super) notes: Vec<&'static str>,
}

impl<R: Read> TextSource<R> {
    /// Finds out packing and encoding.
    pub(in super::super) fn new(input: R) -> io::Result<(Self, Head)> {
        let mut notes = Vec::new();
        let (first, input) = look_ahead(HashingReader::new(input), HEAD)?;
        let (unpacked, packing) = Unpacked::new(&first, input);
        notes.extend(packing);
        let (first, bytes) = look_ahead(unpacked, HEAD)?;
        let decoded = match utf16(&first) {
            Some(big_endian) => {
                notes.push("in UTF-16");
                Decoded::Utf16(Box::new(Utf16Reader::new(bytes, big_endian)))
            }
            None => Decoded::Bytes(bytes),
        };
        let (bytes, text) = look_ahead(decoded, HEAD)?;
        Ok((Self { text }, Head { bytes, notes }))
    }

    /// Returns the SHA-256 of the file's bytes read so far: of all of them at the end.
    pub(in super::super) fn hash(&self) -> String {
        match self.text.get_ref().1 {
            Decoded::Bytes(bytes) => bytes.get_ref().1.hash(),
            Decoded::Utf16(text) => text.get_ref().get_ref().1.hash(),
        }
    }
}

impl<R: Read> Read for TextSource<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.text.read(buffer)
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bytes(bytes) => bytes.read(buffer),
            Self::Utf16(text) => text.read(buffer),
        }
    }
}

/// Returns whether the text is UTF-16, and then whether it is big-endian: by its byte order mark, or because every
/// second byte of ASCII text is 0.
fn utf16(bytes: &[u8]) -> Option<bool> {
    let zeros = |odd: usize| bytes.chunks_exact(2).take(32).all(|pair| pair[odd] == 0 && pair[1 - odd] != 0);
    match bytes {
        // An Arrow stream starts with four such bytes.
        [0xff, 0xfe, ..] => Some(false),
        [0xfe, 0xff, ..] => Some(true),
        _ if bytes.len() >= 8 && zeros(1) => Some(false),
        _ if bytes.len() >= 8 && zeros(0) => Some(true),
        _ => None,
    }
}
