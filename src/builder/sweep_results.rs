//! Trains a sweep in memory.

use super::{RunOptions, plan};
use crate::dataset::Dataset;
use crate::engine::select::{SelectedDevices, select_several};
use crate::engine::{Batch, InMemorySink, Job, Outcome};
use crate::error::{Error, Result};
use crate::results::{ModelColumns, StudySpec, summary_of};
use crate::statistics::Summary;
use crate::sweep::{Inputs, Trial};

/// Trained models, none of them on disk.
#[derive(Debug, Clone)]
pub struct SweepResults {
    /// Study spec.
    pub spec: StudySpec,
    /// A job for each cell.
    pub jobs: Vec<Job>,
    /// Results of each cell.
    pub batches: Vec<Batch>,
    /// Models counted by combination of settings.
    pub summary: Summary,
}

impl SweepResults {
    /// Trains all models of `options`'s sweep on its only device; `data` in memory takes the place of a file. A batch
    /// takes about 80 bytes per model, plus curves and weights.
    ///
    /// # Errors
    /// As for [`Inputs::load`] and [`crate::engine::Engine::train`]; [`Error::Usage`] for a shard, which needs a
    /// folder; [`Error::Setting`] for several devices.
    pub fn train(options: &RunOptions, data: Option<&Dataset>) -> Result<Self> {
        if let Some(shard) = options.shard {
            return Err(Error::usage(
                format!("--shard {shard}"),
                "has no effect on train(), which trains all of a sweep; call run()",
            ));
        }
        if options.devices.only().is_none() {
            return Err(Error::setting(
                "--device",
                &options.devices,
                "a single device where a sweep is trained in memory",
            ));
        }
        let SelectedDevices { mut engines, .. } = select_several(&options.devices, &options.limits)?;
        let inputs = Inputs::load_with(&options.sweep, data)?;
        let spec = StudySpec::of(&options.sweep, &inputs);
        let jobs = plan(options.mapping, &inputs, engines[0].as_mut())?;
        let train = |job: &_| InMemorySink::train(engines[0].as_mut(), job, 0..job.trials.len());
        let batches: Vec<Batch> = jobs.iter().map(train).collect::<Result<_>>()?;
        let models = batches.iter().enumerate();
        let models = models.map(|(cell, batch)| ModelColumns { cell, first: 0, outcomes: batch.outcomes.clone() });
        let summary = summary_of(&spec, models);
        Ok(Self { spec, jobs, batches, summary })
    }

    /// Returns every model: its cell, its trial there, and its outcome.
    pub fn models(&self) -> impl Iterator<Item = (usize, Trial, &Outcome)> {
        let cells = self.batches.iter().zip(&self.spec.cells).enumerate();
        cells.flat_map(|(cell, (batch, part))| {
            let trials = (0..part.trials.len()).map(|index| part.trials.get(index));
            trials.zip(&batch.outcomes).map(move |(trial, outcome)| (cell, trial, outcome))
        })
    }
}
