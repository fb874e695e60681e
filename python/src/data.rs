//! Data sets in memory, from arrays.

use crate::errors::{exception, raise};
use gpu_sweep::dataset::{BuiltIn, CsvOptions, MAX_NUMBER, MAX_OUTPUTS, MAX_VALUES, Points, Targets, Task, parse_csv};
use gpu_sweep::model::MAX_FEATURES;
use gpu_sweep::sweep::{Choice, Inputs, Sweep};
use gpu_sweep::{Dataset, Error};
use numpy::{PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::Path;
use strum::VariantArray;

/// Rows of features with their targets.
#[pyclass(module = "gpu_sweep._core", frozen)]
pub struct Data(pub Dataset);

/// Features with their names.
struct Features {
    names: Vec<String>,
    x: Vec<f64>,
}

impl Features {
    /// Copies and checks an array `[rows, features]`.
    fn of(x: &PyReadonlyArray2<'_, f64>, names: Vec<String>) -> PyResult<Self> {
        let [rows, features] = [x.shape()[0], x.shape()[1]];
        let refuse = |text: String| Err(exception("DataError", &text));
        if names.len() != features {
            return refuse(format!("X has {features} columns and {} names; each name must be there once", names.len()));
        }
        if rows == 0 || features == 0 || features > MAX_FEATURES {
            return refuse(format!(
                "X must have at least one row and 1 to {MAX_FEATURES} columns, not {rows} and {features}"
            ));
        }
        if rows > MAX_VALUES / features {
            return refuse(format!("X must have at most {MAX_VALUES} values, not {rows} rows of {features}"));
        }
        let x: Vec<f64> = x.as_array().iter().copied().collect();
        match x.iter().position(is_beyond) {
            None => Ok(Self { names, x }),
            Some(at) => {
                let (row, column) = (at / features, at % features);
                refuse(format!("X[{row}, {column}] is {}; it must be a number of up to {MAX_NUMBER:e}", x[at]))
            }
        }
    }

    fn with(self, name: String, targets: Targets, class_names: Vec<String>, target_names: Vec<String>) -> Data {
        let points = Points { features: self.names.len(), x: self.x, targets };
        Data(Dataset { feature_names: self.names, class_names, target_names, ..Dataset::of(name, points) })
    }
}

/// Whether a number is too large, infinite or NaN.
fn is_beyond(value: &f64) -> bool {
    value.is_nan() || value.abs() > MAX_NUMBER
}

/// Reads the name of a task.
fn read_task(name: &str) -> PyResult<Task> {
    let unknown = || exception("InvalidSetting", &format!("task must be {}, not {name:?}", Task::allowed()));
    Task::read(name).ok_or_else(unknown)
}

/// Returns the name of a task as the settings have it: `regression` for `numbers`.
#[pyfunction]
pub fn task(name: &str) -> PyResult<String> {
    read_task(name).map(|task| task.text())
}

/// Returns what follows the lines that a message names; they are those of a table that the user does not know.
fn after(text: &str) -> String {
    let Some((_, rest)) = text.split_once(" (first in line") else { return String::new() };
    rest.split_once(')').map_or(String::new(), |(_, rest)| rest.to_owned())
}

/// Converts an error about a table of labels alone: its lines and other columns are not the user's.
fn about_labels(error: Error, target: &str) -> PyErr {
    let Error::File { what, .. } = &error else { return raise(error) };
    // Parts about other columns make no sense; the rest says what is wrong and what helps.
    let others = ["without --label", "no other column", "name another", "\"row\" has"];
    let parts: Vec<&str> = what.split("; ").filter(|part| !others.iter().any(|other| part.contains(other))).collect();
    let text = parts.join("; ").replace("label \"label\"", &format!("{target:?}"));
    let text = text.split(" (first in line").next().unwrap_or_default().to_owned() + &after(&text);
    exception("DataError", &format!("y: {text}"))
}

#[pymethods]
impl Data {
    /// Rows of classes: `codes[n]` is the index of row n's label in `labels`, the distinct ones. Whether they are two
    /// or several classes, and which is class 1, follows the rules of label columns in files.
    #[staticmethod]
    #[allow(clippy::too_many_arguments)]
    fn of_classes(
        name: String,
        x: PyReadonlyArray2<'_, f64>,
        features: Vec<String>,
        target: String,
        labels: Vec<String>,
        codes: PyReadonlyArray1<'_, i64>,
        task: Option<&str>,
        positive: Option<&str>,
    ) -> PyResult<Self> {
        let features = Features::of(&x, features)?;
        if codes.len() != x.shape()[0] {
            return Err(exception("DataError", &format!("y has {} rows, X has {}", codes.len(), x.shape()[0])));
        }
        let task = task.map(read_task).transpose()?;
        let quote = |label: &String| format!("\"{}\"", label.replace('"', "\"\""));
        let mut rows = vec![0u64; labels.len()];
        codes.as_array().iter().for_each(|code| rows[*code as usize] += 1);
        // Each label as often as in the data, but at most twice: only whether it repeats matters.
        let places = rows.iter().scan(0, |next, rows| Some(std::mem::replace(next, *next + (*rows).min(2) as usize)));
        let places: Vec<usize> = places.collect();
        let line = |(n, label): (usize, &String)| format!("{n},{}\n", quote(label)).repeat(rows[n].min(2) as usize);
        let text: String = labels.iter().enumerate().map(line).collect();
        let options = CsvOptions { task, positive, ..CsvOptions::PLAIN };
        let read = parse_csv(Path::new("y"), format!("row,label\n{text}").as_bytes(), &options);
        let read = read.map_err(|error| about_labels(error, &target))?;
        let classes = read.data.class_names;
        let of_label: Vec<u32> = places.iter().map(|place| read.data.train.class(*place) as u32).collect();
        for (n, class) in of_label.iter().enumerate() {
            if let Some(other) = of_label[..n].iter().position(|other| other == class) {
                let pair = [&labels[other], &labels[n]];
                return Err(exception(
                    "DataError",
                    &format!("y: {:?} and {:?} would be one class; rename one", pair[0], pair[1]),
                ));
            }
        }
        let rows = codes.as_array().iter().map(|code| of_label[*code as usize]).collect();
        Ok(features.with(name, Targets::of_classes(classes.len(), rows), classes, vec![target]))
    }

    /// Rows of numbers `[rows, targets]` to predict.
    #[staticmethod]
    fn of_numbers(
        name: String,
        x: PyReadonlyArray2<'_, f64>,
        features: Vec<String>,
        targets: Vec<String>,
        y: PyReadonlyArray2<'_, f64>,
    ) -> PyResult<Self> {
        let features = Features::of(&x, features)?;
        let ([rows, outputs], refuse) =
            ([y.shape()[0], y.shape()[1]], |text: String| Err(exception("DataError", &text)));
        if rows != x.shape()[0] || !(1..=MAX_OUTPUTS).contains(&outputs) {
            return refuse(format!(
                "y has {rows} rows of {outputs} targets; it must have {} of 1 to {MAX_OUTPUTS}",
                x.shape()[0]
            ));
        }
        let values: Vec<f64> = y.as_array().iter().copied().collect();
        match values.iter().position(is_beyond) {
            None => Ok(features.with(name, Targets::Real { outputs, values }, Vec::new(), targets)),
            Some(at) => {
                refuse(format!("y[{}] is {}; it must be a number of up to {MAX_NUMBER:e}", at / outputs, values[at]))
            }
        }
    }
}

/// Features row by row, targets row by row (class indices or numbers), names of features, classes and targets.
type Arrays = (Vec<f64>, Vec<f64>, Vec<String>, Vec<String>, Vec<String>);

/// Returns the names of the built-in data sets.
#[pyfunction]
pub fn dataset_names() -> Vec<String> {
    BuiltIn::VARIANTS.iter().map(Choice::text).collect()
}

/// Returns a built-in data set, before splitting and standardisation; settings that it does not read are refused.
#[pyfunction]
pub fn dataset(settings: &Bound<'_, PyDict>) -> PyResult<Arrays> {
    let builder = crate::settings::apply(Sweep::builder(), settings)?;
    let data = Inputs::raw_data(&builder.sweep().map_err(raise)?).map_err(raise)?;
    Ok(arrays(data))
}

fn arrays(data: Dataset) -> Arrays {
    let points = data.train;
    let numbers = points.targets.numbers();
    let y = match points.is_regression() {
        true => (0..points.len())
            .flat_map(|n| (0..numbers).map(move |k| (n, k)))
            .map(|(n, k)| points.target_number(n, k))
            .collect(),
        false => (0..points.len()).map(|n| points.class(n) as f64).collect(),
    };
    (points.x, y, data.feature_names, data.class_names, data.target_names)
}
