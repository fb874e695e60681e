//! Cases, data and comparisons for the checks.

use super::Check;
use crate::dataset::{Dataset, Points, Targets};
use crate::engine::reference::ReferenceEngine;
use crate::engine::{Batch, Engine, InMemorySink, Job, Mapping, Outcome, Record, Score, Weights};
use crate::error::{Error, Result};
use crate::math::rng::{Philox, Stream};
use crate::model::NetworkShape;
use crate::sweep::{Hyperparameters, InitialWeights, TrainSpec, Trials};
use rand::Rng;

/// Learning rate at which the gradient dominates an update, so that rounding costs only 6e-8 of it.
pub const GRADIENT_LR: f64 = (1 << 20) as f64;

/// A training to check.
#[derive(Debug, Clone)]
pub struct VerifyCase {
    pub shape: NetworkShape,
    pub train_spec: TrainSpec,
    pub points: Points,
    /// Validation and test rows; if given, ordered pairs (AUC) are counted on all rows too.
    pub others: Option<[Points; 2]>,
    pub trials: Vec<(Hyperparameters, u64)>,
    pub initial: InitialWeights,
    pub epochs: u32,
}

impl VerifyCase {
    /// Creates plain trainings from drawn weights, with these learning rates and seeds.
    pub fn plain(shape: &NetworkShape, points: Points, trials: Vec<(f64, u64)>, epochs: u32) -> Self {
        let trials = trials.into_iter().map(|(lr, seed)| (Hyperparameters::lr(lr), seed)).collect();
        let (shape, train_spec) = (shape.clone(), TrainSpec::plain());
        Self { shape, train_spec, points, others: None, trials, initial: InitialWeights::Drawn, epochs }
    }

    /// Creates one plain update from each of the given starts, which reveals its gradient.
    pub fn gradient(shape: &NetworkShape, points: Points, starts: Vec<f64>) -> Self {
        let trials = vec![(GRADIENT_LR, 0); starts.len() / shape.parameters()];
        Self { initial: InitialWeights::Given(starts), ..Self::plain(shape, points, trials, 1) }
    }

    /// Returns the job, which records every epoch and all weights; no mapping is chosen.
    fn job(&self) -> Job {
        let Self { shape, train_spec, points, others, trials, initial, epochs } = self.clone();
        let auc = others.is_some();
        let [validation, test] = others.map_or([None, None], |others| others.map(Some));
        let trials = Trials::List(trials);
        let data = Dataset { validation, test, ..Dataset::of("verify", points) };
        let record =
            Record { epochs: (0..=epochs).collect(), curves_below: u64::MAX, weights: true, auc, ..Record::default() };
        let train_spec = TrainSpec { given: trials.given(), ..train_spec };
        Job { shape, data: data.into(), trials, initial, train_spec, epochs, record, mapping: None }
    }
}

/// Engine under test, and the mapping forced on it, if any.
pub struct EngineUnderTest<'a> {
    engine: &'a mut dyn Engine,
    mapping: Option<Mapping>,
}

impl<'a> EngineUnderTest<'a> {
    pub fn new(engine: &'a mut dyn Engine, mapping: Option<Mapping>) -> Self {
        Self { engine, mapping }
    }

    /// Chooses the mapping for a thousand such models, even if fewer are trained: a model alone must have the mapping
    /// that it has in a batch.
    fn choose(&self, job: &Job) -> Result<Mapping> {
        self.engine.choose_mapping(job, 1000)
    }

    /// Trains all trials; missing models are an error.
    pub fn train(&mut self, case: &VerifyCase) -> Result<Batch> {
        let (job, models) = (case.job(), case.trials.len());
        let job = job.mapped(self.mapping.map_or_else(|| self.choose(&job), Ok)?);
        let batch = InMemorySink::train(self.engine, &job, 0..models as u64)?;
        match batch.outcomes.len() == models && batch.weights.is_some() {
            true => Ok(batch),
            false => Err(Error::Device(format!("{} of {models} models came back", batch.outcomes.len()))),
        }
    }

    /// Trains the case with the engine under test and with the reference.
    pub fn train_both(&mut self, case: &VerifyCase) -> Result<(Batch, Batch)> {
        let ours = self.train(case)?;
        Ok((ours, EngineUnderTest::new(&mut ReferenceEngine::default(), None).train(case)?))
    }

    /// Returns the largest relative error of all losses of all epochs, and of a regression's final errors.
    pub fn losses_apart(&mut self, case: &VerifyCase) -> Result<f64> {
        let (ours, exact) = self.train_both(case)?;
        let apart = |ours: &[f64], exact: &[f64]| worst(ours, exact, |ours, exact| (ours - exact).abs() / exact.abs());
        let losses = apart(&ours.curves.train_loss, &exact.curves.train_loss);
        if !case.points.is_regression() {
            return Ok(losses);
        }
        let errors = |batch: &Batch| -> Vec<f64> {
            let of = |outcome: &Outcome| outcome.train.and_then(|score| score.errors);
            batch.outcomes.iter().filter_map(of).flat_map(|errors| [errors.squared, errors.absolute]).collect()
        };
        Ok(losses.max(apart(&errors(&ours), &errors(&exact))))
    }

    /// Returns the scores of models with given parameters: a training of no epochs, with the mapping under test.
    pub fn scores(&mut self, shape: &NetworkShape, parameters: &[f64], points: Points) -> Result<Vec<Option<Score>>> {
        let case = VerifyCase::gradient(shape, points, parameters.to_vec());
        let batch = self.train(&VerifyCase { epochs: 0, ..case })?;
        Ok(batch.outcomes.iter().map(|outcome| outcome.train).collect())
    }

    /// Whether a forced mapping supports this case; found out by training no models.
    pub fn takes(&mut self, case: &VerifyCase) -> Result<bool> {
        let Some(mapping) = self.mapping else { return Ok(true) };
        let no_models = VerifyCase { trials: Vec::new(), epochs: 0, ..case.clone() };
        match InMemorySink::train(self.engine, &no_models.job().mapped(mapping), 0..0) {
            Ok(_) => Ok(true),
            // A mapping that can't train anything is invalid input, not a skipped check.
            Err(Error::Setting { .. }) if self.choose(&case.job())? != mapping => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Checks whole trainings by their losses; skips the check if the mapping does not support a case.
    pub fn compare(&mut self, name: String, cases: &[VerifyCase], tolerance: f64, why: &'static str) -> Result<Check> {
        let mut largest = 0.0f64;
        for case in cases {
            if !self.takes(case)? {
                return Ok(Check::left_out(name));
            }
            largest = largest.max(self.losses_apart(case)?);
        }
        Ok(Check::new(name, largest, tolerance, why))
    }
}

pub fn weights(batch: &Batch) -> &Weights {
    batch.weights.as_ref().expect("the bench records weights")
}

/// Returns the gradients of a batch that trained [`VerifyCase::gradient`].
pub fn moved(batch: &Batch) -> Vec<f64> {
    let Weights { initial, last } = weights(batch);
    initial.iter().zip(last).map(|(before, after)| (before - after) / GRADIENT_LR).collect()
}

/// One point at x = 1.
pub fn one_point(y: bool) -> Points {
    Points { features: 1, x: vec![1.0], targets: Targets::Binary(vec![y]) }
}

/// Two overlapping clouds, in multiples of 1/2048, which are exact in f32.
pub fn points(rows: usize, features: usize, seed: u64) -> Points {
    let mut random = Philox::new(seed, Stream::Data);
    let y: Vec<bool> = (0..rows).map(|n| n % 2 == 1).collect();
    let mut value = |y: bool| f64::from(random.next_u32() >> 20) / 2048.0 - if y { 0.5 } else { 1.5 };
    let x = y.iter().flat_map(|y| (0..features).map(|_| value(*y)).collect::<Vec<_>>()).collect();
    Points { features, x, targets: Targets::Binary(y) }
}

/// Returns the largest error of `ours`; infinite if one is NaN, if the lengths differ, or if nothing is compared.
pub fn worst(ours: &[f64], exact: &[f64], error: impl Fn(f64, f64) -> f64) -> f64 {
    if ours.len() != exact.len() || ours.is_empty() {
        return f64::INFINITY;
    }
    let errors = ours.iter().zip(exact).map(|(ours, exact)| error(*ours, *exact));
    errors.fold(0.0, |worst, error| if error.is_nan() { f64::INFINITY } else { error.max(worst) })
}

/// Returns the number of values whose bits differ; all of them if the lengths differ.
pub fn differing(a: &[f64], b: &[f64]) -> usize {
    let pairs = a.iter().zip(b);
    if a.len() != b.len() { a.len().max(b.len()) } else { pairs.filter(|(a, b)| a.to_bits() != b.to_bits()).count() }
}
