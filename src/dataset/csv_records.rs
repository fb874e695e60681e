//! Parses CSV text into records of fields (RFC 4180, slightly lenient), with the line in which each field starts.
//!
//! Lines end with LF, CRLF or CR; blank lines are skipped; a quoted field may hold commas, doubled quotes and line
//! breaks; blanks around quotes are dropped; a byte order mark is skipped.

use super::hashing_reader::HashingReader;
use std::io::{self, BufRead, BufReader, Read};

/// Maximum bytes of a field.
pub(super) const MAX_FIELD: usize = 1 << 20;
/// Maximum bytes of a record, which is held in memory: ten times the size of 1025 numbers with all their digits.
pub(super) const MAX_RECORD: usize = 4 << 20;
/// Bytes read at a time.
const BUFFER: usize = 1 << 16;

/// The fields of one record.
#[derive(Debug, Default)]
pub(super) struct CsvRecord {
    text: Vec<u8>,
    fields: Vec<FieldSpan>,
}

#[derive(Debug)]
struct FieldSpan {
    end: usize,
    line: u64,
}

impl CsvRecord {
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns the bytes of field `n`, from 0.
    pub(super) fn bytes(&self, n: usize) -> &[u8] {
        &self.text[self.start(n)..self.fields[n].end]
    }

    /// Returns the line in which field `n` starts, from 1.
    pub(super) fn line(&self, n: usize) -> u64 {
        self.fields[n].line
    }

    fn start(&self, n: usize) -> usize {
        n.checked_sub(1).map_or(0, |before| self.fields[before].end)
    }

    fn clear(&mut self) {
        self.text.clear();
        self.fields.clear();
    }

    /// Returns the bytes of the unfinished field.
    fn open(&mut self) -> &[u8] {
        &self.text[self.start(self.len())..]
    }

    fn is_blank(&self) -> bool {
        self.len() == 1 && self.bytes(0).iter().all(u8::is_ascii_whitespace)
    }
}

/// Reason why a record cannot be read.
#[derive(Debug)]
pub(super) enum RecordError {
    Io(io::Error),
    /// More fields than allowed; the first one beyond starts in `line`.
    TooMany {
        line: u64,
    },
    /// Error `what` in field number `column` (from 1), which starts in `line`.
    Field {
        line: u64,
        column: u64,
        what: &'static str,
    },
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Parser state within a field.
#[derive(Clone, Copy, PartialEq)]
enum FieldState {
    /// Only blanks so far.
    Start,
    /// Inside an unquoted field.
    Bare,
    /// Inside quotes.
    Quoted,
    /// After a quote that either ends the field or is the first of a doubled quote.
    Quote,
    /// After the closing quote and blanks.
    Closed,
}

/// Reads one record after the other and hashes the input.
pub(super) struct CsvRecords<R> {
    input: BufReader<HashingReader<R>>,
    /// Line of the next byte, from 1.
    line: u64,
    /// Whether the last byte was a CR, so that a following LF is to be skipped.
    after_cr: bool,
    max_fields: usize,
}

impl<R: Read> CsvRecords<R> {
    /// Creates a reader that skips a byte order mark; a record of more than `max_fields` fields is an error.
    pub(super) fn new(input: R, max_fields: usize) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(BUFFER, HashingReader::new(input));
        if input.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
            input.consume(3);
        }
        Ok(Self { input, line: 1, after_cr: false, max_fields })
    }

    /// Returns the next bytes, up to one buffer, without consuming them.
    pub(super) fn start(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    /// Changes the maximum number of fields for the following records.
    pub(super) fn limit(&mut self, max_fields: usize) {
        self.max_fields = max_fields;
    }

    /// Returns the SHA-256 of the input read so far: of all of it after the last record.
    pub(super) fn hash(&self) -> String {
        self.input.get_ref().hash()
    }

    /// Reads the next byte; every line break becomes LF.
    fn byte(&mut self) -> io::Result<Option<u8>> {
        loop {
            let Some(&byte) = self.input.fill_buf()?.first() else { return Ok(None) };
            self.input.consume(1);
            let rest_of_crlf = byte == b'\n' && self.after_cr;
            self.after_cr = byte == b'\r';
            if rest_of_crlf {
                continue;
            }
            let is_break = matches!(byte, b'\n' | b'\r');
            self.line += u64::from(is_break);
            return Ok(Some(if is_break { b'\n' } else { byte }));
        }
    }

    /// Reads the next record that is not blank; returns false if there is none.
    pub(super) fn next(&mut self, record: &mut CsvRecord) -> Result<bool, RecordError> {
        loop {
            record.clear();
            let more = self.fields(record)?;
            if !record.is_blank() {
                return Ok(true);
            }
            if !more {
                return Ok(false);
            }
        }
    }

    /// Appends the bytes up to the next one that may end the field or the line. The fast path: it reads most fields.
    fn run(&mut self, record: &mut CsvRecord, state: FieldState) -> io::Result<()> {
        let end = match state {
            FieldState::Bare => b',',
            FieldState::Quoted => b'"',
            _ => return Ok(()),
        };
        let buffer = self.input.fill_buf()?;
        let length = buffer.iter().position(|b| *b == end || matches!(*b, b'\n' | b'\r')).unwrap_or(buffer.len());
        record.text.extend_from_slice(&buffer[..length]);
        self.input.consume(length);
        self.after_cr &= length == 0;
        Ok(())
    }

    /// Reads the fields of a line; returns false at the end of the file.
    fn fields(&mut self, record: &mut CsvRecord) -> Result<bool, RecordError> {
        let (mut state, mut line) = (FieldState::Start, self.line);
        loop {
            let byte = self.byte()?;
            state = match (state, byte) {
                (FieldState::Quoted, None) => {
                    let what =
                        "the quote that opens this field is never closed; there must be one at both ends, or none";
                    return Err(problem(line, record, what));
                }
                (FieldState::Quoted, Some(b'"')) => FieldState::Quote,
                (FieldState::Quoted, Some(byte)) => push(record, byte, FieldState::Quoted),
                (_, None | Some(b',' | b'\n')) => {
                    if record.len() == self.max_fields {
                        return Err(RecordError::TooMany { line });
                    }
                    record.fields.push(FieldSpan { end: record.text.len(), line });
                    if byte != Some(b',') {
                        return Ok(byte.is_some());
                    }
                    line = self.line;
                    FieldState::Start
                }
                (FieldState::Quote, Some(b'"')) => push(record, b'"', FieldState::Quoted),
                (FieldState::Quote | FieldState::Closed, Some(b' ' | b'\t')) => FieldState::Closed,
                (FieldState::Quote | FieldState::Closed, Some(_)) => {
                    let what =
                        "text after a closing quote; a comma must follow, and a quote inside quotes must be doubled";
                    return Err(problem(line, record, what));
                }
                (FieldState::Start, Some(b'"')) => {
                    let blanks = record.open().len();
                    record.text.truncate(record.text.len() - blanks);
                    FieldState::Quoted
                }
                (FieldState::Start, Some(blank @ (b' ' | b'\t'))) => push(record, blank, FieldState::Start),
                (FieldState::Start | FieldState::Bare, Some(byte)) => push(record, byte, FieldState::Bare),
            };
            self.run(record, state)?;
            if record.open().len() > MAX_FIELD {
                let what = "a field of more than 1 MiB, which must be shorter (is a closing quote missing?)";
                return Err(problem(line, record, what));
            }
            if record.text.len() > MAX_RECORD {
                return Err(problem(line, record, "a row of more than 4 MiB, which must be shorter"));
            }
        }
    }
}

/// Appends a byte to the current field; returns the `next` state.
fn push(record: &mut CsvRecord, byte: u8, next: FieldState) -> FieldState {
    record.text.push(byte);
    next
}

/// Returns an error in the current field, which starts in `line`.
fn problem(line: u64, record: &CsvRecord, what: &'static str) -> RecordError {
    RecordError::Field { line, column: record.len() as u64 + 1, what }
}
