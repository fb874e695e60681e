use super::batch_invariance::{divergence, neighbours, solo, solo_by_every_optimizer};
use super::functions::{accuracy, activations, initial_weights, loss_gradients, losses, squares, tiny_losses};
use super::row_sets::{counts, early_and_late, losses as held_out_losses, orders};
use super::training::{
    classes, gradients, mini_batches, no_biases, numbers, one_step, optimizers, schedules, training,
};
use super::*;
use crate::engine::cpu::CpuEngine;
use crate::engine::reference::ReferenceEngine;
use crate::engine::{Batch, CustomEngine, Job, Mapping, MeanErrors, Outcome, Score, Sink};
use crate::math::init::Scheme;
use crate::math::{Activation, Loss, Optimizer};
use crate::model::NetworkShape;
use crate::sweep::{Hyperparameter, Hyperparameters, RowOrder, Schedule, ScheduleKind, Trials};
use std::ops::{ControlFlow, Range};

#[test]
fn the_engines_pass() {
    for engine in [&mut ReferenceEngine::default() as &mut dyn Engine, &mut CpuEngine::new().unwrap()] {
        let checks = verify(engine, None).unwrap();
        assert!(checks.len() >= 61, "{}", checks.len());
        let failed: Vec<_> = checks.iter().filter(|check| check.passed != Some(true)).collect();
        assert!(failed.is_empty(), "{failed:#?}");
    }
}

#[test]
fn a_given_mapping_is_used() {
    let error = verify(&mut CpuEngine::new().unwrap(), Some(Mapping::Reference)).unwrap_err().to_string();
    assert!(error.contains("scalar"), "{error}");
    assert!(
        verify(&mut CpuEngine::new().unwrap(), Some("plain-tile7".parse().unwrap()))
            .unwrap()
            .iter()
            .all(|check| check.passed == Some(true))
    );
}

/// Fault of an engine: how it corrupts its results, and how it misreads its job.
#[derive(Clone, Copy)]
struct Fault {
    results: Spoiling,
    case: Mistaking,
}

type Spoiling = fn(&mut Batch);
type Mistaking = fn(&mut Job);

impl Fault {
    const NONE: Self = Self { results: |_| (), case: |_| () };

    fn results(results: Spoiling) -> Self {
        Self { results, ..Self::NONE }
    }

    fn case(case: Mistaking) -> Self {
        Self { case, ..Self::NONE }
    }
}

/// Corrupts batches before it passes them on.
struct Spoil<'a>(&'a mut dyn Sink, Spoiling);

impl Sink for Spoil<'_> {
    fn accept(&mut self, mut batch: Batch) -> Result<ControlFlow<()>> {
        self.1(&mut batch);
        self.0.accept(batch)
    }
    fn progress(&mut self, model_epochs: u64) -> ControlFlow<()> {
        self.0.progress(model_epochs)
    }
}

/// Returns the reference engine with a fault.
fn faulty(fault: Fault) -> impl Engine {
    let train = move |engine: &mut ReferenceEngine, job: &Job, range: Range<u64>, sink: &mut dyn Sink| {
        let mut job = job.clone();
        (fault.case)(&mut job);
        engine.train(&job, range, &mut Spoil(sink, fault.results))
    };
    CustomEngine::training(ReferenceEngine::default(), train)
}

fn each_weight(batch: &mut Batch, f: impl Fn(&mut f64)) {
    batch.weights.iter_mut().for_each(|weights| weights.last.iter_mut().for_each(&f));
}

fn each_loss(batch: &mut Batch, f: impl Fn(&mut f64)) {
    batch.curves.train_loss.iter_mut().for_each(f);
}

fn each_score(batch: &mut Batch, f: impl Fn(&mut Score)) {
    batch.outcomes.iter_mut().filter_map(|o| o.train.as_mut()).for_each(f);
}

fn each_error(batch: &mut Batch, f: impl Fn(&mut MeanErrors)) {
    each_score(batch, |score| score.errors.iter_mut().for_each(&f));
}

/// A check of [`verify`].
type Checking = fn(&mut EngineUnderTest) -> Result<Check>;

/// Asserts that a check passes on the reference and fails with the fault.
fn assert_found(fault: Fault, check: Checking) {
    let run = |fault| check(&mut EngineUnderTest::new(&mut faulty(fault), None)).unwrap();
    let (sound, faulty) = (run(Fault::NONE), run(fault));
    assert!(sound.passed == Some(true) && faulty.passed == Some(false), "{sound:?} {faulty:?}");
}

#[test]
fn faulty_results_are_found() {
    let faults: [(Spoiling, Checking); 16] = [
        (|b| each_loss(b, |l| *l *= 1.0 + 1e-5), |bench| classes(bench, 3)),
        (|b| each_loss(b, |l| *l *= 1.0 + 1e-5), |bench| numbers(bench, Loss::Huber)),
        (|b| each_error(b, |errors| errors.squared *= 1.0 + 1e-4), |bench| numbers(bench, Loss::Mae)),
        (|b| each_error(b, |errors| errors.absolute *= 1.0 + 1e-4), |bench| numbers(bench, Loss::Mse)),
        (|b| b.weights.iter_mut().for_each(|w| w.initial[0] *= 1.0 + 1e-7), initial_weights),
        (|b| each_score(b, |s| s.loss *= 1.0 + 1e-5), losses),
        (|b| each_score(b, |s| s.loss = f64::NAN), tiny_losses),
        (|b| each_weight(b, |w| *w *= 1.0 + 1e-5), loss_gradients),
        (|b| each_loss(b, |l| *l *= 1.0 + 1e-6), squares),
        (|b| each_score(b, |s| s.correct = s.correct.saturating_sub(1)), accuracy),
        (|b| each_score(b, |s| s.correct_positive += 1), accuracy),
        (|b| each_loss(b, |l| *l *= 1.0 + 1e-5), |bench| activations(bench, Activation::Tanh)),
        (|b| each_weight(b, |w| *w *= 1.0 + 1e-4), |bench| gradients(bench, &NetworkShape::new(2, &[3])?, 63)),
        (|b| each_weight(b, |w| *w = f64::NAN), one_step),
        (|b| each_loss(b, |l| *l *= 1.001), |bench| training(bench, &NetworkShape::new(2, &[3])?, 63)),
        (|b| b.outcomes.iter_mut().for_each(|o: &mut Outcome| o.diverged = None), divergence),
    ];
    faults.into_iter().for_each(|(fault, check)| assert_found(Fault::results(fault), check));
}

fn each_outcome(batch: &mut Batch, f: impl Fn(&mut Outcome)) {
    batch.outcomes.iter_mut().for_each(f);
}

#[test]
fn faulty_numbers_of_other_rows_are_found() {
    let faults: [(Spoiling, Checking); 8] = [
        (|b| each_outcome(b, |o| o.validation.as_mut().unwrap().correct ^= 1), counts),
        (|b| each_outcome(b, |o| o.test.as_mut().unwrap().correct_positive += 1), counts),
        (|b| each_outcome(b, |o| o.test = o.validation), counts),
        (|b| each_outcome(b, |o| o.validation.as_mut().unwrap().loss *= 1.0 + 1e-5), held_out_losses),
        (|b| each_outcome(b, |o| o.test = None), held_out_losses),
        (|b| each_outcome(b, |o| o.first_loss = o.first_loss.map(|loss| loss * (1.0 + 1e-5))), early_and_late),
        (|b| each_outcome(b, |o| o.late_loss = o.first_loss), early_and_late),
        (|b| each_outcome(b, |o| o.late_loss = None), early_and_late),
    ];
    faults.into_iter().for_each(|(fault, check)| assert_found(Fault::results(fault), check));
    // Pairs are counted outside the engine, from its logits for its final weights.
    assert_found(Fault::results(|b| each_weight(b, |w| *w = -*w)), orders);
}

/// Applies `edit` to the hyper-parameters of each trial.
fn each_trial(job: &mut Job, edit: impl Fn(Hyperparameters) -> Hyperparameters) {
    let all = (0..job.trials.len()).map(|n| job.trials.get(n));
    job.trials = Trials::List(all.map(|trial| (edit(trial.hyperparameters), trial.seed)).collect());
}

/// Changes a hyper-parameter of the trials that have it.
fn mistaken(job: &mut Job, hyperparameter: Hyperparameter, edit: impl Fn(f64) -> f64) {
    each_trial(job, |trial| trial.get(hyperparameter).map_or(trial, |value| trial.with(hyperparameter, edit(value))));
}

#[test]
fn mistaken_choices_are_found() {
    let faults: [(Mistaking, Checking); 14] = [
        (|j| take(&mut j.train_spec.init.scheme, Scheme::XavierNormal, Scheme::KaimingNormal), initial_weights),
        (|j| take(&mut j.train_spec.init.zero_biases, true, false), initial_weights),
        (|j| j.train_spec.loss = Loss::Bce, squares),
        (|j| j.train_spec.loss = Loss::Bce, accuracy),
        (|j| j.train_spec.activation = Activation::Relu, |bench| activations(bench, Activation::LeakyRelu)),
        (|j| j.train_spec.activation = Activation::Silu, |bench| activations(bench, Activation::Gelu)),
        (|j| j.train_spec.optimizer = Optimizer::Momentum, |bench| optimizers(bench, Optimizer::Nesterov)),
        (|j| j.train_spec.optimizer = Optimizer::Adam, |bench| optimizers(bench, Optimizer::Adamw)),
        (|j| j.train_spec.schedule = Schedule::CONSTANT, |bench| schedules(bench, ScheduleKind::WarmupCosine)),
        (|j| j.train_spec.schedule.gamma += 0.001, |bench| schedules(bench, ScheduleKind::Step)),
        (
            |j| j.train_spec.batches.order = RowOrder::Shared { seed: 0 },
            |b| mini_batches(b, "per-seed", RowOrder::PerSeed),
        ),
        (
            |j| j.train_spec.batches.order = RowOrder::PerSeed,
            |b| mini_batches(b, "shared", RowOrder::Shared { seed: 1 }),
        ),
        (|j| j.train_spec.batches.size = 8, |b| mini_batches(b, "shared", RowOrder::Shared { seed: 1 })),
        (|j| j.train_spec.activation = Activation::Sigmoid, no_biases),
    ];
    faults.into_iter().for_each(|(fault, check)| assert_found(Fault::case(fault), check));
}

/// Replaces `from` by `to`.
fn take<T: PartialEq>(choice: &mut T, from: T, to: T) {
    if *choice == from {
        *choice = to;
    }
}

#[test]
fn mistaken_scalars_are_found() {
    let faults: [(Mistaking, Checking); 11] = [
        (|j| mistaken(j, Hyperparameter::InitScale, |scale| scale * 1.001), initial_weights),
        (|j| mistaken(j, Hyperparameter::Lr, |lr| lr * 1.001), |bench| optimizers(bench, Optimizer::Sgd)),
        (|j| mistaken(j, Hyperparameter::LrFirst, |lr| lr * 1.1), |bench| optimizers(bench, Optimizer::Sgd)),
        (|j| mistaken(j, Hyperparameter::WeightDecay, |_| 0.0), |bench| optimizers(bench, Optimizer::Rmsprop)),
        (|j| mistaken(j, Hyperparameter::Clip, |_| 1e9), |bench| optimizers(bench, Optimizer::Sgd)),
        (|j| mistaken(j, Hyperparameter::Momentum, |_| 0.9), |bench| optimizers(bench, Optimizer::Momentum)),
        (|j| mistaken(j, Hyperparameter::Beta1, |_| 0.9), |bench| optimizers(bench, Optimizer::Adam)),
        (|j| mistaken(j, Hyperparameter::Beta2, |_| 0.999), |bench| optimizers(bench, Optimizer::Adam)),
        (|j| mistaken(j, Hyperparameter::Alpha, |_| 0.99), |bench| optimizers(bench, Optimizer::Rmsprop)),
        (|j| mistaken(j, Hyperparameter::Epsilon, |_| 1e-8), |bench| optimizers(bench, Optimizer::Adamw)),
        (|j| each_trial(j, |trial| trial.with(Hyperparameter::WeightDecay, 0.0)), |b| optimizers(b, Optimizer::Adamw)),
    ];
    faults.into_iter().for_each(|(fault, check)| assert_found(Fault::case(fault), check));
}

/// Fault in batches of several models.
fn in_company(batch: &mut Batch) {
    if batch.outcomes.len() > 1 {
        each_weight(batch, |w| *w += 1e-9);
    }
}

/// Fault by which a diverged model changes the others.
fn contagious(batch: &mut Batch) {
    if batch.outcomes.iter().any(|outcome| outcome.diverged.is_some()) {
        each_weight(batch, |w| *w += 1e-9);
    }
}

#[test]
fn disturbances_between_models_are_found() {
    assert_found(Fault::results(in_company), solo);
    assert_found(Fault::results(in_company), solo_by_every_optimizer);
    assert_found(Fault::results(contagious), neighbours);
}
