//! One model of a study: its weights, predictions and trajectory.

use crate::engines::{DeviceSpec, with_engine};
use crate::errors::{exception, raise};
use crate::interrupt::{self, Shared};
use crate::tools;
use gpu_sweep::analysis::landscape::{Landscape, LandscapeRequest, places};
use gpu_sweep::analysis::model_landscape::{LandscapeOptions, ModelLandscape};
use gpu_sweep::analysis::prediction::Predictions;
use gpu_sweep::analysis::replay::{ModelReplay, ReplayOptions};
use gpu_sweep::analysis::retrain::retrain;
use gpu_sweep::analysis::study_model::StudyModel;
use gpu_sweep::dataset::{NewRows, Preprocessing};
use gpu_sweep::results::{ModelColumns, StudySpec, model_table, table_rules};
use gpu_sweep::{BoundaryModels, Error, Result};
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde_json::json;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Largest number of networks along each direction of a landscape.
const MOST_GRID: usize = 2001;

/// A trained model.
#[pyclass(module = "gpu_sweep._core", frozen)]
pub struct Model {
    model: StudyModel,
    spec: StudySpec,
    device: DeviceSpec,
    prepared: Preprocessing,
    /// Initial and final weights once they are known.
    weights: Mutex<Option<[Vec<f64>; 2]>>,
}

impl Model {
    pub fn new(model: StudyModel, spec: StudySpec, device: DeviceSpec) -> Self {
        let prepared = Preprocessing::of(&model.job.data, table_rules(&spec.sweep));
        Self { model, spec, device, prepared, weights: Mutex::new(None) }
    }

    /// Calls `f` on threads of this process, with progress; Ctrl-C ends the call.
    fn apart<T: Send + 'static>(
        this: &Bound<'_, Self>,
        listener: Option<&Py<PyAny>>,
        f: impl FnOnce(&Self, &Shared) -> Result<T> + Send + 'static,
    ) -> PyResult<T> {
        let model = this.clone().unbind();
        interrupt::run(this.py(), listener, move |shared| f(model.get(), shared))?.map_err(raise)
    }

    /// Returns initial and final weights; the model is trained again for them, to the bit.
    fn trained(&self) -> Result<[Vec<f64>; 2]> {
        let mut kept = self.weights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(weights) = kept.as_ref() {
            return Ok(weights.clone());
        }
        let again = with_engine(&self.device, |engine| retrain(engine, &self.model.job, &[self.model.trial.index]))?;
        let again = again.into_iter().next();
        let again = again.ok_or_else(|| Error::Device(format!("{} was not trained again", self.model.name())))?;
        if again.train.map(|score| score.loss.to_bits())
            != self.model.kept.outcome.train.map(|score| score.loss.to_bits())
        {
            let what =
                format!("{} ends otherwise when it is trained again; has the driver changed?", self.model.name());
            return Err(Error::Device(what));
        }
        let weights = [again.initial, again.last];
        *kept = Some(weights.clone());
        Ok(weights)
    }

    /// Predicts rows that are prepared as the training rows were.
    fn outputs(&self, rows: &NewRows) -> Result<Predictions> {
        self.model.require_end()?;
        let [_, weights] = self.trained()?;
        with_engine(&self.device, |engine| {
            Predictions::of(engine, &self.model.job, &weights, &[self.model.id], &self.prepared, rows)
        })
    }
}

/// Predictions of rows as arrays: class indices, numbers `[rows, width]`, the names of the classes, and how the numbers
/// are meant.
type PredictedArrays<'py> = (Bound<'py, PyArray1<u32>>, Bound<'py, PyArray2<f64>>, Vec<String>, String);

#[pymethods]
impl Model {
    /// Returns the row of the table of models, as a list of names and one of values in JSON, and the network, as JSON.
    fn description(&self) -> String {
        let shape = &self.model.job.shape;
        let columns = ModelColumns {
            cell: self.model.cell,
            first: self.model.trial.index,
            outcomes: vec![self.model.kept.outcome],
        };
        let value = |column: &gpu_sweep::results::Column| {
            use gpu_sweep::results::Column::{MaybeInt, MaybeReal, Real, Shared, Text, Whole};
            match column {
                Whole(values) => json!(values[0]),
                Real(values) => json!(values[0]),
                MaybeReal(values) => json!(values[0]),
                MaybeInt(values) => json!(values[0]),
                Text(values) => json!(values[0]),
                Shared(values) => json!(&*values[0]),
            }
        };
        let row = model_table(&self.spec, &columns);
        let row: serde_json::Map<String, serde_json::Value> =
            row.iter().map(|(name, column)| ((*name).to_owned(), value(column))).collect();
        let layers: Vec<_> =
            shape.layers().iter().map(|layer| json!([layer.inputs, layer.outputs, layer.bias])).collect();
        let train_spec = &self.model.job.train_spec;
        json!({
            "row": row, "layers": layers, "activation": train_spec.activation.to_string(),
            "loss": train_spec.loss.to_string(), "preprocessing": self.prepared,
        })
        .to_string()
    }

    /// Returns the weights after the last update, or before the first, as a dictionary of arrays: `w1` `[out, in]`,
    /// `b1` `[out]`, `w2`, ...
    fn weights<'py>(this: &Bound<'py, Self>, initial: bool) -> PyResult<Bound<'py, PyDict>> {
        let (py, model) = (this.py(), this.get());
        let [first, last] = Self::apart(this, None, |model, _| model.trained())?;
        let all = if initial { first } else { last };
        let arrays = PyDict::new(py);
        for (n, layer) in model.model.job.shape.layers().iter().enumerate() {
            let weights = PyArray1::from_slice(py, &all[layer.weights..layer.biases]);
            arrays.set_item(format!("w{}", n + 1), weights.reshape([layer.outputs, layer.inputs])?)?;
            if layer.bias {
                arrays.set_item(format!("b{}", n + 1), PyArray1::from_slice(py, &all[layer.biases..layer.end()]))?;
            }
        }
        Ok(arrays)
    }

    /// Predicts rows of features as the table has them, `[rows, features]`.
    fn predict<'py>(this: &Bound<'py, Self>, x: PyReadonlyArray2<'_, f64>) -> PyResult<PredictedArrays<'py>> {
        let ([rows, features], prepared) = ([x.shape()[0], x.shape()[1]], &this.get().prepared);
        if features != prepared.features.len() || prepared.columns.iter().any(|column| !column.words.is_empty()) {
            let columns: Vec<&str> = prepared.columns.iter().map(|column| column.name.as_str()).collect();
            let text = format!("X has {features} columns; the model takes {}", columns.join(", "));
            return Err(exception("DataError", &text));
        }
        let mut values: Vec<f64> = x.as_array().iter().copied().collect();
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let text = format!("X[{}, {}] is {}; it must be a finite number", at / features, at % features, values[at]);
            return Err(exception("DataError", &text));
        }
        values.chunks_exact_mut(features).for_each(|row| prepared.scale(row));
        let rows = NewRows { x: values, numbers: (1..=rows as u64).collect(), targets: None, notes: Vec::new() };
        Self::arrays(this, move |_| Ok(rows))
    }

    /// Predicts the rows of a table in a file, by the rules of the training table.
    fn predict_file<'py>(this: &Bound<'py, Self>, path: PathBuf) -> PyResult<PredictedArrays<'py>> {
        Self::arrays(this, move |model| model.prepared.read(&path))
    }

    /// Trains the model again and follows it: a dictionary of arrays by recorded epoch, and by epoch with parameters.
    #[pyo3(signature = (snapshots, listener=None))]
    fn replay<'py>(
        this: &Bound<'py, Self>,
        snapshots: u32,
        listener: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let options = ReplayOptions { snapshots, ..ReplayOptions::default() };
        let replay = Self::apart(this, listener.as_ref(), move |this, shared| {
            let model = this.model.clone();
            with_engine(&this.device, |engine| {
                ModelReplay::of(engine, &this.spec, model, &options, &mut |event| shared.receive(event))
            })
        })?;
        let (py, trajectory) = (this.py(), replay.trajectory);
        let found = PyDict::new(py);
        let missing = |value: Option<f64>| value.unwrap_or(f64::NAN);
        found.set_item("epoch", PyArray1::from_vec(py, trajectory.epochs.iter().map(|e| i64::from(*e)).collect()))?;
        found.set_item("train_loss", PyArray1::from_vec(py, trajectory.train_loss))?;
        found.set_item("train_acc", PyArray1::from_vec(py, trajectory.train_accuracy))?;
        if let (Some(loss), Some(accuracy)) = (trajectory.test_loss, trajectory.test_accuracy) {
            found.set_item("test_loss", PyArray1::from_vec(py, loss))?;
            found.set_item("test_acc", PyArray1::from_vec(py, accuracy))?;
        }
        let states = &trajectory.states;
        let of = |value: &dyn Fn(&gpu_sweep::analysis::trajectory::TrajectoryPoint) -> f64| {
            PyArray1::from_vec(py, states.iter().map(value).collect())
        };
        found.set_item("state_epoch", PyArray1::from_vec(py, states.iter().map(|s| i64::from(s.epoch)).collect()))?;
        found.set_item("gradient_norm", of(&|state| missing(state.gradient_norm)))?;
        found.set_item("sharpness", of(&|state| missing(state.sharpness.as_ref().map(|sharpness| sharpness.value))))?;
        found.set_item("edge", of(&|state| state.edge()))?;
        let width = this.get().model.job.shape.parameters();
        let parameters = states.iter().flat_map(|state| state.parameters.iter().copied()).collect();
        found.set_item("parameters", PyArray1::from_vec(py, parameters).reshape([states.len(), width])?)?;
        Ok(found)
    }

    /// Evaluates the loss over a plane through the model's end point, at its learning rate and up to three others:
    /// arrays `lr [P]`, `a [P, n]`, `b [P, n]` (coordinates) and `loss [P, n, n]` (b by row), and the picture as SVG
    /// and PNG.
    #[pyo3(signature = (grid, paths=None, listener=None))]
    fn landscape<'py>(
        this: &Bound<'py, Self>,
        grid: usize,
        paths: Option<u64>,
        listener: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        if !(2..=MOST_GRID).contains(&grid) {
            return Err(exception("InvalidSetting", &format!("grid must be 2 to {MOST_GRID}, not {grid}")));
        }
        let request = LandscapeRequest { grid, paths, ..LandscapeRequest::default() };
        let options = LandscapeOptions { request, ..LandscapeOptions::default() };
        let looked = Self::apart(this, listener.as_ref(), move |this, shared| {
            let model = this.model.clone();
            with_engine(&this.device, |engine| {
                let found =
                    ModelLandscape::of(engine, &this.spec, model, &options, &mut |event| shared.receive(event))?;
                let [svg, png] = ["svg", "png"].map(|format| tools::drawn(&found.picture(), format));
                Ok((found, svg?, png?))
            })
        })?;
        let (py, (landscape, svg, png)) = (this.py(), looked);
        let views: Vec<_> = landscape.survey.views().collect();
        let found = PyDict::new(py);
        let rates = views.iter().map(|(panel, _)| panel.lr).collect();
        let count = [views.len(), grid];
        let along = |ends: &dyn Fn(&Landscape) -> (f64, f64)| {
            let all = views.iter().flat_map(|(_, view)| places(ends(&view.landscape), grid)).collect();
            PyArray1::from_vec(py, all).reshape(count)
        };
        let losses = views.iter().flat_map(|(_, view)| view.landscape.losses.iter().copied()).collect();
        found.set_item("lr", PyArray1::from_vec(py, rates))?;
        found.set_item("a", along(&|landscape| landscape.a)?)?;
        found.set_item("b", along(&|landscape| landscape.b)?)?;
        found.set_item("loss", PyArray1::from_vec(py, losses).reshape([views.len(), grid, grid])?)?;
        found.set_item("svg", PyBytes::new(py, &svg))?;
        found.set_item("png", PyBytes::new(py, &png))?;
        Ok(found)
    }

    /// Draws the decision boundary over the training points, as SVG or PNG.
    fn boundary(this: &Bound<'_, Self>, format: &str) -> PyResult<Vec<u8>> {
        let (model, as_png) = (this.get(), format == "png");
        let lacks = model.spec.cells[model.model.cell].lacks_for_boundary();
        if let Some(lacks) = lacks {
            return Err(exception("StudyError", &format!("boundaries need {lacks}")));
        }
        Self::apart(this, None, move |this, shared| {
            with_engine(&this.device, |engine| {
                // The other cells' jobs are never looked at.
                let jobs = vec![this.model.job.clone(); this.spec.cells.len()];
                let shown = vec![this.model.shown(None)];
                let found = BoundaryModels::of(engine, &this.spec, jobs, shown, &mut |event| shared.receive(event))?;
                tools::drawn(&found.picture(), if as_png { "png" } else { "svg" })
            })
        })
    }
}

impl Model {
    fn arrays<'py>(
        this: &Bound<'py, Self>,
        rows: impl FnOnce(&Self) -> Result<NewRows> + Send + 'static,
    ) -> PyResult<PredictedArrays<'py>> {
        let (count, found) = Self::apart(this, None, move |model, _| {
            let rows = rows(model)?;
            Ok((rows.numbers.len(), model.outputs(&rows)?))
        })?;
        let numbers = PyArray1::from_vec(this.py(), found.means).reshape([count, found.width])?;
        let (reading, names) = (format!("{:?}", found.reading), this.get().model.job.data.class_names.clone());
        Ok((PyArray1::from_vec(this.py(), found.classes), numbers, names, reading))
    }
}
