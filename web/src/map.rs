//! Maps: a network for each pixel, over two hyper-parameters of the question.

use crate::question::Question;
use crate::thrown;
use gpu_sweep::analysis::model_landscape::{LandscapeOptions, ModelLandscape};
use gpu_sweep::builder::{PreparedSweep, SweepResults};
use gpu_sweep::engine::cpu::CpuEngine;
use gpu_sweep::engine::{Batch, Engine, InMemorySink, Outcome, ignore_progress};
use gpu_sweep::plot::{MapAxis, MapPlot, count, percent, svg, tints};
use gpu_sweep::results::{MapCollector, MapModels, MapSide, ModelColumns};
use gpu_sweep::sweep::MapRequest;
use gpu_sweep::{Error, Result};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

/// A map of a question's networks.
#[wasm_bindgen]
#[derive(Debug)]
pub struct QuestionMap {
    engine: CpuEngine,
    prepared: PreparedSweep,
    outcomes: Vec<Outcome>,
}

#[wasm_bindgen]
impl QuestionMap {
    /// Reads a question and the map's axes, `lr-first=geomspace:0.1:10:64` and the like; `pixels` are those of a side,
    /// `window` is empty or the values in its middle, x and y, and how many times smaller it is than the whole.
    #[wasm_bindgen(constructor)]
    pub fn new(
        fragment: &str,
        table: Option<Vec<u8>>,
        x: &str,
        y: &str,
        pixels: u32,
        window: &[f64],
    ) -> std::result::Result<Self, JsError> {
        Self::of(fragment, table.as_deref(), [x, y], pixels, window).map_err(thrown)
    }

    /// Returns the number of its models.
    pub fn models(&self) -> u32 {
        self.prepared.spec.models() as u32
    }

    /// Trains the models from `first` to before `end`, and returns their results for [`QuestionMap::add`].
    pub fn train(&mut self, first: u32, end: u32) -> std::result::Result<Vec<u8>, JsError> {
        let job = &self.prepared.jobs[0];
        let batch = InMemorySink::train(&mut self.engine, job, first.into()..end.into()).map_err(thrown)?;
        postcard::to_stdvec(&(batch.first, batch.outcomes)).map_err(|error| JsError::new(&error.to_string()))
    }

    /// Takes the results of models, in any order.
    pub fn add(&mut self, bytes: &[u8]) -> std::result::Result<(), JsError> {
        let (first, outcomes): (u64, Vec<Outcome>) =
            postcard::from_bytes(bytes).map_err(|error| JsError::new(&error.to_string()))?;
        let place = self.outcomes.get_mut(first as usize..first as usize + outcomes.len());
        place.ok_or_else(|| JsError::new("these results are of another map"))?.copy_from_slice(&outcomes);
        Ok(())
    }

    /// Returns the image, RGBA, row by row from the top; transparent where no model is trained yet.
    pub fn image(&self) -> std::result::Result<Vec<u8>, JsError> {
        let map = self.map().map_err(thrown)?;
        let plain = with_plot(&map, |plot| plot.rgb());
        let height = map.y.values.len();
        let known: Vec<bool> =
            map.pixels.iter().map(|pixel| !pixel.last.is_nan() || !pixel.loss_sum.is_nan()).collect();
        let known = known.chunks_exact(map.x.values.len()).rev().take(height).flatten();
        Ok(plain
            .chunks_exact(3)
            .zip(known)
            .flat_map(|(rgb, known)| [rgb[0], rgb[1], rgb[2], if *known { 255 } else { 0 }])
            .collect())
    }

    /// Describes the map: its axes' names and values, and what came of it.
    pub fn describe(&self) -> std::result::Result<String, JsError> {
        let map = self.map().map_err(thrown)?;
        let converged = map.converged().iter().filter(|converged| **converged).count() as u64;
        let side = |side: &MapSide| json!({ "words": side.hyperparameter.words(), "values": side.values });
        let all = map.pixels.len() as u64;
        let title = format!("{} of {} networks converge", percent(converged as f64 / all as f64), count(all));
        Ok(json!({ "x": side(&map.x), "y": side(&map.y), "title": title }).to_string())
    }
}

impl QuestionMap {
    fn of(fragment: &str, table: Option<&[u8]>, axes: [&str; 2], pixels: u32, window: &[f64]) -> Result<Self> {
        let (mut engine, question) = (CpuEngine::new()?, Question::read(fragment, table)?);
        let axis = |n: usize| MapRequest::parse_axis(["x", "y"][n], axes[n]).map(Some);
        let zoom = if let [x, y, factor] = window { Some(([*x, *y], *factor)) } else { None };
        let request = MapRequest { x: axis(0)?, y: axis(1)?, pixels: Some(pixels), zoom };
        let mut options = question.options.clone();
        options.sweep = request.map_of(options.sweep, engine.info().engine.precision())?;
        let prepared = PreparedSweep::on(&mut engine, &options, question.data.as_ref())?;
        if prepared.jobs.len() > 1 {
            return Err(Error::usage("the map", "is of one network; leave out lists of data, networks and optimizers"));
        }
        let outcomes = vec![Outcome::default(); prepared.spec.models() as usize];
        Ok(Self { engine, prepared, outcomes })
    }

    fn map(&self) -> Result<MapModels> {
        let none = || Error::usage("the question", "is no map");
        let mut map = MapCollector::of(&self.prepared.spec).ok_or_else(none)?;
        let batch = Batch { outcomes: self.outcomes.clone(), ..Batch::default() };
        map.add(&ModelColumns::of(0, &batch));
        Ok(map.finish())
    }
}

fn with_plot<T>(map: &MapModels, draw: impl FnOnce(&MapPlot<'_>) -> T) -> T {
    let of = |value: fn(&gpu_sweep::math::convergence::Convergence) -> f64| {
        map.pixels.iter().map(value).collect::<Vec<f64>>()
    };
    let tints = tints(&map.converged(), &of(|pixel| pixel.loss_sum), &of(|pixel| pixel.inverse_sum));
    let axis = |side: &'_ MapSide| -> (&'static str, Vec<f64>) { (side.hyperparameter.words(), side.values.clone()) };
    let (x, y) = (axis(&map.x), axis(&map.y));
    draw(&MapPlot {
        title: "",
        subtitle: "",
        x: MapAxis { words: x.0, values: &x.1 },
        y: MapAxis { words: y.0, values: &y.1 },
        tints: &tints,
        converged: "",
        diverged: "",
        metadata: &[],
    })
}

/// Draws the loss around a model as SVG.
pub(crate) fn landscape(results: &SweepResults, engine: &mut CpuEngine, id: u64) -> Result<String> {
    let (model, options) = (results.model(id)?, LandscapeOptions::default());
    let found = ModelLandscape::of(engine, &results.spec, model, &options, &mut ignore_progress)?;
    svg(&found.picture())
}

/// Returns the text of an axis over the values of the question: the learning rates of its axis, for another rate, too.
pub(crate) fn default_axes(rates: &[f64]) -> Value {
    let (low, high) = rates.iter().fold((f64::INFINITY, 0f64), |(low, high), rate| (low.min(*rate), high.max(*rate)));
    let (low, high) = if low < high { (low, high) } else { (low / 10.0, high * 10.0) };
    json!({ "x": format!("lr-first=geomspace:{low}:{high}:64"), "y": format!("lr=geomspace:{low}:{high}:64") })
}
