//! Opens a data file of any format that can be read.

use super::super::csv::{CsvDataset, parse_csv, parse_named};
use super::super::csv_options::CsvOptions;
use super::super::csv_table::ALLOWED;
use super::super::delimiter::Delimiter;
use super::super::hashing_reader::HashingReader;
use super::{array_text, parquet_text};
use crate::disk;
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Reads a file, whose format its first bytes tell.
pub(in super::super) fn read(path: &Path, options: &CsvOptions<'_>) -> Result<CsvDataset> {
    let mut start = Vec::new();
    open(path)?.take(8).read_to_end(&mut start).map_err(Error::io(path, "read"))?;
    match &start[..] {
        [b'P', b'A', b'R', b'1', ..] => named(path, "Parquet", parquet_text::text(path, open(path)?)?, options),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => {
            named(path, "a numpy array", array_text::array(path, open(path)?)?, options)
        }
        [b'P', b'K', 3, 4, ..] => match array_text::archive(path, open(path)?)? {
            Some(text) => named(path, "numpy arrays", text, options),
            None => parse_csv(path, open(path)?, options),
        },
        _ => parse_csv(path, open(path)?, options),
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
