//! Tables of results as Arrow streams, by the PyCapsule interface: pandas, polars, DuckDB and pyarrow take them without
//! a copy.

use crate::errors::exception;
use arrow_array::builder::{Float64Builder, Int32Builder};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, ArrayRef, DictionaryArray, Float64Array, Int32Array, RecordBatch, RecordBatchIterator};
use arrow_array::{StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use gpu_sweep::results::{Column, NamedColumns};
use numpy::{PyArray1, ToPyArray};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Columns of equal length with names.
#[pyclass(module = "gpu_sweep._core", frozen)]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// Joins batches that have the same columns.
    pub fn new(batches: Vec<RecordBatch>) -> Self {
        let schema = batches.first().map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema);
        Self { schema, batches }
    }
}

/// Converts columns of equal length.
pub fn record_batch(columns: NamedColumns) -> RecordBatch {
    let text = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let field = |(name, column): &(&'static str, Column)| match column {
        Column::Whole(_) => Field::new(*name, DataType::UInt64, false),
        Column::Real(_) => Field::new(*name, DataType::Float64, false),
        Column::MaybeReal(_) => Field::new(*name, DataType::Float64, true),
        Column::MaybeInt(_) => Field::new(*name, DataType::Int32, true),
        Column::Text(_) | Column::Shared(_) => Field::new(*name, text(), false),
    };
    let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
    let arrays = columns.into_iter().map(|(_, column)| array(column)).collect();
    RecordBatch::try_new(schema, arrays).expect("columns of a table have the same length and the types named above")
}

/// Converts a column; numbers without gaps are not copied.
fn array(column: Column) -> ArrayRef {
    match column {
        Column::Whole(values) => Arc::new(UInt64Array::from(values)),
        Column::Real(values) => Arc::new(Float64Array::from(values)),
        Column::MaybeReal(values) => {
            let mut builder = Float64Builder::with_capacity(values.len());
            values.into_iter().for_each(|value| builder.append_option(value));
            Arc::new(builder.finish())
        }
        Column::MaybeInt(values) => {
            let mut builder = Int32Builder::with_capacity(values.len());
            values.into_iter().for_each(|value| builder.append_option(value));
            Arc::new(builder.finish())
        }
        Column::Text(values) => dictionary(values.iter().copied()),
        Column::Shared(values) => dictionary(values.iter().map(AsRef::as_ref)),
    }
}

/// Returns texts as indices into the distinct ones, in the order of their first use.
fn dictionary<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
    let (mut places, mut distinct, mut last) = (BTreeMap::new(), Vec::new(), None::<(&str, i32)>);
    let indices = values.map(|value| {
        // Most rows have the very text of the row before.
        if let Some((text, place)) = last
            && std::ptr::eq(text, value)
        {
            return place;
        }
        let place = *places.entry(value).or_insert_with(|| {
            distinct.push(value);
            distinct.len() as i32 - 1
        });
        last = Some((value, place));
        place
    });
    let indices: Int32Array = indices.collect::<Vec<i32>>().into();
    Arc::new(DictionaryArray::new(indices, Arc::new(StringArray::from(distinct))))
}

#[pymethods]
impl Table {
    /// Makes a table of named lists: numbers, texts that are numbers or empty (missing), None; other texts stay texts,
    /// and so do the columns in `words`. Those in `counts` are whole numbers.
    #[staticmethod]
    fn of_columns(
        columns: Vec<(String, Vec<Bound<'_, PyAny>>)>,
        words: Vec<String>,
        counts: Vec<String>,
    ) -> PyResult<Self> {
        let (mut fields, mut arrays) = (Vec::new(), Vec::new());
        for (name, values) in columns {
            let texts: Vec<String> = values
                .iter()
                .map(|value| if value.is_none() { Ok(String::new()) } else { Ok(value.str()?.to_string()) })
                .collect::<PyResult<_>>()?;
            let number = |text: &String| if text.is_empty() { Some(None) } else { text.parse::<f64>().ok().map(Some) };
            let whole = || texts.iter().map(|text| text.parse().ok()).collect::<Option<Vec<u64>>>();
            let reals = || texts.iter().map(number).collect::<Option<Vec<_>>>();
            let column = match words.contains(&name) {
                true => None,
                false if counts.contains(&name) => {
                    whole().map(Column::Whole).or_else(|| reals().map(Column::MaybeReal))
                }
                false => reals().map(Column::MaybeReal),
            };
            let array = match column {
                Some(column) => array(column),
                None => dictionary(texts.iter().map(String::as_str)),
            };
            fields.push(Field::new(name, array.data_type().clone(), true));
            arrays.push(array);
        }
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(schema.clone(), arrays);
        let batches = vec![batch.map_err(|error| exception("StudyError", &error.to_string()))?];
        Ok(Self { schema, batches })
    }

    /// Returns the table as an Arrow stream; `requested_schema` is ignored, as the interface allows.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let batches: Vec<_> = self.batches.iter().cloned().map(Ok).collect();
        let reader = RecordBatchIterator::new(batches, self.schema.clone());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Returns the names of the columns.
    fn columns(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Returns a column as an array: u64, or f64 with NaN where a value is missing; of texts the codes (int32), with
    /// the list of the texts.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<(Bound<'py, PyAny>, Option<Vec<String>>)> {
        let at = self.schema.index_of(name).map_err(|_| PyKeyError::new_err(name.to_owned()))?;
        let parts = || self.batches.iter().map(|batch| batch.column(at).as_ref());
        match self.schema.field(at).data_type() {
            DataType::UInt64 => Ok((whole(parts()).to_pyarray(py).into_any(), None)),
            DataType::Float64 | DataType::Int32 => Ok((reals(parts()).to_pyarray(py).into_any(), None)),
            _ => {
                let (codes, words) = texts(parts());
                Ok((PyArray1::from_vec(py, codes).into_any(), Some(words)))
            }
        }
    }
}

fn whole<'a>(parts: impl Iterator<Item = &'a dyn Array>) -> Vec<u64> {
    let of = |part: &'a dyn Array| part.as_any().downcast_ref::<UInt64Array>().map(|part| part.values().to_vec());
    parts.filter_map(of).flatten().collect()
}

fn reals<'a>(parts: impl Iterator<Item = &'a dyn Array>) -> Vec<f64> {
    let of = |part: &'a dyn Array| -> Vec<f64> {
        if let Some(part) = part.as_any().downcast_ref::<Float64Array>() {
            return part.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        }
        let part = part.as_any().downcast_ref::<Int32Array>();
        part.map_or(Vec::new(), |part| part.iter().map(|value| value.map_or(f64::NAN, f64::from)).collect())
    };
    parts.flat_map(of).collect()
}

fn texts<'a>(parts: impl Iterator<Item = &'a dyn Array>) -> (Vec<i32>, Vec<String>) {
    let (mut codes, mut words) = (Vec::new(), Vec::<String>::new());
    for part in parts {
        let Some(part) = part.as_any().downcast_ref::<DictionaryArray<arrow_array::types::Int32Type>>() else {
            continue;
        };
        let Some(own) = part.values().as_any().downcast_ref::<StringArray>() else { continue };
        let own: Vec<i32> = own.iter().flatten().map(|word| place(&mut words, word)).collect();
        codes.extend(part.keys().values().iter().map(|code| own[*code as usize]));
    }
    (codes, words)
}

/// Returns the index of a word, which is added if it is new.
fn place(words: &mut Vec<String>, word: &str) -> i32 {
    let place = words.iter().position(|other| other == word).unwrap_or_else(|| {
        words.push(word.to_owned());
        words.len() - 1
    });
    place as i32
}
