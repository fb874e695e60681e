//! Benchmark workloads.

use crate::dataset::{BuiltIn, BuiltInSettings};
use crate::engine::{Job, Mapping};
use crate::error::Result;
use crate::model::NetworkShape;
use crate::sweep::{Choices, CurvesKept, Inputs, Sweep, Widths};
use std::sync::Arc;

/// Models to train, with a name and a title for the table.
#[derive(Debug, Clone)]
pub struct Workload {
    /// Short name: `W`, `W2`, ...
    pub name: &'static str,
    /// Human-readable description.
    pub title: String,
    sweep: Sweep,
    /// Whether to train on the standardised breast-cancer table instead of the built-in points.
    breast_cancer: bool,
}

/// Returns all workloads: the default network with every loss recorded, a deeper one, fifty times as many of the first,
/// and a wide one on real data.
pub fn works() -> [Workload; 4] {
    [
        work("W", &[1], 2000, 1000, 1),
        work("W2", &[16, 16], 1000, 1000, 10),
        work("W3", &[1], 100_000, 1000, 10),
        Workload { breast_cancer: true, ..work("wide", &[64, 64], 200, 200, 10) },
    ]
    .map(Workload::titled)
}

fn work(name: &'static str, hidden: &[usize], models: u64, epochs: u32, every: u32) -> Workload {
    let hidden = Choices::one(Widths(hidden.to_vec()));
    let (models, record_every, curves) = (Some(models), Some(every), CurvesKept::All);
    let sweep = Sweep { hidden, models, epochs, record_every, curves, ..Sweep::default() };
    Workload { name, title: String::new(), sweep, breast_cancer: false }
}

impl Workload {
    /// Returns a workload of `models` default networks for `epochs` epochs, which records only the final results.
    pub fn growing(models: u64, epochs: u32) -> Self {
        let mut work = work("growth", &[1], models, epochs, epochs);
        work.sweep.curves = CurvesKept::None;
        work.titled()
    }

    fn titled(mut self) -> Self {
        let widths: Vec<String> = self.sweep.hidden.all()[0].0.iter().map(usize::to_string).collect();
        let (features, points) = if self.breast_cancer { (30, "breast cancer, 569 points") } else { (2, "200 points") };
        let losses = match (self.sweep.curves, self.sweep.record_every) {
            (CurvesKept::None, _) => "no losses kept".to_owned(),
            (_, Some(1)) => "every loss kept".to_owned(),
            (_, every) => format!("every {}th loss kept", every.unwrap_or(1)),
        };
        self.title = format!("{features}-{}-1, {points}, {losses}", widths.join("-"));
        self
    }

    /// Returns the number of models.
    pub fn models(&self) -> u64 {
        self.sweep.models.unwrap_or(Sweep::DEFAULT_MODELS)
    }

    /// Returns the epochs per model of the complete workload.
    pub fn epochs(&self) -> u32 {
        self.sweep.epochs
    }

    /// Builds the job for the first `epochs` epochs.
    ///
    /// # Errors
    /// Never for the built-in workloads, as the tests check.
    pub fn job(&self, epochs: u32, mapping: Option<Mapping>) -> Result<Job> {
        let sweep = Sweep { epochs, ..self.sweep.clone() };
        let mut job = Inputs::load(&sweep)?.jobs.remove(0);
        if self.breast_cancer {
            job.data = Arc::new(BuiltIn::BreastCancer.make(&BuiltInSettings::default()).standardize());
            job.shape = NetworkShape::new(job.data.train.features, job.shape.hidden())?;
        }
        job.record.histograms = false;
        Ok(Job { mapping, ..job })
    }
}
