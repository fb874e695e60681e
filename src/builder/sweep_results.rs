//! Trains a sweep in memory.

use super::{RunOptions, plan};
use crate::dataset::Dataset;
use crate::engine::select::{SelectedDevices, select_several};
use crate::engine::{Batch, Engine, Job, Outcome, ProgressCallback, ProgressEvent, ignore_progress, train_reporting};
use crate::error::{Error, Result};
use crate::results::{
    CurveKind, KeptModel, ModelColumns, ModelCurve, ResultsPart, StudyResults, StudySpec, chosen_curves, curve,
    summary_of, to_f32,
};
use crate::statistics::Summary;
use crate::sweep::{Inputs, Trial};
use std::borrow::Cow;
use std::ops::Range;

/// Trained models, none of them on disk.
#[derive(Debug, Clone)]
pub struct SweepResults {
    /// Study spec.
    pub spec: StudySpec,
    /// Training inputs of its cells.
    pub inputs: Inputs,
    /// A job for each cell, with the mapping that trained it.
    pub jobs: Vec<Job>,
    /// Results of each cell.
    pub batches: Vec<Batch>,
    /// Models counted by combination of settings.
    pub summary: Summary,
}

impl SweepResults {
    /// Trains all models of `options`'s sweep on its only device; `data` in memory takes the place of a file. A batch
    /// takes about 80 bytes per model, plus curves and weights.
    ///
    /// # Errors
    /// As for [`Inputs::load`] and [`crate::engine::Engine::train`]; [`Error::Usage`] for a shard, which needs a
    /// folder; [`Error::Setting`] for several devices.
    pub fn train(options: &RunOptions, data: Option<&Dataset>) -> Result<Self> {
        if let Some(shard) = options.shard {
            return Err(Error::usage(
                format!("--shard {shard}"),
                "has no effect on train(), which trains all of a sweep; call run()",
            ));
        }
        if options.devices.only().is_none() {
            return Err(Error::setting(
                "--device",
                &options.devices,
                "a single device where a sweep is trained in memory",
            ));
        }
        let SelectedDevices { mut engines, .. } = select_several(&options.devices, &options.limits)?;
        Self::train_on(engines[0].as_mut(), options, data, &mut ignore_progress)
    }

    /// The same on an engine that is already open; `options` names no other.
    ///
    /// # Errors
    /// As for [`SweepResults::train`]; [`Error::Stopped`] if the callback stops the training.
    pub fn train_on(
        engine: &mut dyn Engine,
        options: &RunOptions,
        data: Option<&Dataset>,
        callback: &mut ProgressCallback<'_>,
    ) -> Result<Self> {
        options.sweep.check_spacing(engine.info().engine.precision())?;
        let inputs = Inputs::load_with(&options.sweep, data)?;
        let spec = StudySpec::of(&options.sweep, &inputs);
        let jobs = plan(options.mapping, &inputs, engine)?;
        let epochs = spec.models().saturating_mul(options.sweep.epochs.into());
        if callback(ProgressEvent::Planned(epochs)).is_break() {
            return Err(Error::Stopped);
        }
        let train = |job: &Job| train_reporting(engine, job, 0..job.trials.len(), callback);
        let batches: Vec<Batch> = jobs.iter().map(train).collect::<Result<_>>()?;
        let models = (0..batches.len()).map(|cell| columns(&batches, cell));
        let summary = summary_of(&spec, models);
        Ok(Self { spec, inputs, jobs, batches, summary })
    }

    /// Returns every model: its cell, its trial there, and its outcome.
    pub fn models(&self) -> impl Iterator<Item = (usize, Trial, &Outcome)> {
        let cells = self.batches.iter().zip(&self.spec.cells).enumerate();
        cells.flat_map(|(cell, (batch, part))| {
            let trials = (0..part.trials.len()).map(|index| part.trials.get(index));
            trials.zip(&batch.outcomes).map(move |(trial, outcome)| (cell, trial, outcome))
        })
    }
}

/// Returns the outcomes of a cell.
fn columns(batches: &[Batch], cell: usize) -> ModelColumns {
    ModelColumns { cell, first: 0, outcomes: batches[cell].outcomes.clone() }
}

impl StudyResults for SweepResults {
    fn spec(&self) -> &StudySpec {
        &self.spec
    }

    fn refuse(&self, what: String) -> Error {
        Error::usage("the study", what)
    }

    fn finished_models(&self) -> u64 {
        self.spec.models()
    }

    fn parts(&self) -> Box<dyn Iterator<Item = Result<Box<dyn ResultsPart + '_>>> + '_> {
        Box::new(
            (0..self.batches.len())
                .map(|cell| Ok(Box::new(TrainedCell { results: self, cell }) as Box<dyn ResultsPart>)),
        )
    }

    fn some_curves(&self, kind: CurveKind, count: usize) -> Result<Vec<ModelCurve>> {
        let of_cell = |(cell, chosen): (usize, Vec<u64>)| {
            let trial = move |index: &u64| self.spec.cells[cell].trials.get(*index);
            chosen.into_iter().map(move |index| ModelCurve {
                cell,
                trial: trial(&index),
                values: self.curve_of(kind, cell, index),
            })
        };
        Ok(chosen_curves(&self.spec, kind, count).into_iter().enumerate().flat_map(of_cell).collect())
    }

    fn kept_model(&self, cell: usize, index: u64) -> Result<Option<KeptModel>> {
        let (batch, cell_spec) = (&self.batches[cell], &self.spec.cells[cell]);
        let row = index as usize;
        let curves = match index < cell_spec.record.curves_below {
            true => CurveKind::ALL.into_iter().filter(|kind| kind.is_kept(&cell_spec.record)).collect(),
            false => Vec::new(),
        };
        let curves = curves.into_iter().map(|kind| (kind, self.curve_of(kind, cell, index))).collect();
        let parameters = self.jobs[cell].shape.parameters();
        let weights = batch.weights.as_ref().map(|weights| weights.last[row * parameters..][..parameters].to_vec());
        Ok(Some(KeptModel { outcome: batch.outcomes[row], curves, weights }))
    }
}

impl SweepResults {
    /// Returns the curve of one model that keeps it.
    fn curve_of(&self, kind: CurveKind, cell: usize, index: u64) -> Vec<f32> {
        let width = self.spec.cells[cell].record.epochs.len();
        let values = &curve(&self.batches[cell], kind)[index as usize * width..][..width];
        values.iter().map(|value| to_f32(*value)).collect()
    }
}

/// All results of one cell.
struct TrainedCell<'a> {
    results: &'a SweepResults,
    cell: usize,
}

impl ResultsPart for TrainedCell<'_> {
    fn cell(&self) -> usize {
        self.cell
    }

    fn trials(&self) -> Range<u64> {
        0..self.results.spec.cells[self.cell].trials.len()
    }

    fn models(&self) -> Result<ModelColumns> {
        Ok(columns(&self.results.batches, self.cell))
    }

    fn curves(&self, kind: CurveKind) -> Result<Vec<f32>> {
        Ok(curve(&self.results.batches[self.cell], kind).iter().map(|value| to_f32(*value)).collect())
    }

    fn loss_counts(&self) -> Result<Cow<'_, [u32]>> {
        let counts = self.results.batches[self.cell].losses.as_ref();
        Ok(Cow::Borrowed(counts.map_or(&[], |counts| counts.models.as_slice())))
    }
}
