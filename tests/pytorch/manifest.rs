//! The lists of cases: what PyTorch was told.

use crate::common::dataset;
use gpu_sweep::dataset::{CsvOptions, Dataset, Points, Targets, read_csv};
use gpu_sweep::math::{Activation, Loss, Optimizer};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::sweep::{BatchSpec, Hyperparameter, Hyperparameters, RowOrder, Schedule, ScheduleKind, TrainSpec};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Deserialize)]
pub struct Manifest {
    pub datasets: HashMap<String, Listed>,
    pub cases: Vec<Entry>,
}

/// A data set of the manifest.
#[derive(Deserialize)]
pub struct Listed {
    file: String,
    #[serde(default)]
    pub label: Option<String>,
    /// Columns of classes or numbers, in `targets/`.
    #[serde(default)]
    target: Vec<String>,
    points: usize,
    features: usize,
}

/// A case of the manifest.
#[derive(Deserialize)]
pub struct Entry {
    pub name: String,
    pub file: String,
    pub dataset: String,
    pub sizes: Vec<usize>,
    activation: String,
    optimizer: Options,
    pub batch: Option<usize>,
    pub epochs: u32,
    pub models: usize,
    loss: Loss,
    bias: bool,
    pub clip_norm: Option<f64>,
    pub schedule: Option<Scheduler>,
    pub standardize: bool,
    #[serde(default)]
    class_weight: Option<String>,
    #[serde(default)]
    label_smoothing: f64,
}

/// PyTorch's optimizer and its arguments.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    kind: String,
    momentum: Option<f64>,
    #[serde(default)]
    nesterov: bool,
    weight_decay: Option<f64>,
    betas: Option<[f64; 2]>,
    alpha: Option<f64>,
    eps: Option<f64>,
}

/// PyTorch's scheduler and its arguments.
#[derive(Deserialize)]
pub struct Scheduler {
    kind: String,
    step_size: Option<u32>,
    gamma: Option<f64>,
    warmup: Option<u32>,
}

pub fn data_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// Reads the list of cases with two classes, and that of the other targets.
pub fn manifests() -> [Manifest; 2] {
    ["manifest.json", "targets/manifest.json"]
        .map(|name| serde_json::from_str(&std::fs::read_to_string(data_file(name)).unwrap()).unwrap())
}

/// Parses a PyTorch name as one of our enum values.
fn named<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_value(name.replace('_', "-").to_lowercase().into()).unwrap()
}

impl Options {
    fn optimizer(&self) -> Optimizer {
        match (self.momentum, self.nesterov) {
            (None, false) => named(&self.kind),
            (Some(_), false) => Optimizer::Momentum,
            (_, true) => Optimizer::Nesterov,
        }
    }

    /// The hyper-parameters that were given.
    fn hyperparameters(&self) -> Vec<(Hyperparameter, f64)> {
        let given = [
            (Hyperparameter::Momentum, self.momentum),
            (Hyperparameter::WeightDecay, self.weight_decay),
            (Hyperparameter::Beta1, self.betas.map(|betas| betas[0])),
            (Hyperparameter::Beta2, self.betas.map(|betas| betas[1])),
            (Hyperparameter::Alpha, self.alpha),
            (Hyperparameter::Epsilon, self.eps),
        ];
        given.into_iter().filter_map(|(hyperparameter, value)| Some((hyperparameter, value?))).collect()
    }
}

impl Entry {
    pub fn shape(&self) -> NetworkShape {
        let (features, hidden) = (self.sizes[0], &self.sizes[1..self.sizes.len() - 1]);
        let shape = NetworkShape::new(features, hidden).unwrap().with_outputs(self.sizes[self.sizes.len() - 1]);
        if self.bias { shape } else { shape.without_bias() }
    }

    fn schedule(&self) -> Schedule {
        let new = |s: &Scheduler| Schedule::new(named(&s.kind), self.epochs, s.step_size, s.gamma, s.warmup).unwrap();
        let schedule = self.schedule.as_ref().map_or(Schedule::CONSTANT, new);
        assert_eq!(schedule.kind == ScheduleKind::Constant, self.schedule.is_none());
        schedule
    }

    pub fn train_spec(&self, order: Vec<f64>, data: &Dataset) -> TrainSpec {
        let order = RowOrder::Given(Arc::new(order.into_iter().map(|row| row as u32).collect()));
        TrainSpec {
            activation: named::<Activation>(&self.activation),
            loss: self.loss,
            optimizer: self.optimizer.optimizer(),
            schedule: self.schedule(),
            class_weights: self.class_weight.as_ref().map(|kind| {
                assert_eq!(kind, "balanced");
                data.train.balanced_weights().unwrap().into()
            }),
            batches: self.batch.map_or(BatchSpec::FULL, |size| BatchSpec { size, order }),
            ..TrainSpec::plain()
        }
    }

    pub fn trial(&self, lr: f64) -> Hyperparameters {
        let given =
            self.optimizer.hyperparameters().into_iter().chain(self.clip_norm.map(|clip| (Hyperparameter::Clip, clip)));
        let smoothing = (self.label_smoothing > 0.0).then_some((Hyperparameter::LabelSmoothing, self.label_smoothing));
        given
            .chain(smoothing)
            .fold(Hyperparameters::lr(lr), |trial, (hyperparameter, value)| trial.with(hyperparameter, value))
    }
}

impl Listed {
    pub fn read(&self, standardize: bool) -> Dataset {
        let data = match &self.label {
            Some(label) => {
                let options = CsvOptions { label: Some(label), ..CsvOptions::default() };
                read_csv(&data_file(&self.file), &options).unwrap().data
            }
            None => self.read_targets(),
        };
        assert_eq!((data.train.len(), data.train.features), (self.points, self.features));
        if standardize { data.standardize() } else { data }
    }

    /// Reads a table of numbers: features, then a column `label` of classes or columns of numbers.
    fn read_targets(&self) -> Dataset {
        let text = std::fs::read_to_string(data_file("targets").join(&self.file)).unwrap();
        let rows: Vec<Vec<f64>> =
            text.lines().skip(1).map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect();
        let numbers = |from: usize, to: usize| rows.iter().flat_map(move |row| row[from..to].to_vec());
        let (features, outputs) = (self.features, self.target.len());
        let targets = match self.target[0].as_str() {
            "label" => {
                let labels: Vec<u32> = numbers(features, features + 1).map(|label| label as u32).collect();
                Targets::Classes { classes: labels.iter().max().unwrap().to_owned() as usize + 1, labels }
            }
            _ => Targets::Real { outputs, values: numbers(features, features + outputs).collect() },
        };
        let train = Points { features, x: numbers(0, features).collect(), targets };
        Dataset::clone(&dataset(train, None))
    }
}
