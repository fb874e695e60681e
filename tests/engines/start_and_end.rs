//! How trainings start, diverge and end.

use crate::common::{Random, job_of, reference, relative, train, worst};
use gpu_sweep::dataset::{Points, Targets};
use gpu_sweep::engine::{Batch, Engine, Job, Outcome, Record};
use gpu_sweep::math::init::{Init, Scheme};
use gpu_sweep::math::{Loss, Optimizer};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::statistics::{OutcomeClass, RowCounts};
use gpu_sweep::sweep::{
    Axis, BatchSpec, Choices, Hyperparameter, Hyperparameters, InitialWeights, Inputs, RowOrder, Sweep, TrainSpec,
    Trials,
};
use std::sync::Arc;
use strum::VariantArray;

/// Initial weights of every scheme, with and without per-trial scales.
pub fn every_scheme(engine: &mut dyn Engine) {
    let seeds = [0, 1, u64::from(u32::MAX) + 1, u64::MAX];
    let scales = [None, Some([1.0, 0.37, 0.0, 2.5])];
    for scheme in Scheme::VARIANTS {
        for (zero_biases, bias, scales) in
            [(false, true, scales[0]), (true, true, scales[1]), (false, false, scales[1])]
        {
            let shape = NetworkShape::new(5, &[7, 6]).unwrap();
            let shape = if bias { shape } else { shape.without_bias() };
            let init = Init { scheme: *scheme, zero_biases, scaling: Default::default() };
            let scale = |n: usize| scales.map_or(1.0, |scales| scales[n]);
            let trial = |n: usize| {
                let trial = Hyperparameters::lr(0.1);
                if scales.is_some() { trial.with(Hyperparameter::InitScale, scale(n)) } else { trial }
            };
            let trials = Trials::List((0..seeds.len()).map(|n| (trial(n), seeds[n])).collect());
            let train_spec = TrainSpec { init, ..TrainSpec::plain() };
            let job = job_of(engine, &shape, &train_spec, Random::new(31).points(3, 5), trials, 0);
            let weights = train(engine, &job).weights.unwrap();
            let expected = (0..seeds.len()).flat_map(|n| init.parameters(&shape, seeds[n], scale(n)));
            let expected: Vec<u64> = expected.map(|w| f64::from(w).to_bits()).collect();
            let bits = |values: &[f64]| values.iter().map(|w| w.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&weights.initial), expected, "{scheme}, zero biases: {zero_biases}, biases: {bias}");
            assert_eq!(bits(&weights.last), expected, "{scheme}, zero biases: {zero_biases}, biases: {bias}");
        }
    }
}

/// Asserts that the engine's trainings end as the reference's, with the same weights; returns the epochs of divergence.
fn assert_ends(engine: &mut dyn Engine, what: &str, job: impl Fn(&dyn Engine) -> Job) -> Vec<Option<u32>> {
    let (ours, exact) = (job(engine), job(&*reference()));
    let (ours, exact) = (train(engine, &ours), train(&mut *reference(), &exact));
    let known = |losses: &[f64]| losses.iter().map(|loss| loss.is_finite()).collect::<Vec<_>>();
    assert_eq!(known(&ours.curves.train_loss), known(&exact.curves.train_loss), "{what}");
    let end = |o: &Outcome| (o.diverged, o.train.is_some(), o.first_loss.is_some(), o.late_loss.is_some(), o.dead);
    let ends = |batch: &Batch| batch.outcomes.iter().map(end).collect::<Vec<_>>();
    assert_eq!(ends(&ours), ends(&exact), "{what}");
    let (last, exact_last) = (ours.weights.unwrap().last, exact.weights.unwrap().last);
    // A few dozen updates in f32 without cancellation.
    let error = worst(relative(&last, &exact_last));
    assert!(error <= 1e-5, "{what}: {last:?} {exact_last:?}");
    ours.outcomes.iter().map(|outcome| outcome.diverged).collect()
}

/// A logistic regression on four points in batches of two, in the row order `order`.
fn in_twos(
    engine: &dyn Engine,
    train_spec: &TrainSpec,
    x: [f64; 4],
    order: RowOrder,
    trials: Trials,
    epochs: u32,
) -> Job {
    let points = Points { features: 1, x: x.into(), targets: Targets::Binary(vec![true, true, false, true]) };
    let train_spec = TrainSpec { batches: BatchSpec { size: 2, order }, ..train_spec.clone() };
    job_of(engine, &NetworkShape::new(1, &[]).unwrap(), &train_spec, points, trials, epochs)
}

/// The first update puts a parameter beyond 1e30, for every optimizer: there is no second update.
pub fn huge_steps_of_every_optimizer(engine: &mut dyn Engine) {
    for optimizer in Optimizer::ALL {
        let train_spec = TrainSpec { optimizer: *optimizer, ..TrainSpec::plain() };
        let diverged = assert_ends(engine, &optimizer.to_string(), |engine| {
            let trials = Trials::pairs(vec![(1e32, 0), (0.01, 0), (1e36, 1)]);
            in_twos(engine, &train_spec, [1.0, -0.5, 2.0, 0.25], RowOrder::PerSeed, trials, 2)
        });
        assert_eq!(diverged, [Some(0), None, Some(0)], "{optimizer}");
    }
}

/// Weight decay at ten times its stable rate takes parameters from about 1 to 1e30 in some 30 updates, two per epoch.
pub fn late_divergence(engine: &mut dyn Engine) {
    let diverged = assert_ends(engine, "decay", |engine| {
        let trial = |n: u32| {
            let decay = 1.0 + f64::from(n) / 7.0;
            (Hyperparameters::lr(10.0).with(Hyperparameter::WeightDecay, decay), u64::from(n))
        };
        let trials = Trials::List((0..9).map(trial).collect());
        in_twos(engine, &TrainSpec::plain(), [1.0, -0.5, 2.0, 0.25], RowOrder::Shared { seed: 5 }, trials, 20)
    });
    let epochs: Vec<u32> = diverged.into_iter().map(Option::unwrap).collect();
    assert!(epochs.iter().all(|epoch| (8..18).contains(epoch)) && epochs[0] > epochs[8], "{epochs:?}");
}

/// The loss before the last tenth of the epochs, and whether a ReLU network ends dead, compared with the reference.
pub fn late_losses_and_silence(engine: &mut dyn Engine) {
    for (hidden, size) in [(vec![1], 40), (vec![1], 16), (vec![3, 2], 40), (vec![], 40)] {
        let batches = BatchSpec { size, order: RowOrder::Shared { seed: 3 } };
        let train_spec = TrainSpec { batches, ..TrainSpec::plain() };
        let job = |engine: &dyn Engine| {
            let trials = Trials::pairs((0..40).map(|seed| (0.05, seed)).collect());
            let mut points = Random::new(8).points(40, 2);
            // Points on one side of the origin, where half of the ReLU units start dead.
            points.x.iter_mut().for_each(|x| *x = 2.0 + 0.3 * *x);
            let job = job_of(engine, &NetworkShape::new(2, &hidden).unwrap(), &train_spec, points, trials, 25);
            // That epoch is recorded for nothing else.
            Job { record: Record { epochs: vec![25], ..Record::default() }, ..job }
        };
        let (ours, exact) = (job(engine), job(&*reference()));
        let (ours, exact) = (train(engine, &ours), train(&mut *reference(), &exact));
        let dead = |batch: &Batch| batch.outcomes.iter().map(|o| o.dead).collect::<Vec<_>>();
        let late = |batch: &Batch| batch.outcomes.iter().map(|o| o.late_loss.unwrap()).collect::<Vec<_>>();
        let first = |batch: &Batch| batch.outcomes.iter().map(|o| o.first_loss.unwrap()).collect::<Vec<_>>();
        let count = dead(&ours).iter().filter(|dead| **dead).count();
        assert!(dead(&ours) == dead(&exact), "{hidden:?}");
        assert!(if hidden == [1] { (1..40).contains(&count) } else { count < 20 }, "{hidden:?}: {count} dead");
        let error = worst(relative(&late(&ours), &late(&exact))).max(worst(relative(&first(&ours), &first(&exact))));
        assert!(error <= 1e-5, "{hidden:?}, batches of {size}: {error}");
        let last: Vec<f64> = ours.outcomes.iter().map(|o| o.train.unwrap().loss).collect();
        assert!(late(&ours).iter().zip(&last).any(|(late, last)| late > last), "nothing was learnt in the last tenth");
    }
}

/// Trainings with unbounded loss growth explode before they diverge, at the same epochs as the reference's.
pub fn explosions(engine: &mut dyn Engine) {
    let ends = |engine: &mut dyn Engine, epochs: u32| {
        let axis = Axis::parse("--lr", "1.2").unwrap();
        let (dataset, hidden) = (Choices::parse("", "moons").unwrap(), Choices::parse("", "2").unwrap());
        let sweep = Sweep { dataset, noise: 0.2, hidden, loss: Loss::Mse, lr: axis, epochs, ..Sweep::default() };
        let inputs = Inputs::load(&Sweep { seeds: Some(12), ..sweep }).unwrap();
        let (cell, models) = (&inputs.jobs[0], inputs.models());
        let mapping = engine.choose_mapping(cell, models).unwrap();
        let record = Record { epochs: vec![epochs], ..Record::default() };
        let batch = train(engine, &Job { record, ..cell.mapped(mapping) });
        let rows = RowCounts::of(&cell.data.train.labels());
        let class = |outcome: &Outcome| OutcomeClass::of(&outcome.ending(rows), rows.points, rows.majority(), 0.7);
        batch.outcomes.iter().map(|outcome| Some(class(outcome)).filter(|class| class.is_lost())).collect::<Vec<_>>()
    };
    let count = |found: &[Option<OutcomeClass>], class: OutcomeClass| {
        found.iter().filter(|found| **found == Some(class)).count()
    };
    let [few, many] = [100, 400].map(|epochs| ends(engine, epochs));
    assert_eq!([&few, &many], [100, 400].map(|epochs| ends(&mut *reference(), epochs)).each_ref());
    assert!(count(&few, OutcomeClass::Exploded) >= 6, "{few:?}");
    assert_eq!(count(&many, OutcomeClass::Diverged), 12, "{many:?}");
}

/// A gradient whose square overflows f32 is still clipped.
pub fn huge_gradients_are_clipped(engine: &mut dyn Engine) {
    let shape = NetworkShape::new(1, &[]).unwrap();
    let points = Points { features: 1, x: vec![1e25], targets: Targets::Binary(vec![false]) };
    let train_spec = TrainSpec { given: vec![Hyperparameter::Lr, Hyperparameter::Clip], ..TrainSpec::plain() };
    let trials = Trials::List(vec![(Hyperparameters::lr(0.5).with(Hyperparameter::Clip, 4.0), 0); 3]);
    let job =
        Job { initial: InitialWeights::Given(vec![0.0; 6]), ..job_of(engine, &shape, &train_spec, points, trials, 1) };
    for weights in train(engine, &job).weights.unwrap().last.chunks(2) {
        // The gradient's norm of 5e24 is clipped to 4; times the learning rate 0.5.
        assert!((weights[0] + 2.0).abs() <= 1e-6 && weights[1].abs() <= 1e-20, "{weights:?}");
    }
}

/// A non-finite logit in one of two batches: updates of earlier batches are kept.
pub fn bad_logit_in_a_batch(engine: &mut dyn Engine) {
    let given = RowOrder::Given(Arc::new(vec![3, 1, 0, 2]));
    for (name, order) in [("given", given), ("shared", RowOrder::Shared { seed: 2 }), ("per seed", RowOrder::PerSeed)] {
        let diverged = assert_ends(engine, name, |engine| {
            let trials = Trials::pairs((0..12).map(|seed| (0.1, seed)).collect());
            let job = in_twos(engine, &TrainSpec::plain(), [0.0, 0.0, 1e300, 0.0], order.clone(), trials, 1);
            Job { initial: InitialWeights::Given([1e30, 0.5].repeat(12)), ..job }
        });
        assert_eq!(diverged, [Some(0); 12], "{name}");
    }
}
