//! A sweep that is ready to be trained, as a whole or in parts.

use super::{RunOptions, plan};
use crate::engine::{Engine, EngineKind, Job, Mapping};
use crate::error::Result;
use crate::results::StudySpec;
use crate::sweep::{DataInMemory, Inputs};

/// Inputs of a sweep, and how each of its cells is trained.
#[derive(Debug, Clone)]
pub struct PreparedSweep {
    /// Study spec.
    pub spec: StudySpec,
    /// Training inputs of its cells.
    pub inputs: Inputs,
    /// A job for each cell, with its mapping.
    pub jobs: Vec<Job>,
}

impl PreparedSweep {
    /// Prepares `options`'s sweep for an engine; `data` in memory takes the place of a file.
    ///
    /// # Errors
    /// As for [`Inputs::load`] and [`plan`].
    pub fn on(engine: &mut dyn Engine, options: &RunOptions, data: Option<&DataInMemory>) -> Result<Self> {
        let (spec, inputs) = loaded(options, data, engine.info().engine)?;
        let jobs = plan(options.mapping, &inputs, engine)?;
        Ok(Self { spec, inputs, jobs })
    }

    /// The same for an engine that can't be handed over; `choose` returns its mapping for a job.
    ///
    /// # Errors
    /// As for [`Inputs::load`], and those of `choose`.
    pub fn with_mappings(
        kind: EngineKind,
        options: &RunOptions,
        data: Option<&DataInMemory>,
        choose: impl Fn(&Job) -> Result<Mapping>,
    ) -> Result<Self> {
        let (spec, inputs) = loaded(options, data, kind)?;
        let mapped = |job: &Job| options.mapping.map_or_else(|| choose(job), Ok).map(|mapping| job.mapped(mapping));
        let jobs = inputs.jobs.iter().map(mapped).collect::<Result<_>>()?;
        Ok(Self { spec, inputs, jobs })
    }
}

/// Loads the inputs for an engine of this kind.
fn loaded(options: &RunOptions, data: Option<&DataInMemory>, kind: EngineKind) -> Result<(StudySpec, Inputs)> {
    options.sweep.check_spacing(kind.precision())?;
    let inputs = Inputs::load_with(&options.sweep, data)?;
    Ok((StudySpec::of(&options.sweep, &inputs), inputs))
}
