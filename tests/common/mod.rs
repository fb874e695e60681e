//! Shared by the engine tests: engines by name, jobs, random data, and a macro that runs one suite per engine.

#![allow(dead_code, reason = "every test binary uses its own part of this")]

use gpu_sweep::dataset::{Dataset, Points, Targets};
use gpu_sweep::engine::cpu::{CpuEngine, CpuOptions};
use gpu_sweep::engine::gpu::GpuEngine;
use gpu_sweep::engine::gpu::device::{DRIVER_HELP, adapters};
use gpu_sweep::engine::gpu::gpu_options::GpuOptions;
use gpu_sweep::engine::reference::ReferenceEngine;
use gpu_sweep::engine::{Batch, CustomEngine, Engine, EngineKind, InMemorySink, Job, Mapping, Record, Sink};
use gpu_sweep::math::rng::{Philox, Stream};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::sweep::{InitialWeights, TrainSpec, Trials};
use rand::Rng;
use std::ops::Range;
use std::sync::Arc;

pub fn reference() -> Box<dyn Engine> {
    Box::new(ReferenceEngine::default())
}

/// The CPU engine once for each instruction set of this processor.
pub fn cpu() -> Vec<Box<dyn Engine>> {
    let within =
        |isa: &str| CpuEngine::with_options(&CpuOptions { isa: Some(isa.into()), ..CpuOptions::default() }).unwrap();
    CpuEngine::instruction_sets().into_iter().map(|isa| Box::new(within(isa)) as Box<dyn Engine>).collect()
}

/// One engine, or several of one kind.
pub trait Engines {
    fn all(self) -> Vec<Box<dyn Engine>>;
}

impl Engines for Box<dyn Engine> {
    fn all(self) -> Vec<Box<dyn Engine>> {
        vec![self]
    }
}

impl Engines for Vec<Box<dyn Engine>> {
    fn all(self) -> Vec<Box<dyn Engine>> {
        self
    }
}

/// Whether to test kernels with bounds checks, which release pipelines omit.
pub fn checked() -> bool {
    std::env::var_os("GPU_SWEEP_CHECKED").is_some()
}

/// The GPU engine on the best adapter, even a software one. Without any, the test fails and names the packages to
/// install.
fn gpu_engine() -> GpuEngine {
    let adapters = adapters().unwrap();
    let adapter = adapters.first().unwrap_or_else(|| panic!("no adapter: {DRIVER_HELP}"));
    pollster::block_on(GpuEngine::new(adapter, &GpuOptions { checked: checked(), cache: None })).unwrap()
}

/// The same, with the mapping that it chooses.
pub fn gpu() -> Box<dyn Engine> {
    Box::new(gpu_engine())
}

/// The same, each model spread over the lanes of a subgroup.
pub fn gpu_subgroup() -> Box<dyn Engine> {
    forced("subgroup-4-64", 105)
}

/// The same, each model spread over the lanes of a workgroup.
pub fn gpu_workgroup() -> Box<dyn Engine> {
    forced("workgroup-8-64", 105)
}

/// The same, each model in workgroup memory.
pub fn gpu_tiled() -> Box<dyn Engine> {
    forced("tiled-64-16", 700)
}

/// The same, models streamed from storage buffers.
pub fn gpu_streamed() -> Box<dyn Engine> {
    forced("streamed-32-12", usize::MAX)
}

/// The GPU engine with one mapping for all models of up to `parameters` numbers, optimizer state included.
fn forced(mapping: &str, parameters: usize) -> Box<dyn Engine> {
    let mapping: Mapping = mapping.parse().unwrap();
    let force = move |job: &Job| {
        let numbers = job.shape.parameters() * (1 + job.train_spec.optimizer.state_numbers());
        (numbers <= parameters).then_some(mapping)
    };
    let train = move |engine: &mut GpuEngine, job: &Job, range: Range<u64>, sink: &mut dyn Sink| {
        assert_eq!(job.mapping == Some(mapping), force(job).is_some());
        engine.train(job, range, sink)
    };
    Box::new(CustomEngine::training(gpu_engine(), train).forcing(force))
}

/// Runs the listed tests, functions of `&mut dyn Engine`: `engine_suite!(cpu: solo, neighbours)` defines `cpu::solo`
/// and `cpu::neighbours`, which run on each engine that the function `common::cpu` returns.
#[macro_export]
macro_rules! engine_suite {
    ($engine:ident: $($test:ident),+ $(,)?) => {
        mod $engine {
            $(#[test]
            fn $test() {
                for mut engine in super::common::Engines::all(super::common::$engine()) {
                    println!("on {}", engine.info().driver);
                    super::$test(&mut *engine);
                }
            })+
        }
    };
}

/// Whether the engine computes in f64.
pub fn is_reference(engine: &dyn Engine) -> bool {
    engine.info().engine == EngineKind::Reference
}

/// The largest of `errors`; infinite if one is NaN or none was compared.
pub fn worst(errors: impl IntoIterator<Item = f64>) -> f64 {
    let larger = |worst: f64, error: f64| {
        if error <= worst {
            worst
        } else if error.is_nan() {
            f64::INFINITY
        } else {
            error
        }
    };
    errors.into_iter().reduce(larger).filter(|worst| !worst.is_nan()).unwrap_or(f64::INFINITY)
}

/// Relative errors of `values` against `expected`.
pub fn relative(values: &[f64], expected: &[f64]) -> Vec<f64> {
    assert_eq!(values.len(), expected.len());
    values.iter().zip(expected).map(|(v, e)| (v - e).abs() / e.abs()).collect()
}

/// A job of plain trainings that records everything: curves at every epoch and all weights.
pub fn job(engine: &dyn Engine, shape: &NetworkShape, train: Points, trials: Vec<(f64, u64)>, epochs: u32) -> Job {
    job_of(engine, shape, &TrainSpec::plain(), train, Trials::pairs(trials), epochs)
}

/// As [`job`], with any train spec.
pub fn job_of(
    engine: &dyn Engine,
    shape: &NetworkShape,
    train_spec: &TrainSpec,
    train: Points,
    trials: Trials,
    epochs: u32,
) -> Job {
    let record = Record {
        auc: false,
        epochs: (0..=epochs).collect(),
        curves_below: trials.len(),
        histograms: false,
        accuracy: true,
        test: false,
        weights: true,
        convergence: false,
    };
    let train_spec = TrainSpec { given: trials.given(), ..train_spec.clone() };
    let (shape, data, initial) = (shape.clone(), dataset(train, None), InitialWeights::Drawn);
    let job = Job { shape, data, trials, initial, train_spec, epochs, record, mapping: None };
    job.mapped(engine.choose_mapping(&job, job.trials.len()).unwrap())
}

pub fn dataset(train: Points, test: Option<Points>) -> Arc<Dataset> {
    Arc::new(Dataset { test, ..Dataset::of("test", train) })
}

/// Trains all trials of the job.
pub fn train(engine: &mut dyn Engine, job: &Job) -> Batch {
    let batch = InMemorySink::train(engine, job, 0..job.trials.len()).unwrap();
    assert_eq!(batch.outcomes.len() as u64, job.trials.len());
    batch
}

/// Random test numbers in [0, 1), multiples of 2^-12, which f32 holds exactly.
pub struct Random(Philox);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(Philox::new(seed, Stream::Data))
    }

    pub fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32() >> 20) / 4096.0
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.0.next_u32() as usize % (high - low + 1)
    }

    /// Two overlapping clusters; two or more rows contain both classes.
    pub fn points(&mut self, rows: usize, features: usize) -> Points {
        let y: Vec<bool> = (0..rows).map(|n| n % 2 == 1).collect();
        let x = y.iter().flat_map(|y| vec![*y; features]).map(|y| 3.0 * self.unit() - if y { 1.0 } else { 2.0 });
        Points { features, x: x.collect(), targets: Targets::Binary(y) }
    }

    /// A shape of up to four hidden layers.
    pub fn shape(&mut self, widest: usize, features: usize) -> NetworkShape {
        let hidden: Vec<usize> = (0..self.between(0, 4)).map(|_| self.between(1, widest)).collect();
        NetworkShape::new(self.between(1, features), &hidden).unwrap()
    }
}
