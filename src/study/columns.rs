//! Writes tables as Parquet.

use crate::error::Error;
use crate::results::{Column, NamedColumns};
use crate::sweep::Hyperparameter;
use parquet::basic::Compression;
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

impl Column {
    /// Appends the values of a column of the same kind.
    fn append(&mut self, more: Self) {
        match (self, more) {
            (Self::Whole(values), Self::Whole(more)) => values.extend(more),
            (Self::Real(values), Self::Real(more)) => values.extend(more),
            (Self::MaybeReal(values), Self::MaybeReal(more)) => values.extend(more),
            (Self::MaybeInt(values), Self::MaybeInt(more)) => values.extend(more),
            (Self::Text(values), Self::Text(more)) => values.extend(more),
            (Self::Shared(values), Self::Shared(more)) => values.extend(more),
            _ => unreachable!("rows of another kind are never added to a column"),
        }
    }

    /// Removes the values from `start` on and returns them.
    fn split_off(&mut self, start: usize) -> Self {
        match self {
            Self::Whole(values) => Self::Whole(values.split_off(start)),
            Self::Real(values) => Self::Real(values.split_off(start)),
            Self::MaybeReal(values) => Self::MaybeReal(values.split_off(start)),
            Self::MaybeInt(values) => Self::MaybeInt(values.split_off(start)),
            Self::Text(values) => Self::Text(values.split_off(start)),
            Self::Shared(values) => Self::Shared(values.split_off(start)),
        }
    }

    fn schema(&self, name: &str) -> String {
        match self {
            Self::Whole(_) => format!("required int64 {name} (INTEGER(64,false));"),
            Self::Real(_) => format!("required double {name};"),
            Self::MaybeReal(_) => format!("optional double {name};"),
            Self::MaybeInt(_) => format!("optional int32 {name};"),
            Self::Text(_) | Self::Shared(_) => format!("required binary {name} (STRING);"),
        }
    }

    fn write<W: Write + Send>(&self, group: &mut SerializedRowGroupWriter<'_, W>) -> Result<()> {
        match self {
            Self::Whole(values) => {
                let bits: Vec<i64> = values.iter().map(|v| v.cast_signed()).collect();
                write::<Int64Type, W>(group, |column| column.write_batch(&bits, None, None))
            }
            Self::Real(values) => write::<DoubleType, W>(group, |column| column.write_batch(values, None, None)),
            Self::MaybeReal(values) => write_optional::<DoubleType, W>(group, values),
            Self::MaybeInt(values) => write_optional::<Int32Type, W>(group, values),
            Self::Text(values) => {
                let texts: Vec<ByteArray> = values.iter().map(|text| ByteArray::from(*text)).collect();
                write::<ByteArrayType, W>(group, |column| column.write_batch(&texts, None, None))
            }
            Self::Shared(values) => {
                let texts: Vec<ByteArray> = values.iter().map(|text| ByteArray::from(&**text)).collect();
                write::<ByteArrayType, W>(group, |column| column.write_batch(&texts, None, None))
            }
        }
    }
}

/// Converts the parquet crate's error while `path` is written; an error of the system is passed on as it is.
pub(super) fn unwritten(path: &Path) -> impl Fn(ParquetError) -> Error {
    |error| {
        let source = match error {
            ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(source) => *source,
                Err(inner) => io::Error::other(inner),
            },
            other => io::Error::other(other),
        };
        Error::io(path, "write")(source)
    }
}

/// Writes a Parquet file from tables with the same columns. It holds no time stamp: equal tables give equal bytes.
pub(super) struct TableWriter<W: Write + Send> {
    writer: SerializedFileWriter<W>,
}

impl<W: Write + Send> TableWriter<W> {
    /// Starts a file with the columns of `like` (its rows are not written) and the given labels.
    pub fn new(to: W, like: &NamedColumns, labels: &[(String, String)]) -> Result<Self> {
        let columns: String = like.iter().map(|(name, column)| column.schema(name)).collect();
        let schema = Arc::new(parse_message_type(&format!("message models {{ {columns} }}"))?);
        let labels = labels.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
        let mut properties =
            WriterProperties::builder().set_compression(Compression::SNAPPY).set_key_value_metadata(Some(labels));
        // A dictionary pays off only for values that repeat; others would only cost time.
        for (name, column) in like {
            let repeats = matches!(column, Column::Text(_) | Column::Shared(_))
                || *name == "seed"
                || Hyperparameter::ALL.iter().any(|hyperparameter| hyperparameter.name() == *name);
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(*name), repeats);
        }
        Ok(Self { writer: SerializedFileWriter::new(to, schema, Arc::new(properties.build()))? })
    }

    /// Writes the rows of `table` as a row group.
    pub fn write(&mut self, table: &NamedColumns) -> Result<()> {
        let mut group = self.writer.next_row_group()?;
        table.iter().try_for_each(|(_, column)| column.write(&mut group))?;
        group.close().map(|_| ())
    }

    /// Finishes the file.
    pub fn finish(self) -> Result<W> {
        self.writer.into_inner()
    }
}

/// Writes tables with the same columns as row groups of [`Self::ROWS`] rows, the last one smaller: the file's bytes
/// don't depend on how the rows are divided into tables.
pub(super) struct RowGroups<W: Write + Send> {
    writer: TableWriter<W>,
    /// Rows of the next row group.
    waiting: NamedColumns,
}

impl<W: Write + Send> RowGroups<W> {
    /// Rows per row group: a compromise between memory (a few MB) and file size.
    pub const ROWS: usize = 16_384;

    /// As [`TableWriter::new`]; `like` has no rows.
    pub fn new(to: W, like: NamedColumns, labels: &[(String, String)]) -> Result<Self> {
        Ok(Self { writer: TableWriter::new(to, &like, labels)?, waiting: like })
    }

    /// Adds the rows of `table`.
    pub fn write(&mut self, table: NamedColumns) -> Result<()> {
        debug_assert!(self.waiting.iter().map(|(name, _)| name).eq(table.iter().map(|(name, _)| name)));
        for ((_, waiting), (_, more)) in self.waiting.iter_mut().zip(table) {
            waiting.append(more);
        }
        // From the end, so that each row moves once at most.
        let starts = (1..=self.rows() / Self::ROWS).rev().map(|n| n * Self::ROWS);
        let mut groups: Vec<NamedColumns> = starts.map(|start| split_off(&mut self.waiting, start)).collect();
        if !groups.is_empty() {
            let rest = groups.remove(0);
            groups.push(std::mem::replace(&mut self.waiting, rest));
        }
        groups.iter().rev().try_for_each(|group| self.writer.write(group))
    }

    /// Writes the remaining rows, if any, as the last row group and finishes the file.
    pub fn finish(self) -> Result<W> {
        let rows = self.rows();
        let Self { mut writer, waiting } = self;
        if rows > 0 {
            writer.write(&waiting)?;
        }
        writer.finish()
    }

    fn rows(&self) -> usize {
        self.waiting.first().map_or(0, |(_, column)| column.rows())
    }
}

/// Removes the rows from `start` on and returns them.
fn split_off(table: &mut NamedColumns, start: usize) -> NamedColumns {
    table.iter_mut().map(|(name, column)| (*name, column.split_off(start))).collect()
}

fn write<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    fill: impl FnOnce(&mut ColumnWriterImpl<'_, T>) -> Result<usize>,
) -> Result<()> {
    let missing = || ParquetError::General("more columns than the schema has".into());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    fill(column.typed::<T>())?;
    column.close()
}

fn write_optional<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[Option<T::T>],
) -> Result<()> {
    let present: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
    let values: Vec<T::T> = values.iter().flatten().cloned().collect();
    write::<T, W>(group, |column| column.write_batch(&values, Some(&present), None))
}

#[cfg(test)]
mod tests;
