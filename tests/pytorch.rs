//! Every engine against trainings by PyTorch in float64 (`tests/data/README.md`): gradients at the start, losses of all
//! epochs, final weights and accuracies.

mod common;

use common::{is_reference, job, relative, train, worst};
use gpu_sweep::dataset::{Points, read_csv};
use gpu_sweep::engine::reference::Network;
use gpu_sweep::engine::{Batch, Engine, Job};
use gpu_sweep::model::Shape;
use gpu_sweep::npz::Npz;
use gpu_sweep::sweep::{Initial, Recipe, Trials};
use std::path::{Path, PathBuf};

engine_suite!(reference: gradients_2_1_1, gradients_2_16_16_1, trainings_2_1_1, trainings_2_16_16_1);
engine_suite!(cpu: gradients_2_1_1, gradients_2_16_16_1, trainings_2_1_1, trainings_2_16_16_1);
engine_suite!(gpu: gradients_2_1_1, gradients_2_16_16_1, trainings_2_1_1, trainings_2_16_16_1);

fn gradients_2_1_1(engine: &mut dyn Engine) {
    gradients(engine, &Case::open("relu_2_1_1_sgd", &[1], 160));
}

fn gradients_2_16_16_1(engine: &mut dyn Engine) {
    gradients(engine, &Case::open("relu_2_16_16_1_sgd", &[16, 16], 12));
}

fn trainings_2_1_1(engine: &mut dyn Engine) {
    trainings(engine, &Case::open("relu_2_1_1_sgd", &[1], 160));
}

fn trainings_2_16_16_1(engine: &mut dyn Engine) {
    trainings(engine, &Case::open("relu_2_16_16_1_sgd", &[16, 16], 12));
}

const EPOCHS: u32 = 200;

/// One file of PyTorch's trainings, with the data that they learned from.
struct Case {
    shape: Shape,
    points: Points,
    models: usize,
    lr: Vec<f64>,
    /// `[models, parameters]`, as are `gradient` and `last`.
    initial: Vec<f64>,
    gradient: Vec<f64>,
    last: Vec<f64>,
    /// `[models, epochs + 1]`.
    losses: Vec<f64>,
    /// Percent.
    accuracy: Vec<f64>,
    deviation: Vec<f64>,
}

fn data_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

impl Case {
    fn open(name: &str, hidden: &[usize], models: usize) -> Self {
        let shape = Shape::new(2, hidden).unwrap();
        let points = read_csv(&data_file("qwerties.csv"), None, None).unwrap().data.train;
        assert_eq!(points.len(), 200);
        let mut file = Npz::open(&data_file(&format!("{name}.npz"))).unwrap();
        let mut read = |name: &str| file.read(name).unwrap().values;
        let losses = transposed(&read("losses"), models);
        assert_eq!(losses.len(), models * (EPOCHS as usize + 1));
        let mut parameters = |prefix: &str| by_model(&shape, models, prefix, &mut read);
        let (initial, gradient, last) = (parameters("init"), parameters("grad0"), parameters("final"));
        let (lr, accuracy, deviation) = (read("lr"), read("accuracy"), read("float32_deviation"));
        assert_eq!([lr.len(), accuracy.len(), deviation.len()], [models; 3]);
        Self { shape, points, models, lr, initial, gradient, last, losses, accuracy, deviation }
    }

    /// This case as a job, with these learning rates.
    fn job(&self, engine: &dyn Engine, lr: impl Fn(f64) -> f64, epochs: u32) -> Job {
        let trials: Vec<_> = self.lr.iter().map(|own| (lr(*own), 0)).collect();
        let job = job(engine, &self.shape, self.points.clone(), Vec::new(), epochs);
        let mut record = job.record.clone();
        record.curves_below = self.models as u64;
        Job { trials: Trials::pairs(trials), initial: Initial::Given(self.initial.clone()), record, ..job }
    }

    /// The model's part of an array `[models, parameters]`.
    fn of<'a>(&self, array: &'a [f64], model: usize) -> &'a [f64] {
        &array[model * self.shape.parameters()..][..self.shape.parameters()]
    }
}

/// `[rows, columns]` as `[columns, rows]`.
fn transposed(values: &[f64], columns: usize) -> Vec<f64> {
    (0..columns).flat_map(|c| values.iter().skip(c).step_by(columns).copied()).collect()
}

/// The arrays `PREFIX_w1`, `PREFIX_b1`, ... as `[models, parameters]`.
fn by_model(shape: &Shape, models: usize, prefix: &str, read: &mut impl FnMut(&str) -> Vec<f64>) -> Vec<f64> {
    let arrays: Vec<Vec<f64>> =
        (1..=shape.layers().len()).flat_map(|k| ["w", "b"].map(|kind| read(&format!("{prefix}_{kind}{k}")))).collect();
    let all: Vec<f64> = (0..models)
        .flat_map(|m| arrays.iter().flat_map(move |array| array.chunks_exact(array.len() / models).nth(m).unwrap()))
        .copied()
        .collect();
    assert_eq!(all.len(), models * shape.parameters());
    all
}

/// One update with a learning rate of 2^20 is almost nothing but the gradient.
fn gradients(engine: &mut dyn Engine, case: &Case) {
    let lr = f64::from(1 << 20);
    let job = case.job(engine, |_| lr, 1);
    let weights = train(engine, &job).weights.unwrap();
    // f32: sums of 200 terms, each right to a few 1e-7; f64: the same at 1e-16.
    let tolerance = if is_reference(engine) { 1e-13 } else { 1e-5 };
    for model in 0..case.models {
        let initial = case.of(&case.initial, model);
        assert_eq!(case.of(&weights.initial, model), initial);
        let moved = initial.iter().zip(case.of(&weights.last, model)).map(|(before, after)| (before - after) / lr);
        let scale = mean_magnitudes(case, initial);
        let errors = moved.zip(case.of(&case.gradient, model)).zip(scale).map(|((g, expected), scale)| {
            // A weight that no point has a say in has exactly no gradient.
            if scale == 0.0 { (g - expected).abs() / f64::MIN_POSITIVE } else { (g - expected).abs() / scale }
        });
        let error = worst(errors);
        assert!(error <= tolerance, "model {model}: {error}");
    }
}

/// For each parameter the mean over the points of the magnitude of one point's gradient.
fn mean_magnitudes(case: &Case, parameters: &[f64]) -> Vec<f64> {
    let network = Network::new(&case.shape, &Recipe::plain(), parameters.to_vec());
    let mut sums = vec![0.0; parameters.len()];
    for n in 0..case.points.len() {
        let gradient = network.gradient(&case.points, &[n]).unwrap();
        sums.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g.abs() / case.points.len() as f64);
    }
    sums
}

fn trainings(engine: &mut dyn Engine, case: &Case) {
    let job = case.job(engine, |lr| lr, EPOCHS);
    let batch = train(engine, &job);
    for model in 0..case.models {
        // What float32 costs PyTorch, times ten: other sums round otherwise. f64: 200 epochs of rounding at 1e-16.
        let tolerance = if is_reference(engine) { 1e-10 } else { (10.0 * case.deviation[model]).max(2e-5) };
        compare(case, &batch, model, tolerance);
    }
}

fn compare(case: &Case, batch: &Batch, model: usize, tolerance: f64) {
    let row = model * (EPOCHS as usize + 1)..(model + 1) * (EPOCHS as usize + 1);
    let error = worst(relative(&batch.curves.train_loss[row.clone()], &case.losses[row]));
    assert!(error <= tolerance, "model {model}: losses {error}");
    let expected = case.of(&case.last, model);
    let largest = worst(expected.iter().map(|w| w.abs()));
    let last = case.of(&batch.weights.as_ref().unwrap().last, model);
    let error = worst(last.iter().zip(expected).map(|(w, e)| (w - e).abs() / largest));
    assert!(error <= tolerance, "model {model}: weights {error}");
    let (outcome, percent) = (&batch.outcomes[model], case.accuracy[model]);
    assert_eq!(outcome.train.unwrap().correct, (percent / 100.0 * case.points.len() as f64).round() as u32);
    assert_eq!(outcome.diverged, None);
}
