//! Random jobs (shape, train spec, data, trials), so that all features are combined.

use crate::common::{Random, dataset, job_of};
use gpu_sweep::dataset::{Points, Targets};
use gpu_sweep::engine::{Engine, Job};
use gpu_sweep::math::init::{Init, Scheme};
use gpu_sweep::math::{Activation, Loss, Optimizer, WeightScaling};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::sweep::{
    BatchSpec, Hyperparameter, Hyperparameters, InitialWeights, RowOrder, Schedule, ScheduleKind, TrainSpec, Trial,
    Trials,
};
use std::sync::Arc;
use strum::VariantArray;

/// Upper bounds on the size of a random job.
pub struct Size {
    pub rows: usize,
    pub models: usize,
    pub epochs: u32,
    pub widest: usize,
    pub features: usize,
}

pub struct RandomCase {
    pub shape: NetworkShape,
    pub train_spec: TrainSpec,
    pub points: Points,
    pub trials: Vec<(Hyperparameters, u64)>,
    pub epochs: u32,
}

fn one_of<T: Clone>(random: &mut Random, all: &[T]) -> T {
    all[random.between(0, all.len() - 1)].clone()
}

/// Random row orders for every epoch.
pub fn given_order(random: &mut Random, epochs: u32, rows: usize) -> RowOrder {
    let mut epoch = || {
        let mut order: Vec<u32> = (0..rows as u32).collect();
        (1..rows).for_each(|n| order.swap(n, random.between(0, n)));
        order
    };
    RowOrder::Given(Arc::new((0..epochs).flat_map(|_| epoch()).collect()))
}

/// A learning rate at which nearly every training is stable. Optimizers that divide by the gradient's size take steps
/// of the size of the learning rate, up to ten times that with momentum; other steps grow with the features, and
/// squared error is unbounded.
fn calm_rate(random: &mut Random, train_spec: &TrainSpec, features: usize) -> f64 {
    let divides = train_spec.optimizer.reads().contains(&"epsilon");
    let largest = if divides { 0.01 } else { 0.2 / (1.0 + features as f64 / 2.0) };
    let least = |factor: f64, applies: bool| if applies { factor } else { 1.0 };
    let momentum = least(0.2, train_spec.optimizer.reads().contains(&"momentum"));
    let squared = least(0.25, train_spec.loss == Loss::Mse && !divides);
    largest * momentum * squared * (0.1 + 0.9 * random.unit())
}

/// A random value of a hyper-parameter.
pub fn value(random: &mut Random, hyperparameter: Hyperparameter, train_spec: &TrainSpec, features: usize) -> f64 {
    let unit = random.unit();
    match hyperparameter {
        Hyperparameter::Lr | Hyperparameter::LrFirst => calm_rate(random, train_spec, features),
        Hyperparameter::Momentum => 0.9 * unit,
        Hyperparameter::WeightDecay => 0.2 * unit,
        // Wide layers with weights up to 1 and more would give logits of hundreds.
        Hyperparameter::InitScale if matches!(train_spec.init.scheme, Scheme::Normal | Scheme::Uniform) => {
            0.1 + 0.2 * unit
        }
        Hyperparameter::InitScale => 0.25 + unit,
        Hyperparameter::Beta1 => 0.95 * unit,
        Hyperparameter::Beta2 => 0.9 + 0.0999 * unit,
        Hyperparameter::Alpha => 0.8 + 0.199 * unit,
        Hyperparameter::Epsilon => 10f64.powf(-8.0 + 6.0 * unit),
        Hyperparameter::Clip => 0.02 + unit,
        Hyperparameter::OffsetA | Hyperparameter::OffsetB => unit - 0.5,
        Hyperparameter::LabelSmoothing => 0.6 * unit,
    }
}

fn train_spec(random: &mut Random, rows: usize, epochs: u32) -> TrainSpec {
    let order = match random.between(0, 2) {
        0 => RowOrder::Shared { seed: random.between(0, 1000) as u64 },
        1 => RowOrder::PerSeed,
        _ => given_order(random, epochs, rows),
    };
    let size = match random.between(0, 5) {
        0 | 1 => usize::MAX,
        2 => rows.div_ceil(2),
        3 => rows,
        _ => random.between(1, 8),
    };
    let kind = one_of(random, ScheduleKind::VARIANTS);
    let schedule = Schedule::new(kind, epochs, None, None, Some(epochs / 3)).unwrap();
    TrainSpec {
        activation: one_of(random, Activation::ALL),
        loss: one_of(random, &[Loss::Bce, Loss::Mse, Loss::Hinge]),
        optimizer: one_of(random, Optimizer::ALL),
        init: Init {
            scheme: one_of(random, Scheme::VARIANTS),
            zero_biases: random.between(0, 2) == 0,
            scaling: WeightScaling::Standard,
        },
        schedule,
        batches: BatchSpec { size, order },
        given: Vec::new(),
        class_weights: None,
        loss_params: None,
    }
}

/// Gives some of the cases several classes or numbers as targets instead, with a loss for these.
fn with_targets(random: &mut Random, shape: NetworkShape, points: Points, loss: Loss) -> (NetworkShape, Points, Loss) {
    let rows = points.len();
    let (targets, loss) = match random.between(0, 3) {
        0 => {
            let classes = random.between(2, 9);
            let labels = (0..rows).map(|_| random.between(0, classes - 1) as u32).collect();
            (Targets::Classes { classes, labels }, Loss::Softmax)
        }
        1 => {
            let outputs = random.between(1, 5);
            let values = (0..rows * outputs).map(|_| 4.0 * random.unit() - 2.0).collect();
            (Targets::Real { outputs, values }, one_of(random, &[Loss::Mse, Loss::Mae, Loss::Huber]))
        }
        _ => (points.targets, loss),
    };
    (shape.with_outputs(targets.outputs()), Points { targets, ..points }, loss)
}

impl RandomCase {
    pub fn random(seed: u64, size: &Size) -> Self {
        let mut random = Random::new(seed);
        let random = &mut random;
        let shape = random.shape(size.widest, size.features);
        let shape = if random.between(0, 3) == 0 { shape.without_bias() } else { shape };
        let (rows, models) = (random.between(2, size.rows), random.between(1, size.models));
        let mut train_spec = train_spec(random, rows, size.epochs);
        // Settings added later have their own generator, so that existing random jobs do not change.
        let later = &mut Random::new(seed ^ 0x5EED);
        train_spec.init.scaling =
            one_of(later, &[WeightScaling::Standard, WeightScaling::Standard, WeightScaling::MeanField]);
        let chosen = |hyperparameter: &Hyperparameter| match hyperparameter {
            Hyperparameter::Lr => true,
            Hyperparameter::InitScale if matches!(train_spec.init.scheme, Scheme::Normal | Scheme::Uniform) => true,
            Hyperparameter::OffsetA | Hyperparameter::OffsetB => later.between(0, 3) == 0,
            Hyperparameter::LabelSmoothing => later.between(0, 2) == 0,
            _ => hyperparameter.optimizers().contains(&train_spec.optimizer) && random.between(0, 2) == 0,
        };
        train_spec.given = Hyperparameter::ALL.into_iter().filter(chosen).collect();
        let trials = (0..models).map(|_| trial(random, &train_spec, shape.features())).collect();
        let points = random.points(rows, shape.features());
        let (shape, points, loss) = with_targets(&mut Random::new(seed ^ 0x7A26E7), shape, points, train_spec.loss);
        let train_spec = TrainSpec { loss, ..train_spec };
        Self { shape, train_spec, points, trials, epochs: size.epochs }
    }

    pub fn job(&self, engine: &dyn Engine) -> Job {
        let trials = Trials::List(self.trials.clone());
        job_of(engine, &self.shape, &self.train_spec, self.points.clone(), trials, self.epochs)
    }

    /// The same job with every initial weight and feature perturbed by up to `step`, relative.
    pub fn shaken(&self, engine: &dyn Engine, step: f64) -> Job {
        let mut random = Random::new(12);
        let mut shake = |x: f64| x * (1.0 + step * (2.0 * random.unit() - 1.0));
        let drawn = |(hyperparameters, seed): &(Hyperparameters, u64)| {
            self.train_spec.initial(&self.shape, &Trial { index: 0, hyperparameters: *hyperparameters, seed: *seed })
        };
        let initial = self.trials.iter().flat_map(drawn).map(|w| shake(f64::from(w))).collect();
        let mut points = self.points.clone();
        points.x.iter_mut().for_each(|x| *x = shake(*x));
        Job { initial: InitialWeights::Given(initial), data: dataset(points, None), ..self.job(engine) }
    }
}

/// A trial with a value for each hyper-parameter of the train spec.
pub fn trial(random: &mut Random, train_spec: &TrainSpec, features: usize) -> (Hyperparameters, u64) {
    let with = |trial: Hyperparameters, hyperparameter: &Hyperparameter| {
        trial.with(*hyperparameter, value(random, *hyperparameter, train_spec, features))
    };
    let trial = train_spec.given.iter().fold(Hyperparameters::default(), with);
    (trial, random.between(0, 1000) as u64)
}

impl std::fmt::Display for RandomCase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let TrainSpec { activation, loss, optimizer, init, schedule, batches, given, .. } = &self.train_spec;
        let order = match &batches.order {
            RowOrder::Given(_) => "given",
            RowOrder::PerSeed => "per seed",
            RowOrder::Shared { .. } => "shared",
        };
        let (rows, size, scheme) = (self.points.len(), batches.size.min(self.points.len()), init.scheme);
        let biases = if !self.shape.bias() {
            "none"
        } else if init.zero_biases {
            "zeros"
        } else {
            "torch"
        };
        write!(f, "{} {activation} {loss} {optimizer}, {scheme}, biases {biases}, {}, ", self.shape, schedule.kind)?;
        let targets = match self.points.targets {
            Targets::Binary(_) | Targets::Thresholded(_) => "two classes",
            Targets::Classes { .. } => "classes",
            Targets::Real { .. } => "numbers",
        };
        write!(f, "{size} of {rows} rows of {targets} in {order} order, {given:?}, {} models", self.trials.len())
    }
}
