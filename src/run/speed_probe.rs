//! How fast an engine trains each cell, for the size of chunks: measured for a moment where it matters.

use crate::engine::{Batch, Engine, Job, Phase, Sink};
use crate::error::Result;
use crate::study::{StudySpec, TrainingSpeed};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// How long a cell is trained for that, and at most how many cells: those after them are taken to be as fast as the last of them.
const TIME: Duration = Duration::from_millis(300);
const MOST_CELLS: usize = 8;

/// The speed for each cell's `jobs`, and the phases in which the engine measured it. A cell that is short by counted work has its
/// engine's nominal speed, so that a small study is cut alike on every machine.
///
/// # Errors
/// As for [`Engine::train`].
pub fn speeds(question: &StudySpec, jobs: &[Job], engine: &mut dyn Engine) -> Result<(Vec<TrainingSpeed>, Vec<Phase>)> {
    let (epochs, nominal) = (question.sweep.epochs, TrainingSpeed::nominal(&engine.info().engine));
    let (before, mut speeds, mut measured) = (engine.phases(), Vec::new(), Vec::new());
    for (part, job) in question.cells.iter().zip(jobs) {
        let is_known = question.sweep.chunk_models.is_some() || part.is_short(epochs, &nominal);
        if !is_known && measured.len() < MOST_CELLS {
            measured.push(SpeedProbe::rate(engine, job)? * part.model_flops(epochs) / f64::from(epochs));
        }
        let flops = measured.last().copied().filter(|_| !is_known).unwrap_or(nominal.flops);
        speeds.push(TrainingSpeed { flops, ..nominal });
    }
    Ok((speeds, spent(&before, engine.phases())))
}

/// Where the devices' time went, without what was `measured`; phases of several are added up.
pub fn phases(engines: &[Box<dyn Engine>], measured: &[Phase]) -> Vec<Phase> {
    let mut sums: Vec<Phase> = Vec::new();
    for phase in engines.iter().flat_map(|engine| engine.phases()) {
        match sums.iter_mut().find(|sum| sum.name == phase.name) {
            Some(sum) => sum.seconds += phase.seconds,
            None => sums.push(phase),
        }
    }
    for spent in measured {
        sums.iter_mut().filter(|sum| sum.name == spent.name).for_each(|sum| sum.seconds -= spent.seconds);
    }
    sums
}

/// What each phase took since `before`.
fn spent(before: &[Phase], mut now: Vec<Phase>) -> Vec<Phase> {
    for phase in &mut now {
        phase.seconds -= before.iter().find(|old| old.name == phase.name).map_or(0.0, |old| old.seconds);
    }
    now
}

/// Lets a training go on for a moment, counted from its first progress: what comes before is compilation.
#[derive(Default)]
struct SpeedProbe {
    begun: Option<Instant>,
    model_epochs: u64,
    taken: Duration,
}

impl SpeedProbe {
    /// Updates (models × epochs) in a second.
    fn rate(engine: &mut dyn Engine, job: &Job) -> Result<f64> {
        let (begun, mut watch) = (Instant::now(), Self::default());
        engine.train(job, 0..job.trials.len(), &mut watch)?;
        let taken = if watch.taken.is_zero() { begun.elapsed() } else { watch.taken };
        Ok(watch.model_epochs.max(1) as f64 / taken.as_secs_f64().max(1e-9))
    }
}

impl Sink for SpeedProbe {
    fn accept(&mut self, _: Batch) -> Result<ControlFlow<()>> {
        Ok(ControlFlow::Continue(()))
    }

    fn progress(&mut self, model_epochs: u64) -> ControlFlow<()> {
        let Some(begun) = self.begun else {
            self.begun = Some(Instant::now());
            return ControlFlow::Continue(());
        };
        self.model_epochs += model_epochs;
        self.taken = begun.elapsed();
        if self.taken >= TIME { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
