//! Workloads of the benches.

use gpu_sweep::dataset::{Dataset, Points, Targets};
use gpu_sweep::engine::{Engine, InMemorySink, Job, Record};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::sweep::{InitialWeights, TrainSpec, Trials};
use std::sync::Arc;

pub const POINTS: usize = 200;

/// The networks to train, their number and epochs.
#[derive(Debug, Clone)]
pub struct Work {
    pub shape: NetworkShape,
    pub train_spec: TrainSpec,
    pub models: u64,
    pub epochs: u32,
    /// Epochs between recorded losses; 0: only the final loss.
    pub record_every: u32,
}

impl Work {
    pub fn new(features: usize, hidden: &[usize], models: u64, epochs: u32) -> Self {
        let shape = NetworkShape::new(features, hidden).expect("shapes here are sound");
        Self { shape, train_spec: TrainSpec::plain(), models, epochs, record_every: 0 }
    }

    /// Sample-steps of one training of all models: models × epochs × points.
    pub fn sample_steps(&self) -> u64 {
        self.models * u64::from(self.epochs) * POINTS as u64
    }

    /// Trains all models.
    pub fn run(&self, engine: &mut dyn Engine, job: &Job) {
        let trained = InMemorySink::train(engine, job, 0..self.models).expect("nothing here is refused");
        let diverged = trained.outcomes.iter().any(|outcome| outcome.diverged.is_some());
        assert!(!diverged, "a model that diverges is trained for fewer epochs");
    }

    /// The job with the mapping that `engine` chooses.
    pub fn job(&self, engine: &dyn Engine) -> Job {
        let job = self.unmapped();
        job.mapped(engine.choose_mapping(&job, self.models).expect("every shape has one"))
    }

    /// The job before a mapping is chosen.
    pub fn unmapped(&self) -> Job {
        let (shape, train_spec) = (self.shape.clone(), self.train_spec.clone());
        let lr = |model: u64| 0.001 + 0.1 * (model % 40) as f64 / 40.0;
        let recorded = match self.record_every {
            0 => vec![self.epochs],
            every => (0..=self.epochs).filter(|epoch| epoch % every == 0).collect(),
        };
        Job {
            data: Arc::new(points(shape.features())),
            trials: Trials::pairs((0..self.models).map(|model| (lr(model), model / 40)).collect()),
            initial: InitialWeights::Drawn,
            record: Record { epochs: recorded, curves_below: self.models, ..Record::default() },
            epochs: self.epochs,
            shape,
            train_spec,
            mapping: None,
        }
    }
}

/// Two overlapping classes, always the same.
fn points(features: usize) -> Dataset {
    let x = (0..POINTS * features).map(|i| ((i * 7919 + 13) % 1009) as f64 / 250.0 - 2.0).collect();
    let train = Points { features, x, targets: Targets::Binary((0..POINTS).map(|n| n * 7 % 3 == 0).collect()) };
    Dataset::of("bench", train)
}
