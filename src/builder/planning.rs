//! Maps a study's cells to an engine.

use super::RunOptions;
use crate::dataset::Points;
use crate::engine::{Engine, InMemorySink, Job, Mapping};
use crate::error::Result;
use crate::sweep::{BatchSpec, Inputs, RowOrder, TrainSpec};

/// Returns the jobs of all cells, with the forced mapping or those that the engine chooses; refuses a mapping that the
/// engine can't run.
///
/// # Errors
/// As for [`Engine::choose_mapping`] and [`Engine::train`].
pub fn plan(mapping: Option<Mapping>, inputs: &Inputs, engine: &mut dyn Engine) -> Result<Vec<Job>> {
    let mut jobs = Vec::new();
    for job in &inputs.jobs {
        let mapping = mapping.map_or_else(|| engine.choose_mapping(job, job.trials.len()), Ok)?;
        jobs.push(job.mapped(mapping));
    }
    // An empty range of trials checks the mapping without training.
    jobs.iter().try_for_each(|job| InMemorySink::train(engine, job, 0..0).map(|_| ()))?;
    Ok(jobs)
}

/// Lets the engine time alternative mappings, unless one is forced or tuning is off; returns descriptions of the
/// results.
///
/// # Errors
/// As for [`Engine::tune`].
pub fn tune(options: &RunOptions, jobs: &mut [Job], engine: &mut dyn Engine) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if !options.tune || options.mapping.is_some() {
        return Ok(found);
    }
    for n in 0..jobs.len() {
        // Other points of the same number take as long.
        if n > 0 && same_work(&jobs[n - 1], &jobs[n]) {
            jobs[n].mapping = jobs[n - 1].mapping;
        } else if let Some(tuned) = engine.tune(&jobs[n])? {
            found.push(format!("{} ({})", tuned.mapping, tuned.reason));
            jobs[n].mapping = Some(tuned.mapping);
        }
    }
    Ok(found)
}

/// Whether two jobs differ only in their points and trials, and have equal numbers of each.
fn same_work(one: &Job, other: &Job) -> bool {
    let sizes = |job: &Job| (job.data.sets().map(Points::len).collect::<Vec<_>>(), job.trials.len());
    // The whole sweep has one kind of row order; the seed of a shared one follows the data seed and is ignored.
    let train_spec = |job: &Job| {
        let batches = BatchSpec { order: RowOrder::PerSeed, size: job.train_spec.batches.size };
        TrainSpec { batches, ..job.train_spec.clone() }
    };
    one.shape == other.shape && sizes(one) == sizes(other) && train_spec(one) == train_spec(other)
}
