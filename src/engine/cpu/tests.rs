use super::*;
use crate::dataset::Dataset;
use crate::engine::reference::ReferenceEngine;
use crate::engine::{Batch, InMemorySink, Record};
use crate::error::Error;
use crate::math::{Activation, Loss, Optimizer};
use crate::sweep::{BatchSpec, Hyperparameter, Hyperparameters, InitialWeights, Schedule, ScheduleKind, Trials};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

const MODELS: u64 = 37;

/// A job of `rows` rows and `epochs` epochs; every tenth model diverges in its first epoch.
fn job(shape: &NetworkShape, train_spec: &TrainSpec, rows: usize, epochs: u32) -> Job {
    let x = (0..rows * shape.features()).map(|i| ((i * 7919 + 13) % 1009) as f64 / 250.0 - 2.0).collect();
    let train = Points { features: shape.features(), x, y: (0..rows).map(|n| n * 7 % 3 == 0).collect(), targets: None };
    let (feature_names, class_names) = (vec![String::new(); shape.features()], Default::default());
    let data =
        Dataset { name: String::new(), train, validation: None, test: None, feature_names, class_names, scaling: None };
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
    let job = job.mapped(engine.choose_mapping(&job.shape, &job.train_spec, 1, 1).unwrap());
    InMemorySink::train(engine, &job, 0..MODELS).unwrap()
}

#[test]
fn a_seed_for_all_lanes_or_for_some_gives_the_same_bits() {
    let (shape, train_spec, mut engine) =
        (NetworkShape::new(3, &[5, 3]).unwrap(), batches(7, RowOrder::PerSeed), CpuEngine::new().unwrap());
    let mut train = |seed: fn(u64) -> u64| {
        let trials = Trials::List((0..MODELS).map(|i| (hyperparameters(&train_spec, i), seed(i))).collect());
        InMemorySink::train(&mut engine, &Job { trials, ..job(&shape, &train_spec, 50, 4) }, 0..MODELS).unwrap()
    };
    let (one, pairs) = (train(|_| 7), train(|i| if i / 2 % 2 == 0 { 7 } else { i }));
    for model in [0, 1, 4, 5, 36] {
        assert_eq!(text_of(&one, model), text_of(&pairs, model), "{model}");
    }
    assert_ne!(text_of(&one, 2), text_of(&pairs, 2));
}

/// All results as text, NaNs included; floats print with all digits.
fn text(batch: &Batch) -> String {
    format!("{batch:?}")
}

/// Results of one model as text.
fn text_of(batch: &Batch, model: usize) -> String {
    let (epochs, weights) = (batch.curves.train_loss.len() / batch.curves.models, batch.weights.as_ref().unwrap());
    let parameters = weights.last.len() / batch.outcomes.len();
    let curve = &batch.curves.train_loss[model * epochs..][..epochs];
    format!("{:?} {curve:?} {:?}", batch.outcomes[model], &weights.last[model * parameters..][..parameters])
}

/// One engine per instruction set of this processor.
fn engines() -> Vec<CpuEngine> {
    let of =
        |name: &str| CpuEngine::with_options(&CpuOptions { isa: Some(name.into()), ..CpuOptions::default() }).unwrap();
    CpuEngine::instruction_sets().into_iter().map(of).collect()
}

#[test]
fn instruction_sets_that_round_alike_give_the_same_bits() {
    for (shape, train_spec) in
        shapes().iter().flat_map(|shape| train_specs(150, 4).into_iter().map(move |r| (shape, r)))
    {
        let job = job(shape, &train_spec, 150, 4);
        let mut seen = HashMap::new();
        for mut engine in engines() {
            let trained = train(&mut engine, &job);
            let parameters = &trained.weights.as_ref().unwrap().last;
            let scores = engine.evaluate(shape, &train_spec, parameters, &job.data.train).unwrap();
            let (rounding, result) = (engine.sets[0].rounding(), (text(&trained), scores));
            let first = seen.entry(rounding).or_insert_with(|| result.clone());
            assert_eq!(*first, result, "{} {shape} {train_spec:?}", engine.info().driver);
        }
    }
}

#[test]
fn a_mapping_is_obeyed_on_every_processor_that_can() {
    let shape = NetworkShape::new(3, &[5, 3]).unwrap();
    let plain = Job { mapping: Some("plain-tile16".parse().unwrap()), ..job(&shape, &TrainSpec::plain(), 50, 4) };
    let results: Vec<String> = [CpuEngine::new().unwrap(), engines().pop().unwrap()]
        .iter_mut()
        .map(|engine| text(&InMemorySink::train(engine, &plain, 0..MODELS).unwrap()))
        .collect();
    assert_eq!(results[0], results[1]);
    let fused = Job { mapping: Some("fused-tile16".parse().unwrap()), ..plain };
    let refused = InMemorySink::train(&mut engines().pop().unwrap(), &fused, 0..MODELS).unwrap_err().to_string();
    assert!(
        refused.contains("fused-tile16") && refused.contains("plain-tileN on the cpu engine, N from 1 to 64"),
        "{refused}"
    );
    let unknown = CpuEngine::with_options(&CpuOptions { isa: Some("mmx".into()), ..CpuOptions::default() })
        .unwrap_err()
        .to_string();
    assert!(unknown.contains("--isa must be") && unknown.contains("portable"), "{unknown}");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (shape, train_spec) in
        shapes().iter().flat_map(|shape| train_specs(150, 4).into_iter().map(move |r| (shape, r)))
    {
        let train = |threads| {
            let mut engine = CpuEngine::with_options(&CpuOptions { threads, ..CpuOptions::default() }).unwrap();
            text(&train(&mut engine, &job(shape, &train_spec, 150, 4)))
        };
        assert_eq!(train(1), train(3), "{shape} {train_spec:?}");
    }
}

#[test]
fn a_model_alone_gives_the_bits_that_it_gives_among_others() {
    let shape = NetworkShape::new(3, &[5, 3]).unwrap();
    for train_spec in train_specs(50, 4) {
        let (mut engine, job) = (CpuEngine::new().unwrap(), job(&shape, &train_spec, 50, 4));
        let all = InMemorySink::train(&mut engine, &job, 0..MODELS).unwrap();
        // A model that diverges, its neighbour, and the last one are included.
        for model in [0, 3, 4, MODELS - 1] {
            let alone = InMemorySink::train(&mut engine, &job, model..model + 1).unwrap();
            assert_eq!(text_of(&alone, 0), text_of(&all, model as usize), "model {model}, {train_spec:?}");
        }
    }
}

/// The largest difference between two lists, relative to 1 + |b|; NaN equals only NaN.
fn difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let difference = |(a, b): (&f64, &f64)| match a.is_nan() && b.is_nan() {
        true => 0.0,
        false => (a - b).abs() / (1.0 + b.abs()),
    };
    a.iter().zip(b).map(difference).fold(0.0, |worst, d| if d <= worst || worst.is_nan() { worst } else { d })
}

/// Checks that every instruction set agrees with the reference on this job.
fn agree(shape: &NetworkShape, train_spec: &TrainSpec, rows: usize) {
    let job = job(shape, train_spec, rows, 4);
    let right = train(&mut ReferenceEngine::default(), &job);
    for mut engine in engines() {
        let what = format!("{} {shape} {train_spec:?}", engine.info().driver);
        agrees(&train(&mut engine, &job), &right, shape, &what);
    }
}

fn agrees(fast: &Batch, right: &Batch, shape: &NetworkShape, what: &str) {
    // Up to 4 × 50 updates, each with a dozen operations rounded to 6e-8; together they move a parameter by the order
    // of 1. A kink crossed on one side only would move a parameter by about lr / rows more, which these jobs don't
    // show.
    let curves = difference(&fast.curves.train_loss, &right.curves.train_loss);
    assert!(curves <= 2e-5, "{curves}: {what}");
    let weights = |batch: &Batch| batch.weights.as_ref().unwrap().last.clone();
    let (fast_weights, right_weights) = (weights(fast), weights(right));
    let models = fast_weights.chunks(shape.parameters()).zip(right_weights.chunks(shape.parameters()));
    let mut sound = 0;
    for (model, (one, other)) in models.enumerate() {
        let (a, b) = (fast.outcomes[model], right.outcomes[model]);
        assert_eq!(a.diverged, b.diverged, "model {model}: {what}");
        // A diverged model may have overflowed in f32.
        if let (Some(a), Some(b)) = (a.train, b.train) {
            let last = difference(one, other);
            assert!(last <= 1e-4, "model {model}, {last}: {what}");
            // A logit at the threshold may be on either side.
            assert!(a.correct.abs_diff(b.correct) <= 1, "model {model}: {a:?}, {b:?}: {what}");
            sound += 1;
        }
    }
    assert!(sound >= 30, "{sound} models: {what}");
}

#[test]
fn all_recipes_agree_with_the_reference() {
    for shape in shapes() {
        train_specs(50, 4).iter().for_each(|train_spec| agree(&shape, train_spec, 50));
    }
}

#[test]
fn mini_batches_of_any_size_agree_with_the_reference() {
    let shape = NetworkShape::new(3, &[5, 3]).unwrap();
    for order in [RowOrder::Shared { seed: 4 }, RowOrder::PerSeed] {
        for size in [1, 7, 49, 50] {
            agree(&shape, &batches(size, order.clone()), 50);
        }
    }
}

#[test]
fn all_rows_at_once_need_no_order() {
    let (shape, mut engine) = (NetworkShape::new(3, &[5, 3]).unwrap(), CpuEngine::new().unwrap());
    let mut train = |train_spec: &TrainSpec| {
        text(&InMemorySink::train(&mut engine, &job(&shape, train_spec, 50, 4), 0..MODELS).unwrap())
    };
    let full = train(&TrainSpec::plain());
    for order in [RowOrder::Shared { seed: 4 }, RowOrder::PerSeed] {
        assert_eq!(train(&batches(50, order.clone())), full);
        assert_ne!(train(&batches(49, order)), full);
    }
}

#[test]
fn recording_changes_no_training() {
    let (shape, mut engine) = (NetworkShape::new(3, &[5, 3]).unwrap(), CpuEngine::new().unwrap());
    for train_spec in train_specs(50, 4) {
        let recorded = job(&shape, &train_spec, 50, 4);
        let plain = Job { record: Record { curves_below: 0, ..recorded.record.clone() }, ..recorded.clone() };
        let mut last = |job: &Job| InMemorySink::train(&mut engine, job, 0..MODELS).unwrap().weights.unwrap().last;
        let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(last(&plain)), bits(last(&recorded)), "{train_spec:?}");
    }
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
