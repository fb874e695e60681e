//! Reads a CSV file with a header, row by row, and builds all errors about it in one format: file, line and column (the
//! field's number from 1), with the column's header name in the text.

mod errors;

use super::csv_escape::meant;
use super::csv_record::{CsvRecord, Encoding};
use super::csv_records::{CsvRecords, RecordError};
use super::delimiter::{Delimiter, Layout};
use super::foreign_format::{ForeignFormat, recognize};
use super::read::text_source::TextSource;
use crate::error::{Error, Result, quoted};
use crate::model::MAX_FEATURES;
use crate::plural::plural;
use std::collections::HashSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Maximum magnitude of a number in a table: f32 can hold it, and its square is far from overflow in f64.
pub const MAX_NUMBER: f64 = 1e30;
/// Description of a valid file, for messages.
pub(super) const ALLOWED: &str = "a table of text with a header line and rows of data";
/// Message about a column without a name.
const NAMELESS: &str = "a column without a name; each must have one";

/// A table of delimited text being read.
pub struct CsvTable<R: Read> {
    path: PathBuf,
    records: CsvRecords<TextSource<R>>,
    record: CsvRecord,
    /// Line of the header, or of the first row if there is no header.
    header_line: u64,
    columns: Vec<String>,
    /// Whether `record` already holds the first row, which was read to count the columns.
    read_ahead: bool,
    encoding: Encoding,
    layout: Layout,
    /// What had to be done to get the text, for [`CsvTable::notes`].
    source_notes: Vec<&'static str>,
    ends: LineEnds,
    /// Whether the last record read was the header.
    at_header: bool,
}

/// What lines hold beside the columns of the header.
#[derive(Debug, Clone, Copy, Default)]
struct LineEnds {
    /// The header ends with a delimiter.
    in_header: bool,
    /// Some rows do.
    in_rows: bool,
    /// Rows start with a name that has no column in the header, as R writes them.
    row_names: bool,
    /// Whether names of rows are refused as a field too many.
    no_row_names: bool,
}

impl<R: Read> CsvTable<R> {
    /// Reads the header of a table from `input`; `path` is for messages.
    ///
    /// # Errors
    /// [`Error::File`] if the file can't be read, is empty or no text, or has an empty or duplicate column name.
    pub fn new(path: &Path, input: R) -> Result<Self> {
        let mut table = Self::begin(path, input, None)?;
        table.take_names()?;
        match table.columns.first().is_some_and(String::is_empty) {
            true => Err(table.refuse(0, NAMELESS)),
            false => table.check_names().map(|()| table),
        }
    }

    /// Uses the first record as the header. The first name may be empty, as pandas writes it for row numbers.
    pub(super) fn take_names(&mut self) -> Result<()> {
        self.columns = (0..self.record.len()).map(|n| self.text(n).map(str::to_owned)).collect::<Result<_>>()?;
        self.ends.in_header = self.columns.len() > 1 && self.columns.pop_if(|name| name.is_empty()).is_some();
        self.records.expect(self.columns.len(), self.columns.len() + 1);
        self.at_header = true;
        Ok(())
    }

    /// Rejects a header with a duplicate name, or an empty one that is not the first.
    pub(super) fn check_names(&self) -> Result<()> {
        let mut seen = HashSet::new();
        if let Some(n) = self.columns.iter().skip(1).position(String::is_empty) {
            return Err(self.refuse(n + 1, NAMELESS));
        }
        match self.columns.iter().position(|name| !seen.insert(name)) {
            Some(n) => {
                let name = quoted(&self.columns[n]);
                Err(self.refuse(n, format!("column name {name} for the second time; each column must have its own")))
            }
            None => Ok(()),
        }
    }

    /// Uses the first record as the first row; columns are named `x1`, `x2`, ...
    pub(super) fn number_columns(&mut self) -> Result<()> {
        let fields = self.record.len();
        let empty_end = fields > 1 && self.text(fields - 1)?.is_empty();
        let columns = fields - usize::from(empty_end && self.layout.delimiter != Delimiter::Blanks);
        self.columns = (1..=columns).map(|n| format!("x{n}")).collect();
        self.records.expect(columns, columns + 1);
        self.read_ahead = true;
        Ok(())
    }

    /// Rejects other formats and reads the first record; the caller decides whether it is a header or a row.
    /// `delimiter` overrides the one that is detected.
    pub(super) fn begin(path: &Path, input: R, delimiter: Option<Delimiter>) -> Result<Self> {
        let (source, head) = TextSource::new(input).map_err(|error| unreadable(path, error))?;
        if let Some(ForeignFormat { what, way_on }) = recognize(path, &head.bytes) {
            return Err(Error::file_is(path, &format!("{what}; to make one: {way_on}"), ALLOWED));
        }
        let layout = Layout::of(&head.bytes, delimiter);
        let records = CsvRecords::new(source, layout.delimiter, layout.fields, MAX_FEATURES + 1);
        let mut table = Self {
            path: path.into(),
            records: records.map_err(|error| unreadable(path, error))?,
            record: CsvRecord::default(),
            header_line: 1,
            columns: Vec::new(),
            read_ahead: false,
            encoding: Encoding::default(),
            layout,
            source_notes: head.notes,
            ends: LineEnds::default(),
            at_header: false,
        };
        if table.layout.has_sep_line {
            table.records.skip_line().map_err(|error| unreadable(path, error))?;
        }
        if !table.advance()? {
            return Err(Error::file_at(path, 1, 1, format!("must be {ALLOWED}, but is empty")));
        }
        table.header_line = table.record.line(0);
        Ok(table)
    }

    /// Whether commas separate the columns.
    pub(super) fn has_commas(&self) -> bool {
        self.layout.delimiter == Delimiter::Comma
    }

    /// Returns what was found out about the text, and what was left out of it; call it after the last row.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.source_notes.iter().map(|note| (*note).to_owned()).collect();
        if self.encoding == Encoding::Latin1 {
            notes.push("in Latin-1".into());
        }
        if self.layout.has_sep_line {
            notes.push("a first line for Excel".into());
        }
        if !self.has_commas() {
            notes.push(format!("{} between columns", self.layout.delimiter.plural()));
        }
        if self.records.comments() > 0 {
            notes.push(format!("{} left out", plural(self.records.comments(), "comment line")));
        }
        if self.ends.in_header || self.ends.in_rows {
            notes.push("empty ends of lines left out".into());
        }
        if self.ends.row_names {
            notes.push("row names left out".into());
        }
        notes
    }

    /// Refuses one more field in front of all rows than there are columns: nothing may be left out.
    pub fn refuse_row_names(&mut self) {
        self.ends.no_row_names = true;
    }

    /// Returns the column names: trimmed, distinct, not empty.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Returns the SHA-256 of the file's bytes; call it after the last row.
    pub fn hash(&self) -> String {
        self.records.get_ref().hash()
    }

    /// Advances to the next row; returns false if there is none.
    ///
    /// # Errors
    /// [`Error::File`] for a row with more or fewer fields than the header, a field beyond 1 MiB, a row beyond 4 MiB,
    /// or malformed quotes. One more field may be there if it is empty, or in all rows in front.
    pub fn next_row(&mut self) -> Result<bool> {
        let is_first = std::mem::take(&mut self.at_header);
        if !std::mem::take(&mut self.read_ahead) && !self.advance()? {
            return Ok(false);
        }
        let (fields, columns) = (self.record.len(), self.columns.len());
        let expected = columns + usize::from(self.ends.row_names);
        if fields == expected {
            return Ok(true);
        }
        if fields == columns + 1 && !self.ends.row_names {
            if self.record.bytes(columns).trim_ascii().is_empty() {
                self.ends.in_rows = true;
                return Ok(true);
            }
            if is_first && !self.ends.in_header && !self.ends.no_row_names {
                self.ends.row_names = true;
                self.records.expect(columns + 1, columns + 1);
                return Ok(true);
            }
            return Err(self.too_long(self.record.line(columns)));
        }
        let (ends, header) = (plural(fields as u64, "field"), plural(expected as u64, "field"));
        let what = format!("the row ends after {ends}; it must have {header}, as the header");
        Err(Error::file_at(&self.path, self.record.line(fields - 1), fields as u64 + 1, what))
    }

    /// Returns the error for a row with more fields than the header; the first one beyond starts in `line`.
    fn too_long(&self, line: u64) -> Error {
        let fields = self.columns.len() + usize::from(self.ends.row_names);
        let what = match self.ends.in_header {
            true => NAMELESS.to_owned(),
            false => {
                let fields = plural(fields as u64, "field");
                format!("the row goes on after {fields}; it must have as many as the header")
            }
        };
        Error::file_at(&self.path, line, fields as u64 + 1, what)
    }

    fn advance(&mut self) -> Result<bool> {
        let more = match self.records.next(&mut self.record) {
            Ok(more) => more,
            Err(RecordError::Io(source)) => return Err(unreadable(&self.path, source)),
            Err(RecordError::Field { line, column, what }) => {
                return Err(Error::file_at(&self.path, line, column, what));
            }
            Err(RecordError::TooMany { line }) if self.columns.is_empty() => {
                let what = format!("more than {} columns", MAX_FEATURES + 1);
                let what = format!("{what}; there must be a label and up to {MAX_FEATURES} features");
                return Err(Error::file_at(&self.path, line, MAX_FEATURES as u64 + 2, what));
            }
            Err(RecordError::TooMany { line }) => return Err(self.too_long(line)),
        };
        match self.record.decode(&mut self.encoding) {
            Ok(()) => Ok(more),
            Err(n) => {
                let what = "must be text in UTF-8 like the rest, or all of it in Latin-1 or UTF-16; not other bytes";
                Err(Error::file_at(&self.path, self.record.line(n), n as u64 + 1, what))
            }
        }
    }

    /// Returns the bytes in column `n` of this row, which are UTF-8.
    pub(super) fn bytes(&self, n: usize) -> &[u8] {
        self.record.bytes(n + usize::from(self.ends.row_names))
    }

    /// Returns the text in column `n` of this row, trimmed and without the apostrophe of [`super::text_cell`].
    ///
    /// # Errors
    /// [`Error::File`] if it is not UTF-8.
    pub fn text(&self, n: usize) -> Result<&str> {
        let text = std::str::from_utf8(self.bytes(n));
        text.map(|text| meant(text.trim())).map_err(|_| self.refuse(n, "must be text in UTF-8, not other bytes"))
    }

    /// Returns the line in which column `n` of this row starts, from 1.
    pub fn line(&self, n: usize) -> u64 {
        self.record.line(n + usize::from(self.ends.row_names))
    }
}

/// Returns the error for a file that can't be read: a damaged or suspicious one is the file's fault.
fn unreadable(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
            Error::file(path, format!("can't be read: {error}"))
        }
        _ => Error::io(path, "read")(error),
    }
}
