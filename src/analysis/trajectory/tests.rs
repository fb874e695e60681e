use super::*;
use crate::dataset::{Dataset, Points};
use crate::engine::cpu::CpuEngine;
use crate::engine::reference::ReferenceEngine;
use crate::engine::{CustomEngine, InMemorySink, Sink, ignore_progress};
use crate::math::{Activation, Optimizer};
use crate::model::NetworkShape;
use crate::results::{CurveKind, KeptModel};
use crate::sweep::{BatchSpec, InitialWeights, RowOrder, Schedule, ScheduleKind, TrainSpec, Trials};
use std::ops::Range;

/// Combines everything that could make a shorter training differ: a schedule that depends on the number of epochs,
/// shuffled mini-batches, an optimizer with state.
fn job(engine: &dyn Engine, lr: f64) -> Job {
    let data = Dataset { test: Some(Points::made_up(20, 2)), ..Dataset::of("few", Points::made_up(50, 2)) };
    let schedule = Schedule::new(ScheduleKind::WarmupCosine, 30, None, None, Some(5)).unwrap();
    let batches = BatchSpec { size: 16, order: RowOrder::PerSeed };
    let train_spec =
        TrainSpec { activation: Activation::Tanh, optimizer: Optimizer::Adam, schedule, batches, ..TrainSpec::plain() };
    let (shape, epochs) = (NetworkShape::new(2, &[4]).unwrap(), vec![0, 7, 14, 21, 28, 30]);
    let record = Record { auc: true, epochs, curves_below: 3, ..Record::default() };
    let trials = Trials::pairs((0..9).map(|i| (lr * (1.0 + i as f64), i)).collect());
    let (data, initial) = (data.into(), InitialWeights::Drawn);
    let job = Job { shape, data, trials, initial, train_spec, epochs: 30, record, mapping: None };
    job.mapped(engine.choose_mapping(&job, 9).unwrap())
}

fn engines() -> [Box<dyn Engine>; 2] {
    [Box::new(ReferenceEngine::default()), Box::new(CpuEngine::new().unwrap())]
}

#[test]
fn states_are_on_the_way_of_the_whole_training() {
    for mut engine in engines() {
        let job = job(&*engine, 0.02);
        let trajectory = trace_trajectory(&mut *engine, &job, 5, &[0, 3, 17, 99], &mut ignore_progress).unwrap();
        assert_eq!((trajectory.epochs.len(), trajectory.epochs[30]), (31, 30));
        assert_eq!(trajectory.states.iter().map(|s| s.epoch).collect::<Vec<_>>(), [0, 3, 17, 30]);
        for state in &trajectory.states {
            // The recorded loss is the loss at these parameters, up to a few roundings of f32.
            let network = Network::new(&job.shape, &job.train_spec, state.parameters.clone());
            let (own, recorded) = (network.measure(&job.data.train), trajectory.train_loss[state.epoch as usize]);
            assert!((own.loss - recorded).abs() <= 1e-6, "{} {own:?} {recorded}", state.epoch);
            assert_eq!(f64::from(own.correct) / 50.0, trajectory.train_accuracy[state.epoch as usize]);
            assert_eq!(state.lr, 0.02 * 6.0 * job.train_spec.schedule.multiplier(state.epoch.min(29)));
            assert!(state.gradient_norm.unwrap() > 0.0 && state.sharpness.unwrap().settled);
        }
        assert_eq!(trajectory.states[3].parameters, trajectory.last);
        assert_eq!(trajectory.states[3].parameters.len(), job.shape.parameters());
    }
}

/// Trial 1 as stored in a study that keeps everything.
fn kept(engine: &mut dyn Engine, job: &Job) -> KeptModel {
    let record = Record { accuracy: true, test: true, weights: true, ..job.record.clone() };
    let batch = InMemorySink::train(engine, &Job { record, ..job.clone() }, 0..9).unwrap();
    let (width, parameters) = (job.record.epochs.len(), job.shape.parameters());
    let cut = |values: &[f64]| values[width..2 * width].iter().map(|v| *v as f32).collect::<Vec<_>>();
    let curves = vec![
        (CurveKind::TrainLoss, cut(&batch.curves.train_loss)),
        (CurveKind::TrainAccuracy, cut(batch.curves.train_accuracy.as_ref().unwrap())),
        (CurveKind::TestLoss, cut(batch.curves.test_loss.as_ref().unwrap())),
        (CurveKind::TestAccuracy, cut(batch.curves.test_accuracy.as_ref().unwrap())),
    ];
    let weights = batch.weights.unwrap().last[parameters..2 * parameters].to_vec();
    KeptModel { outcome: batch.outcomes[1], curves, weights: Some(weights) }
}

#[test]
fn a_model_in_company_is_the_same_alone_and_any_other_bit_is_told() {
    for mut engine in engines() {
        // At the higher rate the model diverges.
        for lr in [0.02, 1e36] {
            let job = job(&*engine, lr);
            let kept = kept(&mut *engine, &job);
            let trajectory = trace_trajectory(&mut *engine, &job, 1, &[], &mut ignore_progress).unwrap();
            let differ = |kept: &KeptModel| differences(kept, &job.record.epochs, &trajectory);
            assert_eq!(differ(&kept), [""; 0], "{lr}");
            let reports = |edit: &dyn Fn(&mut KeptModel), what: &str| {
                let mut other = kept.clone();
                edit(&mut other);
                let found = differ(&other);
                assert!(found.len() == 1 && found[0].contains(what), "{what}: {found:?}");
            };
            reports(
                &|k| k.curves[0].1[0] = f32::from_bits(k.curves[0].1[0].to_bits() + 1),
                "train_loss before epoch 0",
            );
            reports(&|k| k.curves[3].1[0] += 1.0, "test_acc before epoch 0");
            reports(&|k| k.curves[1].1.truncate(5), "train_acc");
            reports(&|k| k.weights.as_mut().unwrap()[2] += 1e30, "final weights");
            reports(&|k| k.outcome.diverged = Some(9), "diverged");
            if let Some(train) = kept.outcome.train {
                let next = f64::from_bits(train.loss.to_bits() + 1);
                reports(&|k| k.outcome.train.as_mut().unwrap().loss = next, &next.to_string());
                reports(&|k| k.outcome.test.as_mut().unwrap().correct += 1, "test points right");
                assert!(kept.outcome.ordered_pairs[0].is_some() && kept.outcome.ordered_pairs[2].is_some());
                reports(&|k| *k.outcome.ordered_pairs[0].as_mut().unwrap() += 1, "pairs (AUC) of training points");
                reports(&|k| k.outcome.ordered_pairs[2] = None, "2 × ordered pairs (AUC) of test points: none");
            }
        }
    }
}

#[test]
fn a_shorter_training_that_goes_another_way_is_an_error() {
    // Shorter trainings begin differently, as with a mapping that lays them out in another way.
    let train = |engine: &mut ReferenceEngine, job: &Job, range: Range<u64>, sink: &mut dyn Sink| {
        let mut job = job.clone();
        job.train_spec.schedule.epochs = job.epochs;
        engine.train(&job, range, sink)
    };
    let mut engine = CustomEngine::training(ReferenceEngine::default(), train);
    let mut job = job(&engine, 0.02);
    job.train_spec.schedule = Schedule::new(ScheduleKind::Cosine, 30, None, None, None).unwrap();
    let error = trace_trajectory(&mut engine, &job, 5, &[20], &mut ignore_progress).unwrap_err();
    assert!(error.to_string().contains("differs from the whole training"), "{error}");
}

#[test]
fn a_diverged_model_has_states_up_to_its_divergence() {
    for mut engine in engines() {
        let mut job = job(&*engine, 0.1);
        // Grows by a factor of at least a million per epoch.
        job.train_spec =
            TrainSpec { activation: Activation::Identity, loss: crate::math::Loss::Mse, ..TrainSpec::plain() };
        (job.trials, job.mapping) = (Trials::pairs(vec![(1e6, 0)]), Some(engine.choose_mapping(&job, 1).unwrap()));
        let trajectory =
            trace_trajectory(&mut *engine, &job, 0, &[0, 1, 2, 3, 4, 5, 20], &mut ignore_progress).unwrap();
        let diverged = trajectory.outcome.diverged.unwrap();
        assert!((1..20).contains(&diverged), "{diverged}");
        assert_eq!(trajectory.states.last().unwrap().epoch, diverged);
        assert!(trajectory.states.iter().all(|s| s.parameters.iter().all(|p| p.abs() <= 1e30)));
        assert!(trajectory.states[1].is_beyond_edge() && trajectory.train_loss[30].is_nan());
    }
}

#[test]
fn epochs_are_spread_from_the_first_to_the_last() {
    assert_eq!(evenly(10, 3), [0, 5, 10]);
    assert_eq!(evenly(3, 100), [0, 1, 2, 3]);
    assert_eq!((evenly(0, 5), evenly(1, 1)), (vec![0], vec![0, 1]));
    assert_eq!(evenly(u32::MAX, 2), [0, u32::MAX]);
    let spaced = |epochs| spaced(epochs, 100);
    assert_eq!((spaced(0), spaced(2)), (vec![0], vec![0, 1, 2]));
    let many = spaced(10_000);
    assert!(
        (90..=101).contains(&many.len()) && many[..4] == [0, 1, 2, 3] && many[many.len() - 1] == 10_000,
        "{many:?}"
    );
    assert!(many.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= 205));
}

#[test]
fn the_file_holds_what_was_followed() {
    let mut engine = ReferenceEngine::default();
    let job = job(&engine, 0.02);
    let trajectory = trace_trajectory(&mut engine, &job, 2, &[0, 10], &mut ignore_progress).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trajectory.npz");
    trajectory.write(&path, crate::statistics::Measure::Accuracy).unwrap();
    let mut npz = crate::npz::Npz::open(&path).unwrap();
    let mut read = |name: &str| npz.read(name).unwrap();
    assert_eq!(read("test_loss").values, trajectory.test_loss.clone().unwrap());
    assert_eq!(read("train_acc").values, trajectory.train_accuracy);
    let parameters = read("parameters");
    assert_eq!((parameters.shape, &parameters.values[34..]), (vec![3, 17], &trajectory.last[..]));
    assert_eq!(read("state_epoch").values, [0.0, 10.0, 30.0]);
    assert_eq!(read("sharpness").values[1], trajectory.states[1].sharpness.unwrap().value);
    assert_eq!(read("lr").values[1], trajectory.states[1].lr);
}
