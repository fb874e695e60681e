//! Optimizers, schedules, clipping, mini-batches and initial weights, compared with the reference on every kind of
//! mapping and however the work is split.

use super::dispatches::cuts_change_nothing;
use super::*;
use crate::engine::InMemorySink;
use crate::engine::reference::ReferenceEngine;
use crate::math::init::{Init, Scheme};
use crate::math::{Activation, Loss, Optimizer};
use crate::model::NetworkShape;
use crate::sweep::{Schedule, ScheduleKind, TrainSpec};
use std::sync::Arc;

const ROWS: usize = 37;
const EPOCHS: u32 = 7;

/// Returns every kind of batching: all rows at once, or batches of 16, 16 and 5 in each row order.
fn all_batches() -> Vec<BatchSpec> {
    let given = (0..EPOCHS as usize).flat_map(|epoch| (0..ROWS).map(move |n| ((n * 5 + epoch) % ROWS) as u32));
    let orders = [RowOrder::Shared { seed: 3 }, RowOrder::PerSeed, RowOrder::Given(Arc::new(given.collect()))];
    let batches = orders.map(|order| BatchSpec { size: 16, order });
    [&[BatchSpec::FULL], &batches[..]].concat()
}

fn cosine() -> Schedule {
    Schedule::new(ScheduleKind::Cosine, EPOCHS, None, None, None).unwrap()
}

/// Returns a training spec that combines all features with one optimizer.
fn busy(optimizer: Optimizer, batches: BatchSpec) -> TrainSpec {
    let given = [
        Hyperparameter::Lr,
        Hyperparameter::LrFirst,
        Hyperparameter::WeightDecay,
        Hyperparameter::InitScale,
        Hyperparameter::Clip,
        Hyperparameter::LabelSmoothing,
    ];
    let given =
        given.iter().copied().filter(|hyperparameter| hyperparameter.optimizers().contains(&optimizer)).collect();
    TrainSpec { activation: Activation::Tanh, optimizer, batches, schedule: cosine(), given, ..TrainSpec::plain() }
}

fn family(train_spec: TrainSpec, models: u64, mapping: &str) -> Job {
    family_job(NetworkShape::new(2, &[3]).unwrap(), train_spec, ROWS, models, EPOCHS, mapping)
}

#[test]
fn cuts_change_no_bit_of_any_optimizer_or_order() {
    for (n, batches) in all_batches().into_iter().enumerate() {
        let optimizer = [Optimizer::Adam, Optimizer::Nesterov, Optimizer::Adam, Optimizer::Sgd][n];
        for mapping in ["thread-64", "subgroup-4-64", "workgroup-8-64", "tiled-64-8", "streamed-64-8"] {
            cuts_change_nothing(&family(busy(optimizer, batches.clone()), 70, mapping));
        }
    }
}

#[test]
fn tables_that_hold_one_epoch_change_no_bit() {
    for mapping in ["thread-64", "subgroup-4-64", "workgroup-8-64", "tiled-64-8", "streamed-64-8"] {
        let job = family(busy(Optimizer::Momentum, all_batches().remove(1)), 5, mapping);
        let mut engine = engine();
        let whole = train(&mut engine, &job);
        let kernel_spec = KernelSpec { shape: &job.shape, train_spec: &job.train_spec, rows: ROWS, regression: false };
        let points = engine.points(kernel_spec, &job.data.train, GpuMapping::read(mapping).unwrap(), true);
        let points = pollster::block_on(points).unwrap();
        let plan = DevicePlan::new(
            GpuMapping::read(mapping).unwrap(),
            &kernel_spec,
            job.record.epochs.len(),
            &engine.device.limits,
        );
        let plan = DevicePlan { most_epochs: 1, ..plan };
        let kernels = Kernels {
            device: &engine.device,
            plan,
            kernel_spec,
            histogram: None,
            convergence: None,
            train: &points,
            validation: None,
            test: None,
        };
        let mut cut = Collected::default();
        pollster::block_on(pipeline::train(&kernels, &job, 0..5, &mut cut)).unwrap();
        assert_eq!(differing(&cut, &whole), 0, "{mapping}");
    }
}

/// Returns the largest difference between two results' recorded losses; infinite if a loss is missing in only one.
fn distance(one: &Batch, other: &Batch) -> f64 {
    let (one, other) = (&one.curves.train_loss, &other.curves.train_loss);
    assert!(!one.is_empty() && one.len() == other.len());
    let apart = |(a, b): (&f64, &f64)| if a.is_nan() && b.is_nan() { 0.0 } else { (a - b).abs() };
    one.iter().zip(other).map(apart).map(|d| if d.is_nan() { f64::INFINITY } else { d }).fold(0.0, f64::max)
}

/// One mapping of each kind.
const KINDS: [&str; 5] = ["thread-64", "subgroup-4-64", "workgroup-8-64", "tiled-32-12", "streamed-32-4"];

/// Trains on these mappings and with the reference; returns the largest difference from the reference.
fn from_reference(engine: &mut GpuEngine, job: &Job, mappings: &[&str]) -> f64 {
    let exact_job = Job { mapping: Some(Mapping::Reference), ..job.clone() };
    let exact = InMemorySink::train(&mut ReferenceEngine::default(), &exact_job, 0..job.trials.len()).unwrap();
    let apart = mappings.iter().map(|mapping| {
        let job = Job { mapping: Some(mapping.parse().unwrap()), ..job.clone() };
        let ours = InMemorySink::train(engine, &job, 0..job.trials.len()).unwrap();
        let diverged = |batch: &Batch| batch.outcomes.iter().map(|o| o.diverged).collect::<Vec<_>>();
        assert_eq!(diverged(&ours), diverged(&exact), "{mapping} {:?}", job.train_spec);
        distance(&ours, &exact)
    });
    apart.fold(0.0, f64::max)
}

/// Tolerance for 7 epochs of at most 3 updates in f32: some ten rounding errors of 6e-8 in losses around 1.
const ROUNDING: f64 = 2e-6;

#[test]
fn every_optimizer_is_the_references_in_every_order() {
    let mut engine = engine();
    for (n, optimizer) in Optimizer::ALL.iter().enumerate() {
        for (order, batches) in all_batches().into_iter().enumerate() {
            // Rotated, so that each kind of mapping meets each order and most optimizers.
            let mappings = [KINDS[(n + order) % 5], KINDS[(n + order + 2) % 5]];
            let apart = from_reference(&mut engine, &family(busy(*optimizer, batches.clone()), 9, "scalar"), &mappings);
            assert!(apart <= ROUNDING, "{optimizer} {batches:?}: {apart}");
        }
    }
}

#[test]
fn every_activation_and_loss_is_the_references_with_biases_and_without() {
    let mut engine = engine();
    for (n, activation) in Activation::ALL.iter().enumerate() {
        for loss in [Loss::Bce, Loss::Mse] {
            let train_spec = TrainSpec { activation: *activation, loss, ..TrainSpec::plain() };
            let job = family(train_spec, 9, "scalar");
            let bare = Job { shape: job.shape.clone().without_bias(), ..job.clone() };
            let bare_mapping = KINDS[1 + n % 2];
            let apart = [
                from_reference(&mut engine, &job, &["thread-64", "tiled-32-12"]),
                from_reference(&mut engine, &bare, &[bare_mapping, "streamed-32-4"]),
            ];
            assert!(apart.iter().all(|apart| *apart <= ROUNDING), "{activation} {loss}: {apart:?}");
        }
    }
}

#[test]
fn a_divergence_in_a_mini_batch_ends_the_training_as_the_references() {
    let mut engine = engine();
    for batches in all_batches() {
        let mut job = family(TrainSpec { batches, ..TrainSpec::plain() }, 4, "scalar");
        // Divergence at once, by a huge parameter; after some updates; never; in the second epoch at the latest.
        job.trials = Trials::pairs(vec![(1e35, 0), (1e12, 1), (0.1, 2), (1e18, 3)]);
        let apart = from_reference(&mut engine, &job, &KINDS);
        assert!(apart.is_finite());
    }
}

/// A batch with a non-finite logit does not change the weights; earlier batches have changed them.
#[test]
fn a_bad_logit_in_a_mini_batch_leaves_the_weights_as_they_were_before_it() {
    let mut engine = engine();
    for batches in all_batches() {
        let train_spec = TrainSpec { batches, ..TrainSpec::plain() };
        let mut job = family_job(NetworkShape::new(2, &[]).unwrap(), train_spec, ROWS, 3, EPOCHS, "scalar");
        let mut train = job.data.train.clone();
        train.x = vec![1.0; 2 * ROWS];
        train.x[2 * 20] = 1e300;
        job.data = Dataset { train, ..(*job.data).clone() }.into();
        job.initial = InitialWeights::Given([1e30, 0.0, 0.0].repeat(3));
        let exact = InMemorySink::train(&mut ReferenceEngine::default(), &job, 0..3).unwrap();
        for mapping in ["thread-64", "workgroup-8-64", "tiled-32-12", "streamed-32-4"] {
            let ours =
                InMemorySink::train(&mut engine, &Job { mapping: Some(mapping.parse().unwrap()), ..job.clone() }, 0..3)
                    .unwrap();
            assert!(ours.outcomes.iter().all(|o| o.diverged == Some(0)), "{mapping} {:?}", ours.outcomes);
            let (ours, exact) = (ours.weights.unwrap().last, exact.weights.clone().unwrap().last);
            // At most two updates: a few rounding errors of 6e-8.
            let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 3e-7 * b.abs().max(1.0);
            assert!(ours.len() == exact.len() && ours.iter().zip(&exact).all(close), "{mapping} {ours:?} {exact:?}");
        }
    }
}

#[test]
fn initial_weights_are_the_references_to_the_bit() {
    let mut engine = engine();
    let schemes = [Scheme::Torch, Scheme::XavierUniform, Scheme::KaimingUniform, Scheme::Uniform];
    for scheme in [&schemes[..], &[Scheme::XavierNormal, Scheme::Orthogonal, Scheme::Zeros]].concat() {
        for (zero_biases, given) in
            [(false, vec![Hyperparameter::Lr]), (true, vec![Hyperparameter::Lr, Hyperparameter::InitScale])]
        {
            for bias in [true, false] {
                let shape = NetworkShape::new(2, &[4, 3]).unwrap();
                let shape = if bias { shape } else { shape.without_bias() };
                let init = Init { scheme, zero_biases, scaling: Default::default() };
                let train_spec = TrainSpec { init, given: given.clone(), ..TrainSpec::plain() };
                for mapping in ["thread-64", "tiled-64-16"] {
                    let job = family_job(shape.clone(), train_spec.clone(), 3, 5, 0, mapping);
                    let ours = train(&mut engine, &job).batches.remove(0).weights.unwrap();
                    let exact_job = Job { mapping: Some(Mapping::Reference), ..job };
                    let exact = InMemorySink::train(&mut ReferenceEngine::default(), &exact_job, 0..5).unwrap();
                    let exact = exact.weights.unwrap();
                    assert_eq!(ours.initial.len(), 5 * shape.parameters());
                    assert_eq!(ours.initial, exact.initial, "{init:?} {given:?} {mapping}");
                }
            }
        }
    }
}

/// Without sharing, a sweep over many data sets would spend its time in the compiler.
#[test]
fn data_sets_of_a_size_share_their_kernels() {
    let mut engine = engine();
    let (first, mut other) = (job(&[3], 37, 5, 4, "thread-64"), job(&[3], 37, 5, 4, "thread-64"));
    let mut data = Dataset::clone(&other.data);
    data.train.x.iter_mut().for_each(|x| *x += 0.5);
    other.data = Arc::new(data);
    let alone = train(&mut super::engine(), &other);
    train(&mut engine, &first);
    assert_eq!(differing(&train(&mut engine, &other), &alone), 0);
    let [(_, one), (_, two)] = &engine.cached_datasets[..] else { panic!("two data sets are kept") };
    assert!(one.buffer != two.buffer && one.evaluate.pipeline == two.evaluate.pipeline);
    assert!(one.train.as_ref().map(|kernel| &kernel.pipeline) == two.train.as_ref().map(|kernel| &kernel.pipeline));
}
