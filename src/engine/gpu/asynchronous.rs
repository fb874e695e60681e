//! The GPU engine's work as futures, which a page awaits.

use super::GpuEngine;
use super::MIN_REPORTED_SECONDS;
use super::batch::BatchRun;
use super::dispatch_sizing::DispatchSizing;
use super::kernel_spec::KernelSpec;
use super::{autotune, explain, peak, recovery};
use crate::clock::Instant;
use crate::dataset::Points;
#[cfg(doc)]
use crate::engine::Engine;
use crate::engine::{
    AchievedSpeed, DeviceCeiling, EngineInfo, ExplainLine, Job, Mapping, Phase, Score, Sink, TunedMapping,
};
use crate::error::Result;
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;
use std::ops::Range;

impl GpuEngine {
    /// As [`Engine::train`], without blocking: a page awaits it.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    pub async fn train_async(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        recovery::train(self, job, range, sink).await
    }

    /// As [`Engine::evaluate`], without blocking.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    pub async fn evaluate_async(
        &mut self,
        shape: &NetworkShape,
        train_spec: &TrainSpec,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>> {
        let each = async |run: BatchRun<'_>, pace: &DispatchSizing| run.scores(pace).await;
        self.of_models(shape, train_spec, parameters, points, each).await
    }

    /// As [`Engine::logits`], without blocking.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    pub async fn logits_async(&mut self, job: &Job, parameters: &[f64], points: &Points) -> Result<Vec<f64>> {
        let each = async |run: BatchRun<'_>, pace: &DispatchSizing| run.logits(pace).await;
        self.of_models(&job.shape, &job.train_spec, parameters, points, each).await
    }

    /// Returns the most promising mapping, as [`Engine::choose_mapping`].
    ///
    /// # Errors
    /// If this engine can't train such a shape; the message gives the reason.
    pub fn planned_mapping(&self, job: &Job, models: u64) -> Result<Mapping> {
        self.best(&KernelSpec::of(job), models).map(Mapping::Gpu)
    }

    /// As [`Engine::tune`], without blocking.
    ///
    /// # Errors
    /// As for [`Engine::tune`].
    pub async fn tune_async(&mut self, job: &Job) -> Result<Option<TunedMapping>> {
        let begun = Instant::now();
        let tuned = autotune::tune(self, job).await;
        self.timing.add("tuning", begun.elapsed().as_secs_f64());
        tuned
    }

    /// As [`Engine::explain`], without blocking.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    pub async fn explain_async(&mut self, job: &Job) -> Result<Vec<ExplainLine>> {
        explain::explain(self, job).await
    }

    /// As [`Engine::ceiling`], without blocking.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    pub async fn ceiling_async(&mut self) -> Result<DeviceCeiling> {
        Ok(DeviceCeiling {
            flop_per_second: 2.0 * peak::fused_per_second(&self.device).await?,
            copied_bytes_per_second: peak::copied_bytes_per_second(&self.device).await?,
        })
    }

    /// As [`Engine::achieved`], without blocking.
    ///
    /// # Errors
    /// As for [`Engine::train`].
    pub async fn achieved_async(&mut self) -> Result<Option<AchievedSpeed>> {
        let seconds = self.timing.seconds("device").unwrap_or(self.timing.seconds("training").unwrap_or(0.0));
        if seconds < MIN_REPORTED_SECONDS {
            return Ok(None);
        }
        let floor_seconds = self.done.instructions / self.fused_per_second().await?;
        Ok(Some(AchievedSpeed {
            seconds,
            sample_steps_per_second: self.done.sample_steps / seconds,
            flop_per_second: self.done.flop / seconds,
            floor_seconds,
            share_of_floor: floor_seconds / seconds,
        }))
    }

    /// Returns the seconds spent in each phase so far. Phases may overlap.
    pub fn phase_times(&self) -> Vec<Phase> {
        self.timing.phases()
    }

    /// Returns engine, device and driver.
    pub fn device_info(&self) -> &EngineInfo {
        &self.device.info
    }
}
