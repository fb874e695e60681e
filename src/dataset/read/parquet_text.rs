//! Tables from Parquet files.

use super::super::csv_options::MAX_VALUES;
use super::parquet_pages::check_pages;
use super::row_text::{RowText, end_line, quote};
use crate::error::{Error, Result, quoted};
use crate::model::MAX_FEATURES;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::record::reader::RowIter;
use std::fs::File;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Most rows times columns of a file: `--max-rows` takes a sample of them, but all are read.
const MOST_FIELDS: i64 = 1000 * MAX_VALUES as i64;

/// Returns the text of the table in a Parquet file.
pub(super) fn text(path: &Path, file: File) -> Result<impl Read + use<>> {
    let damaged = |what: String| Error::file(path, format!("is no Parquet file that can be read: {what}"));
    let pages = file.try_clone().map_err(Error::io(path, "read"))?;
    let reader = guarded(|| SerializedFileReader::new(file)).map_err(damaged)?;
    let meta = reader.metadata();
    let (rows, schema) = (meta.file_metadata().num_rows(), meta.file_metadata().schema());
    let columns = schema.get_fields();
    if columns.len() > MAX_FEATURES + 1 {
        let what = format!("{} columns; there must be a label and up to {MAX_FEATURES} features", columns.len());
        return Err(Error::file(path, what));
    }
    if rows.saturating_mul(columns.len() as i64) > MOST_FIELDS {
        let what = format!("{rows} rows of {} columns; there may be {MOST_FIELDS} values", columns.len());
        return Err(Error::file(path, what));
    }
    if let Some(nested) = columns.iter().find(|column| !column.is_primitive()) {
        let what =
            format!("column {} holds lists or records; each value must be a number or a word", quoted(nested.name()));
        return Err(Error::file(path, what));
    }
    let chunks = meta.row_groups().iter().flat_map(|group| group.columns());
    for chunk in chunks {
        let bytes = guarded(|| Ok::<_, String>(chunk.byte_range())).map_err(damaged)?;
        check_pages(&pages, bytes).map_err(damaged)?;
    }
    let names: Vec<String> = columns.iter().map(|column| column.name().to_owned()).collect();
    let mut rows = RowIter::from_file_into(Box::new(reader));
    Ok(RowText::new(names.iter().map(String::as_str), move |text| {
        let next = guarded(|| rows.next().transpose());
        let Some(row) = next.map_err(|what| io::Error::new(io::ErrorKind::InvalidData, what))? else {
            return Ok(false);
        };
        for (_, field) in row.get_column_iter() {
            append(field, text)?;
            text.push(b',');
        }
        end_line(text);
        Ok(true)
    }))
}

/// Appends a value as a field. Missing values are words, since an empty field at the end of a line is none.
fn append(field: &Field, text: &mut Vec<u8>) -> io::Result<()> {
    match field {
        Field::Null => write!(text, "NA"),
        Field::Float(number) if number.is_nan() => write!(text, "NA"),
        Field::Double(number) if number.is_nan() => write!(text, "NA"),
        Field::Float(number) => write!(text, "{}", f64::from(*number)),
        Field::Float16(number) => write!(text, "{}", f64::from(*number)),
        Field::Double(number) => write!(text, "{number}"),
        Field::Bool(value) => write!(text, "{}", if *value { "True" } else { "False" }),
        Field::Str(word) => {
            quote(word, text);
            Ok(())
        }
        Field::Bytes(word) => {
            quote(&String::from_utf8_lossy(word.data()), text);
            Ok(())
        }
        // Whole and decimal numbers, dates and times.
        other => write!(text, "{other}"),
    }
}

/// Calls the parquet crate, which panics on some damaged files, as an error.
fn guarded<T, E: std::fmt::Display>(work: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| error.to_string().replace('\n', " ")),
        Err(_) => Err("it is damaged".into()),
    }
}
