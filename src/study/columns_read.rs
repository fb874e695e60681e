//! Reads the columns of a chunk's file: only in the form in which they are written, and no more than is expected.

use super::page_limits::{CheckedPages, PageFile, PageLimits};
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::Length;
use parquet::file::serialized_reader::SerializedPageReader;
use std::fs::File;
use std::sync::Arc;

/// Maximum definition and repetition levels of optional values, and of values in optional lists.
const OPTIONAL: [i16; 2] = [1, 0];
const LIST: [i16; 2] = [2, 1];

/// An open file with one row group.
pub(super) struct ColumnReader {
    metadata: ParquetMetaData,
    pages: Arc<PageFile<File>>,
    rows: usize,
}

impl ColumnReader {
    /// Reads a file's metadata.
    pub fn open(file: File) -> Result<Self> {
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file)?;
        let (groups, all) = (metadata.num_row_groups(), metadata.file_metadata().num_rows());
        let [group] = metadata.row_groups() else { return Err(wrong(format!("{all} rows in {groups} row groups"))) };
        let rows = usize::try_from(all).ok().filter(|_| all == group.num_rows());
        let rows = rows.ok_or_else(|| wrong(format!("{all} rows, of which {} in the row group", group.num_rows())))?;
        Ok(Self { metadata, pages: Arc::new(PageFile(file)), rows })
    }

    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        let labels = self.metadata.file_metadata().key_value_metadata();
        labels.into_iter().flatten().find(|pair| pair.key == key)?.value.as_deref()
    }

    /// Reads a column of optional values.
    pub fn optional<T: DataType>(&self, name: &str) -> Result<Vec<Option<T::T>>> {
        let allowed =
            PageLimits { values: self.rows, missing: self.rows, width: T::get_type_size(), dictionary: false };
        let (levels, values) = self.read::<T>(name, OPTIONAL, allowed)?;
        let mut values = values.into_iter();
        Ok(levels.into_iter().map(|level| if level > 0 { values.next() } else { None }).collect())
    }

    /// Reads a column of lists, concatenated: the first `lists` rows have `width` values each, the others none.
    pub fn lists<T: DataType>(&self, name: &str, lists: usize, width: usize, dictionary: bool) -> Result<Vec<T::T>> {
        let size = lists.checked_mul(width).and_then(|n| Some((n, n.checked_add(self.rows.checked_sub(lists)?)?)));
        let (values, levels) = size.ok_or_else(|| wrong(format!("{lists} lists of {width} values")))?;
        let missing = levels - values;
        let allowed = PageLimits { values: levels, missing, width: T::get_type_size(), dictionary };
        let (found, there) = self.read::<T>(name, LIST, allowed)?;
        if there.len() != values || found.len() != levels {
            return Err(wrong(format!("column {name} has {} values, not {values}", there.len())));
        }
        Ok(there)
    }

    /// Reads a column's definition levels and its values without nulls.
    fn read<T: DataType>(&self, name: &str, levels: [i16; 2], allowed: PageLimits) -> Result<(Vec<i16>, Vec<T::T>)> {
        let schema = self.metadata.file_metadata().schema_descr();
        let is_named = |path: &[String]| path.first().is_some_and(|first| first == name);
        let index = schema.columns().iter().position(|column| is_named(column.path().parts()));
        let index = index.ok_or_else(|| wrong(format!("column {name} is missing")))?;
        let column = schema.column(index);
        let found = [column.max_def_level(), column.max_rep_level()];
        if column.physical_type() != T::get_physical_type() || found != levels {
            return Err(wrong(format!("column {name} is of another type")));
        }
        let part = self.metadata.row_group(0).columns().get(index);
        let part = part.filter(|part| self.is_inside(part));
        let part = part.ok_or_else(|| wrong(format!("column {name} lies outside the file")))?;
        let pages = SerializedPageReader::new(Arc::clone(&self.pages), part, self.rows, None)?;
        let mut reader = ColumnReaderImpl::<T>::new(column, Box::new(CheckedPages::new(pages, allowed)));
        let (mut levels, mut starts, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let (read, ..) = reader.read_records(self.rows, Some(&mut levels), Some(&mut starts), &mut values)?;
        if read != self.rows {
            return Err(wrong(format!("column {name} has {read} rows, not {}", self.rows)));
        }
        Ok((levels, values))
    }

    /// Whether a column's bytes are inside this file; the parquet crate panics at negative numbers.
    fn is_inside(&self, part: &ColumnChunkMetaData) -> bool {
        let start = part.dictionary_page_offset().unwrap_or(part.data_page_offset());
        let end = start.checked_add(part.compressed_size());
        start >= 0 && part.compressed_size() >= 0 && end.is_some_and(|end| end.cast_unsigned() <= self.pages.len())
    }
}

fn wrong(what: String) -> ParquetError {
    ParquetError::General(what)
}
