//! What an evaluation without a training asks of the device.

use super::mapping::Mapping;
use crate::dataset::{Dataset, Points};
use crate::engine::{Job, Record};
use crate::model::Shape;
use crate::sweep::{Initial, Recipe, Trials};
use std::sync::Arc;

/// A job without an epoch for models with given parameters.
pub fn job(shape: &Shape, parameters: &[f64], mapping: Mapping) -> Job {
    let nothing = Points { features: shape.features(), x: Vec::new(), y: Vec::new(), targets: None };
    Job {
        shape: shape.clone(),
        data: Arc::new(Dataset {
            name: String::new(),
            train: nothing,
            validation: None,
            test: None,
            feature_names: Vec::new(),
            class_names: Default::default(),
            scaling: None,
        }),
        trials: Trials::pairs(vec![(0.0, 0); parameters.len() / shape.parameters()]),
        recipe: Recipe::plain(),
        initial: Initial::Given(parameters.to_vec()),
        epochs: 0,
        record: Record::default(),
        mapping: mapping.to_string(),
    }
}
