//! Settings: from Python's arguments, by the same table as flags and `sweep.toml`.

use crate::errors::wrong_type;
use gpu_sweep::Builder;
use gpu_sweep::sweep::{Form, SETTINGS, Setting, Sweep, TypedValue};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyString};

/// What a setting accepts, for messages.
const ACCEPTED: &str = "a number, a text or a sequence of these";

/// Reads a value as `sweep.toml` has it: numbers exactly as given, sequences and arrays of any depth.
pub fn typed(name: &str, value: &Bound<'_, PyAny>) -> PyResult<TypedValue> {
    if value.is_instance_of::<PyBool>() {
        return Ok(TypedValue::Text(value.extract::<bool>()?.to_string()));
    }
    if value.is_instance_of::<PyInt>() {
        return Ok(TypedValue::Number(value.str()?.to_string()));
    }
    if value.is_instance_of::<PyFloat>() {
        return Ok(TypedValue::Number(exactly(value.extract()?)));
    }
    if value.is_instance_of::<PyString>() {
        return Ok(TypedValue::Text(value.extract()?));
    }
    if value.hasattr("__fspath__")? {
        return Ok(TypedValue::Text(value.call_method0("__fspath__")?.str()?.to_string()));
    }
    if value.is_instance_of::<PyBytes>() {
        return Err(wrong_type(name, value, ACCEPTED));
    }
    // Arrays, series and tensors, down to plain numbers.
    if value.hasattr("tolist")? {
        return typed(name, &value.call_method0("tolist")?);
    }
    match value.try_iter() {
        Ok(items) => Ok(TypedValue::List(items.map(|item| typed(name, &item?)).collect::<PyResult<_>>()?)),
        Err(_) => Err(wrong_type(name, value, ACCEPTED)),
    }
}

/// Writes a number with the fewest digits that give it back.
fn exactly(value: f64) -> String {
    if value.is_nan() { "nan".into() } else { value.to_string() }
}

/// Adds settings to a builder; those that are `None` keep their default.
///
/// # Errors
/// `TypeError` for a name that is no setting or a value of another type.
pub fn apply(mut builder: Builder, settings: &Bound<'_, PyDict>) -> PyResult<Builder> {
    for (name, value) in settings.iter() {
        let name: String = name.extract()?;
        let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
            return Err(PyTypeError::new_err(format!("unexpected keyword argument {name:?}")));
        };
        if !value.is_none() {
            builder = builder.value(setting, &typed(&name, &value)?);
        }
    }
    Ok(builder)
}

/// Returns every setting as a dictionary: its name, group, what it accepts, help and default, for signatures and pages.
#[pyfunction]
pub fn settings(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let one = |setting: &'static Setting| {
        let (short, long) = setting.help();
        let about = PyDict::new(py);
        about.set_item("name", setting.name)?;
        about.set_item("flag", setting.flag())?;
        about.set_item("group", setting.group.heading())?;
        about.set_item("is_number", setting.is_number())?;
        about.set_item("is_path", setting.is_path())?;
        about.set_item("is_axis", setting.hyperparameter().is_some())?;
        about.set_item("is_negative", setting.form == Form::Without)?;
        about.set_item("is_switch", !matches!(setting.form, Form::Value | Form::TableOnly))?;
        about.set_item("default", setting.to_text(&Sweep::default()))?;
        about.set_item("help", short)?;
        about.set_item("details", long)?;
        Ok(about)
    };
    SETTINGS.iter().map(one).collect()
}
