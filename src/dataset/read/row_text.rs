//! Rows of values as CSV text, so that all formats meet the same checks.

use std::io::{self, Read};

/// Bytes of text made at a time.
const PIECE: usize = 1 << 16;

/// Text of a table whose rows `next` appends, one at a time; false is the end.
pub(super) struct RowText<F> {
    next: F,
    text: Vec<u8>,
    read: usize,
    ended: bool,
}

impl<F: FnMut(&mut Vec<u8>) -> io::Result<bool>> RowText<F> {
    /// Starts with a header of these names.
    pub(super) fn new<'a>(names: impl IntoIterator<Item = &'a str>, next: F) -> Self {
        let mut text = Vec::new();
        for name in names {
            quote(name, &mut text);
            text.push(b',');
        }
        end_line(&mut text);
        Self { next, text, read: 0, ended: false }
    }
}

/// Turns the comma after the last field into the end of the line.
pub(super) fn end_line(text: &mut Vec<u8>) {
    if text.last() == Some(&b',') {
        text.pop();
    }
    text.push(b'\n');
}

/// Appends a text as a field.
pub(super) fn quote(field: &str, text: &mut Vec<u8>) {
    text.push(b'"');
    text.extend_from_slice(field.replace('"', "\"\"").as_bytes());
    text.push(b'"');
}

impl<F: FnMut(&mut Vec<u8>) -> io::Result<bool>> Read for RowText<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read == self.text.len() {
            self.text.clear();
            self.read = 0;
            while self.text.len() < PIECE && !self.ended {
                self.ended = !(self.next)(&mut self.text)?;
            }
        }
        let count = buffer.len().min(self.text.len() - self.read);
        buffer[..count].copy_from_slice(&self.text[self.read..self.read + count]);
        self.read += count;
        Ok(count)
    }
}
