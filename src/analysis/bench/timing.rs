//! One piece of work by all engines in turn.

use super::agreement::{Agreement, DISAGREES, compare, same, with_reference};
use super::{BenchDevice, BenchRow, Contestant, Workload, measured};
use crate::engine::{Batch, Engine, Job, Outcome, Phase, Sink};
use crate::error::{Error, Result};
use std::ops::ControlFlow;
use std::time::Instant;

/// How long an epoch takes is told by a run of as many as take a moment, or of a tenth of all.
const MOMENT: f64 = 0.03;
const TENTH: u32 = 10;
/// Mappings are timed against each other, which takes a dozen epochs or so, where an epoch takes no longer than this.
const TUNED: f64 = 0.05;
/// Seconds below which a whole run is made once before any counts.
const WARM: f64 = 0.5;
/// Seconds of a turn, or so many runs.
const TURN: f64 = 0.05;
const MOST_RUNS: u32 = 20;
/// How a row of a failed device begins.
pub const FAILED: &str = "failed: ";

/// What one engine took, run by run.
#[derive(Debug, Clone, Default)]
pub struct TimedWorkload {
    pub runs: Vec<f64>,
    pub compile: f64,
    phases: Vec<Vec<Phase>>,
}

impl TimedWorkload {
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

/// The middle one, or the mean of the two in the middle; NaN of none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = |n: usize| sorted.get(n).copied().unwrap_or(f64::NAN);
    let n = sorted.len();
    if n.is_multiple_of(2) { (middle(n / 2) + middle((n / 2).wrapping_sub(1))) / 2.0 } else { middle(n / 2) }
}

/// Keeps what became of the models, and lets the curves go.
#[derive(Default)]
struct OutcomesOnly(Vec<Outcome>);

impl Sink for OutcomesOnly {
    fn accept(&mut self, batch: Batch) -> Result<ControlFlow<()>> {
        self.0.extend(batch.outcomes);
        Ok(ControlFlow::Continue(()))
    }

    fn progress(&mut self, _model_epochs: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// One engine's part in a piece of work.
struct EngineRuns {
    job: Job,
    /// Seconds of one epoch, at most.
    epoch: f64,
    timed: TimedWorkload,
    ends: Vec<Outcome>,
    /// Whether every run came to the same.
    steady: bool,
}

/// A piece of work, and how far each engine is with it.
pub struct WorkloadTiming<'a> {
    pub work: &'a Workload,
    /// Of each engine its part, or why it has none.
    parts: Vec<std::result::Result<EngineRuns, String>>,
}

/// What can't be done is told in the table, and so is a device that fails; all else ends the bench.
fn told<T>(result: Result<T>) -> Result<std::result::Result<T, String>> {
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(Error::Setting { allowed: why, .. } | Error::Usage { what: why, .. }) => {
            Ok(Err(format!("can't be done: {why}")))
        }
        Err(error @ Error::Device(_)) => Ok(Err(format!("{FAILED}{error}"))),
        Err(error) => Err(error),
    }
}

impl<'a> WorkloadTiming<'a> {
    /// Chooses mappings, compiles and warms up, and learns how long an epoch takes; of the contestants those that `takes`
    /// says.
    pub fn prepare(contestants: &mut [Contestant], work: &'a Workload, takes: impl Fn(usize) -> bool) -> Result<Self> {
        let job = work.job(1, String::new())?;
        let part = |(n, contestant): (usize, &mut Contestant)| match takes(n) {
            true => told(prepare(contestant.engine.as_mut(), work, job.clone())),
            false => Ok(Err("left out: time".into())),
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

    /// Epochs that fit in so many seconds; all of them where that is what they take.
    pub fn fitting(&self, seconds: f64) -> u32 {
        let all = self.work.epochs();
        // Without the first case rounding might cost an epoch.
        if seconds >= self.expected() { all } else { ((seconds / self.epoch()) as u32).clamp(1, all) }
    }

    /// Sets the epochs to train, of all engines as many, and trains once where that is soon done: the first time needs more
    /// memory than there was.
    pub fn train_epochs(&mut self, contestants: &mut [Contestant], epochs: u32) -> Result<()> {
        for (slot, contestant) in self.parts.iter_mut().zip(contestants) {
            let Ok(part) = slot else { continue };
            part.job = self.work.job(epochs, part.job.mapping.clone())?;
            if part.epoch * f64::from(epochs) < WARM
                && let Err(why) = told(run(contestant.engine.as_mut(), &part.job))?
            {
                *slot = Err(why);
            }
        }
        Ok(())
    }

    /// A turn of each engine, in this order or in the other one.
    pub fn round(&mut self, contestants: &mut [Contestant], reversed: bool) -> Result<()> {
        let mut order: Vec<usize> = (0..self.parts.len()).collect();
        if reversed {
            order.reverse();
        }
        for n in order {
            if let Ok(part) = &mut self.parts[n]
                && let Err(why) = told(turn(contestants[n].engine.as_mut(), part))?
            {
                self.parts[n] = Err(why);
            }
        }
        Ok(())
    }

    /// What came of it; no times where answers differ.
    pub fn rows(&self, contestants: &mut [Contestant], devices: &[BenchDevice]) -> Result<Vec<BenchRow>> {
        let sound: Vec<_> = self.parts.iter().map(|part| part.as_ref().ok()).collect();
        let ends: Vec<_> = sound.iter().map(|part| part.map(|part| &part.ends[..])).collect();
        let present: Vec<(usize, &EngineRuns)> =
            sound.iter().enumerate().filter_map(|(n, part)| Some((n, (*part)?))).collect();
        let verdicts = match present[..] {
            [(n, lone)] => {
                let verdict = told(with_reference(contestants[n].engine.as_mut(), &lone.job))?;
                vec![verdict.unwrap_or_else(Agreement::Disagrees); sound.len()]
            }
            _ => compare(&ends, devices),
        };
        let rows = self.parts.iter().zip(verdicts).enumerate().map(|(n, (part, verdict))| {
            let (note, timed) = match (part, verdict) {
                (Err(why), _) => (why.clone(), None),
                (Ok(part), _) if !part.steady => (format!("{DISAGREES}its runs differ from each other"), None),
                (Ok(part), Agreement::Agrees(with)) => (with, Some(part)),
                (Ok(_), Agreement::Disagrees(how)) => (how, None),
            };
            BenchRow {
                work: self.work.name.into(),
                title: self.work.title.clone(),
                device_index: n,
                info: devices[n].info.clone(),
                mapping: part.as_ref().map_or(String::new(), |part| part.job.mapping.clone()),
                models: self.work.models(),
                epochs: sound.iter().flatten().next().map_or(0, |part| part.job.epochs),
                epochs_uncut: self.work.epochs(),
                measured: timed.map(|part| measured(&part.job, &part.timed, &devices[n])),
                note,
            }
        });
        Ok(rows.collect())
    }
}

/// Runs until they have taken a moment together, so that short work is not told by one run of a device that had gone to sleep.
fn turn(engine: &mut dyn Engine, part: &mut EngineRuns) -> Result<()> {
    let (begun, mut runs) = (Instant::now(), 0);
    while runs == 0 || (runs < MOST_RUNS && begun.elapsed().as_secs_f64() < TURN) {
        let before = engine.phases();
        let (seconds, ends) = run(engine, &part.job)?;
        part.timed.runs.push(seconds);
        part.timed.phases.push(since(&before, engine.phases()));
        part.steady &= part.ends.is_empty() || same(&part.ends, &ends);
        part.ends = ends;
        runs += 1;
    }
    Ok(())
}

/// The mapping that is chosen, or timed as the fastest, for `work`, compiled and warm, and how long its epochs take.
fn prepare(engine: &mut dyn Engine, work: &Workload, mut job: Job) -> Result<EngineRuns> {
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
fn warm_up(engine: &mut dyn Engine, work: &Workload, mut job: Job) -> Result<EngineRuns> {
    // Whatever was trained before: the first run is to tell what compiling costs.
    engine.forget();
    let (first, mut seconds) = (run(engine, &job)?.0, run(engine, &job)?.0);
    let compile = (first - seconds).max(0.0);
    let (mapping, mut epochs) = (job.mapping.clone(), 1);
    while seconds < MOMENT && epochs < work.epochs() / TENTH {
        epochs = (4 * epochs).min(work.epochs() / TENTH);
        job = work.job(epochs, mapping.clone())?;
        seconds = run(engine, &job)?.0;
    }
    let timed = TimedWorkload { compile, ..TimedWorkload::default() };
    Ok(EngineRuns { job, epoch: seconds / f64::from(epochs), timed, ends: Vec::new(), steady: true })
}

/// Trains; seconds, and what became of the models.
fn run(engine: &mut dyn Engine, job: &Job) -> Result<(f64, Vec<Outcome>)> {
    let (mut sink, begun) = (OutcomesOnly::default(), Instant::now());
    engine.train(job, 0..job.trials.len(), &mut sink)?;
    Ok((begun.elapsed().as_secs_f64(), sink.0))
}

/// Seconds by phase beyond those of `before`.
fn since(before: &[Phase], now: Vec<Phase>) -> Vec<Phase> {
    let earlier = |name| before.iter().find(|phase| phase.name == name).map_or(0.0, |phase| phase.seconds);
    now.into_iter().map(|Phase { name, seconds }| Phase { name, seconds: seconds - earlier(name) }).collect()
}
