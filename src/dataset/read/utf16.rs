//! Converts UTF-16 to UTF-8 while reading.

use std::io::{self, Read};

/// Bytes converted at a time.
const PIECE: usize = 1 << 15;

/// Reads UTF-16 as UTF-8. A byte order mark becomes the mark of UTF-8.
pub(super) struct Utf16Reader<R> {
    inner: R,
    big_endian: bool,
    /// Bytes of an unfinished unit, and a first surrogate that waits for the second.
    odd: Option<u8>,
    first: Option<u16>,
    text: Vec<u8>,
    /// Bytes of `text` that were read.
    read: usize,
    ended: bool,
}

impl<R: Read> Utf16Reader<R> {
    pub(super) fn new(inner: R, big_endian: bool) -> Self {
        Self { inner, big_endian, odd: None, first: None, text: Vec::new(), read: 0, ended: false }
    }

    pub(super) fn get_ref(&self) -> &R {
        &self.inner
    }

    /// Converts the next piece of the input; an empty `text` afterwards is the end.
    fn fill(&mut self) -> io::Result<()> {
        let mut piece = [0; PIECE];
        self.text.clear();
        self.read = 0;
        while self.text.is_empty() && !self.ended {
            let count = self.inner.read(&mut piece)?;
            if count == 0 {
                self.ended = true;
                if self.odd.is_some() || self.first.is_some() {
                    return Err(broken());
                }
            }
            for byte in &piece[..count] {
                match self.odd.take() {
                    None => self.odd = Some(*byte),
                    Some(before) => self.unit(before, *byte)?,
                }
            }
        }
        Ok(())
    }

    fn unit(&mut self, one: u8, two: u8) -> io::Result<()> {
        let unit = if self.big_endian { u16::from_be_bytes([one, two]) } else { u16::from_le_bytes([one, two]) };
        let units = match self.first.take() {
            Some(first) => vec![first, unit],
            None if (0xd800..0xdc00).contains(&unit) => {
                self.first = Some(unit);
                return Ok(());
            }
            None => vec![unit],
        };
        for c in char::decode_utf16(units) {
            self.text.extend_from_slice(c.map_err(|_| broken())?.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Ok(())
    }
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the text is no whole UTF-16; save it as UTF-8")
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read == self.text.len() {
            self.fill()?;
        }
        let count = buffer.len().min(self.text.len() - self.read);
        buffer[..count].copy_from_slice(&self.text[self.read..self.read + count]);
        self.read += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_both_byte_orders_is_converted() {
        let text = "\u{feff}a,ä,€,😀\n1,2,3,4\n".repeat(5000);
        for big_endian in [false, true] {
            let bytes: Vec<u8> = text
                .encode_utf16()
                .flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect();
            let mut read = String::new();
            Utf16Reader::new(&bytes[..], big_endian).read_to_string(&mut read).unwrap();
            assert_eq!(read, text);
            for end in [bytes.len() - 1, 13] {
                let cut = Utf16Reader::new(&bytes[..end], big_endian).read_to_string(&mut String::new());
                assert!(cut.is_err(), "{end}");
            }
        }
        let lone = [0x00, 0xdc, b'a', 0];
        assert!(Utf16Reader::new(&lone[..], false).read_to_string(&mut String::new()).is_err());
    }
}
