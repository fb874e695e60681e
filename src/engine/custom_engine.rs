//! An engine that trains or chooses mappings in a way of its own, for tests of what uses engines.

use super::{Engine, EngineInfo, Job, Mapping, Phase, Score, Sink};
use crate::dataset::Points;
use crate::error::Result;
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;
use std::ops::Range;

/// Returns the mapping to use for a job; `None`: the one that the inner engine chooses.
type Forcing = dyn Fn(&Job) -> Option<Mapping> + Send;

/// Trains by a function of its own; the trait's other required methods are those of the engine inside.
pub struct CustomEngine<E, F> {
    inner: E,
    train: F,
    force: Box<Forcing>,
}

impl<E, F> CustomEngine<E, F>
where
    E: Engine,
    F: FnMut(&mut E, &Job, Range<u64>, &mut dyn Sink) -> Result<()> + Send,
{
    /// Creates an engine that trains by `train`, which may change the job or the batches, or fail; its first argument
    /// is `inner`, which does everything else.
    pub fn training(inner: E, train: F) -> Self {
        Self { inner, train, force: Box::new(|_| None) }
    }

    /// Replaces the mapping that the inner engine would choose by that of `force`, if there is one.
    pub fn forcing(self, force: impl Fn(&Job) -> Option<Mapping> + Send + 'static) -> Self {
        Self { force: Box::new(force), ..self }
    }
}

impl<E, F> Engine for CustomEngine<E, F>
where
    E: Engine,
    F: FnMut(&mut E, &Job, Range<u64>, &mut dyn Sink) -> Result<()> + Send,
{
    fn info(&self) -> &EngineInfo {
        self.inner.info()
    }

    fn choose_mapping(&self, job: &Job, models: u64) -> Result<Mapping> {
        (self.force)(job).map_or_else(|| self.inner.choose_mapping(job, models), Ok)
    }

    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        (self.train)(&mut self.inner, job, range, sink)
    }

    fn evaluate(
        &mut self,
        shape: &NetworkShape,
        train_spec: &TrainSpec,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>> {
        self.inner.evaluate(shape, train_spec, parameters, points)
    }

    fn logits(&mut self, job: &Job, parameters: &[f64], points: &Points) -> Result<Vec<f64>> {
        self.inner.logits(job, parameters, points)
    }

    fn phases(&self) -> Vec<Phase> {
        self.inner.phases()
    }
}
