//! A study with its engines and its folder, from planning to the last output.

mod introduction;

pub use introduction::classes;

use super::figures::{DrawnFigures, Figures};
use super::phase_clock::PhaseClock;
use super::resource_estimate::{ResourceEstimate, room_at};
use super::speed_probe::{phases, speeds};
use super::{MapOutput, Observer, page, summary_text};
use crate::builder::RunOptions;
use crate::builder::{plan, tune};
use crate::engine::select::DeviceList;
use crate::engine::{AchievedSpeed, Engine, Job, Phase};
use crate::error::{Error, Result};
use crate::plot::Facets;
use crate::results::{StudyPreprocessing, StudySpec};
use crate::study::{ChunkFailure, Progress, RunRecord, Study, StudySize, TrainingSummary, WrittenTables, make_latest};
use crate::sweep::{Inputs, Sweep};
use std::path::PathBuf;

/// Minimum seconds of training for which its speed is reported.
const MIN_REPORTED_SECONDS: f64 = 0.1;
/// A sweep in its folder, with everything needed to continue it.
pub struct Session {
    /// Sweep of the study.
    pub sweep: Sweep,
    /// A job for each cell.
    pub jobs: Vec<Job>,
    /// One or more engines, all alike.
    pub engines: Vec<Box<dyn Engine>>,
    /// Study in its folder.
    pub study: Study,
    /// Seconds by phase.
    pub clock: PhaseClock,
    /// Devices as requested.
    asked: DeviceList,
    /// Label of each class, a line for each data set.
    classes: Vec<String>,
    /// Lines on what was detected in the data file.
    data_notes: Vec<String>,
    /// Results of timing mappings.
    tuned: Vec<String>,
    /// Reason why `latest` does not point at this study.
    not_latest: Option<Error>,
    /// Resource estimate of the training.
    need: ResourceEstimate,
    /// Warning that the disk looks too small.
    room: Option<String>,
    /// Time that the first engine spent on measuring its speed, which is not training.
    measured: Vec<Phase>,
}

/// Result of a run.
#[derive(Debug)]
pub struct RunOutcome {
    /// Number of models trained now; the others already existed.
    pub trained: u64,
    /// Result of training this process's chunks.
    pub summary: TrainingSummary,
    /// Tables of all results; `None` if some are missing, if the run was stopped, or for a map.
    pub tables: Option<WrittenTables>,
    /// Output of a map, which has no tables.
    pub map: Option<MapOutput>,
}

impl Session {
    /// Plans the jobs, and opens the folder.
    ///
    /// # Errors
    /// As for [`Study::open`]; a mapping that the engine can't run.
    pub fn open(
        options: &RunOptions,
        inputs: &Inputs,
        mut engines: Vec<Box<dyn Engine>>,
        mut clock: PhaseClock,
    ) -> Result<Self> {
        let started = PhaseClock::mark();
        // All engines are alike.
        let (engine, sweep) = (engines[0].as_mut(), options.sweep.clone());
        sweep.check_spacing(engine.info().engine.precision())?;
        let spec = StudySpec::of(&sweep, inputs);
        let mut jobs = plan(options.mapping, inputs, engine)?;
        let folder = options.folder(inputs)?;
        if !folder.exists() {
            // Fails before anything is created if the first chunk does not fit.
            room_at(StudySize::planned(&spec)?, 1.0, &folder)?;
        }
        let mut measured = Vec::new();
        let study = match options.shard {
            Some(shard) => Study::open_shard(&folder, spec, shard, engine.info().engine)?,
            None => {
                let mut measure = |spec: &StudySpec| {
                    let (speeds, spent) = speeds(spec, &jobs, engine)?;
                    measured = spent;
                    Ok(speeds)
                };
                Study::open_measured(&folder, spec, options.force, &mut measure)?
            }
        };
        let not_latest = make_latest(&folder).err();
        let share = study.share(&study.own_missing());
        let saved = study.saved_engine().filter(|(info, _)| info.engine == engine.info().engine);
        let mut tuned = Vec::new();
        match saved {
            Some((_, saved)) if options.mapping.is_none() => {
                jobs.iter_mut().zip(saved).for_each(|(job, saved)| job.mapping = Some(*saved));
            }
            None if !study.own_missing().is_empty() => tuned = tune(options, &mut jobs, engine)?,
            _ => {}
        }
        let devices = engines.len();
        let need = ResourceEstimate::of(&jobs, study.size(), share, engines[0].as_mut(), devices)?;
        let room = room_at(need.size, share, &folder)?;
        clock.since(started, "planning");
        let (asked, classes) = (options.devices.clone(), classes(study.spec(), inputs));
        let data_notes = inputs.notes.clone();
        Ok(Self {
            sweep,
            jobs,
            engines,
            study,
            clock,
            asked,
            classes,
            data_notes,
            tuned,
            measured,
            not_latest,
            need,
            room,
        })
    }

    /// Trains what is missing, then makes tables, pictures and the report, unless it is stopped; `log` becomes
    /// `run.json`.
    ///
    /// # Errors
    /// Disk errors; [`crate::Error::Device`] if pictures can't be made. Finished work is kept.
    pub fn complete(&mut self, observer: &dyn Observer, mut log: RunRecord) -> Result<RunOutcome> {
        let started = PhaseClock::mark();
        let (trained, summary) = self.train(observer)?;
        self.clock.since(started, "training and writing");
        (log.trained, log.failed) = (trained, summary.failures.iter().map(ChunkFailure::to_string).collect());
        self.clock.phases.extend(phases(&self.engines, &self.measured));
        let alone = self.study.alone(|| observer.stop())?;
        self.study.look_again()?;
        if alone.is_none() || !self.study.missing().is_empty() {
            self.log(log, &[], &DrawnFigures::default())?;
            return Ok(RunOutcome { trained, summary, tables: None, map: None });
        }
        if self.sweep.map.is_some() {
            let map = Some(self.map_output(log)?);
            return Ok(RunOutcome { trained, summary, tables: None, map });
        }
        let preprocessing = StudyPreprocessing::of(self.study.spec(), &self.jobs);
        let tables = self.clock.time("tables", || {
            let mut tables = self.study.write_tables()?;
            tables.files.push(self.study.write_preprocessing(&preprocessing)?);
            Ok::<_, Error>(tables)
        })?;
        if observer.stop() {
            return Ok(RunOutcome { trained, summary, tables: None, map: None });
        }
        self.show(observer, log, &tables)?;
        Ok(RunOutcome { trained, summary, tables: Some(tables), map: None })
    }

    /// Writes all output of a map.
    fn map_output(&mut self, mut log: RunRecord) -> Result<MapOutput> {
        let (study, jobs) = (&self.study, &self.jobs);
        // The engine that trained, possibly in an earlier run.
        let engine = study.saved_engine().map_or(self.engines[0].info(), |(info, _)| info);
        let mut map_output = self.clock.time("map", || MapOutput::of(study, jobs, engine))?;
        if let (Some(seconds), [engine]) = (self.seconds(log.trained), &mut self.engines[..])
            && let Some(ceiling) = engine.ceiling()?
        {
            map_output.time(&self.jobs[0], seconds, ceiling);
            log.achieved.extend(map_output.speed);
        }
        self.log(log, &map_output.files, &DrawnFigures::default())?;
        self.progress("done", None)?;
        Ok(map_output)
    }

    /// Returns the seconds of training all models, by the device's clock if it has one; `None` if some already existed,
    /// or if it was too short to measure.
    fn seconds(&self, trained: u64) -> Option<f64> {
        let of = |name: &str| self.clock.phases.iter().find(|phase| phase.name == name).map(|phase| phase.seconds);
        let whole = trained == self.study.spec().models();
        of("device").or(of("train")).filter(|seconds| whole && *seconds >= MIN_REPORTED_SECONDS)
    }

    /// Writes pictures, `run.json` and the report.
    fn show(&mut self, observer: &dyn Observer, mut log: RunRecord, tables: &WrittenTables) -> Result<()> {
        let facets = Facets::of(self.study.spec(), &tables.summary);
        let engine = self.engines[0].as_mut();
        let mut figures =
            Figures { study: &self.study, engine, jobs: &self.jobs, facets: &facets, splits: &tables.splits };
        let drawn = self.clock.time("pictures", || figures.draw(log.trained > 0))?;
        drawn.left_out.iter().for_each(|reason| observer.report("pictures", reason));
        let is_new = log.trained > 0 || !drawn.files.is_empty() || !self.study.has_run();
        if is_new {
            log.achieved = achieved(&mut self.engines);
            log = self.log(log, &tables.files, &drawn)?;
        }
        if is_new || !self.study.has_report() {
            let (per_model, splits) = (drawn.per_model, &tables.splits);
            let page = || page(&self.study, &facets, &self.jobs, &self.classes, splits, per_model);
            let written = self.clock.time("report", page)?;
            written.left_out.iter().for_each(|reason| observer.report("report", reason));
        }
        if is_new {
            // The page is made from the record, which is written again to include the page's time.
            log.phases = self.clock.phases();
            self.study.write_run(&log)?;
        }
        self.progress("done", None)
    }

    /// Trains what is not on disk yet; returns the number of models trained, and the failures.
    fn train(&mut self, observer: &dyn Observer) -> Result<(u64, TrainingSummary)> {
        if self.study.own_missing().is_empty() {
            return Ok((
                0,
                TrainingSummary { failures: Vec::new(), untried: 0, sound: vec![true; self.engines.len()] },
            ));
        }
        self.study.use_engine(self.engines[0].info(), &summary_text::mappings(&self.jobs))?;
        let done = self.study.finished_models();
        let trained =
            self.study.train(&mut self.engines, &self.jobs, observer.progress_observer(&self.study).as_ref())?;
        // Only the first engine is used from now on, so the working ones come first.
        let mut sound = trained.sound.iter();
        self.engines.sort_by_key(|_| sound.next() != Some(&true));
        Ok((self.study.finished_models() - done, trained))
    }

    /// Writes the final state to `progress.json`.
    ///
    /// # Errors
    /// [`crate::Error::Io`].
    pub fn progress(&self, state: &'static str, trouble: Option<String>) -> Result<()> {
        let (kept, models) = (self.study.finished_models(), self.study.spec().models());
        self.study.write_progress(&Progress {
            state,
            models,
            kept,
            models_per_second: None,
            seconds_left: None,
            trouble,
        })
    }

    /// Writes `run.json`.
    fn log(&self, mut log: RunRecord, tables: &[PathBuf], drawn: &DrawnFigures) -> Result<RunRecord> {
        log.phases = self.clock.phases();
        let relative = |path: &PathBuf| {
            let inside = path.strip_prefix(self.study.folder()).unwrap_or(path);
            inside.to_string_lossy().into_owned()
        };
        log.files = tables.iter().chain(&drawn.files).map(relative).collect();
        // The report of a finished run is listed before it exists, since it is made from this record.
        log.files.extend((!tables.is_empty() && self.sweep.map.is_none()).then(|| summary_text::REPORT.to_owned()));
        log.end();
        self.study.write_run(&log)?;
        Ok(log)
    }
}

/// Returns the speed of each device, where it is known; a device that fails here is left out.
fn achieved(engines: &mut [Box<dyn Engine>]) -> Vec<AchievedSpeed> {
    engines.iter_mut().filter_map(|engine| engine.achieved().ok().flatten()).collect()
}
