//! Times one workload on all engines in turn.

use super::agreement::{Agreement, DISAGREES, compare, same, with_reference};
use super::bench_row::{BenchDevice, BenchRow, Contestant, Measured};
use super::workloads::Workload;
use crate::clock::Instant;
use crate::engine::cost::WorkDone;
use crate::engine::{Batch, DeviceCeiling, Engine, Job, Outcome, Phase, Sink};
use crate::error::{Error, Result};
use std::ops::ControlFlow;

/// Runs that measure the duration of an epoch grow until they take `MOMENT` seconds or have 1/`TENTH` of all epochs.
const MOMENT: f64 = 0.03;
const TENTH: u32 = 10;
/// Longest epoch, in seconds, for which mappings are autotuned; that takes about a dozen epochs.
const TUNED: f64 = 0.05;
/// Seconds below which one complete run precedes the timed ones.
const WARM: f64 = 0.5;
/// Seconds of a turn, unless it reaches `MOST_RUNS` runs first.
const TURN: f64 = 0.05;
const MOST_RUNS: u32 = 20;
/// Prefix of the note in a failed device's row.
pub const FAILED: &str = "failed: ";

/// Run times of one engine.
#[derive(Debug, Clone, Default)]
pub struct TimedWorkload {
    pub runs: Vec<f64>,
    pub compile: f64,
    phases: Vec<Vec<Phase>>,
}

impl TimedWorkload {
    /// Returns the median of each phase over the runs, without phases of 0 s.
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

/// Returns the median; the mean of the middle two for an even count, NaN for no values.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = |n: usize| sorted.get(n).copied().unwrap_or(f64::NAN);
    let n = sorted.len();
    if n.is_multiple_of(2) { (middle(n / 2) + middle((n / 2).wrapping_sub(1))) / 2.0 } else { middle(n / 2) }
}

/// Keeps outcomes and discards curves.
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

/// One engine's runs of a workload.
struct EngineRuns {
    job: Job,
    /// Upper bound on the seconds of one epoch.
    epoch: f64,
    timed: TimedWorkload,
    ends: Vec<Outcome>,
    /// Whether all runs had the same results.
    steady: bool,
}

/// A workload and the runs of each engine so far.
pub struct WorkloadTiming<'a> {
    pub work: &'a Workload,
    /// Runs of each engine, or the reason why it has none.
    parts: Vec<std::result::Result<EngineRuns, String>>,
}

/// Turns unsupported workloads and device failures into notes for the table; all other errors end the benchmark.
fn row_note_or_error<T>(result: Result<T>) -> Result<std::result::Result<T, String>> {
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
    /// Chooses mappings, compiles, warms up and measures the duration of an epoch, for the contestants that `takes`
    /// selects.
    pub fn prepare(contestants: &mut [Contestant], work: &'a Workload, takes: impl Fn(usize) -> bool) -> Result<Self> {
        let job = work.job(1, None)?;
        let part = |(n, contestant): (usize, &mut Contestant)| match takes(n) {
            true => row_note_or_error(prepare(contestant.engine.as_mut(), work, job.clone())),
            false => Ok(Err("skipped: not enough time".into())),
        };
        Ok(Self { work, parts: contestants.iter_mut().enumerate().map(part).collect::<Result<_>>()? })
    }

    /// Returns the seconds of a complete round.
    pub fn expected(&self) -> f64 {
        f64::from(self.work.epochs()) * self.epoch()
    }

    /// Returns the seconds of one epoch, summed over all engines.
    fn epoch(&self) -> f64 {
        self.parts.iter().flatten().map(|part| part.epoch).sum()
    }

    /// Returns the number of epochs that fit into `seconds`, from 1 to all.
    pub fn fitting(&self, seconds: f64) -> u32 {
        let all = self.work.epochs();
        // Without the first case rounding could cost an epoch.
        if seconds >= self.expected() { all } else { ((seconds / self.epoch()) as u32).clamp(1, all) }
    }

    /// Sets the number of epochs for all engines. Trains once if that is short, because the first run at this length
    /// allocates more memory.
    pub fn train_epochs(&mut self, contestants: &mut [Contestant], epochs: u32) -> Result<()> {
        for (slot, contestant) in self.parts.iter_mut().zip(contestants) {
            let Ok(part) = slot else { continue };
            part.job = self.work.job(epochs, part.job.mapping)?;
            if part.epoch * f64::from(epochs) < WARM
                && let Err(why) = row_note_or_error(run(contestant.engine.as_mut(), &part.job))?
            {
                *slot = Err(why);
            }
        }
        Ok(())
    }

    /// Gives each engine a turn, in order or reversed.
    pub fn round(&mut self, contestants: &mut [Contestant], reversed: bool) -> Result<()> {
        let mut order: Vec<usize> = (0..self.parts.len()).collect();
        if reversed {
            order.reverse();
        }
        for n in order {
            if let Ok(part) = &mut self.parts[n]
                && let Err(why) = row_note_or_error(turn(contestants[n].engine.as_mut(), part))?
            {
                self.parts[n] = Err(why);
            }
        }
        Ok(())
    }

    /// Returns a row for each engine, without times where results differ.
    pub fn rows(&self, contestants: &mut [Contestant], devices: &[BenchDevice]) -> Result<Vec<BenchRow>> {
        let sound: Vec<_> = self.parts.iter().map(|part| part.as_ref().ok()).collect();
        let ends: Vec<_> = sound.iter().map(|part| part.map(|part| &part.ends[..])).collect();
        let present: Vec<(usize, &EngineRuns)> =
            sound.iter().enumerate().filter_map(|(n, part)| Some((n, (*part)?))).collect();
        let verdicts = match present[..] {
            [(n, lone)] => {
                let verdict = row_note_or_error(with_reference(contestants[n].engine.as_mut(), &lone.job))?;
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
                mapping: part.as_ref().ok().and_then(|part| part.job.mapping),
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

/// Repeats runs for a moment in total, so that one run on a device in a sleep state does not decide the time of short
/// work.
fn turn(engine: &mut dyn Engine, part: &mut EngineRuns) -> Result<()> {
    let (begun, mut runs) = (Instant::now(), 0);
    while runs == 0 || (runs < MOST_RUNS && begun.elapsed().as_secs_f64() < TURN) {
        let before = engine.phases();
        let (seconds, ends) = run(engine, &part.job)?;
        part.timed.runs.push(seconds);
        part.timed.phases.push(Phase::since(&before, engine.phases()));
        part.steady &= part.ends.is_empty() || same(&part.ends, &ends);
        part.ends = ends;
        runs += 1;
    }
    Ok(())
}

/// Chooses the mapping for `work`, by autotuning if epochs are short, compiles, warms up and times an epoch.
fn prepare(engine: &mut dyn Engine, work: &Workload, mut job: Job) -> Result<EngineRuns> {
    let models = job.trials.len();
    job.mapping = Some(engine.choose_mapping(&job, models)?);
    let mut ready = warm_up(engine, work, job)?;
    if ready.epoch < TUNED
        && let Some(tuned) = engine.tune(&work.job(work.epochs(), ready.job.mapping)?)?
        && Some(tuned.mapping) != ready.job.mapping
    {
        ready = warm_up(engine, work, ready.job.mapped(tuned.mapping))?;
    }
    Ok(ready)
}

/// Runs once with compilation, once without, then longer until the time of an epoch dominates the overhead.
fn warm_up(engine: &mut dyn Engine, work: &Workload, mut job: Job) -> Result<EngineRuns> {
    // Drops compiled kernels and uploaded points, so that the first run includes their cost.
    engine.clear_caches();
    let (first, mut seconds) = (run(engine, &job)?.0, run(engine, &job)?.0);
    let compile = (first - seconds).max(0.0);
    let (mapping, mut epochs) = (job.mapping, 1);
    while seconds < MOMENT && epochs < work.epochs() / TENTH {
        epochs = (4 * epochs).min(work.epochs() / TENTH);
        job = work.job(epochs, mapping)?;
        seconds = run(engine, &job)?.0;
    }
    let timed = TimedWorkload { compile, ..TimedWorkload::default() };
    Ok(EngineRuns { job, epoch: seconds / f64::from(epochs), timed, ends: Vec::new(), steady: true })
}

/// Trains, and returns the seconds and the outcomes.
fn run(engine: &mut dyn Engine, job: &Job) -> Result<(f64, Vec<Outcome>)> {
    let (mut sink, begun) = (OutcomesOnly::default(), Instant::now());
    engine.train(job, 0..job.trials.len(), &mut sink)?;
    Ok((begun.elapsed().as_secs_f64(), sink.0))
}

/// Derives the throughput of `device` from `timed`.
fn measured(job: &Job, timed: &TimedWorkload, device: &BenchDevice) -> Measured {
    let (model_epochs, median) = (job.trials.len() as f64 * f64::from(job.epochs), median(&timed.runs));
    let (WorkDone { sample_steps, flop, .. }, bytes) = (WorkDone::of_all(job), bytes(job));
    let share = |rate: f64, of: fn(&DeviceCeiling) -> f64| device.ceiling.as_ref().map(|ceiling| rate / of(ceiling));
    Measured {
        runs: timed.runs.clone(),
        median,
        compile: timed.compile,
        phases: timed.median_phases(),
        model_epochs_per_second: model_epochs / median,
        sample_steps_per_second: sample_steps / median,
        flop_per_second: flop / median,
        share_of_flop: share(flop / median, |ceiling| ceiling.flop_per_second),
        bytes_per_second: bytes / median,
        share_of_copy: share(bytes / median, |ceiling| ceiling.copied_bytes_per_second),
        flop_per_byte: flop / bytes,
    }
}

/// Bytes that cross a device's memory under every mapping: f32 parameters in and out, recorded losses and two numbers
/// of a score out, all points in once.
fn bytes(job: &Job) -> f64 {
    let models = job.trials.len();
    let numbers = models as f64 * (2 * job.shape.parameters() + 2) as f64;
    let losses = (job.record.curves_in(&(0..models)) * job.record.epochs.len()) as f64;
    let points = (job.data.train.len() * (job.shape.features() + 1)) as f64;
    4.0 * (numbers + losses + points)
}
