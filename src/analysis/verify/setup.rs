//! Jobs, data and comparisons for the checks.

use crate::dataset::{Dataset, Points};
use crate::engine::reference::{Network, ReferenceEngine};
use crate::engine::{Batch, Collect, Engine, Job, Record, Score};
use crate::error::{Error, Result};
use crate::math::rng::{Philox, Stream};
use crate::model::Shape;
use crate::sweep::{Initial, Recipe, Trials};
use rand::Rng;

/// The engine under test.
pub struct Bench<'a> {
    pub engine: &'a mut dyn Engine,
    mapping: Option<&'a str>,
}

impl<'a> Bench<'a> {
    pub fn new(engine: &'a mut dyn Engine, mapping: Option<&'a str>) -> Self {
        Self { engine, mapping }
    }

    /// Trains from PyTorch's initial weights and records everything.
    pub fn train(&mut self, shape: &Shape, points: Points, trials: Vec<(f64, u64)>, epochs: u32) -> Result<Batch> {
        self.train_from(Initial::Drawn, shape, points, trials, epochs)
    }

    /// As [`Bench::train`], from given initial weights.
    pub fn train_from(
        &mut self,
        initial: Initial,
        shape: &Shape,
        points: Points,
        trials: Vec<(f64, u64)>,
        epochs: u32,
    ) -> Result<Batch> {
        let mapping = match self.mapping {
            Some(mapping) => mapping.to_owned(),
            None => self.engine.choose_mapping(shape, &Recipe::plain(), points.len())?,
        };
        run(self.engine, &Job { initial, mapping, ..job(shape, points, trials, epochs) })
    }

    /// Scores of models with given parameters: a training without an epoch, on the mapping under test.
    pub fn scores(&mut self, shape: &Shape, parameters: &[f64], points: Points) -> Result<Vec<Option<Score>>> {
        let trials = vec![(0.0, 0); parameters.len() / shape.parameters()];
        let batch = self.train_from(Initial::Given(parameters.to_vec()), shape, points, trials, 0)?;
        Ok(batch.outcomes.iter().map(|outcome| outcome.train).collect())
    }

    /// Whether a forced mapping can train this shape on so many points: asked by training nobody.
    pub fn takes(&mut self, shape: &Shape, rows: usize) -> Result<bool> {
        let Some(mapping) = self.mapping else { return Ok(true) };
        let job = Job { mapping: mapping.to_owned(), ..job(shape, points(rows, shape.features(), 0), Vec::new(), 0) };
        match Collect::train(self.engine, &job, 0..0) {
            Ok(_) => Ok(true),
            // A mapping that nothing can be trained with is bad input, not a row.
            Err(Error::Setting { .. }) if self.engine.choose_mapping(shape, &Recipe::plain(), rows)? != mapping => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// The same by the engine under test and by the reference.
    pub fn train_both(
        &mut self,
        shape: &Shape,
        points: Points,
        trials: Vec<(f64, u64)>,
        epochs: u32,
    ) -> Result<(Batch, Batch)> {
        let ours = self.train(shape, points.clone(), trials.clone(), epochs)?;
        let mut reference = ReferenceEngine::default();
        Ok((ours, Bench::new(&mut reference, None).train(shape, points, trials, epochs)?))
    }
}

/// Trains all trials; an engine that leaves some out has failed.
fn run(engine: &mut dyn Engine, job: &Job) -> Result<Batch> {
    let models = job.trials.len();
    let batch = Collect::train(engine, job, 0..models)?;
    match batch.outcomes.len() as u64 == models && batch.weights.is_some() {
        true => Ok(batch),
        false => Err(Error::Device(format!("{} of {models} models came back", batch.outcomes.len()))),
    }
}

/// A job that records every epoch and all weights; its mapping is yet to be chosen.
fn job(shape: &Shape, train: Points, trials: Vec<(f64, u64)>, epochs: u32) -> Job {
    let record = Record { epochs: (0..=epochs).collect(), curves_below: u64::MAX, weights: true, ..Record::default() };
    let data = Dataset {
        name: "verify".into(),
        feature_names: (1..=train.features).map(|i| format!("x{i}")).collect(),
        class_names: ["0".into(), "1".into()],
        scaling: None,
        train,
        test: None,
    };
    let (shape, trials) = (shape.clone(), Trials::pairs(trials));
    let data = data.into();
    Job {
        shape,
        data,
        trials,
        initial: Initial::Drawn,
        recipe: Recipe::plain(),
        epochs,
        record,
        mapping: String::new(),
    }
}

/// Two overlapping clouds, in steps of 1/4096 so that f32 holds them.
pub fn points(rows: usize, features: usize, seed: u64) -> Points {
    let mut random = Philox::new(seed, Stream::Data);
    let y: Vec<bool> = (0..rows).map(|n| n % 2 == 1).collect();
    let mut value = |y: bool| f64::from(random.next_u32() >> 20) / 2048.0 - if y { 0.5 } else { 1.5 };
    let x = y.iter().flat_map(|y| (0..features).map(|_| value(*y)).collect::<Vec<_>>()).collect();
    Points { features, x, y }
}

/// The reference's gradient, and for each parameter the size to compare with: the mean magnitude of a single point's
/// gradient, the largest in the parameter's layer, since a unit that is barely active at a single point has none to
/// speak of; 1 where that is 0.
pub fn gradient(shape: &Shape, parameters: &[f64], points: &Points) -> (Vec<f64>, Vec<f64>) {
    let network = Network::new(shape, &Recipe::plain(), parameters.to_vec());
    let all: Vec<usize> = (0..points.len()).collect();
    let mut scale = vec![0.0; parameters.len()];
    for n in 0..points.len() {
        let point = Points { features: points.features, x: points.row(n).to_vec(), y: vec![points.y[n]] };
        let gradient = network.gradient(&point, &[0]).unwrap_or_else(|| vec![f64::NAN; scale.len()]);
        scale.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g.abs() / points.len() as f64);
    }
    for layer in shape.layers() {
        let own = &mut scale[layer.weights..layer.end()];
        let largest = own.iter().copied().fold(0.0, f64::max);
        own.fill(if largest > 0.0 { largest } else { 1.0 });
    }
    (network.gradient(points, &all).unwrap_or_default(), scale)
}

/// The largest error of `ours`; infinite where one is NaN, where the lengths differ, or where nothing was compared.
pub fn worst(ours: &[f64], exact: &[f64], error: impl Fn(f64, f64) -> f64) -> f64 {
    if ours.len() != exact.len() || ours.is_empty() {
        return f64::INFINITY;
    }
    let errors = ours.iter().zip(exact).map(|(ours, exact)| error(*ours, *exact));
    errors.fold(0.0, |worst, error| if error.is_nan() { f64::INFINITY } else { error.max(worst) })
}
