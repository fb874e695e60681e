//! Evaluation without training.

use super::GpuEngine;
use super::batch::BatchRun;
use super::device_plan::DevicePlan;
use super::dispatch_sizing::DispatchSizing;
use super::kernel_spec::KernelSpec;
use super::kernels::Kernels;
use super::mapping::GpuMapping;
use crate::dataset::{Dataset, Points, Targets};
use crate::engine::{Job, Mapping, Record};
use crate::error::{Error, Result};
use crate::model::NetworkShape;
use crate::sweep::{InitialWeights, TrainSpec, Trials};
use std::sync::Arc;

/// Returns a job without epochs for models with given parameters.
pub fn job(shape: &NetworkShape, parameters: &[f64], mapping: GpuMapping) -> Job {
    let nothing = Points { features: shape.features(), x: Vec::new(), targets: Targets::Binary(Vec::new()) };
    Job {
        shape: shape.clone(),
        data: Arc::new(Dataset::of("", nothing)),
        trials: Trials::pairs(vec![(0.0, 0); parameters.len() / shape.parameters()]),
        train_spec: TrainSpec::plain(),
        initial: InitialWeights::Given(parameters.to_vec()),
        epochs: 0,
        record: Record::default(),
        mapping: Some(Mapping::Gpu(mapping)),
    }
}

impl GpuEngine {
    /// Applies `each` to batches of models given by their `parameters`, row-major `[models, parameters]`, and
    /// concatenates the results.
    ///
    /// # Errors
    /// As for [`crate::engine::Engine::evaluate`].
    pub(super) async fn of_models<T>(
        &mut self,
        shape: &NetworkShape,
        train_spec: &TrainSpec,
        parameters: &[f64],
        points: &Points,
        each: impl AsyncFn(BatchRun<'_>, &DispatchSizing) -> Result<Vec<T>>,
    ) -> Result<Vec<T>> {
        let size = shape.parameters();
        if !parameters.len().is_multiple_of(size) || points.features != shape.features() {
            return Err(Error::setting("parameters", parameters.len(), format!("a multiple of {size}")));
        }
        // Evaluation depends on the network and the loss only.
        let TrainSpec { activation, loss, class_weights, loss_params, .. } = train_spec.clone();
        let train_spec = TrainSpec { activation, loss, class_weights, loss_params, ..TrainSpec::plain() };
        let kernel_spec =
            KernelSpec { shape, train_spec: &train_spec, rows: points.len(), regression: points.is_regression() };
        let models = (parameters.len() / size) as u64;
        let mapping = self.best(&kernel_spec, models)?;
        let train = self.points(kernel_spec, points, mapping, false).await?;
        let plan = DevicePlan::new(mapping, &kernel_spec, 1, &self.device.limits);
        let device = &self.device;
        let (histogram, convergence, validation, test) = (None, None, None, None);
        let kernels = Kernels { device, plan, kernel_spec, histogram, convergence, train: &train, validation, test };
        let job = job(shape, parameters, mapping);
        let (mut found, mut first) = (Vec::new(), 0);
        while first < models {
            let batch = plan.batch(first..models, 0, u64::MAX) as u32;
            let run = BatchRun::new(&kernels, &job, first, batch).await?;
            found.extend(each(run, &DispatchSizing::new(&plan)).await?);
            first += u64::from(batch);
        }
        Ok(found)
    }
}
