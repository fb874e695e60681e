//! Trains ranges of a question's models. Each worker that trains has one.

use crate::question::Question;
use crate::thrown;
use gpu_sweep::builder::PreparedSweep;
use gpu_sweep::engine::cpu::CpuEngine;
use gpu_sweep::engine::{Batch, InMemorySink};
use gpu_sweep::{Error, Result};
use js_sys::Float32Array;
use wasm_bindgen::prelude::*;

/// A question's inputs, and the engine of this instance.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Trainer {
    pub(crate) engine: CpuEngine,
    pub(crate) prepared: PreparedSweep,
}

#[wasm_bindgen]
impl Trainer {
    /// Reads a question.
    #[wasm_bindgen(constructor)]
    pub fn new(fragment: &str, table: Option<Vec<u8>>) -> std::result::Result<Self, JsError> {
        Self::of(fragment, table.as_deref()).map_err(thrown)
    }

    fn of(fragment: &str, table: Option<&[u8]>) -> Result<Self> {
        let mut engine = CpuEngine::new()?;
        let prepared = Question::read(fragment, table)?.prepared(&mut engine)?;
        Ok(Self { engine, prepared })
    }

    /// Trains the trials from `first` to before `end` of a cell.
    pub fn train(&mut self, cell: usize, first: u32, end: u32) -> std::result::Result<TrainedPart, JsError> {
        let job = &self.prepared.jobs[cell];
        let batch = InMemorySink::train(&mut self.engine, job, first.into()..end.into()).map_err(thrown)?;
        TrainedPart::of(batch).map_err(thrown)
    }

    /// Returns how the engine computes: `WebAssembly SIMD`.
    pub fn engine(&self) -> String {
        use gpu_sweep::engine::Engine;
        self.engine.info().driver.clone()
    }
}

/// Trained models of one cell.
#[wasm_bindgen]
#[derive(Debug)]
pub struct TrainedPart {
    bytes: Vec<u8>,
    curves: [Option<Float32Array>; 4],
}

impl TrainedPart {
    /// Packs a batch.
    pub(crate) fn of(batch: Batch) -> Result<Self> {
        let array = |values: &[f64]| {
            let values: Vec<f32> = values.iter().map(|value| *value as f32).collect();
            Float32Array::from(&values[..])
        };
        let curves = &batch.curves;
        let curves = [
            Some(array(&curves.train_loss)),
            curves.train_accuracy.as_deref().map(array),
            curves.test_loss.as_deref().map(array),
            curves.test_accuracy.as_deref().map(array),
        ];
        let bytes = postcard::to_stdvec(&batch)
            .map_err(|error| Error::usage("the results", format!("can't be packed: {error}")))?;
        Ok(Self { bytes, curves })
    }
}

#[wasm_bindgen]
impl TrainedPart {
    /// Returns the results for [`crate::crowd::Crowd::add`].
    pub fn bytes(&self) -> js_sys::Uint8Array {
        js_sys::Uint8Array::from(&self.bytes[..])
    }

    /// Returns a curve of each model, row-major `[models, kept epochs]`, NaN from a divergence on: 0 training loss,
    /// 1 training accuracy (or R²), 2 test loss, 3 test accuracy; undefined without test rows.
    pub fn curve(&self, kind: usize) -> Option<Float32Array> {
        self.curves.get(kind).cloned().flatten()
    }
}
