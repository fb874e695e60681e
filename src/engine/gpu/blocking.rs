//! The GPU engine as others are: each call blocks until the device is done, which a page can't do.

use super::GpuEngine;
use super::cache_file;
use crate::dataset::Points;
use crate::engine::{
    AchievedSpeed, DeviceCeiling, Engine, EngineInfo, ExplainLine, Job, Mapping, Phase, Score, Sink, TunedMapping,
};
use crate::error::Result;
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;
use pollster::block_on;
use std::ops::Range;

impl Engine for GpuEngine {
    fn info(&self) -> &EngineInfo {
        self.device_info()
    }

    fn choose_mapping(&self, job: &Job, models: u64) -> Result<Mapping> {
        self.planned_mapping(job, models)
    }

    fn tune(&mut self, job: &Job) -> Result<Option<TunedMapping>> {
        block_on(self.tune_async(job))
    }

    fn explain(&mut self, job: &Job) -> Result<Vec<ExplainLine>> {
        block_on(self.explain_async(job))
    }

    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        block_on(self.train_async(job, range, sink))
    }

    fn evaluate(
        &mut self,
        shape: &NetworkShape,
        train_spec: &TrainSpec,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>> {
        block_on(self.evaluate_async(shape, train_spec, parameters, points))
    }

    fn logits(&mut self, job: &Job, parameters: &[f64], points: &Points) -> Result<Vec<f64>> {
        block_on(self.logits_async(job, parameters, points))
    }

    fn notes(&self) -> Vec<String> {
        self.options.cache.as_deref().map(cache_file::special_files).unwrap_or_default()
    }

    fn phases(&self) -> Vec<Phase> {
        self.phase_times()
    }

    fn clear_caches(&mut self) {
        self.cached_datasets.clear();
    }

    fn ceiling(&mut self) -> Result<Option<DeviceCeiling>> {
        block_on(self.ceiling_async()).map(Some)
    }

    fn achieved(&mut self) -> Result<Option<AchievedSpeed>> {
        block_on(self.achieved_async())
    }
}
