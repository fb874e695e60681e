//! A cell that is ready for an engine: its data are loaded.

use super::{InitialWeights, Mapping, Record, TrainSpec, Trials};
use crate::dataset::Dataset;
use crate::error::Error;
use crate::model::NetworkShape;
use std::sync::Arc;

/// Data, trials and settings that all models of a cell share.
#[derive(Debug, Clone)]
pub struct Job {
    /// Layers of the network and the layout of its parameters.
    pub shape: NetworkShape,
    /// Training points, and optional validation and test points.
    pub data: Arc<Dataset>,
    /// Hyper-parameters and seeds of the models.
    pub trials: Trials,
    /// Source of the initial weights.
    pub initial: InitialWeights,
    /// Activation, loss, optimizer, schedule and batches.
    pub train_spec: TrainSpec,
    /// Passes over the training rows; 0 only evaluates.
    pub epochs: u32,
    /// Results to keep of each training.
    pub record: Record,
    /// How the engine distributes models over its hardware, as returned by
    /// [`Engine::choose_mapping`](crate::engine::Engine::choose_mapping); `None` before an engine is chosen. Under one
    /// mapping a trial gives the same bits, however trials are split into batches.
    pub mapping: Option<Mapping>,
}

impl Job {
    /// Returns the same job with a mapping.
    pub fn mapped(&self, mapping: Mapping) -> Self {
        Self { mapping: Some(mapping), ..self.clone() }
    }

    /// Returns the mapping's text; empty before an engine is chosen.
    pub fn mapping_text(&self) -> String {
        self.mapping.map_or(String::new(), |mapping| mapping.to_string())
    }

    /// Returns the error of an engine that can't run the job's mapping; `allowed` says which ones it can.
    pub(crate) fn refuse_mapping(&self, allowed: impl Into<String>) -> Error {
        let text = self.mapping.map_or("none".to_owned(), |mapping| mapping.to_string());
        Error::setting("--mapping", text, allowed)
    }
}
