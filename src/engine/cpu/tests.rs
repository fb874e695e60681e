use super::*;
use crate::dataset::Dataset;
use crate::dataset::Targets;
use crate::engine::reference::ReferenceEngine;
use crate::engine::{Batch, InMemorySink, Record};
use crate::error::Error;
use crate::math::{Activation, Loss, Optimizer};
use crate::sweep::{BatchSpec, Hyperparameter, Hyperparameters, InitialWeights, Schedule, ScheduleKind, Trials};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

mod agreement;
mod bits;

const MODELS: u64 = 37;

/// A job of `rows` rows and `epochs` epochs; every tenth model diverges in its first epoch.
fn job(shape: &NetworkShape, train_spec: &TrainSpec, rows: usize, epochs: u32) -> Job {
    let x = (0..rows * shape.features()).map(|i| ((i * 7919 + 13) % 1009) as f64 / 250.0 - 2.0).collect();
    let train =
        Points { features: shape.features(), x, targets: Targets::Binary((0..rows).map(|n| n * 7 % 3 == 0).collect()) };
    let data = Dataset::of("made up", train);
    let trials = Trials::List((0..MODELS).map(|i| (hyperparameters(train_spec, i), i)).collect());
    let record =
        Record { epochs: vec![0, epochs / 2, epochs], curves_below: MODELS + 3, weights: true, ..Record::default() };
    let (data, train_spec, mapping) = (data.into(), train_spec.clone(), Some("plain-tile32".parse().unwrap()));
    Job { shape: shape.clone(), data, trials, initial: InitialWeights::Drawn, train_spec, epochs, record, mapping }
}

/// Hyper-parameters that differ between models.
fn hyperparameters(train_spec: &TrainSpec, model: u64) -> Hyperparameters {
    let part = model as f64 / MODELS as f64;
    let value = |hyperparameter: &Hyperparameter| match hyperparameter {
        Hyperparameter::Lr if model % 10 == 3 => 1e34,
        Hyperparameter::Lr => 0.1 * part,
        Hyperparameter::LrFirst => 0.05 - 0.02 * part,
        Hyperparameter::Clip => 0.01 + part,
        Hyperparameter::WeightDecay => 0.1 * part,
        Hyperparameter::InitScale => 1.0 + part,
        Hyperparameter::Epsilon => 1e-3 * part,
        _ => 0.5 + 0.4 * part,
    };
    train_spec.given.iter().fold(Hyperparameters::default(), |all, one| all.with(*one, value(one)))
}

fn batches(size: usize, order: RowOrder) -> TrainSpec {
    TrainSpec { batches: BatchSpec { size, order }, ..TrainSpec::plain() }
}

/// Training specs with every optimizer, activation, loss, schedule, order and hyper-parameter, for jobs of `rows` rows
/// and `epochs` epochs.
fn train_specs(rows: usize, epochs: u32) -> Vec<TrainSpec> {
    let (mut train_specs, plain) = (vec![TrainSpec::plain()], TrainSpec::plain);
    let given =
        RowOrder::Given(Arc::new((0..epochs).flat_map(|e| (0..rows as u32).rev().map(move |n| n ^ (e % 2))).collect()));
    let orders = [RowOrder::Shared { seed: 9 }, RowOrder::PerSeed, given];
    train_specs.extend(orders.iter().map(|order| batches(7, order.clone())));
    for (n, optimizer) in Optimizer::ALL.iter().copied().enumerate() {
        let read = Hyperparameter::ALL.into_iter().filter(|one| one.optimizers().contains(&optimizer)).collect();
        let batches = BatchSpec { size: 40, order: orders[n % 3].clone() };
        train_specs.push(TrainSpec { optimizer, ..plain() });
        train_specs.push(TrainSpec { optimizer, given: read, batches, ..plain() });
    }
    for (activation, loss) in Activation::ALL.iter().flat_map(|a| [(*a, Loss::Bce), (*a, Loss::Mse)]) {
        train_specs.push(TrainSpec { activation, loss, ..plain() });
    }
    for kind in [ScheduleKind::Step, ScheduleKind::Exponential, ScheduleKind::Cosine, ScheduleKind::WarmupCosine] {
        let schedule = Schedule::new(kind, epochs, Some(2), None, Some(2)).unwrap();
        train_specs.push(TrainSpec { schedule, activation: Activation::Tanh, ..plain() });
    }
    train_specs.push(TrainSpec { given: vec![Hyperparameter::Lr, Hyperparameter::Clip], ..plain() });
    for (activation, loss) in Activation::ALL.iter().flat_map(|a| [(*a, Loss::Bce), (*a, Loss::Mse)]) {
        let given = vec![Hyperparameter::Lr, Hyperparameter::LabelSmoothing];
        train_specs.push(TrainSpec { activation, loss, given, ..plain() });
    }
    train_specs
}

fn shapes() -> [NetworkShape; 5] {
    let shape = |features, hidden: &[usize]| NetworkShape::new(features, hidden).unwrap();
    [
        shape(2, &[1]),
        shape(2, &[1]).without_bias(),
        shape(3, &[]),
        shape(19, &[17, 9]),
        shape(3, &[5, 3]).without_bias(),
    ]
}

fn train(engine: &mut dyn Engine, job: &Job) -> Batch {
    let job = job.mapped(engine.choose_mapping(job, 1).unwrap());
    InMemorySink::train(engine, &job, 0..MODELS).unwrap()
}

/// One engine per instruction set of this processor.
fn engines() -> Vec<CpuEngine> {
    let of =
        |name: &str| CpuEngine::with_options(&CpuOptions { isa: Some(name.into()), ..CpuOptions::default() }).unwrap();
    CpuEngine::instruction_sets().into_iter().map(of).collect()
}

#[test]
fn tiles_fit_the_caches() {
    let size = |hidden: &[usize], own| tile_size(&NetworkShape::new(2, hidden).unwrap(), own);
    let shared = [size(&[], 0), size(&[1], 0), size(&[16], 0), size(&[16, 16], 0), size(&[64; 4], 0)];
    assert_eq!(shared, [64, 64, 32, 16, 16]);
    assert_eq!([size(&[1], 2), size(&[1], 15), size(&[1], 1024)], [64, 32, 16]);
    for (mapping, tile) in [("tile64", None), ("plain-tile64", Some(64)), ("plain-tile0", None), ("plain-tile65", None)]
    {
        assert_eq!(CpuMapping::read(mapping).map(|mapping| mapping.tile), tile, "{mapping}");
    }
}

/// Accepts this many batches, the last one with an error.
struct Enough(u32);

impl Sink for Enough {
    fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>> {
        self.0 -= u32::from(!batch.outcomes.is_empty());
        if self.0 == 0 { Err(Error::setting("sink", "", "nothing more")) } else { Ok(ControlFlow::Continue(())) }
    }
    fn progress(&mut self, _model_epochs: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

#[test]
fn an_error_of_the_sink_ends_the_training() {
    let (shape, models) = (NetworkShape::new(2, &[1]).unwrap(), 100_000);
    let trials = Trials::pairs((0..models).map(|model| (0.01, model)).collect());
    let job = Job { trials, ..job(&shape, &TrainSpec::plain(), 150, 4) };
    let job = Job { record: Record::default(), ..job };
    let error = CpuEngine::new().unwrap().train(&job, 0..models, &mut Enough(2)).unwrap_err().to_string();
    assert!(error.contains("nothing more"), "{error}");
}
