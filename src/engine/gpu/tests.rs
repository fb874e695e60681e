//! Tests of what only the GPU engine can get wrong: splits into dispatches and batches, mappings, probes. They run on
//! every kind of adapter; the suites common to all engines are in `tests/`.

use super::device::{DRIVER_HELP, adapters};
use super::*;
use crate::dataset::Dataset;
use crate::engine::Batch;
use crate::engine::Engine;
use crate::math::Optimizer;
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;
use crate::sweep::{BatchSpec, CurvesKept, Hyperparameter, RowOrder, Sweep};
use crate::sweep::{InitialWeights, Trials};
use std::ops::ControlFlow;

mod family;
mod functions;

/// All kinds of mappings, in several sizes.
const MAPPINGS: [&str; 9] = [
    "thread-64",
    "thread-1",
    "subgroup-2-64",
    "subgroup-4-64",
    "workgroup-4-64",
    "workgroup-64-64",
    "tiled-64-16",
    "streamed-16-4",
    "streamed-64-40",
];

/// Opens the engine on the best adapter. Without an adapter the test fails and says what to install.
pub(super) fn engine() -> GpuEngine {
    engine_checked(std::env::var_os("GPU_SWEEP_CHECKED").is_some())
}

fn engine_checked(checked: bool) -> GpuEngine {
    let adapters = adapters().unwrap();
    let adapter = adapters.first().unwrap_or_else(|| panic!("no Vulkan adapter: {DRIVER_HELP}"));
    pollster::block_on(GpuEngine::new(adapter, &GpuOptions { checked, cache: None })).unwrap()
}

#[derive(Default)]
struct Collected {
    batches: Vec<Batch>,
    model_epochs: u64,
}

impl Sink for Collected {
    fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>> {
        self.batches.push(batch);
        Ok(ControlFlow::Continue(()))
    }
    fn progress(&mut self, model_epochs: u64) -> ControlFlow<()> {
        self.model_epochs += model_epochs;
        ControlFlow::Continue(())
    }
}

impl Collected {
    /// Returns the bits of every result in trial order, grouped by kind, so that they do not depend on the batches.
    fn bits(&self) -> Vec<u64> {
        let outcome = |o: &crate::engine::Outcome| {
            let score = o.train.map_or([0, 0], |s| [s.loss.to_bits(), u64::from(s.correct)]);
            [score[0], score[1], o.diverged.map_or(u64::MAX, u64::from)]
        };
        let numbers =
            |of: fn(&Batch) -> &[f64]| -> Vec<u64> { self.batches.iter().flat_map(of).map(|v| v.to_bits()).collect() };
        let outcomes = self.batches.iter().flat_map(|b| &b.outcomes).flat_map(outcome).collect();
        let losses = numbers(|b| &b.curves.train_loss);
        let initial = numbers(|b| &b.weights.as_ref().unwrap().initial);
        [outcomes, losses, initial, numbers(|b| &b.weights.as_ref().unwrap().last)].concat()
    }
}

/// Returns a job for models of this shape, trained by `train_spec` with all learning rates of the default sweep.
pub(super) fn family_job(
    shape: NetworkShape,
    train_spec: TrainSpec,
    rows: usize,
    models: u64,
    epochs: u32,
    mapping: &str,
) -> Job {
    let features = shape.features();
    let x = (0..features * rows).map(|i| f64::from(((i * 37 + 11) % 101) as f32 / 25.0)).collect();
    let train = Points { features, x, y: (0..rows).map(|n| n * 7 % 3 == 0).collect(), targets: None };
    let sweep = Sweep {
        models: Some(models),
        epochs,
        record_every: Some(2),
        curves: CurvesKept::All,
        save_weights: true,
        ..Sweep::default()
    };
    // One value for every other hyper-parameter: as many trials per seed as learning rates.
    let value = |hyperparameter: &Hyperparameter| match hyperparameter {
        Hyperparameter::Lr => sweep.lr.values().to_vec(),
        Hyperparameter::LrFirst | Hyperparameter::Clip | Hyperparameter::WeightDecay => vec![0.02],
        Hyperparameter::InitScale => vec![0.7],
        Hyperparameter::LabelSmoothing => vec![0.3],
        _ => vec![0.9],
    };
    let axes = train_spec.given.iter().map(|hyperparameter| (*hyperparameter, value(hyperparameter))).collect();
    let trials = Trials::grid(&sweep, axes, models).unwrap();
    let like = evaluation::job(&shape, &[], GpuMapping::Thread { workgroup: 64 }).data;
    let data = Dataset { train, ..(*like).clone() };
    Job {
        record: Record::of(&sweep, &trials, 0, 1.0),
        data: data.into(),
        shape,
        initial: InitialWeights::Drawn,
        train_spec,
        trials,
        epochs,
        mapping: Some(mapping.parse().unwrap()),
    }
}

pub(super) fn job(hidden: &[usize], rows: usize, models: u64, epochs: u32, mapping: &str) -> Job {
    family_job(NetworkShape::new(2, hidden).unwrap(), TrainSpec::plain(), rows, models, epochs, mapping)
}

fn train(engine: &mut GpuEngine, job: &Job) -> Collected {
    let mut collected = Collected::default();
    engine.train(job, 0..job.trials.len(), &mut collected).unwrap();
    collected
}

/// Trains `job` as it is, then in dispatches of one step (an epoch, or a tile within one) and in several batches:
/// results must agree bit for bit.
fn cuts_change_nothing(job: &Job) {
    let what = format!("{} {:?}", job.mapping_text(), job.train_spec);
    let mut engine = engine();
    let whole = train(&mut engine, job);
    assert_eq!((whole.batches.len(), whole.model_epochs), (1, job.trials.len() * u64::from(job.epochs)), "{what}");
    engine.device.limits.loop_iterations = job_iterations(job, &engine) as u32;
    engine.device.limits.storage_binding = 700;
    let cut = train(&mut engine, job);
    assert!(cut.batches.len() > 1, "{what}");
    assert_eq!(cut.model_epochs, whole.model_epochs, "{what}");
    assert_eq!(differing(&cut, &whole), 0, "{what}");
}

/// Returns how many of the results' numbers differ.
fn differing(one: &Collected, other: &Collected) -> usize {
    let (one, other) = (one.bits(), other.bits());
    assert_eq!(one.len(), other.len());
    one.iter().zip(&other).filter(|(a, b)| a != b).count()
}

#[test]
fn cuts_into_dispatches_and_batches_change_no_bit() {
    for (hidden, mapping) in [
        (&[3][..], "thread-64"),
        (&[3], "subgroup-4-64"),
        (&[3, 2], "workgroup-8-64"),
        (&[3, 5], "tiled-64-16"),
        (&[3], "streamed-64-16"),
        (&[], "tiled-32-4"),
        (&[], "streamed-32-4"),
    ] {
        // 37 points leave the last tile partly empty, 70 models the last workgroup.
        cuts_change_nothing(&job(hidden, 37, 70, 7, mapping));
    }
}

fn job_iterations(job: &Job, engine: &GpuEngine) -> u64 {
    let work = KernelSpec { shape: &job.shape, train_spec: &job.train_spec, rows: job.data.train.len() };
    own_mapping(job).unwrap().iterations(&work, &engine.device.limits)
}

#[test]
fn mappings_agree_within_rounding() {
    let mut engine = engine();
    let losses = MAPPINGS.map(|mapping| {
        let mut collected = train(&mut engine, &job(&[4, 3], 37, 9, 12, mapping));
        collected.batches.remove(0).curves.train_loss
    });
    for other in &losses[1..] {
        assert_eq!(other.len(), losses[0].len());
        // 37 points and 12 epochs in f32, summed in different orders: some ten rounding errors of 6e-8.
        assert!(other.iter().zip(&losses[0]).all(|(a, b)| (a - b).abs() <= 1e-6), "{other:?} {:?}", losses[0]);
    }
}

#[test]
fn a_mapping_beyond_the_device_is_refused_before_anything_runs() {
    let mut engine = engine();
    let error = engine.train(&job(&[16, 16], 9, 2, 1, "thread-64"), 0..2, &mut Collected::default()).unwrap_err();
    assert!(error.to_string().contains("up to 105 numbers"), "{error}");
    engine.device.limits.loop_iterations = 10;
    let error = engine.train(&job(&[1], 200, 2, 1, "thread-64"), 0..2, &mut Collected::default()).unwrap_err();
    assert!(error.to_string().contains("10 loop iterations"), "{error}");
}

#[test]
fn more_lanes_than_a_subgroup_has_are_refused() {
    let mut engine = engine();
    let device_limits::SubgroupSupport::Linear { least, .. } = engine.device.limits.subgroups else {
        panic!("the drivers that these tests know have subgroups: {:?}", engine.device.limits)
    };
    let job = job(&[1], 9, 2, 1, &format!("subgroup-{}-64", 2 * least));
    let error = engine.train(&job, 0..2, &mut Collected::default()).unwrap_err();
    assert!(error.to_string().contains(&format!("at most {least} lanes")), "{error}");
    engine.device.limits.subgroups = device_limits::SubgroupSupport::NotLinear;
    let error = engine.train(&job, 0..2, &mut Collected::default()).unwrap_err();
    assert!(error.to_string().contains("lanes are not in thread order"), "{error}");
}

/// Checked and unchecked kernels agree bit for bit in every mapping.
#[test]
fn checks_change_no_bit() {
    let [mut checked, mut plain] = [true, false].map(engine_checked);
    for mapping in MAPPINGS {
        let job = job(&[4, 3], 37, 70, 7, mapping);
        assert_eq!(differing(&train(&mut checked, &job), &train(&mut plain, &job)), 0, "{mapping}");
    }
}

/// Lanes of a subgroup and of a workgroup sum in the same order.
#[test]
fn subgroups_and_workgroups_give_the_same_bits() {
    let mut engine = engine();
    for lanes in [2, 4] {
        let [one, other] = ["subgroup", "workgroup"].map(|kind| {
            let job = job(&[4, 3], 37, 9, 12, &format!("{kind}-{lanes}-64"));
            train(&mut engine, &job)
        });
        assert_eq!(differing(&one, &other), 0, "{lanes} lanes");
    }
}

/// A driver that cuts off long loops reports nothing: the longest dispatches that the probe allows must give the
/// results of short ones.
#[test]
fn the_loop_limit_holds() {
    let batches = |order| TrainSpec { batches: BatchSpec { size: 1, order }, ..TrainSpec::plain() };
    let one_unit = || NetworkShape::new(2, &[1]).unwrap();
    // Epochs of few points spend most of their iterations on overhead, which an iteration bound may miss.
    let jobs = [
        family_job(one_unit(), TrainSpec::plain(), 200, 8, 1000, "thread-64"),
        family_job(one_unit(), TrainSpec::plain(), 1, 8, 20_000, "thread-64"),
        family_job(one_unit(), TrainSpec::plain(), 200, 8, 1000, "workgroup-8-64"),
        family_job(one_unit(), TrainSpec::plain(), 1, 2, 2000, "streamed-1-16"),
        family_job(one_unit(), TrainSpec::plain(), 1, 2, 2000, "tiled-1-4"),
        family_job(one_unit(), batches(RowOrder::Shared { seed: 1 }), 40, 8, 2000, "thread-64"),
        family_job(one_unit(), batches(RowOrder::PerSeed), 40, 8, 1000, "thread-64"),
        family_job(one_unit(), batches(RowOrder::PerSeed), 40, 8, 300, "workgroup-4-64"),
        family_job(one_unit(), batches(RowOrder::PerSeed), 40, 2, 100, "streamed-1-4"),
        family_job(one_unit(), batches(RowOrder::PerSeed), 40, 2, 100, "tiled-1-4"),
    ];
    // Several layers, optimizer state, clipping.
    let adam = TrainSpec {
        optimizer: Optimizer::Adam,
        given: vec![Hyperparameter::Lr, Hyperparameter::Clip],
        ..TrainSpec::plain()
    };
    let wide = ["subgroup-4-64", "tiled-8-8", "streamed-8-8"]
        .map(|mapping| family_job(NetworkShape::new(2, &[3, 2]).unwrap(), adam.clone(), 40, 4, 400, mapping));
    for mut job in jobs.into_iter().chain(wide) {
        // Without recorded epochs in between, dispatches soon grow to hundreds of steps.
        job.record.epochs = vec![0, job.epochs];
        let mut engine = engine();
        let long = train(&mut engine, &job);
        engine.device.limits.loop_iterations = 10 * job_iterations(&job, &engine) as u32;
        let wrong = differing(&train(&mut engine, &job), &long);
        assert_eq!(wrong, 0, "{} {:?}: wrong results of long dispatches", job.mapping_text(), job.train_spec);
    }
}

/// The device thread trains the next batch when the sink fails: it stops, and the sink's error is returned.
#[test]
fn an_error_of_the_sink_ends_the_training() {
    struct Full(u32);
    impl Sink for Full {
        fn accept(&mut self, _: Batch) -> Result<ControlFlow<()>> {
            self.0 += 1;
            Err(Error::Device("disk full".into()))
        }
        fn progress(&mut self, _: u64) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }
    let (mut engine, mut full) = (engine(), Full(0));
    engine.device.limits.storage_binding = 400;
    let error = engine.train(&job(&[1], 20, 500, 2, "thread-64"), 0..500, &mut full).unwrap_err();
    assert_eq!((error.to_string().contains("disk full"), full.0), (true, 1));
}

#[test]
fn the_sink_stops_the_training() {
    struct Stop(u32);
    impl Sink for Stop {
        fn accept(&mut self, _: Batch) -> Result<ControlFlow<()>> {
            self.0 += 1;
            Ok(ControlFlow::Break(()))
        }
        fn progress(&mut self, _: u64) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }
    let (mut engine, mut stop) = (engine(), Stop(0));
    engine.device.limits.storage_binding = 400;
    engine.train(&job(&[1], 20, 50, 2, "thread-64"), 0..50, &mut stop).unwrap();
    assert_eq!(stop.0, 1);
}
