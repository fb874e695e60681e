//! Training, in memory or in a folder.

use crate::data::Data;
use crate::engines::{DeviceSpec, on_pool, with_engine};
use crate::errors::raise;
use crate::interrupt::{self, Shared};
use crate::options::Options;
use crate::study::Study;
use gpu_sweep::builder::SweepResults;
use gpu_sweep::engine::select::EngineSettings;
use gpu_sweep::run::Observer;
use gpu_sweep::study::{ProgressObserver, Study as StudyFolder, TrialRange};
use gpu_sweep::{Builder, Error, ProgressEvent, Result};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;

/// Trains a sweep: in memory, or in the folder `options["out"]`, where an interrupted one goes on. Without `GIL`;
/// Ctrl-C ends it within a second.
#[pyfunction]
#[pyo3(signature = (settings, options, data=None, listener=None))]
pub fn train(
    py: Python<'_>,
    settings: &Bound<'_, PyDict>,
    options: &Bound<'_, PyDict>,
    data: Option<&Data>,
    listener: Option<Py<PyAny>>,
) -> PyResult<Option<Study>> {
    let Options { device, out, builder } = Options::of(options, settings, data)?;
    let trained = interrupt::run(py, listener.as_ref(), move |shared| match out {
        Some(folder) => in_folder(shared, builder, &device, folder),
        None => in_memory(shared, builder, &device).map(Some),
    })?;
    trained.map_err(raise)
}

fn in_memory(shared: &Shared, builder: Builder, device: &DeviceSpec) -> Result<Study> {
    let (options, data) = builder.prepared()?;
    with_engine(device, |engine| {
        let results = SweepResults::train_on(engine, &options, data.as_ref(), &mut |event| shared.receive(event))?;
        results.inputs.notes.iter().for_each(|note| shared.say("note", note.clone()));
        Ok(Study::in_memory(results, engine.info().clone(), device.threads))
    })
}

/// Follows a run in a folder.
pub struct FolderRun<'a>(pub &'a Shared);

impl Observer for FolderRun<'_> {
    fn report(&self, about: &str, text: &str) {
        self.0.say("note", format!("{about}: {text}"));
    }

    fn progress_observer<'a>(&'a self, study: &'a StudyFolder) -> Box<dyn ProgressObserver + 'a> {
        let models: u64 = study.own_missing().iter().map(TrialRange::len).sum();
        let _ = self.0.receive(ProgressEvent::Planned(models * u64::from(study.spec().sweep.epochs)));
        Box::new(FolderTraining(self.0))
    }

    fn stop(&self) -> bool {
        self.0.stops()
    }
}

struct FolderTraining<'a>(&'a Shared);

impl ProgressObserver for FolderTraining<'_> {
    fn worked(&self, model_epochs: u64) {
        let _ = self.0.receive(ProgressEvent::Trained(model_epochs));
    }

    fn trouble(&self, what: &str) {
        self.0.say("warning", what.to_owned());
    }

    fn stop(&self) -> bool {
        self.0.stops()
    }
}

/// Returns None if the run was one shard of several, whose others are missing.
fn in_folder(shared: &Shared, builder: Builder, device: &DeviceSpec, folder: PathBuf) -> Result<Option<Study>> {
    interrupt::wait_for_those_left();
    if shared.stops() {
        return Err(Error::Stopped);
    }
    let mut limits = EngineSettings::default();
    limits.cpu.threads = device.threads;
    let builder = builder.out(&folder).device(device.device.clone()).limits(limits);
    let complete = on_pool(|| -> Result<bool> {
        let (session, outcome) = builder.run_observed(&FolderRun(shared))?;
        if let Some(failure) = outcome.summary.failures.first() {
            return Err(Error::Device(format!("{failure}; the others are in {}", session.study.folder().display())));
        }
        Ok(session.study.missing().is_empty())
    })??;
    if shared.stops() {
        return Err(Error::Stopped);
    }
    if complete { Study::open(folder).map(Some) } else { Ok(None) }
}
