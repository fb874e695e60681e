//! The contract of every engine, tested on each: the same bits alone and in a batch, divergence as a result, recording.

mod batch_invariance;
mod extreme_numbers;
mod maps;
mod random_case;
mod random_specs;
mod scores;
mod smoothing;
mod start_and_end;

#[path = "../common/mod.rs"]
mod common;

use batch_invariance::{axes_are_lists, every_train_spec_recorded, every_train_spec_solo_and_cut, histograms};
use common::{Random, is_reference, job, reference, relative, train, worst};
use extreme_numbers::{constant_features, features_of_1e30, one_point, rates_of_1e30, rates_of_nothing, twin_points};
use gpu_sweep::analysis::verify::verify;
use gpu_sweep::dataset::{Points, Targets};
use gpu_sweep::engine::{Batch, Engine, EngineKind, InMemorySink, Job, Mapping, Sink};
use gpu_sweep::math::init::Init;
use gpu_sweep::model::NetworkShape;
use gpu_sweep::sweep::{BatchSpec, Hyperparameter, InitialWeights, RowOrder, TrainSpec, Trials};
use maps::{convergence, errors_of_numbers, mean_field, moved_starts};
use random_specs::random_cases;
use scores::{curves, rankings, scores_are_evaluated};
use smoothing::{smoothed_losses_are_pytorchs, smoothed_trainings_are_the_references};
use start_and_end::{
    bad_logit_in_a_batch, every_scheme, explosions, huge_gradients_are_clipped, huge_steps_of_every_optimizer,
    late_divergence, late_losses_and_silence,
};
use std::mem::discriminant;
use std::ops::ControlFlow;

engine_suite!(reference: histograms, initial_weights, solo_is_in_a_batch, cuts_change_nothing, neighbours, huge_steps,
    bad_logits, curves, scores_are_evaluated, rankings, stopping, progress, mappings, random_cases, axes_are_lists,
    every_train_spec_recorded, every_train_spec_solo_and_cut, bad_logit_in_a_batch, every_scheme,
    huge_gradients_are_clipped, huge_steps_of_every_optimizer, late_divergence, late_losses_and_silence, explosions,
    constant_features, features_of_1e30, one_point, rates_of_1e30, rates_of_nothing, twin_points, mean_field,
    moved_starts, errors_of_numbers, convergence, smoothed_losses_are_pytorchs, smoothed_trainings_are_the_references);
engine_suite!(cpu: histograms, initial_weights, solo_is_in_a_batch, cuts_change_nothing, neighbours, huge_steps,
    bad_logits, curves, scores_are_evaluated, rankings, stopping, progress, mappings, random_shapes, many_points,
    random_cases, axes_are_lists, every_train_spec_recorded, every_train_spec_solo_and_cut, bad_logit_in_a_batch,
    every_scheme, huge_gradients_are_clipped, huge_steps_of_every_optimizer, late_divergence, late_losses_and_silence,
    explosions, constant_features, features_of_1e30, one_point, rates_of_1e30, rates_of_nothing, twin_points,
    mean_field, moved_starts, errors_of_numbers, convergence, smoothed_losses_are_pytorchs,
    smoothed_trainings_are_the_references);
engine_suite!(gpu: histograms, initial_weights, solo_is_in_a_batch, cuts_change_nothing, neighbours, huge_steps,
    bad_logits, curves, scores_are_evaluated, rankings, stopping, progress, mappings, random_shapes, many_points,
    verified, random_cases, axes_are_lists, every_train_spec_recorded, every_train_spec_solo_and_cut,
    bad_logit_in_a_batch, every_scheme, huge_gradients_are_clipped, huge_steps_of_every_optimizer, late_divergence,
    late_losses_and_silence, explosions, constant_features, features_of_1e30, one_point, rates_of_1e30,
    rates_of_nothing, twin_points, mean_field, moved_starts, errors_of_numbers, convergence,
    smoothed_losses_are_pytorchs, smoothed_trainings_are_the_references);
// The other mappings: all tests that depend on the mapping, and a part of those that depend on the train spec.
engine_suite!(gpu_subgroup: solo_is_in_a_batch, cuts_change_nothing, neighbours, huge_steps, bad_logits, curves,
    scores_are_evaluated, rankings, progress, random_shapes, late_divergence, late_losses_and_silence, explosions,
    random_cases, rates_of_1e30, features_of_1e30, one_point, mean_field, convergence, smoothed_losses_are_pytorchs,
    smoothed_trainings_are_the_references);
engine_suite!(gpu_workgroup: solo_is_in_a_batch, cuts_change_nothing, neighbours, huge_steps, bad_logits, curves,
    scores_are_evaluated, rankings, progress, random_shapes, late_divergence, late_losses_and_silence, explosions,
    huge_gradients_are_clipped, random_cases, rates_of_1e30, features_of_1e30, one_point, smoothed_losses_are_pytorchs,
    smoothed_trainings_are_the_references);
engine_suite!(gpu_tiled: solo_is_in_a_batch, cuts_change_nothing, neighbours, huge_steps, bad_logits, curves,
    scores_are_evaluated, rankings, progress, random_shapes, late_divergence, late_losses_and_silence, explosions,
    every_train_spec_solo_and_cut, huge_steps_of_every_optimizer, huge_gradients_are_clipped, random_cases,
    rates_of_1e30, features_of_1e30, one_point, mean_field, moved_starts, errors_of_numbers, convergence,
    smoothed_losses_are_pytorchs, smoothed_trainings_are_the_references);
engine_suite!(gpu_streamed: histograms, solo_is_in_a_batch, cuts_change_nothing, neighbours, huge_steps, bad_logits,
    curves, scores_are_evaluated, rankings, progress, random_shapes, late_divergence, late_losses_and_silence,
    explosions, initial_weights, random_cases, every_scheme, bad_logit_in_a_batch, huge_gradients_are_clipped,
    rates_of_1e30, features_of_1e30, one_point, mean_field, convergence, smoothed_losses_are_pytorchs,
    smoothed_trainings_are_the_references);

fn shape(features: usize, hidden: &[usize]) -> NetworkShape {
    NetworkShape::new(features, hidden).unwrap()
}

/// Outcome, curve and final weights of one model, to the bit.
fn model_bits(job: &Job, batch: &Batch, model: usize) -> String {
    let (epochs, parameters) = (job.record.epochs.len(), job.shape.parameters());
    let curve = &batch.curves.train_loss[model * epochs..][..epochs];
    let last = &batch.weights.as_ref().unwrap().last[model * parameters..][..parameters];
    let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    format!("{:?} {:?} {:?}", batch.outcomes[model], bits(curve), bits(last))
}

/// `n` trials with different seeds.
fn trials(n: usize) -> Vec<(f64, u64)> {
    (0..n).map(|i| (0.01 * (1 + i % 7) as f64, 5 + i as u64)).collect()
}

fn initial_weights(engine: &mut dyn Engine) {
    let shape = shape(30, &[7, 64]);
    let seeds = [0, 1, u64::from(u32::MAX) + 1, u64::MAX];
    let job = job(engine, &shape, Random::new(1).points(3, 30), seeds.map(|seed| (0.1, seed)).into(), 0);
    let weights = train(engine, &job).weights.unwrap();
    let expected =
        seeds.iter().flat_map(|seed| Init::TORCH.parameters(&shape, *seed, 1.0)).map(f64::from).collect::<Vec<_>>();
    assert_eq!(weights.initial, expected);
    assert_eq!(weights.last, expected);
}

fn solo_is_in_a_batch(engine: &mut dyn Engine) {
    let job = job(engine, &shape(2, &[3]), Random::new(2).points(70, 2), trials(1000), 5);
    let batch = train(engine, &job);
    for model in [0, 1, 7, 8, 15, 31, 63, 500, 998, 999] {
        let solo = InMemorySink::train(engine, &job, model..model + 1).unwrap();
        assert_eq!((solo.first, solo.outcomes.len()), (model, 1));
        assert_eq!(model_bits(&job, &solo, 0), model_bits(&job, &batch, model as usize), "model {model}");
    }
}

fn cuts_change_nothing(engine: &mut dyn Engine) {
    let job = job(engine, &shape(3, &[4, 5]), Random::new(3).points(65, 3), trials(50), 4);
    let whole = train(engine, &job);
    let mut cut = InMemorySink::default();
    for range in [0..1, 1..18, 18..18, 18..50] {
        engine.train(&job, range, &mut cut).unwrap();
    }
    assert_eq!(cut.batch.unwrap(), whole);
}

fn neighbours(engine: &mut dyn Engine) {
    let (calm, mut wild) = (trials(40), trials(40));
    wild.iter_mut().step_by(3).for_each(|(lr, _)| *lr = 1e35);
    let points = Random::new(4).points(50, 2);
    let job = job(engine, &shape(2, &[3, 2]), points, calm, 10);
    let wild_job = Job { trials: Trials::pairs(wild), ..job.clone() };
    let (calm, wild) = (train(engine, &job), train(engine, &wild_job));
    for model in 0..40 {
        if model % 3 == 0 {
            assert_eq!((wild.outcomes[model].train, wild.outcomes[model].diverged), (None, Some(0)));
        } else {
            assert_eq!(model_bits(&job, &wild, model), model_bits(&job, &calm, model), "model {model}");
        }
    }
}

/// An update puts a parameter beyond 1e30: the loss before it is recorded, nothing after it.
fn huge_steps(engine: &mut dyn Engine) {
    let points = Random::new(5).points(20, 2);
    let job = job(engine, &shape(2, &[]), points, vec![(1e32, 0), (0.1, 0), (1e37, 1)], 3);
    let batch = train(engine, &job);
    let diverged: Vec<_> = batch.outcomes.iter().map(|o| (o.diverged, o.train.is_some())).collect();
    assert_eq!(diverged, [(Some(0), false), (None, true), (Some(0), false)]);
    let known: Vec<bool> = batch.curves.train_loss.iter().map(|loss| loss.is_finite()).collect();
    assert_eq!(known, [[true, false, false, false], [true; 4], [true, false, false, false]].concat());
    let accuracy = batch.curves.train_accuracy.unwrap();
    assert_eq!(accuracy.iter().map(|a| a.is_finite()).collect::<Vec<_>>(), known);
    let last = batch.weights.unwrap().last;
    // The weights at divergence: gradients of about 0.1 to 1 times the learning rate, not moved further.
    assert!(worst(last[..3].iter().map(|w| w.abs())) > 1e30 && worst(last[6..].iter().map(|w| w.abs())) < 1e38);
}

/// A non-finite logit in the first epoch or, with 0 epochs, at the end. The weights stay at their initial values.
fn bad_logits(engine: &mut dyn Engine) {
    let points = Points { features: 1, x: vec![1.0, 1e300], targets: Targets::Binary(vec![true, false]) };
    let given = vec![1e30, 0.0, -1e30, 0.0];
    for epochs in [0, 2] {
        let job = job(engine, &shape(1, &[]), points.clone(), vec![(0.1, 0); 2], epochs);
        let job = Job { initial: InitialWeights::Given(given.clone()), ..job };
        let batch = train(engine, &job);
        for outcome in &batch.outcomes {
            assert_eq!((outcome.train, outcome.diverged), (None, Some(0)));
        }
        let weights = batch.weights.unwrap();
        assert_eq!(weights.last, weights.initial);
        // A logit of -inf is right for label 0, so the second model's loss would be finite.
        assert!(batch.curves.train_loss.iter().all(|loss| loss.is_nan()), "{:?}", batch.curves.train_loss);
        let batches = BatchSpec { size: 1, order: RowOrder::Shared { seed: 0 } };
        let job = Job { train_spec: TrainSpec { batches, ..TrainSpec::plain() }, ..job };
        assert!(train(engine, &job).curves.train_loss.iter().all(|loss| loss.is_nan()));
    }
    let scores = engine.evaluate(&shape(1, &[]), &TrainSpec::plain(), &given, &points).unwrap();
    assert_eq!(scores, [None, None]);
}

/// Sink that stops after the first batch.
struct Stop(usize);

impl Sink for Stop {
    fn accept(&mut self, batch: Batch) -> gpu_sweep::Result<ControlFlow<()>> {
        assert_eq!(self.0, 0, "a second batch after the stop");
        self.0 += batch.outcomes.len();
        Ok(ControlFlow::Break(()))
    }
    fn progress(&mut self, _model_epochs: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

fn stopping(engine: &mut dyn Engine) {
    let points = Random::new(8).points(10, 2);
    let mut job = job(engine, &shape(2, &[1]), points, Vec::new(), 1);
    // More models than any engine takes in one batch.
    let axes = vec![(Hyperparameter::Lr, vec![0.1])];
    job.trials = Trials::Grid { axes, first_seed: 0, independent_seeds: false, count: 1 << 40 };
    let mut stop = Stop(0);
    engine.train(&job, 0..1 << 40, &mut stop).unwrap();
    assert!(stop.0 > 0);
}

fn progress(engine: &mut dyn Engine) {
    let points = Random::new(9).points(10, 2);
    let job = job(engine, &shape(2, &[2]), points, [trials(20), vec![(1e37, 0)]].concat(), 30);
    let mut collect = InMemorySink::default();
    engine.train(&job, 0..21, &mut collect).unwrap();
    assert_eq!(collect.model_epochs, 21 * 30);
}

fn mappings(engine: &mut dyn Engine) {
    let points = Random::new(10).points(10, 2);
    let mut job = job(engine, &shape(2, &[2]), points, trials(1), 1);
    let own = discriminant(&job.mapping.unwrap());
    for text in ["thread-64", "fused-tile64", "scalar"] {
        let other: Mapping = text.parse().unwrap();
        if discriminant(&other) != own {
            job.mapping = Some(other);
            let error = InMemorySink::train(engine, &job, 0..1).unwrap_err().to_string();
            assert!(error.contains(&format!("not {text}")) && error.contains("--mapping must be"), "{error}");
        }
    }
    job.mapping = None;
    assert!(InMemorySink::train(engine, &job, 0..1).is_err());
}

/// `gpu-sweep verify`, with the default mapping of each shape and with one that some shapes cannot use.
fn verified(engine: &mut dyn Engine) {
    for (mapping, left_out) in [(None, 0), (Some("thread-64".parse().unwrap()), 5)] {
        let checks = verify(engine, mapping).unwrap();
        let failed: Vec<_> = checks.iter().filter(|check| check.passed == Some(false)).collect();
        assert!(failed.is_empty(), "{failed:?}");
        assert_eq!(checks.iter().filter(|check| check.passed.is_none()).count(), left_out, "{checks:?}");
    }
}

/// Random shapes, trained completely and compared with the reference: up to four layers of 1 to 64 units, 1 to 300
/// points, 1 to 70 models. `GPU_SWEEP_ROUNDS` overrides the number of shapes.
fn random_shapes(engine: &mut dyn Engine) {
    // A software adapter is a thousand times slower than the CPU engine on wide layers.
    let (rounds, epochs) = if engine.info().engine == EngineKind::Gpu { (6, 4) } else { (24, 20) };
    let rounds = std::env::var("GPU_SWEEP_ROUNDS").map_or(rounds, |n| n.parse().unwrap());
    for seed in 0..rounds {
        let mut random = Random::new(seed);
        let shape = random.shape([64, 5, 12][seed as usize % 3], if seed % 5 == 0 { 100 } else { 10 });
        let (rows, models) = (random.between(1, 300), random.between(1, 70));
        let points = random.points(rows, shape.features());
        let ours = job(engine, &shape, points.clone(), trials(models), epochs);
        let exact = job(&*reference(), &shape, points, trials(models), epochs);
        let mapping = ours.mapping_text();
        let (ours, exact) = (train(engine, &ours), train(&mut *reference(), &exact));
        let error = worst(relative(&ours.curves.train_loss, &exact.curves.train_loss));
        // Rounding costs a few 1e-6 here; a point that crosses a kink some 1e-5.
        assert!(error <= 5e-5, "{mapping}, {shape}, {rows} points, {models} models, seed {seed}: {error}");
    }
}

/// Sums over many points stay accurate.
fn many_points(engine: &mut dyn Engine) {
    assert!(!is_reference(engine));
    let (shape, points) = (shape(2, &[1]), Random::new(11).points(100_000, 2));
    let ours = job(engine, &shape, points.clone(), vec![(0.05, 3), (0.1, 4)], 3);
    let exact = job(&*reference(), &shape, points, vec![(0.05, 3), (0.1, 4)], 3);
    let (ours, exact) = (train(engine, &ours), train(&mut *reference(), &exact));
    // Two levels of sums, of 64 and 1563 terms, with half an ulp per addition: an error of 1e-4 at worst, 1e-6 if
    // random.
    let error = worst(relative(&ours.curves.train_loss, &exact.curves.train_loss));
    assert!(error <= 1e-5, "{error}");
}
