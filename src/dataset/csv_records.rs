//! Parses delimited text into records of fields (RFC 4180, slightly lenient), with the line in which each field starts.
//!
//! Lines end with LF, CRLF or CR; blank lines are skipped, and so are lines that start with `#` and do not have as many
//! fields as the others; a quoted field may hold delimiters, doubled quotes and line breaks; blanks around quotes are
//! dropped; a byte order mark is skipped.

use super::csv_record::{CsvRecord, FieldSpan};
use super::delimiter::{Delimiter, fields};
use std::io::{self, BufRead, BufReader, Read};

/// Maximum bytes of a field.
pub(super) const MAX_FIELD: usize = 1 << 20;
/// Maximum bytes of a record, which is held in memory: ten times the size of 1025 numbers with all their digits.
pub(super) const MAX_RECORD: usize = 4 << 20;
/// Bytes read at a time.
const BUFFER: usize = 1 << 16;

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

/// Reads one record after the other.
pub(super) struct CsvRecords<R> {
    input: BufReader<R>,
    delimiter: Delimiter,
    /// Line of the next byte, from 1.
    line: u64,
    /// Whether the last byte was a CR, so that a following LF is to be skipped.
    after_cr: bool,
    max_fields: usize,
    /// Fields of a record as far as known; a line that starts with `#` and has another number is a comment.
    expected: usize,
    /// Number of lines that were comments.
    comments: u64,
    /// Whether a record was read, so that the next ones are no header.
    begun: bool,
}

impl<R: Read> CsvRecords<R> {
    /// Creates a reader that skips a byte order mark; a record of more than `max_fields` fields is an error. Records
    /// should have `expected` fields.
    pub(super) fn new(input: R, delimiter: Delimiter, expected: usize, max_fields: usize) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(BUFFER, input);
        if input.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
            input.consume(3);
        }
        Ok(Self { input, delimiter, line: 1, after_cr: false, max_fields, expected, comments: 0, begun: false })
    }

    /// Skips the first line.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        while !matches!(self.byte()?, None | Some(b'\n')) {}
        Ok(())
    }

    /// Sets the number of fields of the following records, and their maximum.
    pub(super) fn expect(&mut self, fields: usize, max_fields: usize) {
        (self.expected, self.max_fields) = (fields, max_fields);
    }

    /// Returns the number of comments so far.
    pub(super) fn comments(&self) -> u64 {
        self.comments
    }

    pub(super) fn get_ref(&self) -> &R {
        self.input.get_ref()
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

    /// Reads the next record that is neither blank nor a comment; returns false if there is none.
    pub(super) fn next(&mut self, record: &mut CsvRecord) -> Result<bool, RecordError> {
        loop {
            record.clear();
            if self.is_comment()? {
                self.comments += 1;
                self.skip_line()?;
                continue;
            }
            let more = self.whole_line(record)? || self.fields(record)?;
            if !record.is_blank() {
                self.begun = true;
                return Ok(true);
            }
            if !more {
                return Ok(false);
            }
        }
    }

    /// Whether the next line is a comment. In the first lines, one whose `#` stands alone is a comment, too, unless it
    /// is a whole name.
    fn is_comment(&mut self) -> io::Result<bool> {
        if self.after_cr && self.input.fill_buf()?.first() == Some(&b'\n') {
            self.input.consume(1);
            self.after_cr = false;
        }
        let bytes = self.input.fill_buf()?;
        if bytes.first() != Some(&b'#') {
            return Ok(false);
        }
        let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len());
        let line = String::from_utf8_lossy(&bytes[..end]);
        let is_apart = self.delimiter != Delimiter::Blanks && line[1..].starts_with([' ', '#', '!']);
        Ok((!self.begun && is_apart) || fields(self.delimiter, &line).len() != self.expected)
    }

    /// Reads the next line if it lies whole in the buffer, without quotes: the fast path of most lines. Otherwise
    /// nothing is read, and the result is false.
    fn whole_line(&mut self, record: &mut CsvRecord) -> Result<bool, RecordError> {
        let Some(delimiter) = self.delimiter.byte() else { return Ok(false) };
        if self.after_cr {
            return Ok(false);
        }
        let (bytes, line) = (self.input.fill_buf()?, self.line);
        let (mut end, mut start) = (None, 0);
        for (n, byte) in bytes.iter().enumerate() {
            if *byte == delimiter {
                record.fields.push(FieldSpan { start, end: n, line });
                start = n + 1;
            } else if *byte < b'#' && matches!(byte, b'\n' | b'\r' | b'"') {
                end = Some(n);
                break;
            }
        }
        // A CR ends the line as well; whether an LF follows it must be known.
        let after = match end.map(|n| (bytes[n], bytes.get(n + 1))) {
            Some((b'\n', _)) => 1,
            Some((b'\r', Some(b'\n'))) => 2,
            Some((b'\r', Some(_))) => 1,
            _ => 0,
        };
        let Some(end) = end.filter(|_| after > 0) else {
            record.clear();
            return Ok(false);
        };
        record.fields.push(FieldSpan { start, end, line });
        if record.len() > self.max_fields {
            return Err(RecordError::TooMany { line });
        }
        record.text.extend_from_slice(&bytes[..end]);
        self.input.consume(end + after);
        self.line += 1;
        Ok(true)
    }

    /// Appends the bytes up to the next one that may end the field or the line: it reads most quoted fields.
    fn run(&mut self, record: &mut CsvRecord, state: FieldState) -> io::Result<()> {
        let is_end = |byte: &u8| match state {
            FieldState::Quoted => *byte == b'"',
            _ => self.delimiter.is(*byte),
        };
        if !matches!(state, FieldState::Bare | FieldState::Quoted) {
            return Ok(());
        }
        let buffer = self.input.fill_buf()?;
        let length = buffer.iter().position(|b| is_end(b) || matches!(*b, b'\n' | b'\r')).unwrap_or(buffer.len());
        record.text.extend_from_slice(&buffer[..length]);
        self.input.consume(length);
        self.after_cr &= length == 0;
        Ok(())
    }

    /// Reads the fields of a line; returns false at the end of the file.
    fn fields(&mut self, record: &mut CsvRecord) -> Result<bool, RecordError> {
        let (mut state, mut line) = (FieldState::Start, self.line);
        let blanks = self.delimiter == Delimiter::Blanks;
        loop {
            let byte = self.byte()?;
            let is_delimiter = byte.is_some_and(|byte| self.delimiter.is(byte));
            state = match (state, byte) {
                (FieldState::Quoted, None) => {
                    let what =
                        "the quote that opens this field is never closed; there must be one at both ends, or none";
                    return Err(problem(line, record, what));
                }
                (FieldState::Quoted, Some(b'"')) => FieldState::Quote,
                (FieldState::Quoted, Some(byte)) => push(record, byte, FieldState::Quoted),
                // Several blanks are one delimiter, and those at either end of a line are none.
                (FieldState::Start, Some(b' ' | b'\t')) if blanks => FieldState::Start,
                (FieldState::Start, None | Some(b'\n')) if blanks && record.len() > 0 => return Ok(byte.is_some()),
                (_, None | Some(b'\n')) => {
                    self.end_field(record, line)?;
                    return Ok(byte.is_some());
                }
                (_, Some(_)) if is_delimiter => {
                    self.end_field(record, line)?;
                    line = self.line;
                    FieldState::Start
                }
                (FieldState::Quote, Some(b'"')) => push(record, b'"', FieldState::Quoted),
                (FieldState::Quote | FieldState::Closed, Some(b' ' | b'\t')) => FieldState::Closed,
                (FieldState::Quote | FieldState::Closed, Some(_)) => {
                    let what = "text after a closing quote; a delimiter must follow, and a quote inside quotes must be doubled";
                    return Err(problem(line, record, what));
                }
                (FieldState::Start, Some(b'"')) => {
                    let start = record.open_start();
                    record.text.truncate(start);
                    FieldState::Quoted
                }
                (FieldState::Start, Some(blank @ (b' ' | b'\t'))) => push(record, blank, FieldState::Start),
                (FieldState::Start | FieldState::Bare, Some(byte)) => push(record, byte, FieldState::Bare),
            };
            self.run(record, state)?;
            if record.text.len() - record.open_start() > MAX_FIELD {
                let what = "a field of more than 1 MiB, which must be shorter (is a closing quote missing?)";
                return Err(problem(line, record, what));
            }
            if record.text.len() > MAX_RECORD {
                return Err(problem(line, record, "a row of more than 4 MiB, which must be shorter"));
            }
        }
    }

    /// Ends the current field, which started in `line`.
    fn end_field(&self, record: &mut CsvRecord, line: u64) -> Result<(), RecordError> {
        if record.len() == self.max_fields {
            return Err(RecordError::TooMany { line });
        }
        record.fields.push(FieldSpan { start: record.open_start(), end: record.text.len(), line });
        Ok(())
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
