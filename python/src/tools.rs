//! Calls beside training: range tests, devices, checks, merging.

use crate::data::Data;
use crate::engines::{on_pool, with_engine};
use crate::errors::raise;
use crate::interrupt;
use crate::options::Options;
use crate::study::Study;
use crate::training::FolderRun;
use gpu_sweep::analysis::lr_find::PlannedTest;
use gpu_sweep::analysis::verify::verify as verify_engine;
use gpu_sweep::builder::SweepResults;
use gpu_sweep::engine::Engine;
use gpu_sweep::engine::cpu::CpuEngine;
use gpu_sweep::engine::gpu::device::list;
use gpu_sweep::engine::reference::ReferenceEngine;
use gpu_sweep::math::convergence::Convergence;
use gpu_sweep::plot::{MapFiles, Picture, png, svg};
use gpu_sweep::run::MapOutput;
use gpu_sweep::study::{Study as StudyFolder, merge as merge_folders};
use gpu_sweep::sweep::Sweep;
use gpu_sweep::{Device, Error, LrFindOptions, MapRequest, Result};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde_json::json;
use std::path::PathBuf;

/// Draws a picture as the bytes of an SVG or a PNG file.
pub fn drawn(picture: &dyn Picture, format: &str) -> Result<Vec<u8>> {
    if format == "png" { png(picture) } else { svg(picture).map(String::into_bytes) }
}

/// Runs a learning-rate range test; returns what it found as JSON, and its picture as SVG and as PNG.
#[pyfunction]
#[pyo3(signature = (settings, options, range, data=None, listener=None))]
pub fn lr_find(
    py: Python<'_>,
    settings: &Bound<'_, PyDict>,
    options: &Bound<'_, PyDict>,
    range: (f64, f64, u32, Option<f64>, u64, u64),
    data: Option<&Data>,
    listener: Option<Py<PyAny>>,
) -> PyResult<(String, Vec<u8>, Vec<u8>)> {
    let Options { device, builder, .. } = Options::of(options, settings, data)?;
    let (start, stop, steps, smoothing, seeds, seed) = range;
    let found = interrupt::run(py, listener.as_ref(), move |shared| -> Result<_> {
        let asked = LrFindOptions { start, stop, steps, smoothing, seeds, seed, batch_size: None };
        let loaded = PlannedTest::of(builder, &asked)?.load()?;
        with_engine(&device, |engine| {
            let ready = loaded.on(engine, None)?;
            ready.notes.iter().for_each(|note| shared.say("note", note.clone()));
            let report = ready.run(engine, &mut |event| shared.receive(event))?;
            let (found, picture) = (&report.found, report.picture());
            let grid = found.grid.map(|grid| json!({ "start": grid.start, "stop": grid.stop, "count": grid.count }));
            let losses: Vec<&[f64]> = found.curves.iter().map(|curve| curve.losses.as_slice()).collect();
            let about = json!({
                "rates": found.rates, "losses": losses, "steepest": found.steepest, "lowest": found.lowest, "grid": grid,
            });
            Ok((about.to_string(), drawn(&picture, "svg")?, drawn(&picture, "png")?))
        })
    })?;
    found.map_err(raise)
}

/// Lists engines and GPU adapters, as JSON.
#[pyfunction]
pub fn devices(py: Python<'_>) -> PyResult<String> {
    let found = interrupt::run(py, None, |_| -> Result<String> {
        let engines = [CpuEngine::new()?.info().clone(), ReferenceEngine::default().info().clone()];
        let (adapters, trouble) = match list() {
            Ok(adapters) => (adapters, None),
            Err(Error::Device(why)) => (Vec::new(), Some(why)),
            Err(other) => return Err(other),
        };
        Ok(json!({ "engines": engines, "adapters": adapters, "trouble": trouble }).to_string())
    })?;
    found.map_err(raise)
}

/// Checks a device against the reference calculations; a row for each check, as JSON.
#[pyfunction]
pub fn verify(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<String> {
    let Options { device, .. } = Options::of(options, &PyDict::new(py), None)?;
    let checks = interrupt::run(py, None, move |_| with_engine(&device, |engine| verify_engine(engine, None)))?;
    let row = |check: gpu_sweep::analysis::verify::Check| {
        json!({
            "check": check.name, "error": check.error, "tolerance": check.tolerance, "passed": check.passed, "why": check.why,
        })
    };
    Ok(json!(checks.map_err(raise)?.into_iter().map(row).collect::<Vec<_>>()).to_string())
}

/// Joins folders of shards into `out`, and makes tables and pictures of the whole.
#[pyfunction]
pub fn merge(py: Python<'_>, folders: Vec<PathBuf>, out: PathBuf) -> PyResult<Study> {
    let merged = interrupt::run(py, None, move |shared| -> Result<Study> {
        interrupt::wait_for_those_left();
        drop(merge_folders(&folders, &out, false)?);
        let untrained = || Error::Folder { path: out.clone(), what: "nothing in it is trained yet".into() };
        let device = Device::like(StudyFolder::found(&out)?.0.saved_engine().ok_or_else(untrained)?.0);
        let builder = Sweep::builder().config(out.join("sweep.toml")).out(&out).device(device);
        on_pool(|| builder.run_observed(&FolderRun(shared)))??;
        Study::open(out)
    })?;
    merged.map_err(raise)
}

/// Trains a map, a network for each pair of values of two hyper-parameters, in memory. Returns its arrays `[y, x]`, the
/// names of its axes, the dimension of its boundary, and its picture as PNG.
#[pyfunction]
#[pyo3(signature = (settings, options, axes, pixels=None, zoom=None, data=None, listener=None))]
#[allow(clippy::too_many_arguments)]
pub fn map<'py>(
    py: Python<'py>,
    settings: &Bound<'py, PyDict>,
    options: &Bound<'py, PyDict>,
    axes: [Option<String>; 2],
    pixels: Option<u32>,
    zoom: Option<([f64; 2], f64)>,
    data: Option<&Data>,
    listener: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let Options { device, builder, .. } = Options::of(options, settings, data)?;
    let trained = interrupt::run(py, listener.as_ref(), move |shared| -> Result<MapOutputs> {
        let axis = |n: usize| axes[n].as_deref().map(|text| MapRequest::parse_axis(["x", "y"][n], text)).transpose();
        let request = MapRequest { x: axis(0)?, y: axis(1)?, pixels, zoom };
        let (mut options, data) = builder.prepared()?;
        with_engine(&device, |engine| {
            options.sweep = request.map_of(options.sweep.clone(), engine.info().engine.precision())?;
            let results = SweepResults::train_on(engine, &options, data.as_ref(), &mut |event| shared.receive(event))?;
            let (output, files) = MapOutput::in_memory(&results, &results.jobs, engine.info())?;
            Ok(MapOutputs { output, files })
        })
    })?;
    let MapOutputs { output, files } = trained.map_err(raise)?;
    let (found, map) = (PyDict::new(py), &output.map);
    let shape = [map.y.values.len(), map.x.values.len()];
    for (name, side) in [("x", &map.x), ("y", &map.y)] {
        found.set_item(name, PyArray1::from_slice(py, &side.values))?;
        found.set_item(format!("{name}_name"), side.hyperparameter.name())?;
    }
    let of =
        |value: fn(&Convergence) -> f64| PyArray1::from_vec(py, map.pixels.iter().map(value).collect()).reshape(shape);
    found.set_item("converged", PyArray1::from_vec(py, map.converged()).reshape(shape)?)?;
    found.set_item("loss_sum", of(|pixel| pixel.loss_sum)?)?;
    found.set_item("inverse_sum", of(|pixel| pixel.inverse_sum)?)?;
    found.set_item("last", of(|pixel| pixel.last)?)?;
    found.set_item("dimension", output.dimension.as_ref().map(|dimension| dimension.median))?;
    for (name, bytes) in files {
        found.set_item(format!("{name}_png"), PyBytes::new(py, &bytes))?;
    }
    Ok(found)
}

/// A map and its pictures.
struct MapOutputs {
    output: MapOutput,
    files: MapFiles,
}
