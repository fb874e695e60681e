//! Tests of what only the GPU engine can get wrong: splits into dispatches and batches, mappings, probes. They run on
//! every kind of adapter; the suites common to all engines are in `tests/`.

use super::device::{DRIVER_HELP, adapters};
use super::*;
use crate::dataset::Dataset;
use crate::dataset::Targets;
use crate::engine::Batch;
use crate::engine::Engine;
use crate::math::{Loss, Optimizer};
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;
use crate::sweep::{BatchSpec, CurvesKept, Hyperparameter, RowOrder, Sweep};
use crate::sweep::{InitialWeights, Trials};
use std::ops::ControlFlow;

mod dispatches;
mod family;
mod functions;
mod mappings;

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
    let outputs = shape.outputs();
    let targets = match train_spec.loss {
        Loss::Softmax if outputs > 1 => {
            Targets::Classes { classes: outputs, labels: (0..rows).map(|n| (n * 7 % outputs) as u32).collect() }
        }
        Loss::Mse | Loss::Mae | Loss::Huber if outputs > 1 || train_spec.loss != Loss::Mse => {
            Targets::Real { outputs, values: (0..rows * outputs).map(|i| (i * 5 % 17) as f64 / 16.0).collect() }
        }
        _ => Targets::Binary((0..rows).map(|n| n * 7 % 3 == 0).collect()),
    };
    let train = Points { features, x, targets };
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

/// Returns how many of the results' numbers differ.
fn differing(one: &Collected, other: &Collected) -> usize {
    let (one, other) = (one.bits(), other.bits());
    assert_eq!(one.len(), other.len());
    one.iter().zip(&other).filter(|(a, b)| a != b).count()
}
