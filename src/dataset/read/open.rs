//! Opens a data file of any format that can be read.

use super::super::csv::{CsvDataset, parse_csv, parse_named};
use super::super::csv_options::CsvOptions;
use super::super::csv_table::ALLOWED;
use super::super::delimiter::Delimiter;
use super::super::hashing_reader::HashingReader;
use super::{array_text, arrow_text, parquet_text};
use crate::disk;
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Text of a table.
pub(in super::super) struct OpenText {
    pub(in super::super) text: Box<dyn Read>,
    /// Format of a file that has names of columns in any case: `Parquet`; None: text.
    pub(in super::super) format: Option<&'static str>,
}

/// Reads a file, whose format its first bytes tell.
pub(in super::super) fn read(path: &Path, options: &CsvOptions<'_>) -> Result<CsvDataset> {
    match open_as(path, true)? {
        OpenText { text, format: Some(format) } => named(path, format, text, options),
        OpenText { text, format: None } => parse_csv(path, text, options),
    }
}

/// Opens a table of any format, with or without labels.
pub(in super::super) fn open_text(path: &Path) -> Result<OpenText> {
    open_as(path, false)
}

fn open_as(path: &Path, needs_labels: bool) -> Result<OpenText> {
    let mut start = Vec::new();
    open(path)?.take(8).read_to_end(&mut start).map_err(Error::io(path, "read"))?;
    let of = |text: Box<dyn Read>, format| Ok(OpenText { text, format });
    match &start[..] {
        [b'P', b'A', b'R', b'1', ..] => of(Box::new(parquet_text::text(path, open(path)?)?), Some("Parquet")),
        [b'A', b'R', b'R', b'O', b'W', b'1', 0, 0] => {
            of(Box::new(arrow_text::file(path, open(path)?)?), Some("an Arrow or Feather file"))
        }
        [0xff, 0xff, 0xff, 0xff, ..] => of(Box::new(arrow_text::stream(path, open(path)?)?), Some("an Arrow stream")),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => {
            of(Box::new(array_text::array(path, open(path)?)?), Some("a numpy array"))
        }
        [b'P', b'K', 3, 4, ..] => match array_text::archive(path, open(path)?, needs_labels)? {
            Some(text) => of(Box::new(text), Some("numpy arrays")),
            None => of(Box::new(open(path)?), None),
        },
        _ => of(Box::new(open(path)?), None),
    }
}

fn open(path: &Path) -> Result<File> {
    disk::open(path, ALLOWED)
}

/// Reads a table whose columns have names, and notes its format.
fn named(path: &Path, format: &str, text: impl Read, options: &CsvOptions<'_>) -> Result<CsvDataset> {
    let options = CsvOptions { no_header: false, delimiter: Some(Delimiter::Comma), ..*options };
    let mut read = parse_named(path, text, &options)?;
    let mut bytes = HashingReader::new(open(path)?);
    io::copy(&mut bytes, &mut io::sink()).map_err(Error::io(path, "read"))?;
    read.hash = bytes.hash();
    read.extras.notes.insert(0, format!("read as {format}; in messages, its names are line 1"));
    Ok(read)
}
