//! Errors of the library as Python's exceptions, which `gpu_sweep/_errors.py` defines.

use gpu_sweep::Error;
use pyo3::exceptions::{PyKeyboardInterrupt, PyTypeError};
use pyo3::prelude::*;

/// Converts an error of the library; its text names settings as Python's arguments.
pub fn raise(error: Error) -> PyErr {
    let class = match &error {
        Error::Stopped => return PyKeyboardInterrupt::new_err(()),
        Error::Setting { .. } | Error::Usage { .. } => "InvalidSetting",
        Error::File { .. } => "DataError",
        Error::Device(_) => "DeviceError",
        _ => "StudyError",
    };
    exception(class, &error.to_string())
}

/// Returns an exception of a class in `gpu_sweep/_errors.py`.
pub fn exception(class: &str, text: &str) -> PyErr {
    Python::attach(|py| {
        let made = py.import("gpu_sweep._errors").and_then(|module| module.getattr("make")?.call1((class, text)));
        made.map_or_else(|error| error, PyErr::from_value)
    })
}

/// Returns the exception for an argument of a type that is not accepted.
pub fn wrong_type(name: &str, value: &Bound<'_, PyAny>, expected: &str) -> PyErr {
    let kind = value.get_type().name().map_or_else(|_| "an object".into(), |name| name.to_string());
    PyTypeError::new_err(format!("{name} must be {expected}, not {kind}"))
}
