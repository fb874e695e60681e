//! Runs a sweep: engines, training, tables, pictures, the report. Reports to an [`Observer`] and prints nothing.

mod boundary_files;
mod builder_run;
mod export;
mod figures;
mod json_record;
mod landscape_files;
mod map_output;
pub mod missing_models;
mod movie;
mod per_model;
mod phase_clock;
mod prediction_file;
mod reopened_study;
mod replay_files;
mod resource_estimate;
mod selected_models;
mod session;
mod speed_probe;
pub mod summary_text;
mod taken_models;
mod zoom_movie;

pub use export::{ExportFormat, ExportedModels};
pub use figures::{DrawnFigures, DrawnResults, Figures};
pub use map_output::MapOutput;
pub use movie::{Movie, MovieFrames, MovieModels, MovieSubject};
pub use per_model::PerModel;
pub use phase_clock::PhaseClock;
pub use reopened_study::{ChosenModels, ReopenedStudy};
pub use resource_estimate::{BIG, ResourceEstimate};
pub use session::{RunOutcome, Session};
pub use taken_models::TakenModels;
pub use zoom_movie::{ZoomFrame, ZoomMovie, ZoomOutcome};

use crate::builder::RunOptions;
use crate::engine::Job;
use crate::engine::select::{SelectedDevices, select_several};
use crate::error::{Error, Result};
use crate::plot::{Facets, StudyData};
use crate::report::{Report, ReportWritten};
use crate::results::{CrossedTables, VarianceShare, summary_of_results};
use crate::study::{OUT, ProgressObserver, RunRecord, Study};
use crate::sweep::Inputs;
use std::path::{Path, PathBuf};

/// Follows a run; the default methods do nothing.
pub trait Observer {
    /// Receives a human-readable line: its subject, and the text.
    fn report(&self, about: &str, text: &str) {
        let _ = (about, text);
    }

    /// Returns the observer of the training.
    fn progress_observer<'a>(&'a self, study: &'a Study) -> Box<dyn ProgressObserver + 'a> {
        let _ = study;
        Box::new(())
    }

    /// Whether to stop; finished work is kept.
    fn stop(&self) -> bool {
        false
    }
}

/// Ignores all reports.
impl Observer for () {}

impl RunOptions {
    /// Returns the folder of the results: the given one, or `gpu-sweep-out/NAME`, the same for the same study.
    ///
    /// # Errors
    /// As for [`crate::Sweep::to_toml`].
    pub fn folder(&self, inputs: &Inputs) -> Result<PathBuf> {
        let named = || Ok(Path::new(OUT).join(self.sweep.short_name(self.preset.as_deref(), &inputs.digest)?));
        self.out.clone().map_or_else(named, Ok)
    }

    /// Opens devices and folder, reports the plan, and does all the work unless it is stopped. `command` is recorded in
    /// `run.json`.
    ///
    /// # Errors
    /// [`Error::Setting`], [`Error::File`] for bad input, [`Error::Folder`] for a folder with other content, and
    /// failures of devices or disk.
    pub fn run(&self, command: Vec<String>, observer: &dyn Observer) -> Result<(Session, RunOutcome)> {
        let (mut clock, log) = (PhaseClock::start(), RunRecord::begin(command));
        let SelectedDevices { engines, reason } =
            clock.time("start-up", || select_several(&self.devices, &self.limits))?;
        let inputs = clock.time("data", || Inputs::load(&self.sweep))?;
        let mut session = Session::open(self, &inputs, engines, clock)?;
        session.introduce(observer, &reason);
        let ended = session.complete(observer, log)?;
        Ok((session, ended))
    }
}

/// Writes the report of a finished study; `per_model` is the data of single models if it has been read.
fn page(
    study: &Study,
    facets: &Facets,
    jobs: &[Job],
    classes: &[String],
    splits: &[VarianceShare],
    per_model: Option<PerModel>,
) -> Result<ReportWritten> {
    let per_model = per_model.map_or_else(|| PerModel::read(study, facets, jobs), Ok)?;
    let data = per_model.added_to(StudyData::of(facets, jobs, splits));
    let captions: Vec<_> = data.pictures().iter().map(|picture| (picture.kind(), picture.caption())).collect();
    let asked = summary_text::models(study.spec(), jobs);
    let files = summary_text::files(study.folder());
    // The page does not list itself, so that it is the same whether it existed or not.
    let files: Vec<_> = files.into_iter().filter(|(name, _)| name != summary_text::REPORT).collect();
    Report { study, view: &facets.view, captions: &captions, asked: &asked, classes, files: &files }.write()
}

/// Writes the report of a finished study again, from the files of its folder alone, without an engine.
///
/// # Errors
/// [`Error::Folder`] if the study is a map or models are missing; [`Error::Io`], [`Error::Damaged`].
pub fn report(study: &Study, inputs: &Inputs) -> Result<ReportWritten> {
    if study.spec().sweep.map.is_some() {
        return Err(Error::Folder {
            path: study.folder().into(),
            what: "is a map, which is map.png and has no report".into(),
        });
    }
    let _alone = study.alone(|| false)?;
    // The report's numbers come from the tables, which require all models.
    missing_models::check(study, false, "")?;
    let job = |(cell, job): (usize, &Job)| Job { mapping: study.mapping(cell), ..job.clone() };
    let jobs: Vec<Job> = inputs.jobs.iter().enumerate().map(job).collect();
    let summary = summary_of_results(study)?;
    let facets = Facets::of(study.spec(), &summary);
    page(study, &facets, &jobs, &session::classes(study.spec(), inputs), &CrossedTables::splits_of(study)?, None)
}
