use super::*;
use crate::engine::cpu::CpuEngine;
use crate::engine::{EngineInfo, Job, Phase, Sink};
use std::ops::{ControlFlow, Range};

#[test]
fn the_engines_pass() {
    for engine in [&mut ReferenceEngine::default() as &mut dyn Engine, &mut CpuEngine::new().unwrap()] {
        let checks = verify(engine, None).unwrap();
        assert!(checks.len() >= 30, "{}", checks.len());
        let failed: Vec<_> = checks.iter().filter(|check| check.passed != Some(true)).collect();
        assert!(failed.is_empty(), "{failed:#?}");
    }
}

#[test]
fn a_given_mapping_is_used() {
    let error = verify(&mut CpuEngine::new().unwrap(), Some("sideways")).unwrap_err().to_string();
    assert!(error.contains("sideways"), "{error}");
    assert!(
        verify(&mut CpuEngine::new().unwrap(), Some("tile7")).unwrap().iter().all(|check| check.passed == Some(true))
    );
}

/// What a faulty engine does to its results.
type Fault = fn(&mut Batch);

/// The reference with a fault.
struct Faulty(ReferenceEngine, Fault);

/// Spoils batches on their way.
struct Spoil<'a>(&'a mut dyn Sink, Fault);

impl Sink for Spoil<'_> {
    fn accept(&mut self, mut batch: Batch) -> Result<ControlFlow<()>> {
        self.1(&mut batch);
        self.0.accept(batch)
    }
    fn progress(&mut self, model_epochs: u64) {
        self.0.progress(model_epochs);
    }
}

impl Engine for Faulty {
    fn info(&self) -> &EngineInfo {
        self.0.info()
    }
    fn choose_mapping(&self, shape: &Shape, recipe: &Recipe, rows: usize) -> Result<String> {
        self.0.choose_mapping(shape, recipe, rows)
    }
    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        self.0.train(job, range, &mut Spoil(sink, self.1))
    }
    fn evaluate(
        &mut self,
        shape: &Shape,
        recipe: &Recipe,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>> {
        let mut batch = Batch::default();
        let scores = self.0.evaluate(shape, recipe, parameters, points)?;
        batch.outcomes =
            scores.iter().map(|s| crate::engine::Outcome { train: *s, test: None, diverged: None }).collect();
        self.1(&mut batch);
        Ok(batch.outcomes.iter().map(|o| o.train).collect())
    }
    fn phases(&self) -> Vec<Phase> {
        Vec::new()
    }
}

fn each_weight(batch: &mut Batch, f: impl Fn(&mut f64)) {
    batch.weights.iter_mut().for_each(|weights| weights.last.iter_mut().for_each(&f));
}

fn each_score(batch: &mut Batch, f: impl Fn(&mut Score)) {
    batch.outcomes.iter_mut().filter_map(|o| o.train.as_mut()).for_each(f);
}

/// One check of [`verify`].
type Checking = fn(&mut Bench) -> Result<Check>;

/// Asserts that a check passes on the reference and fails with the fault.
fn assert_found(fault: Fault, check: Checking) {
    let run = |fault| check(&mut Bench::new(&mut Faulty(ReferenceEngine::default(), fault), None)).unwrap();
    let (sound, faulty) = (run(|_| ()), run(fault));
    assert!(sound.passed == Some(true) && faulty.passed == Some(false), "{sound:?} {faulty:?}");
}

#[test]
fn faults_are_found() {
    let faults: [(Fault, Checking); 8] = [
        (|b| b.weights.iter_mut().for_each(|w| w.initial[0] *= 1.0 + 1e-7), initial_weights),
        (|b| each_score(b, |s| s.loss *= 1.0 + 1e-5), losses),
        (|b| each_score(b, |s| s.loss = f64::NAN), tiny_losses),
        (|b| each_score(b, |s| s.correct = s.correct.saturating_sub(1)), accuracy),
        (|b| each_weight(b, |w| *w *= 1.0 + 1e-4), |bench| gradients(bench, &Shape::new(2, &[3])?, 63)),
        (|b| each_weight(b, |w| *w = f64::NAN), one_step),
        (|b| b.curves.train_loss.iter_mut().for_each(|l| *l *= 1.001), |b| training(b, &Shape::new(2, &[3])?, 63)),
        (|b| b.outcomes.iter_mut().for_each(|o| o.diverged = None), divergence),
    ];
    faults.into_iter().for_each(|(fault, check)| assert_found(fault, check));
}

/// A fault of large batches only.
fn in_company(batch: &mut Batch) {
    if batch.outcomes.len() > 1 {
        each_weight(batch, |w| *w += 1e-9);
    }
}

/// A diverged model that spoils the others.
fn contagious(batch: &mut Batch) {
    if batch.outcomes.iter().any(|outcome| outcome.diverged.is_some()) {
        each_weight(batch, |w| *w += 1e-9);
    }
}

#[test]
fn disturbances_between_models_are_found() {
    assert_found(in_company, solo);
    assert_found(contagious, neighbours);
}
