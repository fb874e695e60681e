//! Trains on the visitor's GPU. Its calls are awaited: a browser answers only while nothing runs.

use crate::closeup::{flat, image};
use crate::question::Question;
use crate::thrown;
use crate::trainer::TrainedPart;
use gpu_sweep::analysis::parameter_paths::PathPlan;
use gpu_sweep::builder::PreparedSweep;
use gpu_sweep::engine::cpu::CpuEngine;
use gpu_sweep::engine::gpu::GpuEngine;
use gpu_sweep::engine::gpu::gpu_options::GpuOptions;
use gpu_sweep::engine::{Batch, EngineKind, InMemorySink, Job, Mapping, Outcome};
use gpu_sweep::{Error, Result};
use wasm_bindgen::prelude::*;

/// Questions that a device has to answer as the CPU engine does before it is used, and how far apart the losses may be.
/// Their models learn slowly enough that differences in the last digit stay small.
const CHECKS: [&str; 2] =
    ["models=80&epochs=60", "hidden=8&activation=tanh&optimizer=adam&lr=0.003,0.01&models=16&epochs=40"];
const TOLERANCE: f64 = 1e-3;

/// A question's inputs, and the GPU.
#[wasm_bindgen]
pub struct GpuTrainer {
    engine: GpuEngine,
    prepared: Option<PreparedSweep>,
}

#[wasm_bindgen]
impl GpuTrainer {
    /// Opens the GPU and checks it. Throws if there is none that computes right.
    pub async fn open() -> std::result::Result<Self, JsError> {
        Self::opened().await.map_err(thrown)
    }

    /// Reads a question.
    pub fn prepare(&mut self, fragment: &str, table: Option<Vec<u8>>) -> std::result::Result<(), JsError> {
        let prepared = Question::read(fragment, table.as_deref()).and_then(|question| self.prepared_for(&question));
        self.prepared = Some(prepared.map_err(thrown)?);
        Ok(())
    }

    /// Trains the trials from `first` to before `end` of a cell.
    pub async fn train(&mut self, cell: usize, first: u32, end: u32) -> std::result::Result<TrainedPart, JsError> {
        let job = self.job(cell).map_err(thrown)?;
        let batch = self.batch(&job, first.into()..end.into()).await;
        batch.and_then(TrainedPart::of).map_err(thrown)
    }

    /// As [`crate::trainer::Trainer::weights`].
    pub async fn weights(
        &mut self,
        cell: usize,
        trials: Vec<u32>,
        epochs: Vec<u32>,
    ) -> std::result::Result<Vec<f64>, JsError> {
        let job = self.job(cell).map_err(thrown)?;
        let trials: Vec<u64> = trials.into_iter().map(u64::from).collect();
        let plan = PathPlan::of(&job, &trials, &epochs);
        let mut batches = Vec::new();
        for part in plan.jobs() {
            batches.push(self.batch(part, 0..trials.len() as u64).await.map_err(thrown)?);
        }
        let paths = plan.paths(batches).map_err(thrown)?;
        Ok(flat(&paths, epochs.len(), job.shape.parameters()))
    }

    /// As [`crate::trainer::Trainer::regions`].
    pub fn regions(&self, cell: usize, weights: &[f64], places: usize) -> std::result::Result<Vec<u8>, JsError> {
        let job = self.job(cell).map_err(thrown)?;
        Ok(weights.chunks_exact(job.shape.parameters()).flat_map(|weights| image(&job, weights, places)).collect())
    }

    /// Returns the name of the device and its driver.
    pub fn engine(&self) -> String {
        let info = self.engine.device_info();
        format!("WebGPU, {}", [&info.device, &info.driver].map(|text| text.trim()).join(" ").trim())
    }

    /// Whether the device is a program on the processor.
    pub fn software(&self) -> bool {
        self.engine.device_info().software
    }
}

impl GpuTrainer {
    async fn opened() -> Result<Self> {
        let descriptor = wgpu::InstanceDescriptor {
            backends: wgpu::Backends::BROWSER_WEBGPU,
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        };
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        };
        let adapter = wgpu::Instance::new(descriptor).request_adapter(&options).await;
        let adapter = adapter.map_err(|error| Error::Device(format!("the browser offers no GPU: {error}")))?;
        let engine = GpuEngine::new(&adapter, &GpuOptions::default()).await?;
        let mut opened = Self { engine, prepared: None };
        for check in CHECKS {
            opened.check(check).await?;
        }
        Ok(opened)
    }

    /// Trains a question on this device and by the CPU engine, and compares.
    async fn check(&mut self, fragment: &str) -> Result<()> {
        let question = Question::read(fragment, None)?;
        let mut cpu = CpuEngine::new()?;
        let (right, own) = (question.prepared(&mut cpu)?, self.prepared_for(&question)?);
        for (right, own) in right.jobs.iter().zip(&own.jobs) {
            let models = right.trials.len();
            let right = InMemorySink::train(&mut cpu, right, 0..models)?;
            let own = self.batch(own, 0..models).await?;
            let apart = furthest(&right.outcomes, &own.outcomes);
            if !(apart <= TOLERANCE) {
                let what =
                    format!("{}: losses differ from the processor's by {apart:e}; it is not used", self.engine());
                return Err(Error::Device(what));
            }
        }
        Ok(())
    }

    fn prepared_for(&self, question: &Question) -> Result<PreparedSweep> {
        let choose = |job: &Job| -> Result<Mapping> { self.engine.planned_mapping(job, job.trials.len()) };
        PreparedSweep::with_mappings(EngineKind::Gpu, &question.trained()?, question.data.as_ref(), choose)
    }

    fn job(&self, cell: usize) -> Result<Job> {
        let job = self.prepared.as_ref().and_then(|prepared| prepared.jobs.get(cell));
        job.cloned().ok_or_else(|| Error::usage("the question", "is not there"))
    }

    async fn batch(&mut self, job: &Job, range: std::ops::Range<u64>) -> Result<Batch> {
        let (mut sink, first) = (InMemorySink::default(), range.start);
        self.engine.train_async(job, range, &mut sink).await?;
        Ok(sink.batch.unwrap_or(Batch { first, ..Batch::default() }))
    }
}

/// Returns the largest relative distance of two trainings' losses; infinite if one lacks what the other has.
fn furthest(right: &[Outcome], own: &[Outcome]) -> f64 {
    let apart = |(right, own): (&Outcome, &Outcome)| match (right.train, own.train) {
        (Some(a), Some(b)) => (a.loss - b.loss).abs() / a.loss.abs().max(1e-3),
        (None, None) => 0.0,
        _ => f64::INFINITY,
    };
    let furthest = right.iter().zip(own).map(apart).fold(0.0, |worst, one| if one <= worst { worst } else { one });
    if right.len() == own.len() { furthest } else { f64::INFINITY }
}
