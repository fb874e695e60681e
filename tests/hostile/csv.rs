//! CSV files of unreasonable size.

use crate::{LITTLE, refused, says};
use gpu_sweep::dataset::{CsvOptions, parse_csv};
use std::io::{self, Read};
use std::path::Path;

/// An endless stream, generated as it is read: `start`, then `repeated` forever.
struct Endless {
    start: &'static [u8],
    repeated: &'static [u8],
    read: usize,
}

impl Read for &mut Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for byte in buffer.iter_mut() {
            let after = self.read.checked_sub(self.start.len());
            *byte = after.map_or_else(|| self.start[self.read], |n| self.repeated[n % self.repeated.len()]);
            self.read += 1;
        }
        Ok(buffer.len())
    }
}

/// Error message for an endless file, after at most `most_read` bytes of it.
#[track_caller]
fn endless(start: &'static [u8], repeated: &'static [u8], most_read: usize) -> String {
    let mut file = Endless { start, repeated, read: 0 };
    let message = refused(3 * LITTLE, || parse_csv(Path::new("bad.csv"), &mut file, &CsvOptions::default()));
    assert!(file.read <= most_read, "{} bytes read to say {message}", file.read);
    message
}

#[test]
fn columns_without_end_are_refused_at_the_first_too_many() {
    let message = endless(b"", b"a,", 1 << 17);
    says(&message, &["bad.csv, line 1, column 1026: more than 1025 columns", "up to 1024 features"]);
    says(&endless(b"a,b\n", b"1,", 1 << 17), &["bad.csv, line 2, column 3: the row goes on after 2 fields"]);
}

#[test]
fn a_line_without_end_is_refused_after_a_mebibyte() {
    says(&endless(b"a,b\n1,", b"7", 2 << 20), &["bad.csv, line 2, column 2: a field of more than 1 MiB"]);
    says(&endless(b"", b"\0", 2 << 20), &["bad.csv, line 1, column 1: a field of more than 1 MiB"]);
}

#[test]
fn a_row_of_many_long_fields_is_refused_after_four_mebibytes() {
    static FIELD: [u8; 1 << 16] = {
        let mut field = [b'x'; 1 << 16];
        field[0] = b',';
        field
    };
    says(&endless(b"y", &FIELD, 5 << 20), &["bad.csv, line 1, column ", "a row of more than 4 MiB"]);
}

#[test]
fn a_bad_value_is_quoted_shortly_and_on_one_line() {
    let text = format!("a,b\n1,0\n\x1b[31m\u{7}{},1\n", "secret".repeat(1000));
    let read = || parse_csv(Path::new("bad.csv"), text.as_bytes(), &CsvOptions::default());
    let message = refused(LITTLE, read);
    says(
        &message,
        &[
            "bad.csv, line 3, column 1: \"a\" must be a finite number, at most 1e30 in magnitude, not \"\\u{1b}[31m\\u{7}secret",
            "\"...",
        ],
    );
    assert!(message.matches("secret").count() < 12, "{message}");
}
