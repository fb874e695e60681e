//! An engine that trains in a way of its own, for tests of what uses engines.

use super::{Engine, EngineInfo, Job, Mapping, Phase, Score, Sink};
use crate::dataset::Points;
use crate::error::Result;
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;
use std::ops::Range;

/// Trains by `train`, which may change the job or the batches, or fail; the trait's other required methods are those of
/// `inner`.
pub struct CustomTraining<E, F> {
    /// The engine that does everything else.
    pub inner: E,
    /// Trains as [`Engine::train`] does; its first argument is `inner`.
    pub train: F,
}

impl<E, F> Engine for CustomTraining<E, F>
where
    E: Engine,
    F: FnMut(&mut E, &Job, Range<u64>, &mut dyn Sink) -> Result<()> + Send,
{
    fn info(&self) -> &EngineInfo {
        self.inner.info()
    }

    fn choose_mapping(&self, job: &Job, models: u64) -> Result<Mapping> {
        self.inner.choose_mapping(job, models)
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
