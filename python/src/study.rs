//! A study's results, in memory or in its folder.

use crate::describe::{describe_best, describe_cell, describe_share};
use crate::engines::{DeviceSpec, on_pool, with_engine};
use crate::errors::{exception, raise};
use crate::interrupt;
use crate::model::Model;
use crate::table::{Table, record_batch};
use crate::tools::drawn as drawn_as;
use gpu_sweep::analysis::model_choice::ModelChoice;
use gpu_sweep::analysis::seeds::Arms;
use gpu_sweep::analysis::study_model::StudyModel;
use gpu_sweep::builder::SweepResults;
use gpu_sweep::engine::{EngineInfo, EngineKind, Job};
use gpu_sweep::plot::{Facets, PictureKind};
use gpu_sweep::results::{
    CrossedTables, CurveKind, ModelColumns, StudyResults, model_table, summary_csv, summary_of_results,
};
use gpu_sweep::run::DrawnResults;
use gpu_sweep::statistics::Summary;
use gpu_sweep::study::Study as StudyFolder;
use gpu_sweep::sweep::{Choice, Inputs};
use gpu_sweep::{Device, Error, Result, SeedsQuery, SeedsReport};
use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Mutex;

/// Rows of a table that are converted at a time, on each thread.
const ROWS: usize = 1 << 16;

/// Where the results are.
enum Source {
    Memory(Box<SweepResults>),
    Folder(PathBuf),
}

/// A study's results, opened.
struct Opened<'a> {
    results: &'a dyn StudyResults,
    inputs: &'a Inputs,
    jobs: Vec<Job>,
}

/// Results of all models of a sweep.
#[pyclass(module = "gpu_sweep._core", frozen)]
pub struct Study {
    source: Source,
    engine: EngineInfo,
    threads: usize,
    summary: Mutex<Option<Summary>>,
}

/// Opens the study in a folder.
#[pyfunction]
pub fn load(py: Python<'_>, folder: PathBuf) -> PyResult<Study> {
    interrupt::run(py, None, |_| Study::open(folder))?.map_err(raise)
}

impl Study {
    pub fn in_memory(results: SweepResults, engine: EngineInfo, threads: usize) -> Self {
        let summary = Mutex::new(Some(results.summary.clone()));
        Self { source: Source::Memory(Box::new(results)), engine, threads, summary }
    }

    pub fn open(folder: PathBuf) -> Result<Self> {
        let (study, _) = StudyFolder::found(&folder)?;
        let untrained = || Error::Folder { path: folder.clone(), what: "nothing in it is trained yet".into() };
        let engine = study.saved_engine().ok_or_else(untrained)?.0.clone();
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        Ok(Self { source: Source::Folder(folder), engine, threads: 0, summary: Mutex::new(None) })
    }

    /// Calls `f` with the results, without the interpreter's lock, on threads of this process; Ctrl-C ends the call.
    fn opened<T: Send + 'static>(
        this: &Bound<'_, Self>,
        f: impl FnOnce(&Self, &Opened<'_>) -> Result<T> + Send + 'static,
    ) -> PyResult<T> {
        let study = this.clone().unbind();
        let done = interrupt::run(this.py(), None, move |_| {
            let study = study.get();
            on_pool(|| study.open_results(|opened| f(study, opened))).and_then(|done| done)
        })?;
        done.map_err(raise)
    }

    fn open_results<T>(&self, f: impl FnOnce(&Opened<'_>) -> Result<T>) -> Result<T> {
        match &self.source {
            Source::Memory(results) => {
                f(&Opened { results: results.as_ref(), inputs: &results.inputs, jobs: results.jobs.clone() })
            }
            Source::Folder(folder) => {
                let (study, inputs) = StudyFolder::found(folder)?;
                let mapped = |(cell, job): (usize, &Job)| match study.mapping(cell) {
                    Some(mapping) => job.mapped(mapping),
                    None => job.clone(),
                };
                let jobs = inputs.jobs.iter().enumerate().map(mapped).collect();
                f(&Opened { results: &study, inputs: &inputs, jobs })
            }
        }
    }

    /// Returns the engine that gives the same bits.
    fn device(&self) -> DeviceSpec {
        device_like(&self.engine, self.threads)
    }

    /// Returns the statistics, which are computed once.
    fn summary(&self, opened: &Opened<'_>) -> Result<Summary> {
        let mut kept = self.summary.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(summary) = kept.as_ref() {
            return Ok(summary.clone());
        }
        let summary = summary_of_results(opened.results)?;
        *kept = Some(summary.clone());
        Ok(summary)
    }
}

/// Returns the device on which results have the same bits as those of an engine.
pub fn device_like(info: &EngineInfo, threads: usize) -> DeviceSpec {
    DeviceSpec { device: Device::like(info), threads: if info.engine == EngineKind::Cpu { threads } else { 0 } }
}

#[pymethods]
impl Study {
    /// Returns the folder, if there is one.
    fn folder(&self) -> Option<PathBuf> {
        match &self.source {
            Source::Memory(_) => None,
            Source::Folder(folder) => Some(folder.clone()),
        }
    }

    /// Describes the study as JSON: models, cells, axes, seeds, epochs, settings, device.
    fn description(this: &Bound<'_, Self>) -> PyResult<String> {
        Self::opened(this, |study, opened| {
            let (engine, spec) = (&study.engine, opened.results.spec());
            let cells: Vec<Value> = spec.cells.iter().enumerate().map(|(cell, _)| describe_cell(spec, cell)).collect();
            let measure = spec.measure();
            let description = json!({
                "models": spec.models(), "cells": cells, "digest": spec.digest, "settings": spec.sweep.to_toml()?,
                "measure": measure.name(), "column": measure.column(), "threshold": spec.success_threshold(),
                "engine": engine.engine.to_string(), "device": engine.device, "driver": engine.driver,
                "notes": opened.inputs.notes, "finished": opened.results.finished_models(),
                "select": Choice::text(&spec.sweep.select),
            });
            Ok(description.to_string())
        })
    }

    /// Returns the table of all models, that of `models.parquet`.
    fn models(this: &Bound<'_, Self>) -> PyResult<Table> {
        Self::opened(this, |_, opened| {
            let (spec, mut batches) = (opened.results.spec(), Vec::new());
            for part in opened.results.parts() {
                let ModelColumns { cell, first, outcomes } = part?.models()?;
                let pieces = outcomes.par_chunks(ROWS).enumerate().map(|(n, outcomes)| {
                    let piece = ModelColumns { cell, first: first + (n * ROWS) as u64, outcomes: outcomes.to_vec() };
                    record_batch(model_table(spec, &piece))
                });
                batches.par_extend(pieces);
            }
            Ok(Table::new(batches))
        })
    }

    /// Returns the table of all combinations of settings, `summary.csv`.
    fn summary_csv(this: &Bound<'_, Self>) -> PyResult<String> {
        Self::opened(this, |study, opened| Ok(summary_csv(opened.results.spec(), &study.summary(opened)?)))
    }

    /// Returns one kind of curve, `[models that keep curves, recorded epochs]`; None if it is not kept.
    fn curve<'py>(this: &Bound<'py, Self>, name: &str) -> PyResult<Option<Bound<'py, PyArray2<f32>>>> {
        let (py, name) = (this.py(), name.to_owned());
        let read = Self::opened(this, move |_, opened| {
            let spec = opened.results.spec();
            let named = |kind: &CurveKind| kind.array_name(spec.measure()) == name;
            let kept = |kind: &CurveKind| spec.cells.iter().any(|cell| kind.is_kept(&cell.record));
            let Some(kind) = CurveKind::ALL.into_iter().find(|kind| named(kind) && kept(kind)) else { return Ok(None) };
            let (mut values, epochs) = (Vec::new(), spec.cells[0].record.epochs.len());
            for part in opened.results.parts() {
                let part = part?;
                if part.trials().start < spec.cells[part.cell()].record.curves_below {
                    let own = part.curves(kind)?;
                    // A study of one part, as one in memory, is not copied.
                    if values.is_empty() { values = own } else { values.extend(own) }
                }
            }
            Ok(Some((values, epochs)))
        })?;
        let array = |(values, epochs): (Vec<f32>, usize)| {
            let models = values.len() / epochs.max(1);
            PyArray1::from_vec(py, values).reshape([models, epochs])
        };
        read.map(array).transpose()
    }

    /// Returns the initial and the final weights of a cell's models, `[models, parameters]`, and the layers as pairs of
    /// inputs, outputs and whether there are biases; None if they are not kept, or are in a folder.
    #[allow(clippy::type_complexity)]
    fn weights<'py>(
        &self,
        py: Python<'py>,
        cell: usize,
    ) -> PyResult<Option<(Bound<'py, PyArray2<f64>>, Bound<'py, PyArray2<f64>>, Vec<(usize, usize, bool)>)>> {
        let Source::Memory(results) = &self.source else { return Ok(None) };
        let Some(weights) = results.batches.get(cell).and_then(|batch| batch.weights.as_ref()) else { return Ok(None) };
        let shape = &results.jobs[cell].shape;
        let array = |values: &[f64]| {
            let models = values.len() / shape.parameters();
            PyArray1::from_slice(py, values).reshape([models, shape.parameters()])
        };
        let layers = shape.layers().iter().map(|layer| (layer.inputs, layer.outputs, layer.bias)).collect();
        Ok(Some((array(&weights.initial)?, array(&weights.last)?, layers)))
    }

    /// Returns the names of the curves that are kept.
    fn curve_names(this: &Bound<'_, Self>) -> PyResult<Vec<String>> {
        Self::opened(this, |_, opened| {
            let spec = opened.results.spec();
            let kept = |kind: &CurveKind| spec.cells.iter().any(|cell| kind.is_kept(&cell.record));
            let kinds = CurveKind::ALL.into_iter().filter(kept);
            Ok(kinds.map(|kind| kind.array_name(spec.measure())).collect())
        })
    }

    /// Returns the names of the study's pictures, and why others are missing.
    fn pictures(this: &Bound<'_, Self>) -> PyResult<(Vec<&'static str>, Vec<String>)> {
        Self::opened(this, move |study, opened| {
            let summary = study.summary(opened)?;
            let drawn = DrawnResults { results: opened.results, summary: &summary, jobs: &opened.jobs };
            let (kinds, missing) = drawn.kinds()?;
            Ok((kinds.into_iter().map(PictureKind::name).collect(), missing))
        })
    }

    /// Draws a picture, as SVG or as PNG; returns the bytes, its caption, and its alternative text.
    fn picture(this: &Bound<'_, Self>, name: &str, format: &str) -> PyResult<(Vec<u8>, String, &'static str)> {
        let unknown = || {
            let names: Vec<_> = PictureKind::OF_STUDY.iter().map(|kind| kind.name()).collect();
            exception("InvalidSetting", &format!("no picture is called {name:?}; there are {}", names.join(", ")))
        };
        let kind = *PictureKind::OF_STUDY.iter().find(|kind| kind.name() == name).ok_or_else(unknown)?;
        let as_png = format == "png";
        let drawn = Self::opened(this, move |study, opened| {
            let summary = study.summary(opened)?;
            let drawn = DrawnResults { results: opened.results, summary: &summary, jobs: &opened.jobs };
            with_engine(&study.device(), |engine| {
                let found = drawn.draw(kind, engine, |picture| {
                    Ok((
                        drawn_as(picture, if as_png { "png" } else { "svg" })?,
                        picture.caption(),
                        kind.alternative_text(),
                    ))
                })?;
                match found {
                    Some(found) => Ok(Ok(found)),
                    None => drawn.kinds().map(|(_, missing)| Err(missing)),
                }
            })
        })?;
        drawn.map_err(|missing| {
            let reason = missing.into_iter().find(|line| line.contains(name));
            let reason = reason.unwrap_or_else(|| format!("it would show nothing in this study: no {name} picture"));
            exception("StudyError", &reason)
        })
    }

    /// Returns the combination with the best mean score, its range indistinguishable from it, and all combinations in
    /// it, as JSON.
    fn best(this: &Bound<'_, Self>) -> PyResult<String> {
        Self::opened(this, move |study, opened| {
            let summary = study.summary(opened)?;
            let facets = Facets::of(opened.results.spec(), &summary);
            Ok(describe_best(&facets).to_string())
        })
    }

    /// Returns the shares of the variance by source, as JSON.
    fn variance(this: &Bound<'_, Self>) -> PyResult<String> {
        Self::opened(this, |_, opened| {
            let columns: Vec<&str> = opened.results.spec().varying().iter().map(|column| column.name()).collect();
            let shares: Vec<Value> =
                CrossedTables::splits_of(opened.results)?.iter().map(|share| describe_share(share, &columns)).collect();
            Ok(Value::from(shares).to_string())
        })
    }

    /// Returns how many seeds tell two learning rates apart, as JSON. `points`: difference of the accuracies in
    /// percentage points.
    #[pyo3(signature = (between=None, points=None))]
    fn seeds_needed(this: &Bound<'_, Self>, between: Option<[f64; 2]>, points: Option<f64>) -> PyResult<String> {
        let query = SeedsQuery::of(between.as_ref().map(<[f64; 2]>::as_slice), points).map_err(raise)?;
        Self::opened(this, move |study, opened| {
            let arms = Arms::of(opened.results, &study.summary(opened)?)?;
            let report = SeedsReport::of(opened.results.spec(), opened.inputs, arms, &query)?;
            let found = &report.found;
            let arm = |at: usize| json!({ "lr": found.arms.all[at].lr, "mean": found.arms.all[at].mean() });
            Ok(json!({
                "between": found.pair.map(arm), "difference": found.difference, "unpaired": found.unpaired,
                "paired": found.paired, "deviation": found.deviation, "widths": found.widths,
                "reason": found.no_answer.map(|reason| format!("{reason:?}")), "settings": report.settings,
            })
            .to_string())
        })
    }

    /// Chooses models, the best first: `ID`, `best` or `ensemble:N`.
    fn choose(this: &Bound<'_, Self>, choice: &str) -> PyResult<Vec<u64>> {
        let choice: ModelChoice = choice.parse().map_err(raise)?;
        Self::opened(this, move |_, opened| Ok(choice.choose(opened.results)?.iter().map(|model| model.id).collect()))
    }

    /// Returns one model.
    fn model(this: &Bound<'_, Self>, id: u64) -> PyResult<Model> {
        let (model, spec) = Self::opened(this, move |_, opened| {
            let spec = opened.results.spec();
            let (cell, trial) = spec.require_trial("--model", id, "an id")?;
            let untrained = || opened.results.refuse("this model is not trained yet; gpu-sweep resume goes on".into());
            let kept = opened.results.kept_model(cell, trial.index)?.ok_or_else(untrained)?;
            Ok((StudyModel { id, cell, trial, kept, job: opened.jobs[cell].clone() }, spec.clone()))
        })?;
        Ok(Model::new(model, spec, this.get().device()))
    }
}
