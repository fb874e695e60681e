//! Tables from Arrow IPC files, also known as Feather version 2, and from Arrow streams.

use super::arrow_messages::Messages;
use super::columnar::{check_columns, check_rows, guarded, unusable};
use super::row_text::{RowText, end_line, quote};
use crate::error::{Error, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

/// Returns the text of the table in a file.
pub(super) fn file(path: &Path, file: File) -> Result<impl Read + use<>> {
    text(path, Messages::of_file(BufReader::new(file)))
}

/// Returns the text of the table in a stream.
pub(super) fn stream(path: &Path, file: File) -> Result<impl Read + use<>> {
    text(path, Messages::of_stream(BufReader::new(file)))
}

fn text(path: &Path, messages: Result<Messages<BufReader<File>>, String>) -> Result<impl Read + use<>> {
    let mut messages = messages
        .map_err(|what| Error::file(path, format!("is no Arrow or Feather file that can be read: {}", what.trim())))?;
    let fields = messages.schema().fields();
    check_columns(path, fields.len())?;
    if let Some(field) = fields.iter().find(|field| !is_usable(field.data_type())) {
        return Err(unusable(path, field.name(), &format!("values of the type {}", field.data_type())));
    }
    let names: Vec<String> = fields.iter().map(|field| field.name().clone()).collect();
    let mut rows = Rows::default();
    let invalid = |what| io::Error::new(io::ErrorKind::InvalidData, what);
    Ok(RowText::new(names.iter().map(String::as_str), move |text| {
        while rows.next == rows.count {
            let Some(batch) = messages.next().map_err(invalid)? else { return Ok(false) };
            rows.take(&batch).map_err(invalid)?;
        }
        rows.append_next(text)?;
        Ok(true)
    }))
}

/// Whether values of a type are numbers, words or times.
fn is_usable(kind: &DataType) -> bool {
    use DataType::*;
    match kind {
        Dictionary(_, values) => !matches!(**values, Dictionary(..)) && is_usable(values),
        Null | Boolean | Float16 | Float32 | Float64 | Utf8 | LargeUtf8 | Utf8View => true,
        Binary | LargeBinary | BinaryView | Date32 | Date64 | Time32(_) | Time64(_) | Timestamp(..) => true,
        Decimal32(..) | Decimal64(..) | Decimal128(..) | Decimal256(..) => true,
        other => other.is_integer(),
    }
}

/// The rows of a record batch.
#[derive(Default)]
struct Rows {
    columns: Vec<Column>,
    next: usize,
    count: usize,
    /// Rows of all batches so far.
    read: u64,
}

/// Values of a batch. Those of a dictionary are named by their places in it.
struct Column {
    values: ArrayRef,
    places: Option<Vec<Option<usize>>>,
}

impl Rows {
    fn take(&mut self, batch: &RecordBatch) -> Result<(), String> {
        self.read = self.read.saturating_add(batch.num_rows() as u64);
        check_rows(self.read, batch.num_columns())?;
        (self.next, self.count) = (0, batch.num_rows());
        self.columns = guarded(|| Ok::<_, String>(batch.columns().iter().map(Column::new).collect()))?;
        Ok(())
    }

    fn append_next(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        for column in &self.columns {
            column.append(self.next, text)?;
            text.push(b',');
        }
        end_line(text);
        self.next += 1;
        Ok(())
    }
}

impl Column {
    fn new(array: &ArrayRef) -> Self {
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            return Self { values: array.clone(), places: None };
        };
        let values = dictionary.values().clone();
        let keys = if values.is_empty() { vec![0; array.len()] } else { dictionary.normalized_keys() };
        let places = keys.into_iter().enumerate().map(|(row, key)| array.is_valid(row).then_some(key));
        Self { places: Some(places.collect()), values }
    }

    /// Appends a row's value as a field. Missing values are words, since an empty field at the end of a line is none.
    fn append(&self, row: usize, text: &mut Vec<u8>) -> io::Result<()> {
        let place = self.places.as_ref().map_or(Some(row), |places| places[row]);
        match place.filter(|place| self.values.is_valid(*place)) {
            Some(place) => append(&self.values, place, text),
            None => write!(text, "NA"),
        }
    }
}

fn append(values: &ArrayRef, at: usize, text: &mut Vec<u8>) -> io::Result<()> {
    macro_rules! number {
        ($kind:ty) => {
            write!(text, "{}", values.as_primitive::<$kind>().value(at))
        };
    }
    macro_rules! decimal {
        ($kind:ty) => {
            write!(text, "{}", values.as_primitive::<$kind>().value_as_string(at))
        };
    }
    macro_rules! time {
        ($kind:ty, $as:ident) => {
            match values.as_primitive::<$kind>().$as(at) {
                Some(time) => write!(text, "{time}"),
                None => Err(io::Error::new(io::ErrorKind::InvalidData, "it has a time that is out of range")),
            }
        };
    }
    match values.data_type() {
        DataType::Boolean => write!(text, "{}", if values.as_boolean().value(at) { "True" } else { "False" }),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float16 => float(values.as_primitive::<Float16Type>().value(at).into(), text),
        DataType::Float32 => float(values.as_primitive::<Float32Type>().value(at).into(), text),
        DataType::Float64 => float(values.as_primitive::<Float64Type>().value(at), text),
        DataType::Decimal32(..) => decimal!(Decimal32Type),
        DataType::Decimal64(..) => decimal!(Decimal64Type),
        DataType::Decimal128(..) => decimal!(Decimal128Type),
        DataType::Decimal256(..) => decimal!(Decimal256Type),
        DataType::Utf8 => word(values.as_string::<i32>().value(at), text),
        DataType::LargeUtf8 => word(values.as_string::<i64>().value(at), text),
        DataType::Utf8View => word(values.as_string_view().value(at), text),
        DataType::Binary => bytes(values.as_binary::<i32>().value(at), text),
        DataType::LargeBinary => bytes(values.as_binary::<i64>().value(at), text),
        DataType::BinaryView => bytes(values.as_binary_view().value(at), text),
        DataType::Date32 => time!(Date32Type, value_as_date),
        DataType::Date64 => time!(Date64Type, value_as_date),
        DataType::Time32(TimeUnit::Second) => time!(Time32SecondType, value_as_time),
        DataType::Time32(_) => time!(Time32MillisecondType, value_as_time),
        DataType::Time64(TimeUnit::Microsecond) => time!(Time64MicrosecondType, value_as_time),
        DataType::Time64(_) => time!(Time64NanosecondType, value_as_time),
        DataType::Timestamp(TimeUnit::Second, _) => time!(TimestampSecondType, value_as_datetime),
        DataType::Timestamp(TimeUnit::Millisecond, _) => time!(TimestampMillisecondType, value_as_datetime),
        DataType::Timestamp(TimeUnit::Microsecond, _) => time!(TimestampMicrosecondType, value_as_datetime),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => time!(TimestampNanosecondType, value_as_datetime),
        // Null: others are refused before.
        _ => write!(text, "NA"),
    }
}

/// Appends a number, or NA for NaN, which pandas writes for a missing value.
fn float(number: f64, text: &mut Vec<u8>) -> io::Result<()> {
    if number.is_nan() { write!(text, "NA") } else { write!(text, "{number}") }
}

fn word(word: &str, text: &mut Vec<u8>) -> io::Result<()> {
    quote(word, text);
    Ok(())
}

fn bytes(bytes: &[u8], text: &mut Vec<u8>) -> io::Result<()> {
    word(&String::from_utf8_lossy(bytes), text)
}
