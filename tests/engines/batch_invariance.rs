//! A trial gives the same bits alone, in a batch, in a split batch, with any recording, and from a grid or a list: for
//! every optimizer and every row order.

use crate::common::{Random, job_of, train};
use crate::model_bits;
use crate::random_case::{given_order, trial};
use gpu_sweep::engine::{Batch, Engine, InMemorySink, Job, Record};
use gpu_sweep::math::loss_bins::{BINS, MISSING};
use gpu_sweep::math::{Activation, Loss, Optimizer};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::statistics::LossCounts;
use gpu_sweep::sweep::{
    BatchSpec, GridAxis, Hyperparameter, RowOrder, Schedule, ScheduleKind, Sweep, TrainSpec, Trials,
};

const ROWS: usize = 21;
const EPOCHS: u32 = 3;
const MODELS: usize = 40;

/// Loss histograms match the curves, for models with and without saved curves, also after a divergence and however
/// trials are split into batches.
pub fn histograms(engine: &mut dyn Engine) {
    let points = Random::new(21).points(70, 2);
    let lrs = [0.01, 0.1, 1e35];
    for batches in [BatchSpec::FULL, BatchSpec { size: 16, order: RowOrder::Shared { seed: 1 } }] {
        let train_spec = TrainSpec { batches, ..TrainSpec::plain() };
        let sweep = Sweep { models: Some(100), ..Sweep::default() };
        let trials = Trials::grid(&sweep, vec![(Hyperparameter::Lr, lrs.to_vec())], 100).unwrap();
        let all = job_of(engine, &NetworkShape::new(2, &[3]).unwrap(), &train_spec, points.clone(), trials, 6);
        let curves = train(engine, &all).curves.train_loss;
        let record = Record { epochs: vec![0, 2, 6], curves_below: 7, histograms: true, ..Record::default() };
        let counted = train(engine, &Job { record, ..all }).losses.unwrap();
        let mut expected = LossCounts::new(3, 3);
        for model in 0..100 {
            for (slot, epoch) in [0, 2, 6].into_iter().enumerate() {
                expected.add(model % 3, slot, curves[7 * model + epoch]);
            }
        }
        assert_eq!(counted, expected);
        assert_eq!(counted.of(2)[2 * BINS as usize + MISSING as usize], 33, "all diverged");
        assert_eq!(counted.models.iter().sum::<u32>(), 300);
    }
}

/// Jobs with every optimizer and all of its hyper-parameters, full-batch and in batches of 8 rows in each row order;
/// activation, loss and bias vary along.
fn jobs(engine: &dyn Engine) -> Vec<(String, Job)> {
    let mut random = Random::new(21);
    let mut jobs = Vec::new();
    for optimizer in Optimizer::ALL {
        let given = given_order(&mut random, EPOCHS, ROWS);
        let orders = [("all at once", None), ("shared", Some(RowOrder::Shared { seed: 3 }))];
        for (name, order) in orders.into_iter().chain([("per seed", Some(RowOrder::PerSeed)), ("given", Some(given))]) {
            let used = |hyperparameter: &Hyperparameter| hyperparameter.optimizers().contains(optimizer);
            let train_spec = TrainSpec {
                activation: Activation::ALL[jobs.len() % Activation::ALL.len()],
                loss: if jobs.len() % 3 == 0 { Loss::Mse } else { Loss::Bce },
                optimizer: *optimizer,
                schedule: Schedule::new(ScheduleKind::Cosine, EPOCHS, None, None, None).unwrap(),
                batches: order.map_or(BatchSpec::FULL, |order| BatchSpec { size: 8, order }),
                given: Hyperparameter::ALL.into_iter().filter(used).collect(),
                ..TrainSpec::plain()
            };
            let shape = NetworkShape::new(3, &[4, 2]).unwrap();
            let shape = if jobs.len() % 5 == 0 { shape.without_bias() } else { shape };
            let trials = Trials::List((0..MODELS).map(|_| trial(&mut random, &train_spec, 3)).collect());
            let points = random.points(ROWS, 3);
            let job = job_of(engine, &shape, &train_spec, points, trials, EPOCHS);
            jobs.push((format!("{optimizer}, {name}"), job));
        }
    }
    assert_eq!(jobs.len(), 4 * Optimizer::ALL.len());
    jobs
}

fn bits(job: &Job, batch: &Batch) -> Vec<String> {
    (0..batch.outcomes.len()).map(|model| model_bits(job, batch, model)).collect()
}

pub fn every_train_spec_solo_and_cut(engine: &mut dyn Engine) {
    for (name, job) in jobs(engine) {
        let batch = bits(&job, &train(engine, &job));
        // Models must differ for the comparison to mean anything.
        assert!((1..MODELS).all(|model| batch[model] != batch[0]), "{name}");
        for model in [0, 7, 8, 31, 39] {
            let solo = InMemorySink::train(engine, &job, model..model + 1).unwrap();
            assert_eq!(bits(&job, &solo), [batch[model as usize].clone()], "{name}: model {model}");
        }
        let mut cut = InMemorySink::default();
        for range in [0..1, 1..18, 18..18, 18..40] {
            engine.train(&job, range, &mut cut).unwrap();
        }
        assert_eq!(bits(&job, &cut.batch.unwrap()), batch, "{name}, cut");
    }
}

/// Recording does not change training.
pub fn every_train_spec_recorded(engine: &mut dyn Engine) {
    for (name, job) in jobs(engine) {
        let dense = train(engine, &job);
        let record = Record { epochs: vec![1, EPOCHS], curves_below: 9, weights: true, ..Record::default() };
        let sparse = train(engine, &Job { record, ..job });
        assert_eq!((&dense.weights, &dense.outcomes), (&sparse.weights, &sparse.outcomes), "{name}");
        let thinned = (0..9).flat_map(|model| [1, 3].map(|epoch| dense.curves.train_loss[model * 4 + epoch]));
        assert_eq!(sparse.curves.train_loss, thinned.collect::<Vec<_>>(), "{name}");
    }
}

/// A grid over every hyper-parameter of an optimizer equals the list of its combinations.
pub fn axes_are_lists(engine: &mut dyn Engine) {
    for optimizer in Optimizer::ALL {
        let axis = |hyperparameter: Hyperparameter| -> Option<GridAxis> {
            let values = match hyperparameter {
                Hyperparameter::Lr => vec![0.01, 0.03],
                Hyperparameter::LrFirst => vec![0.002],
                Hyperparameter::Momentum => vec![0.5, 0.9],
                Hyperparameter::WeightDecay => vec![0.0, 0.1],
                Hyperparameter::InitScale => vec![1.0, 0.5, 2.0],
                Hyperparameter::Beta1 => vec![0.5, 0.9],
                Hyperparameter::Beta2 => vec![0.999, 0.9],
                Hyperparameter::Alpha => vec![0.9, 0.99],
                Hyperparameter::Epsilon => vec![1e-8, 1e-3],
                Hyperparameter::Clip => vec![0.1],
                other => vec![other.moderate(0.2)],
            };
            hyperparameter.optimizers().contains(optimizer).then_some((hyperparameter, values))
        };
        let axes: Vec<GridAxis> = Hyperparameter::ALL.into_iter().filter_map(axis).collect();
        let grid = |count| Trials::Grid { axes: axes.clone(), first_seed: 4, independent_seeds: false, count };
        let combinations = grid(1).combinations();
        // All combinations for one seed and half of them for the next.
        let trials = grid(combinations + combinations / 2);
        let listed = (0..trials.len()).map(|n| trials.get(n)).map(|trial| (trial.hyperparameters, trial.seed));
        let listed = Trials::List(listed.collect());
        let train_spec = TrainSpec { optimizer: *optimizer, activation: Activation::Tanh, ..TrainSpec::plain() };
        let shape = NetworkShape::new(2, &[3]).unwrap();
        let mut train_all = |trials| {
            let job = job_of(engine, &shape, &train_spec, Random::new(22).points(ROWS, 2), trials, EPOCHS);
            let batch = train(engine, &job);
            bits(&job, &batch)
        };
        let (grid, list) = (train_all(trials), train_all(listed));
        assert_eq!(grid.len() as u64, combinations + combinations / 2);
        assert_eq!(grid, list, "{optimizer}");
        // Every combination trains differently; Lion's steps depend on its averages by their signs alone, which few
        // epochs hardly change.
        let distinct: std::collections::HashSet<_> = grid.iter().collect();
        let expected = if *optimizer == Optimizer::Lion { 8 } else { grid.len() };
        assert!(distinct.len() >= expected, "{optimizer}: {} of {}", distinct.len(), grid.len());
    }
}
