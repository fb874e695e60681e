//! A case of the manifest: the settings given to PyTorch and its results.

use crate::common::{dataset, job_of};
use gpu_sweep::dataset::{CsvOptions, Dataset, Points, Targets, read_csv};
use gpu_sweep::engine::{Engine, Job};
use gpu_sweep::math::{Activation, Loss, Optimizer};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::npz::Npz;
use gpu_sweep::sweep::{
    BatchSpec, Hyperparameter, Hyperparameters, InitialWeights, RowOrder, Schedule, ScheduleKind, TrainSpec, Trials,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Deserialize)]
pub struct Manifest {
    datasets: HashMap<String, Listed>,
    pub cases: Vec<Entry>,
}

/// A data set of the manifest.
#[derive(Deserialize)]
struct Listed {
    file: String,
    #[serde(default)]
    label: Option<String>,
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
    file: String,
    dataset: String,
    sizes: Vec<usize>,
    activation: String,
    optimizer: Options,
    batch: Option<usize>,
    epochs: u32,
    models: usize,
    loss: Loss,
    bias: bool,
    clip_norm: Option<f64>,
    schedule: Option<Scheduler>,
    standardize: bool,
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
struct Scheduler {
    kind: String,
    step_size: Option<u32>,
    gamma: Option<f64>,
    warmup: Option<u32>,
}

/// A case with its arrays.
pub struct Case {
    pub shape: NetworkShape,
    pub train_spec: TrainSpec,
    pub data: Dataset,
    pub epochs: u32,
    pub trials: Vec<Hyperparameters>,
    /// `[models, parameters]`, as are `gradient` and `last`.
    pub initial: Vec<f64>,
    pub gradient: Vec<f64>,
    pub last: Vec<f64>,
    /// `[models, epochs + 1]`.
    pub losses: Vec<f64>,
    /// Final accuracy per model in percent; `None` for numbers as targets.
    pub accuracy: Option<Vec<f64>>,
    /// Coefficient of determination per model; `None` for classes.
    pub r2: Option<Vec<f64>>,
    /// Deviation of PyTorch's float32 losses, per model.
    pub deviation: Vec<f64>,
    /// Arrays that only some cases have.
    pub extra: Extra,
}

/// Arrays as stored in the file.
#[derive(Default)]
pub struct Extra {
    /// `[models, points, outputs]`.
    pub outputs: Option<Vec<f64>>,
    /// `[epochs, batches, models]`.
    pub batch_losses: Option<Vec<f64>>,
    /// `[updates, models]`.
    pub norms: Option<Vec<f64>>,
    /// `[epochs]`.
    pub multipliers: Option<Vec<f64>>,
    /// `[features]`: mean and standard deviation.
    pub scaling: Option<[Vec<f64>; 2]>,
}

fn data_file(name: &str) -> PathBuf {
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
    fn shape(&self) -> NetworkShape {
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

    fn train_spec(&self, order: Vec<f64>, data: &Dataset) -> TrainSpec {
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

    fn trial(&self, lr: f64) -> Hyperparameters {
        let given =
            self.optimizer.hyperparameters().into_iter().chain(self.clip_norm.map(|clip| (Hyperparameter::Clip, clip)));
        let smoothing = (self.label_smoothing > 0.0).then_some((Hyperparameter::LabelSmoothing, self.label_smoothing));
        given
            .chain(smoothing)
            .fold(Hyperparameters::lr(lr), |trial, (hyperparameter, value)| trial.with(hyperparameter, value))
    }
}

impl Listed {
    fn read(&self, standardize: bool) -> Dataset {
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

impl Case {
    pub fn open(name: &str) -> Self {
        let manifests = manifests();
        let has_it = |manifest: &&Manifest| manifest.cases.iter().any(|case| case.name == name);
        let manifest = manifests.iter().find(has_it).expect("a case of this name");
        let entry = manifest.cases.iter().find(|case| case.name == name).unwrap();
        let data = manifest.datasets[&entry.dataset].read(entry.standardize);
        let folder = data_file(if manifest.datasets[&entry.dataset].label.is_some() { "" } else { "targets" });
        let mut file = Npz::open(&folder.join(&entry.file)).unwrap();
        let (shape, models) = (entry.shape(), entry.models);
        let order = entry.batch.map(|_| file.read("order").unwrap().values).unwrap_or_default();
        let [accuracy, r2] =
            ["accuracy", "r2"].map(|name| file.contains(name).then(|| file.read(name).unwrap().values));
        let mut read = |name: &str| file.read(name).unwrap().values;
        let losses = transposed(&read("losses"), models);
        assert_eq!(losses.len(), models * (entry.epochs as usize + 1));
        let mut parameters = |prefix: &str| by_model(&shape, models, prefix, &mut read);
        let (initial, gradient, last) = (parameters("init"), parameters("grad0"), parameters("final"));
        let (lr, deviation) = (read("lr"), read("float32_deviation"));
        assert_eq!([lr.len(), deviation.len()], [models; 2]);
        assert!(accuracy.is_some() != r2.is_some());
        let trials = lr.into_iter().map(|lr| entry.trial(lr)).collect();
        let (train_spec, epochs, extra) = (entry.train_spec(order, &data), entry.epochs, Extra::read(&mut file));
        assert_eq!(
            (extra.batch_losses.is_some(), extra.norms.is_some(), extra.multipliers.is_some()),
            (
                entry.batch.is_some() && accuracy.is_some() && !folder.ends_with("targets"),
                entry.clip_norm.is_some(),
                entry.schedule.is_some()
            ),
        );
        assert_eq!(extra.scaling.is_some(), entry.standardize);
        Self {
            shape,
            train_spec,
            data,
            epochs,
            trials,
            initial,
            gradient,
            last,
            losses,
            accuracy,
            r2,
            deviation,
            extra,
        }
    }

    pub fn models(&self) -> usize {
        self.trials.len()
    }

    pub fn points(&self) -> &Points {
        &self.data.train
    }

    /// This case as a job.
    pub fn job(&self, engine: &dyn Engine) -> Job {
        let trials = Trials::List(self.trials.iter().map(|trial| (*trial, 0)).collect());
        let job = job_of(engine, &self.shape, &self.train_spec, self.points().clone(), trials, self.epochs);
        Job { initial: InitialWeights::Given(self.initial.clone()), ..job }
    }

    /// The rows of the first update.
    pub fn first_batch(&self) -> Points {
        let BatchSpec { size, order } = &self.train_spec.batches;
        match order {
            RowOrder::Given(order) => pick(self.points(), &order[..*size]),
            _ => self.points().clone(),
        }
    }

    /// One model's part of an array `[models, ...]`.
    pub fn of<'a>(&self, array: &'a [f64], model: usize) -> &'a [f64] {
        let each = array.len() / self.models();
        &array[model * each..][..each]
    }
}

impl Extra {
    fn read(file: &mut Npz) -> Self {
        let mut read = |name: &str| file.contains(name).then(|| file.read(name).unwrap().values);
        Self {
            outputs: read("final_logits").or_else(|| read("final_outputs")),
            batch_losses: read("batch_losses"),
            norms: read("grad_norm"),
            multipliers: read("lr_multiplier"),
            scaling: read("feature_mean").map(|mean| [mean, read("feature_std").unwrap()]),
        }
    }
}

/// The points with these row indices.
pub fn pick(points: &Points, rows: &[u32]) -> Points {
    points.select(&rows.iter().map(|row| *row as usize).collect::<Vec<_>>())
}

/// Transposes `[rows, columns]`.
fn transposed(values: &[f64], columns: usize) -> Vec<f64> {
    (0..columns).flat_map(|c| values.iter().skip(c).step_by(columns).copied()).collect()
}

/// Reads the arrays `PREFIX_w1`, `PREFIX_b1`, ... as `[models, parameters]`.
fn by_model(shape: &NetworkShape, models: usize, prefix: &str, read: &mut impl FnMut(&str) -> Vec<f64>) -> Vec<f64> {
    let kinds: &[&str] = if shape.bias() { &["w", "b"] } else { &["w"] };
    let arrays: Vec<Vec<f64>> = (1..=shape.layers().len())
        .flat_map(|k| kinds.iter().map(move |kind| format!("{prefix}_{kind}{k}")))
        .map(|name| read(&name))
        .collect();
    let all: Vec<f64> = (0..models)
        .flat_map(|m| arrays.iter().flat_map(move |array| array.chunks_exact(array.len() / models).nth(m).unwrap()))
        .copied()
        .collect();
    assert_eq!(all.len(), models * shape.parameters());
    all
}
