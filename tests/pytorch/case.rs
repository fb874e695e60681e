//! A case of the manifest: the settings given to PyTorch and its results.

use crate::common::job_of;
use crate::manifest::{Manifest, data_file, manifests};
use gpu_sweep::dataset::{Dataset, Points};
use gpu_sweep::engine::{Engine, Job};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::npz::Npz;
use gpu_sweep::sweep::{BatchSpec, Hyperparameters, InitialWeights, RowOrder, TrainSpec, Trials};

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
