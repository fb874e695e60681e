//! How the models of a study learn, as the frames of a movie and their files.

mod accuracy_frames;
mod boundary_frames;
mod movie_frames;

pub use movie_frames::MovieFrames;

use super::json_record::write_log;
use super::{ChosenModels, ReopenedStudy};
use crate::analysis::model_selection::ranked;
use crate::engine::{EngineInfo, Job, ProgressCallback};
use crate::error::Result;
use crate::plot::MoviePlayback;
use accuracy_frames::AccuracyFrames;
use boundary_frames::BoundaryFrames;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What a movie shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MovieSubject {
    /// Accuracies of all models, or of the first seeds, against the learning rate.
    Accuracy,
    /// Boundaries of a few models side by side.
    Boundaries(MovieModels),
}

/// Models with boundaries in the movie, up to [`crate::plot::MOST_REGIONS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MovieModels {
    /// Those with these ids.
    Listed(Vec<u64>),
    /// This number of models, evenly from the best to the worst.
    Ranked(usize),
}

/// A movie, ready to be drawn.
pub struct Movie {
    /// Its frames.
    pub frames: Box<dyn MovieFrames>,
    /// A job for each cell of the study.
    pub jobs: Vec<Job>,
    /// Engine of the study.
    pub engine: EngineInfo,
    subject: &'static str,
}

impl ReopenedStudy {
    /// Makes a movie of about `frames` frames, 2 or more, from the study's curves if they suffice, else by training
    /// models again. Models that are missing are left out.
    ///
    /// # Errors
    /// [`crate::Error::Folder`] if no model is trained; [`crate::Error::Setting`] for ids that the study does not have;
    /// [`crate::Error::Device`] if a model does not end as in the study; [`crate::Error::Stopped`] by the callback.
    pub fn movie(&mut self, subject: &MovieSubject, frames: u32, callback: &mut ProgressCallback<'_>) -> Result<Movie> {
        let (drawn, name): (Box<dyn MovieFrames>, _) = match subject {
            MovieSubject::Accuracy => (Box::new(AccuracyFrames::of(self, frames, callback)?), "accuracy"),
            MovieSubject::Boundaries(models) => {
                let (chosen, sorted) = match models {
                    MovieModels::Listed(ids) => (ChosenModels::listed(ids)?, false),
                    MovieModels::Ranked(count) => (ChosenModels::listed(&ranked(&self.study, *count)?)?, true),
                };
                let shown = self.shown_models(&chosen)?;
                (Box::new(BoundaryFrames::of(self, shown, sorted, frames, callback)?), "boundaries")
            }
        };
        Ok(Movie { frames: drawn, jobs: self.jobs()?, engine: self.engine.info().clone(), subject: name })
    }
}

impl Movie {
    /// Writes the frames, `movie.png` and `movie.json` into an existing folder, as [`MoviePlayback::write`] does;
    /// returns their paths in this order, or `None` if `stop` was true between frames.
    ///
    /// # Errors
    /// As for [`MoviePlayback::write`].
    pub fn write(
        &self,
        folder: &Path,
        playback: MoviePlayback,
        stop: impl Fn() -> bool,
    ) -> Result<Option<Vec<PathBuf>>> {
        let frames = self.frames.epochs().len();
        let Some(mut files) = playback.write(folder, frames, |n| self.frames.scene(n), stop)? else { return Ok(None) };
        let log = folder.join("movie.json");
        write_log(&log, &self.json(folder, playback))?;
        files.push(log);
        Ok(Some(files))
    }

    /// Returns what the movie in `folder` shows as JSON.
    pub fn json(&self, folder: &Path, playback: MoviePlayback) -> Value {
        json!({
            "version": env!("CARGO_PKG_VERSION"), "of": self.subject, "source": self.frames.source(),
            "engine": self.engine, "frames_per_second": playback.frames_per_second, "epochs": self.frames.epochs(),
            "models": self.frames.models(), "movie": folder.join("movie.png").display().to_string(),
            "frames": folder.join("frames").display().to_string(),
        })
    }
}
