//! Tables from numpy's arrays: `X` and `y` of an `.npz` file, or one `.npy` array, whose last column is the label.

use super::super::csv_options::MAX_VALUES;
use super::row_text::{RowText, end_line};
use crate::error::{Error, Result, listed, quoted};
use crate::npz::{Array, Npz, read_npy};
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

/// Most names of arrays in a message.
const NAMED: usize = 20;

/// Returns the text of the table in an `.npz` archive; None for an archive without arrays. Without `needs_labels`, the
/// array `y` may be missing.
pub(super) fn archive(path: &Path, file: File, needs_labels: bool) -> Result<Option<impl Read + use<>>> {
    let Ok(mut npz) = Npz::new(path, BufReader::new(file)) else { return Ok(None) };
    let names = npz.names();
    if names.is_empty() {
        return Ok(None);
    }
    let find = |wanted: &str| {
        let exact = names.iter().find(|name| *name == wanted);
        exact.or_else(|| names.iter().find(|name| name.eq_ignore_ascii_case(wanted))).cloned()
    };
    if let (Some(x), None, false) = (find("X"), find("y"), needs_labels) {
        let features = npz.read(&x)?;
        check(path, &x, &features)?;
        return Ok(Some(text(features, None)));
    }
    let (Some(x), Some(y)) = (find("X"), find("y")) else {
        let names = listed(names.iter().map(String::as_str), NAMED);
        let what =
            format!("must have arrays X [rows, features] and y [rows], not {names}; numpy.savez(FILE, X=..., y=...)");
        return Err(Error::file(path, what));
    };
    let (features, labels) = (npz.read(&x)?, npz.read(&y)?);
    check(path, &x, &features)?;
    let rows = features.shape[0];
    if labels.values.len() != rows || labels.shape.iter().filter(|size| **size != 1).count() > 1 {
        let what =
            format!("array {} must have one label for each of {rows} rows, not shape {:?}", quoted(&y), labels.shape);
        return Err(Error::file(path, what));
    }
    let label = if (1..=features.shape[1]).any(|n| format!("x{n}") == y) { "label".to_owned() } else { y };
    Ok(Some(text(features, Some((label, labels.values)))))
}

/// Returns the text of the table in an `.npy` file.
pub(super) fn array(path: &Path, file: File) -> Result<impl Read + use<>> {
    let length = file.metadata().map_err(Error::io(path, "read"))?.len();
    let array = read_npy(path, &mut BufReader::new(file), length)?;
    check(path, "the only array", &array)?;
    Ok(text(array, None))
}

fn check(path: &Path, name: &str, array: &Array) -> Result<()> {
    match array.shape[..] {
        [rows, columns] if rows > 0 && columns > 0 && array.values.len() <= MAX_VALUES + rows => Ok(()),
        _ => {
            let what = format!("array {name} must have the shape [rows, columns] and up to {MAX_VALUES} values");
            Err(Error::file(path, format!("{what}, not {:?}", array.shape)))
        }
    }
}

fn text(array: Array, label: Option<(String, Vec<f64>)>) -> impl Read + use<> {
    let (rows, columns) = (array.shape[0], array.shape[1]);
    let (name, labels) = label.unzip();
    let names: Vec<String> = (1..=columns).map(|n| format!("x{n}")).chain(name).collect();
    let mut next = 0;
    RowText::new(names.iter().map(String::as_str), move |text| {
        if next == rows {
            return Ok(false);
        }
        for value in array.values[next * columns..][..columns].iter().chain(labels.as_ref().map(|labels| &labels[next]))
        {
            // NaN is a missing value.
            if !value.is_nan() {
                write!(text, "{value}")?;
            }
            text.push(b',');
        }
        // Keeps an empty last field apart from an empty end of a line.
        if text.ends_with(b",,") {
            text.pop();
            text.extend_from_slice(b"NA,");
        }
        end_line(text);
        next += 1;
        Ok(true)
    })
}
