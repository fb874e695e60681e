//! The GPU engine: WGSL kernels on Vulkan, Metal or Direct3D 12 through wgpu, f32.

mod batch;
mod buffers;
pub mod device;
mod layout;
mod pace;
mod plan;
mod points;
mod probe;
mod shaders;
mod timing;
mod unroll;

use crate::dataset::{Dataset, Points};
use crate::engine::{Engine, EngineInfo, Job, Phase, Record, Score, Sink};
use crate::error::{Error, Result};
use crate::model::Shape;
use crate::sweep::{Initial, Recipe, Trials};
use batch::{BatchRun, Kernels};
use device::Device;
use pace::Pace;
use plan::{Mapping, Plan, whole_units};
use points::DevicePoints;
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::rc::Rc;
use std::time::{Duration, Instant};
use timing::Timing;

#[cfg(test)]
mod tests;

/// Data sets kept on the device with their kernels: a sweep needs two.
const KEPT: usize = 4;

/// What a batch of several of the sink's units should take at most: a stop loses no more than about this.
const BATCH_TIME: Duration = Duration::from_millis(500);

/// Trains on one adapter.
pub struct GpuEngine {
    device: Device,
    timing: Timing,
    kept: Vec<(Key, Rc<DevicePoints>)>,
}

/// All that compiled kernels and uploaded points depend on.
#[derive(Debug, Clone, PartialEq)]
struct Key {
    shape: Shape,
    mapping: Mapping,
    points: [u8; 32],
}

impl GpuEngine {
    /// Opens an adapter.
    ///
    /// # Errors
    /// [`Error::Device`] where it gives no device.
    pub fn new(adapter: &wgpu::Adapter) -> Result<Self> {
        let mut timing = Timing::default();
        let device = timing.measure("device start", || Device::open(adapter))?;
        Ok(Self { device, timing, kept: Vec::new() })
    }

    /// Points and kernels, from those kept or made now.
    fn points(&mut self, shape: &Shape, points: &Points, mapping: Mapping) -> Result<Rc<DevicePoints>> {
        let key = Key { shape: shape.clone(), mapping, points: fingerprint(points) };
        if let Some((_, kept)) = self.kept.iter().find(|(k, _)| *k == key) {
            return Ok(Rc::clone(kept));
        }
        let made = self.timing.measure("compile", || DevicePoints::new(&self.device, shape, points, mapping))?;
        let made = Rc::new(made);
        self.kept.truncate(KEPT - 1);
        self.kept.insert(0, (key, Rc::clone(&made)));
        Ok(made)
    }
}

/// A content hash of points.
fn fingerprint(points: &Points) -> [u8; 32] {
    let labels: Vec<u8> = points.y.iter().map(|y| u8::from(*y)).collect();
    let hash = Sha256::new().chain_update(points.features.to_le_bytes());
    hash.chain_update(bytemuck::cast_slice(&points.x)).chain_update(labels).finalize().into()
}

impl Engine for GpuEngine {
    fn info(&self) -> &EngineInfo {
        &self.device.info
    }

    fn choose_mapping(&self, shape: &Shape, _recipe: &Recipe, rows: usize) -> Result<String> {
        Ok(Mapping::choose(shape, rows, &self.device.limits).to_string())
    }

    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        let mapping = Mapping::parse(&job.mapping)?;
        mapping.check(&job.shape, job.data.train.len(), &self.device.limits)?;
        let train = self.points(&job.shape, &job.data.train, mapping)?;
        let test = job.data.test.as_ref().map(|test| self.points(&job.shape, test, mapping)).transpose()?;
        let slots = if range.start < job.record.curves_below { job.record.epochs.len() } else { 1 };
        let plan = Plan::new(mapping, &job.shape, train.rows, slots, &self.device.limits);
        let kernels = Kernels { device: &self.device, plan, train: &train, test: test.as_deref() };
        let (mut pace, mut units, mut first) = (Pace::new(&plan), 1, range.start);
        while first < range.end {
            let begun = Instant::now();
            let wanted = whole_units(first, sink.unit(), units);
            let models = plan.batch(first..range.end, job.record.curves_below, wanted);
            let run = self.timing.measure("upload", || BatchRun::new(&kernels, job, first, models as u32))?;
            let batch = run.run(&mut pace, &mut self.timing, sink)?;
            if sink.accept(batch)?.is_break() {
                break;
            }
            first += models;
            units = if begun.elapsed() < BATCH_TIME { units * 2 } else { (units / 2).max(1) };
        }
        Ok(())
    }

    fn evaluate(
        &mut self,
        shape: &Shape,
        _recipe: &Recipe,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>> {
        let size = shape.parameters();
        if !parameters.len().is_multiple_of(size) || points.features != shape.features() {
            return Err(Error::setting("parameters", parameters.len(), format!("a multiple of {size}")));
        }
        let mapping = Mapping::choose(shape, points.len(), &self.device.limits);
        let rows = self.points(shape, points, mapping)?;
        let plan = Plan::new(mapping, shape, rows.rows, 1, &self.device.limits);
        let kernels = Kernels { device: &self.device, plan, train: &rows, test: None };
        let models = (parameters.len() / size) as u64;
        let job = evaluation_job(shape, parameters, mapping);
        let mut scores = Vec::with_capacity(models as usize);
        while (scores.len() as u64) < models {
            let first = scores.len() as u64;
            let batch = plan.batch(first..models, 0, u64::MAX) as u32;
            scores.extend(BatchRun::new(&kernels, &job, first, batch)?.scores(&Pace::new(&plan))?);
        }
        Ok(scores)
    }

    fn phases(&self) -> Vec<Phase> {
        self.timing.phases()
    }
}

/// A job without an epoch for models with given parameters.
fn evaluation_job(shape: &Shape, parameters: &[f64], mapping: Mapping) -> Job {
    let nothing = Points { features: shape.features(), x: Vec::new(), y: Vec::new() };
    Job {
        shape: shape.clone(),
        data: std::sync::Arc::new(Dataset {
            name: String::new(),
            train: nothing,
            test: None,
            feature_names: Vec::new(),
            class_names: Default::default(),
            scaling: None,
        }),
        trials: Trials::pairs(vec![(0.0, 0); parameters.len() / shape.parameters()]),
        recipe: Recipe::plain(),
        initial: Initial::Given(parameters.to_vec()),
        epochs: 0,
        record: Record::default(),
        mapping: mapping.to_string(),
    }
}
