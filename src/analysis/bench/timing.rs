//! One piece of work by all engines in turn.

use super::agreement::{Verdict, compare};
use super::{Contestant, Device, Row, Work, measured};
use crate::engine::{Batch, Engine, Job, Outcome, Phase, Sink};
use crate::error::{Error, Result};
use std::ops::ControlFlow;
use std::time::Instant;

/// How long an epoch takes is told by a run of as many as take a moment, or of a tenth of all.
const MOMENT: f64 = 0.03;
const TENTH: u32 = 10;
/// Mappings are timed against each other, which takes a dozen epochs or so, where an epoch takes no longer than this.
const TUNED: f64 = 0.05;

/// What one engine took, run by run.
#[derive(Debug, Clone, Default)]
pub struct Timed {
    pub runs: Vec<f64>,
    pub compile: f64,
    phases: Vec<Vec<Phase>>,
}

impl Timed {
    /// Of each phase the median over the runs.
    pub fn median_phases(&self) -> Vec<Phase> {
        let first = self.phases.first().into_iter().flatten();
        let all = |name| self.phases.iter().flatten().filter(move |phase| phase.name == name);
        first
            .map(|Phase { name, .. }| Phase {
                name,
                seconds: median(&all(*name).map(|phase| phase.seconds).collect::<Vec<_>>()),
            })
            .filter(|phase| phase.seconds > 0.0)
            .collect()
    }
}

/// The middle one; of an even number the higher of the two.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Keeps what became of the models, and lets the curves go.
#[derive(Default)]
struct Ends(Vec<Outcome>);

impl Sink for Ends {
    fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>> {
        self.0.extend(batch.outcomes);
        Ok(ControlFlow::Continue(()))
    }

    fn progress(&mut self, _model_epochs: u64) {}
}

/// One engine's part in a piece of work.
struct Part {
    job: Job,
    /// Seconds of one epoch, at most.
    epoch: f64,
    timed: Timed,
    ends: Vec<Outcome>,
}

/// A piece of work, and how far each engine is with it.
pub struct Contest<'a> {
    pub work: &'a Work,
    /// Of each engine its part, or why it has none.
    parts: Vec<std::result::Result<Part, String>>,
}

impl<'a> Contest<'a> {
    /// Chooses mappings, compiles and warms up, and learns how long an epoch takes; of the contestants those that `takes`
    /// says.
    pub fn prepare(contestants: &mut [Contestant], work: &'a Work, takes: impl Fn(usize) -> bool) -> Result<Self> {
        let part = |(n, contestant): (usize, &mut Contestant)| {
            if !takes(n) {
                return Ok(Err("left out: time".into()));
            }
            match prepare(contestant.engine.as_mut(), work) {
                Ok(part) => Ok(Ok(part)),
                Err(Error::Setting { allowed, .. }) => Ok(Err(format!("can't be done: {allowed}"))),
                Err(error) => Err(error),
            }
        };
        Ok(Self { work, parts: contestants.iter_mut().enumerate().map(part).collect::<Result<_>>()? })
    }

    /// Seconds that a round takes when nothing is cut.
    pub fn expected(&self) -> f64 {
        f64::from(self.work.epochs()) * self.epoch()
    }

    /// Seconds of an epoch by all engines together.
    fn epoch(&self) -> f64 {
        self.parts.iter().flatten().map(|part| part.epoch).sum()
    }

    /// Trains fewer epochs, so that a round takes no longer than so many seconds; all engines as many.
    pub fn cut(&mut self, seconds: f64) {
        let all = self.work.epochs();
        let fitting = (seconds / self.epoch().max(1e-12)).floor().clamp(1.0, f64::from(all)) as u32;
        self.train_epochs(fitting);
    }

    /// Sets the epochs to train.
    pub fn train_epochs(&mut self, epochs: u32) {
        for part in self.parts.iter_mut().flatten() {
            if let Ok(job) = self.work.job(epochs, part.job.mapping.clone()) {
                part.job = job;
            }
        }
    }

    /// One run of each engine.
    pub fn round(&mut self, contestants: &mut [Contestant]) -> Result<()> {
        for (part, contestant) in self.parts.iter_mut().zip(contestants) {
            let Ok(part) = part else { continue };
            let engine = contestant.engine.as_mut();
            let before = engine.phases();
            let (seconds, ends) = run(engine, &part.job)?;
            part.timed.runs.push(seconds);
            part.timed.phases.push(since(&before, engine.phases()));
            part.ends = ends;
        }
        Ok(())
    }

    /// What came of it; no times where answers differ.
    pub fn rows(&self, contestants: &mut [Contestant], devices: &[Device]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        let ends: Vec<_> = self.parts.iter().map(|part| part.as_ref().ok().map(|p| (&p.job, &p.ends[..]))).collect();
        let verdicts = compare(&ends, devices)?;
        for (n, (part, verdict)) in self.parts.iter().zip(verdicts).enumerate() {
            let info = contestants[n].engine.info().clone();
            let (job, note, timed) = match (part, &verdict) {
                (Err(why), _) => (None, why.clone(), None),
                (Ok(part), Verdict::Agrees(with)) => (Some(&part.job), with.clone(), Some(&part.timed)),
                (Ok(part), Verdict::Disagrees(how)) => (Some(&part.job), how.clone(), None),
            };
            rows.push(Row {
                work: self.work.name.into(),
                title: self.work.title.clone(),
                info,
                mapping: job.map_or(String::new(), |job| job.mapping.clone()),
                models: job.map_or(0, |job| job.trials.len()),
                epochs: job.map_or(0, |job| job.epochs),
                epochs_uncut: self.work.epochs(),
                points: job.map_or(0, |job| job.data.train.len()),
                measured: job.zip(timed).map(|(job, timed)| measured(job, timed, &devices[n])),
                note,
            });
        }
        Ok(rows)
    }
}

/// The mapping that is the fastest for `work`, compiled and warm, and how long its epochs take.
fn prepare(engine: &mut dyn Engine, work: &Work) -> Result<Part> {
    let mut job = work.job(1, String::new())?;
    let models = job.trials.len();
    job.mapping = engine.choose_mapping(&job.shape, &job.recipe, job.data.train.len(), models)?;
    let mut ready = warm_up(engine, work, job)?;
    if ready.epoch < TUNED
        && let Some(tuned) = engine.tune(&work.job(work.epochs(), ready.job.mapping.clone())?)?
        && tuned.mapping != ready.job.mapping
    {
        ready = warm_up(engine, work, Job { mapping: tuned.mapping, ..ready.job })?;
    }
    Ok(ready)
}

/// A run that compiles, one that does not, and longer ones until an epoch can be told from all else.
fn warm_up(engine: &mut dyn Engine, work: &Work, mut job: Job) -> Result<Part> {
    let (first, mut seconds) = (run(engine, &job)?.0, run(engine, &job)?.0);
    let compile = (first - seconds).max(0.0);
    let (mapping, mut epochs) = (job.mapping.clone(), 1);
    while seconds < MOMENT && epochs < work.epochs() / TENTH {
        epochs = (4 * epochs).min(work.epochs() / TENTH);
        job = work.job(epochs, mapping.clone())?;
        seconds = run(engine, &job)?.0;
    }
    let timed = Timed { compile, ..Timed::default() };
    Ok(Part { job, epoch: seconds / f64::from(epochs), timed, ends: Vec::new() })
}

/// Trains; seconds, and what became of the models.
fn run(engine: &mut dyn Engine, job: &Job) -> Result<(f64, Vec<Outcome>)> {
    let (mut sink, begun) = (Ends::default(), Instant::now());
    engine.train(job, 0..job.trials.len(), &mut sink)?;
    Ok((begun.elapsed().as_secs_f64(), sink.0))
}

/// Seconds by phase beyond those of `before`.
fn since(before: &[Phase], now: Vec<Phase>) -> Vec<Phase> {
    let earlier = |name| before.iter().find(|phase| phase.name == name).map_or(0.0, |phase| phase.seconds);
    now.into_iter().map(|Phase { name, seconds }| Phase { name, seconds: seconds - earlier(name) }).collect()
}
