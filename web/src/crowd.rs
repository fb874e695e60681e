//! All models of a question: what they are, and, once all are trained, what came of them.

use crate::map::{default_axes, landscape};
use crate::question::Question;
use crate::thrown;
use gpu_sweep::analysis::study_model::ShownModel;
use gpu_sweep::builder::{PreparedSweep, SweepResults};
use gpu_sweep::engine::cpu::CpuEngine;
use gpu_sweep::engine::{Batch, Engine, InMemorySink, Outcome, Sink};
use gpu_sweep::plot::{DrawnResults, Facets, PictureKind, RegionsPlot, class_words, percent, sentences, svg};
use gpu_sweep::results::{
    CellSpec, ModelColumns, StudySpec, class, models_csv, settings_text, summary_csv, summary_of,
};
use gpu_sweep::statistics::{Group, OutcomeClass, Series, Summary};
use gpu_sweep::sweep::Hyperparameters;
use gpu_sweep::{Error, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

/// The models of a question.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Crowd {
    question: Question,
    engine: CpuEngine,
    prepared: PreparedSweep,
    /// Results so far of each cell, by first trial.
    parts: Vec<BTreeMap<u64, Batch>>,
    /// Results of all models.
    results: Option<SweepResults>,
}

impl Crowd {
    fn of(fragment: &str, table: Option<&[u8]>) -> Result<Self> {
        let (mut engine, question) = (CpuEngine::new()?, Question::read(fragment, table)?);
        let prepared = question.prepared(&mut engine)?;
        let parts = vec![BTreeMap::new(); prepared.jobs.len()];
        Ok(Self { question, engine, prepared, parts, results: None })
    }

    fn spec(&self) -> &StudySpec {
        &self.prepared.spec
    }

    /// Returns the results, if all models are trained.
    fn trained(&self) -> Result<&SweepResults> {
        self.results.as_ref().ok_or_else(|| Error::usage("the question", "is still being trained"))
    }

    /// Returns, for each cell and each combination of hyper-parameters, or each trial of a list, the value on the
    /// horizontal axis and the number of the curve.
    fn places(&self) -> Vec<Vec<(f64, u16)>> {
        let spec = self.spec();
        let summary = without_outcomes(spec);
        let facets = Facets::of(spec, &summary);
        let place = |cell: usize, values: &Hyperparameters| {
            let value = |k: usize| values.get(facets.hyperparameters[k]);
            let others = |k: &usize| *k != facets.axis && !facets.listed;
            let is_own = |series: &&Series| {
                facets.kinds[series.cell] == facets.kinds[cell]
                    && (0..facets.hyperparameters.len()).filter(others).all(|k| series.others[k] == value(k))
            };
            let curve = facets.view.series.iter().position(|series| is_own(&series)).unwrap_or(0);
            (value(facets.axis).unwrap_or(f64::NAN), curve as u16)
        };
        let of_cell = |(cell, part): (usize, &CellSpec)| {
            let combinations = part.trials.combinations().min(part.trials.len());
            (0..combinations).map(|index| place(cell, &part.trials.get(index).hyperparameters)).collect()
        };
        spec.cells.iter().enumerate().map(of_cell).collect()
    }

    fn described(&self) -> Value {
        let (spec, sweep) = (self.spec(), &self.question.options.sweep);
        let summary = without_outcomes(spec);
        let facets = Facets::of(spec, &summary);
        let x = facets.hyperparameters.get(facets.axis);
        let cells: Vec<Value> = (0..spec.cells.len()).map(|cell| self.cell(cell)).collect();
        json!({
            "models": spec.models(),
            "epochs": spec.cells[0].record.epochs,
            "cells": cells,
            "axis": x.map(|x| x.words()),
            "measure": spec.measure().name(),
            "settings": settings_text::models(spec, &self.prepared.jobs),
            "threshold": spec.success_threshold(),
            "success": sentences::success(spec),
            "notes": self.prepared.inputs.notes,
            "descriptions": self.prepared.inputs.descriptions,
            "command": sweep.command(),
            "python": format!("import gpu_sweep as gs\n\nstudy = {}\n", sweep.python_call()),
            "link": sweep.link_fragment(),
            "mapping": self.prepared.jobs[0].mapping_text(),
            "driver": self.engine.info().driver,
            "map": default_axes(sweep.lr.values()),
        })
    }

    fn cell(&self, cell: usize) -> Value {
        let (spec, job) = (self.spec(), &self.prepared.jobs[cell]);
        let part = &spec.cells[cell];
        json!({
            "name": settings_text::cell_name(spec, cell),
            "first": part.first,
            "models": part.trials.len(),
            "combinations": part.trials.combinations(),
            "network": job.shape.to_string(),
            "parameters": job.shape.parameters(),
            "features": job.data.feature_names,
            "classes": job.data.class_names,
            "rows": part.all_rows().map(|rows| rows.points),
            "baseline": part.train.baseline(),
            "threshold": part.train.success_threshold(spec.sweep.success_threshold),
            "no_boundary": part.lacks_for_boundary(),
        })
    }

    fn add_part(&mut self, cell: usize, bytes: &[u8]) -> Result<()> {
        let batch: Batch = postcard::from_bytes(bytes)
            .map_err(|error| Error::usage("the results", format!("can't be unpacked: {error}")))?;
        let parts = self.parts.get_mut(cell).ok_or_else(|| Error::usage("the results", "are of another question"))?;
        parts.insert(batch.first, batch);
        Ok(())
    }

    fn finished(&mut self) -> Result<()> {
        let joined = |parts: &mut BTreeMap<u64, Batch>| {
            let mut sink = InMemorySink::default();
            std::mem::take(parts).into_values().try_for_each(|batch| sink.accept(batch).map(|_| ()))?;
            Ok(sink.batch.unwrap_or_default())
        };
        let batches = self.parts.iter_mut().map(joined).collect::<Result<Vec<Batch>>>()?;
        self.results = Some(SweepResults::of(self.prepared.clone(), batches)?);
        Ok(())
    }

    fn drawn(&self) -> Result<DrawnResults<'_>> {
        let results = self.trained()?;
        Ok(DrawnResults { results, summary: &results.summary, jobs: &results.jobs })
    }

    fn ended(&self) -> Result<Value> {
        let results = self.trained()?;
        let (spec, summary) = (&results.spec, &results.summary);
        let facets = Facets::of(spec, summary);
        let (view, total) = (&facets.view, summary.total());
        let (kinds, left_out) = self.drawn()?.kinds()?;
        let names = kinds.iter().map(|kind| json!({ "name": kind.name(), "heading": kind.heading() }));
        let curve = |(k, series): (usize, &Series)| {
            let groups: Vec<Value> = series.groups.iter().map(group).collect();
            json!({ "name": view.names[k], "groups": groups })
        };
        Ok(json!({
            "best": sentences::best(view),
            "further": sentences::suggest_wider_grid(view, spec),
            "baseline": sentences::baseline(view),
            "share": share(&total, spec),
            "graded": sentences::graded_words(&total),
            "total": group(&total),
            "classes": OutcomeClass::ALL.map(class_words),
            "curves": view.series.iter().enumerate().map(curve).collect::<Vec<_>>(),
            "pictures": names.collect::<Vec<_>>(),
            "left_out": left_out,
        }))
    }

    fn model_values(&self, id: u64) -> Result<Value> {
        let results = self.trained()?;
        let model = results.model(id)?;
        let shown: ShownModel = model.shown(None);
        let spec = &results.spec;
        Ok(json!({
            "id": id,
            "cell": model.cell,
            "trial": model.trial.index,
            "note": shown.note(spec),
            "class": class_words(shown.class(spec)),
            "accuracy": shown.accuracy(spec),
            "diverged": shown.outcome.diverged,
        }))
    }
}

/// Returns the statistics of a model without an outcome for each combination: the axis and the curves depend on the
/// settings alone.
fn without_outcomes(spec: &StudySpec) -> Summary {
    let models = spec.cells.iter().enumerate().map(|(cell, part)| {
        let combinations = part.trials.combinations().min(part.trials.len());
        ModelColumns { cell, first: 0, outcomes: vec![Outcome::default(); combinations as usize] }
    });
    summary_of(spec, models)
}

/// A combination of settings: its value, models, mean score and share of successes, with their intervals of 95 %.
fn group(group: &Group) -> Value {
    json!({
        "x": group.x,
        "n": group.n,
        "score": group.score(),
        "score_interval": group.score_interval(),
        "successes": group.successes(),
        "success_rate": group.success_rate(),
        "success_interval": group.success_interval(),
        "classes": group.classes,
    })
}

/// The share of successes in words: `412 of 1,000 models (41.2 %, 95 % interval 38.2 to 44.3 %) have more than ...`.
fn share(total: &Group, spec: &StudySpec) -> Option<String> {
    let (rate, n) = (total.success_rate()?, gpu_sweep::plot::models(total.n));
    let interval = total
        .success_interval()
        .map(|(low, high)| format!(", 95\u{a0}% interval {} to {}", percent(low), percent(high)));
    let above = spec.measure().above(&percent(spec.success_threshold()), "training rows");
    let successes = gpu_sweep::plot::count(total.successes());
    Some(format!("{successes} of {n} ({}{}) have {above}", percent(rate), interval.unwrap_or_default()))
}

#[wasm_bindgen]
impl Crowd {
    /// Reads a question.
    #[wasm_bindgen(constructor)]
    pub fn new(fragment: &str, table: Option<Vec<u8>>) -> std::result::Result<Self, JsError> {
        Self::of(fragment, table.as_deref()).map_err(thrown)
    }

    /// Describes the question: models, cells, epochs kept, texts.
    pub fn describe(&self) -> String {
        self.described().to_string()
    }

    /// Returns the value on the horizontal axis of each model; NaN where it has none.
    pub fn x(&self) -> Vec<f64> {
        self.each_model(|place| place.0)
    }

    /// Returns the number of each model's curve.
    pub fn curves(&self) -> Vec<u16> {
        self.each_model(|place| place.1)
    }

    /// Returns the seed of each model as f64; exact up to 2^53.
    pub fn seeds(&self) -> Vec<f64> {
        let cells = &self.spec().cells;
        cells.iter().flat_map(|part| (0..part.trials.len()).map(|index| part.trials.get(index).seed as f64)).collect()
    }

    /// Returns the training points of a cell with two features: x, y, class, point by point.
    pub fn points(&self, cell: usize) -> Vec<f64> {
        let points = &self.prepared.jobs[cell].data.train;
        let class = |n: usize| if points.is_regression() { 0 } else { points.class(n) };
        (0..points.len())
            .flat_map(|n| [points.row(n)[0], *points.row(n).get(1).unwrap_or(&0.0), class(n) as f64])
            .collect()
    }

    /// Returns the ends of the plane that regions show: along the first feature, then the second.
    pub fn plane(&self, cell: usize) -> Vec<f64> {
        let grid = RegionsPlot::square_grid(&self.prepared.jobs[cell].data.train, 2);
        vec![grid.x.0, grid.x.1, grid.y.0, grid.y.1]
    }

    /// Takes trained models of a cell, in any order.
    pub fn add(&mut self, cell: usize, bytes: &[u8]) -> std::result::Result<(), JsError> {
        self.add_part(cell, bytes).map_err(thrown)
    }

    /// Ends the training: all models are there.
    pub fn finish(&mut self) -> std::result::Result<(), JsError> {
        self.finished().map_err(thrown)
    }

    /// Describes what came of it: sentences, numbers with intervals, pictures.
    pub fn ends(&self) -> std::result::Result<String, JsError> {
        self.ended().map(|ends| ends.to_string()).map_err(thrown)
    }

    /// Returns the class of each model, an index into `classes` of [`Crowd::ends`].
    pub fn classes(&self) -> std::result::Result<Vec<u8>, JsError> {
        let results = self.trained().map_err(thrown)?;
        let spec = &results.spec;
        Ok(results.models().map(|(cell, _, outcome)| class(spec, &spec.cells[cell], outcome) as u8).collect())
    }

    /// Describes one model.
    pub fn model(&self, id: u32) -> std::result::Result<String, JsError> {
        self.model_values(id.into()).map(|model| model.to_string()).map_err(thrown)
    }

    /// Draws a picture as SVG; undefined if there is none of this name.
    pub fn picture(&mut self, name: &str) -> std::result::Result<Option<String>, JsError> {
        let Some(kind) = PictureKind::OF_STUDY.iter().find(|kind| kind.name() == name) else { return Ok(None) };
        let mut engine = CpuEngine::new().map_err(thrown)?;
        let drawn = self.drawn().and_then(|drawn| drawn.draw(*kind, &mut engine, |picture| svg(picture)));
        drawn.map_err(thrown)
    }

    /// Draws the loss around a model as SVG.
    pub fn landscape(&mut self, id: u32) -> std::result::Result<String, JsError> {
        let mut engine = CpuEngine::new().map_err(thrown)?;
        self.trained().and_then(|results| landscape(results, &mut engine, id.into())).map_err(thrown)
    }

    /// Returns `models.csv`.
    pub fn models_csv(&self) -> std::result::Result<String, JsError> {
        self.trained().and_then(|results| models_csv(results)).map_err(thrown)
    }

    /// Returns `summary.csv`.
    pub fn summary_csv(&self) -> std::result::Result<String, JsError> {
        self.trained().map(|results| summary_csv(&results.spec, &results.summary)).map_err(thrown)
    }

    /// Returns `sweep.toml`.
    pub fn sweep_toml(&self) -> std::result::Result<String, JsError> {
        self.question.options.sweep.to_toml().map_err(thrown)
    }

    fn each_model<T: Copy>(&self, of: impl Fn((f64, u16)) -> T) -> Vec<T> {
        let places = self.places();
        let cells = self.spec().cells.iter().zip(&places);
        cells
            .flat_map(|(part, places)| (0..part.trials.len() as usize).map(|index| places[index % places.len()]))
            .map(of)
            .collect()
    }
}
