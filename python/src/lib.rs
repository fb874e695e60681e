//! The compiled part of the Python package `gpu_sweep`: the library's calls and their results as arrays and tables. The
//! classes that people use are in `gpu_sweep/*.py`.

mod data;
mod describe;
mod engines;
mod errors;
mod interrupt;
mod model;
mod options;
mod settings;
mod study;
mod table;
mod tools;
mod training;

use pyo3::prelude::*;
use std::ffi::OsString;

/// Runs the command line and returns its exit code. Call it at most once, on the main thread.
#[pyfunction]
fn command_line(arguments: Vec<OsString>) -> u8 {
    gpu_sweep::cli::command_line(arguments).0
}

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // Loads numpy's interface now: a signal during a later import would end in a panic.
    let _ = numpy::PyArray1::<f64>::zeros(module.py(), 0, false);
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<data::Data>()?;
    module.add_class::<model::Model>()?;
    module.add_class::<study::Study>()?;
    module.add_class::<table::Table>()?;
    module.add_function(wrap_pyfunction!(command_line, module)?)?;
    module.add_function(wrap_pyfunction!(data::dataset, module)?)?;
    module.add_function(wrap_pyfunction!(data::dataset_names, module)?)?;
    module.add_function(wrap_pyfunction!(data::task, module)?)?;
    module.add_function(wrap_pyfunction!(settings::settings, module)?)?;
    module.add_function(wrap_pyfunction!(training::train, module)?)?;
    module.add_function(wrap_pyfunction!(tools::devices, module)?)?;
    module.add_function(wrap_pyfunction!(tools::lr_find, module)?)?;
    module.add_function(wrap_pyfunction!(tools::map, module)?)?;
    module.add_function(wrap_pyfunction!(tools::merge, module)?)?;
    module.add_function(wrap_pyfunction!(tools::verify, module)?)?;
    module.add_function(wrap_pyfunction!(study::load, module)?)
}
