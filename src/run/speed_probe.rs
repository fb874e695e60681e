//! Training speed of each cell, for the size of chunks: measured for a moment where it matters.

use crate::clock::Instant;
use crate::engine::{Batch, Engine, Job, Phase, Sink};
use crate::error::Result;
use crate::results::StudySpec;
use crate::study::TrainingSpeed;
use std::ops::ControlFlow;
use std::time::Duration;

/// Time for which a cell is measured, and maximum number of cells measured; later ones get the speed of the last of
/// them.
const TIME: Duration = Duration::from_millis(300);
const MOST_CELLS: usize = 8;

/// Returns the speed for each cell's job, and the phases in which the engine measured it. A cell that is short by
/// counted work gets the engine's nominal speed, so that a small study has the same chunks on every machine.
///
/// # Errors
/// As for [`Engine::train`].
pub fn speeds(spec: &StudySpec, jobs: &[Job], engine: &mut dyn Engine) -> Result<(Vec<TrainingSpeed>, Vec<Phase>)> {
    let (epochs, nominal) = (spec.sweep.epochs, TrainingSpeed::nominal(engine.info().engine));
    let (before, mut speeds, mut measured) = (engine.phases(), Vec::new(), Vec::new());
    for (part, job) in spec.cells.iter().zip(jobs) {
        let is_known = spec.sweep.chunk_models.is_some() || part.is_short(epochs, &nominal);
        if !is_known && measured.len() < MOST_CELLS {
            measured.push(SpeedProbe::rate(engine, job)? * part.model_flops(epochs) / f64::from(epochs));
        }
        let flops = measured.last().copied().filter(|_| !is_known).unwrap_or(nominal.flops);
        speeds.push(TrainingSpeed { flops, ..nominal });
    }
    Ok((speeds, Phase::since(&before, engine.phases())))
}

/// Returns the seconds of each phase, summed over the devices, without those of `measured`.
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

/// Sink that stops a training after a moment, counted from its first progress: compilation comes before that.
#[derive(Default)]
struct SpeedProbe {
    begun: Option<Instant>,
    model_epochs: u64,
    taken: Duration,
}

impl SpeedProbe {
    /// Returns the updates (models × epochs) per second.
    fn rate(engine: &mut dyn Engine, job: &Job) -> Result<f64> {
        let (begun, mut observer) = (Instant::now(), Self::default());
        engine.train(job, 0..job.trials.len(), &mut observer)?;
        let taken = if observer.taken.is_zero() { begun.elapsed() } else { observer.taken };
        Ok(observer.model_epochs.max(1) as f64 / taken.as_secs_f64().max(1e-9))
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
