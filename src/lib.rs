//! Trains thousands to millions of small networks at once and analyses their outcomes.
//!
//! A [`Sweep`] is built setting by setting, one per command-line flag, and runs on a [`Device`]: in memory, or
//! into a folder with tables, pictures and a report, where an interrupted run of the same settings resumes.
//!
//! ```
//! use gpu_sweep::Sweep;
//!
//! let results = Sweep::builder().lr("0.001,0.01,0.1").seeds(20).epochs(200).device("cpu").train()?;
//! let best = results.summary.best().expect("some model has an accuracy");
//! println!("best learning rate {}, {} of {} above 70 %", best.x, best.successes(), best.n);
//! # assert_eq!((best.n, results.models().count()), (20, 60));
//! # Ok::<(), gpu_sweep::Error>(())
//! ```
//!
//! A [`Dataset`] can also come from memory:
//!
//! ```
//! use gpu_sweep::{Dataset, Device, Sweep};
//!
//! let rows = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
//! let xor = Dataset::new("xor", &rows, &[false, true, true, false])?;
//! let results =
//!     Sweep::builder().data(&xor).hidden("2/4").activation("tanh").lr(0.5).seeds(50).device(Device::Cpu).train()?;
//! for group in results.summary.groups() {
//!     println!("hidden {}: {} of {} learn it", results.spec.cells[group.cell].shape, group.successes(), group.n);
//! }
//! # assert!(results.summary.groups().all(|group| group.n == 50 && group.successes() > 0));
//! # Ok::<(), gpu_sweep::Error>(())
//! ```
//!
//! Into a folder, as on the command line:
//!
//! ```
//! use gpu_sweep::{Device, Sweep};
//!
//! # let folder = tempfile::tempdir().expect("room for a folder");
//! # let folder = folder.path().join("study");
//! let sweep = Sweep::builder().optimizer("sgd,adam").lr("logspace:-3:0:4").seeds(5).epochs(50);
//! let (session, ended) = sweep.device(Device::Cpu).out(&folder).run()?;
//! println!("{} models trained, see {}", ended.trained, session.study.folder().join("report.html").display());
//! # assert!(ended.trained == 40 && ended.tables.is_some() && folder.join("report.html").is_file());
//! # Ok::<(), gpu_sweep::Error>(())
//! ```
//!
//! A folder is opened again as a [`ReopenedStudy`], which trains single models again, to the bit, and looks closer:
//!
//! ```no_run
//! use gpu_sweep::engine::{ProgressEvent, select::EngineSettings};
//! use gpu_sweep::{ReopenedStudy, ReplayOptions, SeedsQuery, SeedsReport};
//! use std::ops::ControlFlow;
//! use std::path::Path;
//!
//! let mut study = ReopenedStudy::open(Path::new("study"), &EngineSettings::default())?;
//! // Receives progress; `ControlFlow::Break` stops the computation with `Error::Stopped`.
//! let mut progress = |_: ProgressEvent| ControlFlow::Continue(());
//! let replay = study.replay(study.model(3)?, &ReplayOptions::default(), &mut progress)?;
//! let sharpness: Vec<_> = replay.trajectory.states.iter().map(|state| state.sharpness).collect();
//! let best = study.shown_models(&study.notable_models(false)?)?;
//! gpu_sweep::plot::write(&study.boundary(best, &mut progress)?.picture(), Path::new("boundary"))?;
//! let seeds = SeedsReport::of_study(&study.study, &study.inputs, &SeedsQuery::default())?;
//! println!("{:?} seeds at each learning rate", seeds.found.unpaired.seeds);
//! # Ok::<(), gpu_sweep::Error>(())
//! ```
//!
//! The same is possible with models in memory, see [`analysis::study_model`].
//!
//! Data flows in one direction: a [`sweep`] defines the trials, an [`engine`] trains them on a [`dataset`], a [`study`]
//! stores the results on disk, [`statistics`] summarise them, [`analysis`] examines them further, and pictures
//! ([`plot`]) and a [`report`] present them; [`run`] does all of it.

#![deny(missing_docs)]

pub mod analysis;
pub mod builder;
#[cfg(feature = "cli")]
pub mod cli;
pub mod clock;
pub mod dataset;
#[cfg(feature = "native")]
pub mod disk;
pub mod engine;
pub mod error;
pub mod math;
pub mod model;
#[cfg(feature = "native")]
pub mod npz;
pub mod parallel;
pub mod plot;
mod plural;
#[cfg(feature = "native")]
pub mod report;
pub mod results;
#[cfg(feature = "native")]
pub mod run;
pub mod statistics;
#[cfg(feature = "native")]
pub mod study;
pub mod sweep;
#[cfg(feature = "native")]
pub mod threads;

pub use analysis::boundary::BoundaryModels;
pub use analysis::lr_find::{LrFindOptions, LrFindReport};
pub use analysis::model_landscape::{LandscapeOptions, ModelLandscape};
pub use analysis::replay::{ModelReplay, ReplayOptions};
pub use analysis::seeds::{SeedsQuery, SeedsReport};
pub use builder::Builder;
pub use dataset::Dataset;
pub use engine::select::DeviceChoice as Device;
pub use engine::{ProgressCallback, ProgressEvent, ignore_progress};
pub use error::{Error, Result};
#[cfg(feature = "native")]
pub use run::{Movie, MovieSubject, ReopenedStudy, ZoomMovie};
pub use sweep::{MapRequest, Sweep};
