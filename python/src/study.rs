//! A study: trained in memory, or in its folder.

use crate::data::Data;
use crate::engines::{DeviceSpec, on_pool, with_engine};
use crate::errors::{exception, raise};
use crate::interrupt::{self, Shared};
use crate::model::Model;
use crate::settings;
use crate::table::Table;
use crate::tools::drawn as drawn_as;
use gpu_sweep::analysis::model_choice::ModelChoice;
use gpu_sweep::analysis::seeds::Arms;
use gpu_sweep::analysis::study_model::StudyModel;
use gpu_sweep::builder::SweepResults;
use gpu_sweep::engine::{EngineInfo, EngineKind, Job};
use gpu_sweep::plot::{Facets, PictureKind};
use gpu_sweep::results::{CurveKind, StudyResults, StudySpec, VarianceShare, model_table, summary_csv, summary_of};
use gpu_sweep::run::{DrawnResults, Observer};
use gpu_sweep::statistics::{BestClaim, Group, Select, Summary};
use gpu_sweep::study::{ProgressObserver, Study as StudyFolder};
use gpu_sweep::sweep::{Choice, Hyperparameter, Inputs, Shard, Sweep, Trials};
use gpu_sweep::{Builder, Device, Error, Result, SeedsQuery, SeedsReport};
use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

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

/// Options beside the settings.
pub struct Options {
    pub device: DeviceSpec,
    pub out: Option<PathBuf>,
    pub builder: Builder,
}

impl Options {
    pub fn of(given: &Bound<'_, PyDict>, settings: &Bound<'_, PyDict>, data: Option<&Data>) -> PyResult<Self> {
        let text = |name: &str| -> PyResult<Option<String>> {
            given.get_item(name)?.filter(|value| !value.is_none()).map(|value| Ok(value.str()?.to_string())).transpose()
        };
        let whole = |name: &str| -> PyResult<usize> {
            given.get_item(name)?.filter(|value| !value.is_none()).map_or(Ok(0), |value| value.extract())
        };
        let mut builder = Sweep::builder();
        if let Some(preset) = text("preset")? {
            builder = builder.preset(&preset);
        }
        if let Some(config) = text("config")? {
            builder = builder.config(config);
        }
        if let Some(data) = data {
            builder = builder.data(&data.0);
        }
        builder = settings::apply(builder, settings)?;
        let device = match text("device")? {
            None => Device::Auto,
            Some(name) => name.parse().map_err(raise)?,
        };
        let out = text("out")?.map(PathBuf::from);
        if let Some(mapping) = text("mapping")? {
            builder = builder.mapping(mapping.as_str());
        }
        if out.is_some() && given.get_item("force")?.is_some_and(|force| force.is_truthy().unwrap_or(false)) {
            builder = builder.force(true);
        }
        if let Some(shard) = text("shard")? {
            builder = builder.shard(shard.parse::<Shard>().map_err(raise)?);
        }
        Ok(Self { device: DeviceSpec { device, threads: whole("threads")? }, out, builder })
    }
}

/// Trains a sweep: in memory, or in the folder `options["out"]`, where an interrupted one goes on. Without `GIL`;
/// Ctrl-C ends it within a second.
#[pyfunction]
#[pyo3(signature = (settings, options, data=None, listener=None))]
pub fn train(
    py: Python<'_>,
    settings: &Bound<'_, PyDict>,
    options: &Bound<'_, PyDict>,
    data: Option<&Data>,
    listener: Option<Py<PyAny>>,
) -> PyResult<Option<Study>> {
    let Options { device, out, builder } = Options::of(options, settings, data)?;
    let trained = interrupt::run(py, listener.as_ref(), |shared| match out {
        Some(folder) => in_folder(shared, builder, &device, folder),
        None => in_memory(shared, builder, &device).map(Some),
    })?;
    trained.map_err(raise)
}

fn in_memory(shared: &Shared, builder: Builder, device: &DeviceSpec) -> Result<Study> {
    let (options, data) = builder.prepared()?;
    with_engine(device, |engine| {
        let results = SweepResults::train_on(engine, &options, data.as_ref(), &mut |event| shared.receive(event))?;
        results.inputs.notes.iter().for_each(|note| shared.say("note", note.clone()));
        let (engine, threads) = (engine.info().clone(), device.threads);
        let summary = Mutex::new(Some(results.summary.clone()));
        Ok(Study { source: Source::Memory(Box::new(results)), engine, threads, summary })
    })
}

/// Follows a run in a folder.
struct FolderRun<'a>(&'a Shared);

impl Observer for FolderRun<'_> {
    fn report(&self, about: &str, text: &str) {
        self.0.say("note", format!("{about}: {text}"));
    }

    fn progress_observer<'a>(&'a self, _: &'a StudyFolder) -> Box<dyn ProgressObserver + 'a> {
        Box::new(FolderTraining(self.0))
    }

    fn stop(&self) -> bool {
        self.0.stops()
    }
}

struct FolderTraining<'a>(&'a Shared);

impl ProgressObserver for FolderTraining<'_> {
    fn worked(&self, model_epochs: u64) {
        let _ = self.0.receive(gpu_sweep::ProgressEvent::Trained(model_epochs));
    }

    fn trouble(&self, what: &str) {
        self.0.say("warning", what.to_owned());
    }

    fn stop(&self) -> bool {
        self.0.stops()
    }
}

/// Returns None if the run was one shard of several, whose others are missing.
fn in_folder(shared: &Shared, builder: Builder, device: &DeviceSpec, folder: PathBuf) -> Result<Option<Study>> {
    let mut limits = gpu_sweep::engine::select::EngineSettings::default();
    limits.cpu.threads = device.threads;
    let builder = builder.out(&folder).device(device.device.clone()).limits(limits);
    let complete = on_pool(|| -> Result<bool> {
        let (session, outcome) = builder.run_observed(&FolderRun(shared))?;
        if let Some(failure) = outcome.summary.failures.first() {
            return Err(Error::Device(format!("{failure}; the others are in {}", session.study.folder().display())));
        }
        Ok(session.study.missing().is_empty())
    })??;
    if shared.stops() {
        return Err(Error::Stopped);
    }
    if complete { Study::open(folder).map(Some) } else { Ok(None) }
}

/// Opens the study in a folder.
#[pyfunction]
pub fn load(py: Python<'_>, folder: PathBuf) -> PyResult<Study> {
    py.detach(|| Study::open(folder)).map_err(raise)
}

impl Study {
    pub fn open(folder: PathBuf) -> Result<Self> {
        let (study, _) = StudyFolder::found(&folder)?;
        let untrained = || Error::Folder { path: folder.clone(), what: "nothing in it is trained yet".into() };
        let engine = study.saved_engine().ok_or_else(untrained)?.0.clone();
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        Ok(Self { source: Source::Folder(folder), engine, threads: 0, summary: Mutex::new(None) })
    }

    /// Calls `f` with the results, without the interpreter's lock, on threads of this process.
    fn opened<T: Send>(&self, py: Python<'_>, f: impl FnOnce(&Opened<'_>) -> Result<T> + Send) -> PyResult<T> {
        let open = || match &self.source {
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
        };
        let done = py.detach(|| on_pool(open).and_then(|done| done)).map_err(raise);
        py.check_signals()?;
        done
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
        let models = opened.results.parts().map(|part| part?.models()).collect::<Result<Vec<_>>>()?;
        let summary = summary_of(opened.results.spec(), models.into_iter());
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
    fn description(&self, py: Python<'_>) -> PyResult<String> {
        let engine = &self.engine;
        self.opened(py, |opened| {
            let spec = opened.results.spec();
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
    fn models(&self, py: Python<'_>) -> PyResult<Table> {
        let parts = self.opened(py, |opened| {
            let spec = opened.results.spec();
            opened.results.parts().map(|part| Ok(model_table(spec, &part?.models()?))).collect::<Result<Vec<_>>>()
        })?;
        Table::new(parts)
    }

    /// Returns the table of all combinations of settings, `summary.csv`.
    fn summary_csv(&self, py: Python<'_>) -> PyResult<String> {
        self.opened(py, |opened| Ok(summary_csv(opened.results.spec(), &self.summary(opened)?)))
    }

    /// Returns one kind of curve, `[models that keep curves, recorded epochs]`; None if it is not kept.
    fn curve<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyArray2<f32>>>> {
        let read = self.opened(py, |opened| {
            let spec = opened.results.spec();
            let named = |kind: &CurveKind| kind.array_name(spec.measure()) == name;
            let kept = |kind: &CurveKind| spec.cells.iter().any(|cell| kind.is_kept(&cell.record));
            let Some(kind) = CurveKind::ALL.into_iter().find(|kind| named(kind) && kept(kind)) else { return Ok(None) };
            let (mut values, epochs) = (Vec::new(), spec.cells[0].record.epochs.len());
            for part in opened.results.parts() {
                let part = part?;
                if part.trials().start < spec.cells[part.cell()].record.curves_below {
                    values.extend(part.curves(kind)?);
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
    fn curve_names(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        self.opened(py, |opened| {
            let spec = opened.results.spec();
            let kept = |kind: &CurveKind| spec.cells.iter().any(|cell| kind.is_kept(&cell.record));
            let kinds = CurveKind::ALL.into_iter().filter(kept);
            Ok(kinds.map(|kind| kind.array_name(spec.measure())).collect())
        })
    }

    /// Returns the names of the study's pictures, and why others are missing.
    fn pictures(&self, py: Python<'_>) -> PyResult<(Vec<&'static str>, Vec<String>)> {
        self.opened(py, |opened| {
            let summary = self.summary(opened)?;
            let drawn = DrawnResults { results: opened.results, summary: &summary, jobs: &opened.jobs };
            let (kinds, missing) = drawn.kinds()?;
            Ok((kinds.into_iter().map(PictureKind::name).collect(), missing))
        })
    }

    /// Draws a picture, as SVG or as PNG; returns the bytes, its caption, and its alternative text.
    fn picture(&self, py: Python<'_>, name: &str, format: &str) -> PyResult<(Vec<u8>, String, &'static str)> {
        let unknown = || {
            let names: Vec<_> = PictureKind::OF_STUDY.iter().map(|kind| kind.name()).collect();
            exception("InvalidSetting", &format!("no picture is called {name:?}; there are {}", names.join(", ")))
        };
        let kind = *PictureKind::OF_STUDY.iter().find(|kind| kind.name() == name).ok_or_else(unknown)?;
        let device = self.device();
        let drawn = self.opened(py, |opened| {
            let summary = self.summary(opened)?;
            let drawn = DrawnResults { results: opened.results, summary: &summary, jobs: &opened.jobs };
            with_engine(&device, |engine| {
                let found = drawn.draw(kind, engine, |picture| {
                    Ok((drawn_as(picture, format)?, picture.caption(), kind.alternative_text()))
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
    fn best(&self, py: Python<'_>) -> PyResult<String> {
        self.opened(py, |opened| {
            let summary = self.summary(opened)?;
            let facets = Facets::of(opened.results.spec(), &summary);
            let view = &facets.view;
            let curves = view.claims.iter().zip(&view.names);
            let curves: Vec<Value> = curves.map(|(claim, name)| describe_claim(&facets, claim, name)).collect();
            let mean = |group: &Group| group.scores.mean().unwrap_or(f64::NEG_INFINITY);
            let learned =
                view.claims.iter().zip(view.series.iter()).enumerate().filter_map(|(curve, (claim, series))| {
                    let ends = claim.best()?.groups;
                    Some(series.groups[ends[0]..=ends[1]].iter().map(move |group| (curve, group)))
                });
            let highest = learned.flatten().reduce(|a, b| if mean(b.1) > mean(a.1) { b } else { a });
            let best = highest
                .map(|(curve, group)| json!({ "curve": curve, "group": describe(&facets, group, &view.names[curve]) }));
            Ok(json!({ "best": best, "axis": facets.hyperparameters[facets.axis].name(), "curves": curves })
                .to_string())
        })
    }

    /// Returns the shares of the variance by source, as JSON.
    fn variance(&self, py: Python<'_>) -> PyResult<String> {
        self.opened(py, |opened| {
            let summary = self.summary(opened)?;
            let drawn = DrawnResults { results: opened.results, summary: &summary, jobs: &opened.jobs };
            let columns: Vec<&str> = opened.results.spec().varying().iter().map(|column| column.name()).collect();
            let shares: Vec<Value> = drawn.splits()?.iter().map(|share| describe_share(share, &columns)).collect();
            Ok(Value::from(shares).to_string())
        })
    }

    /// Returns how many seeds tell two learning rates apart, as JSON. `points`: difference of the accuracies in
    /// percentage points.
    #[pyo3(signature = (between=None, points=None))]
    fn seeds_needed(&self, py: Python<'_>, between: Option<[f64; 2]>, points: Option<f64>) -> PyResult<String> {
        let query = SeedsQuery::of(between.as_ref().map(<[f64; 2]>::as_slice), points).map_err(raise)?;
        self.opened(py, |opened| {
            let arms = Arms::of(opened.results, &self.summary(opened)?)?;
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
    fn choose(&self, py: Python<'_>, choice: &str) -> PyResult<Vec<u64>> {
        let choice: ModelChoice = choice.parse().map_err(raise)?;
        self.opened(py, |opened| Ok(choice.choose(opened.results)?.iter().map(|model| model.id).collect()))
    }

    /// Returns one model.
    fn model(&self, py: Python<'_>, id: u64) -> PyResult<Model> {
        let (model, spec) = self.opened(py, |opened| {
            let spec = opened.results.spec();
            let (cell, trial) = spec.require_trial("--model", id, "an id")?;
            let untrained = || opened.results.refuse("this model is not trained yet; gpu-sweep resume goes on".into());
            let kept = opened.results.kept_model(cell, trial.index)?.ok_or_else(untrained)?;
            Ok((StudyModel { id, cell, trial, kept, job: opened.jobs[cell].clone() }, spec.clone()))
        })?;
        Ok(Model::new(model, spec, self.device()))
    }
}

fn describe_cell(spec: &StudySpec, cell: usize) -> Value {
    let part = &spec.cells[cell];
    let choices: BTreeMap<&str, String> =
        spec.varying().into_iter().map(|column| (column.name(), part.choices.text(column))).collect();
    let (axes, seeds) = match &part.trials {
        Trials::Grid { axes, independent_seeds: false, .. } => {
            let named: Vec<Value> = axes.iter().map(|(axis, values)| json!([axis.name(), &values[..]])).collect();
            let (models, combinations) = (part.trials.len(), part.trials.combinations());
            let seeds = (0..models).step_by(combinations as usize).map(|index| part.trials.get(index).seed);
            (Some(named), Some((seeds.collect::<Vec<u64>>(), models % combinations == 0)))
        }
        _ => (None, None),
    };
    json!({
        "first": part.first, "models": part.trials.len(), "choices": choices, "network": part.shape.to_string(),
        "loss": part.loss.to_string(), "axes": axes, "seeds": seeds.as_ref().map(|(seeds, _)| seeds),
        "whole": seeds.as_ref().is_some_and(|(_, whole)| *whole), "epochs": part.record.epochs,
        "kept": part.record.curves_below.min(part.trials.len()),
        "train_rows": part.train.points, "validation_rows": part.validation.points, "test_rows": part.test.points,
        "baseline": part.train.baseline(),
    })
}

fn describe(facets: &Facets<'_>, group: &Group, name: &str) -> Value {
    let named = |(hyperparameter, value): (&Hyperparameter, &Option<f64>)| Some((hyperparameter.name(), (*value)?));
    let [rows, accuracy_rows] =
        [group.selection_rows(), group.reported_rows()].map(|rows| ["train", "validation", "test"][rows as usize]);
    let settings: BTreeMap<&str, f64> = facets.hyperparameters.iter().zip(&group.values).filter_map(named).collect();
    // A loss is better the smaller it is; here it has its own sign.
    let sign = if facets.spec.sweep.select == Select::Loss { -1.0 } else { 1.0 };
    json!({
        "settings": settings, "curve": name, "models": group.n, "successes": group.successes(),
        "success_interval": group.success_interval().map(|(low, high)| [low, high]),
        "score": group.scores.mean().map(|score| sign * score), "accuracy": group.score(), "accuracy_interval": group.score_interval().map(|(low, high)| [low, high]),
        "accuracy_rows": accuracy_rows,
        "rows": rows,
    })
}

fn describe_claim(facets: &Facets<'_>, claim: &BestClaim, name: &str) -> Value {
    let Some(best) = claim.best() else { return json!({ "name": name, "claim": format!("{claim:?}") }) };
    json!({
        "name": name, "claim": "Best", "range": best.range, "values": best.values, "compared": best.is_compared,
        "at_ends": best.at_ends(), "group": describe(facets, &best.group, name),
    })
}

fn describe_share(share: &VarianceShare, columns: &[&str]) -> Value {
    let estimate = share.estimate;
    let labels: BTreeMap<&str, &String> = columns.iter().copied().zip(&share.labels).collect();
    json!({
        "choices": labels, "outcome": share.outcome, "component": share.component, "seeds": share.seeds,
        "levels": share.levels, "variance": estimate.map(|estimate| estimate.variance),
        "share": estimate.and_then(|estimate| estimate.share),
        "interval": estimate.and_then(|estimate| estimate.interval).map(|(low, high)| [low, high]),
    })
}
