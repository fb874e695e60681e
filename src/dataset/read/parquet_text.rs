//! Tables from Parquet files.

use super::columnar::{check_columns, check_rows, guarded, unusable};
use super::parquet_pages::check_pages;
use super::row_text::{RowText, end_line, quote};
use crate::error::{Error, Result};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::record::reader::RowIter;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

/// Returns the text of the table in a Parquet file.
pub(super) fn text(path: &Path, file: File) -> Result<impl Read + use<>> {
    let damaged = |what: String| Error::file(path, format!("is no Parquet file that can be read: {what}"));
    let pages = file.try_clone().map_err(Error::io(path, "read"))?;
    let reader = guarded(|| SerializedFileReader::new(file)).map_err(damaged)?;
    let meta = reader.metadata();
    let (rows, schema) = (meta.file_metadata().num_rows(), meta.file_metadata().schema());
    let columns = schema.get_fields();
    check_columns(path, columns.len())?;
    check_rows(u64::try_from(rows).unwrap_or(0), columns.len()).map_err(|what| Error::file(path, what))?;
    if let Some(nested) = columns.iter().find(|column| !column.is_primitive()) {
        return Err(unusable(path, nested.name(), "lists or records"));
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
