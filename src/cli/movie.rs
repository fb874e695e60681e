//! `gpu-sweep movie DIR`: how the models of a study learn, as frames and an animated PNG.

mod accuracy_frames;
mod boundary_frames;

use super::Exit;
use super::allow_gaps::AllowGaps;
use super::args::ResourceArgs;
use super::progress::StatusLine;
use super::reopened_study::ReopenedStudy;
use super::shown_models;
use super::signals::Signals;
use super::study_folder_arg::{OutputFolder, StudyFolderArg};
use super::values::{between, whole};
use super::verbosity::{Verbosity, bold, labelled, write_log};
use gpu_sweep::plot::{MOST_REGIONS, MoviePlayback, Scene};
use gpu_sweep::run::summary_text;
use gpu_sweep::{Error, Result};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Flags of `movie`.
#[derive(Debug, clap::Args)]
pub struct MovieArgs {
    #[command(flatten)]
    study: StudyFolderArg,
    /// accuracy, against the learning rate; or boundaries, of up to 24 models side by side
    #[arg(long, value_name = "WHAT", value_enum, ignore_case = true, default_value_t = MovieSubject::Accuracy, hide_possible_values = true)]
    of: MovieSubject,
    /// Frames, 2 to 1000; no more than there are epochs
    ///
    /// From one to the next it is an epoch at first, and later more: most happens early.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = |text: &str| between(text, 2..=1000), allow_hyphen_values = true)]
    frames: u32,
    /// Frames per second, 1 to 60; the last one stays for two seconds
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = |text: &str| between(text, 1..=60), allow_hyphen_values = true)]
    fps: u32,
    /// Whose boundaries: model_ids of models.csv, up to 24 [default: --panels of them, evenly from the best to the
    /// worst]
    #[arg(long, value_name = "IDS", value_delimiter = ',', value_parser = whole::<u64>, allow_hyphen_values = true)]
    models: Option<Vec<u64>>,
    /// Models whose boundaries are shown [default: 24]
    #[arg(long, value_name = "N", value_parser = |text: &str| between(text, 1..=MOST_REGIONS as u32), allow_hyphen_values = true, conflicts_with = "models")]
    panels: Option<u32>,
    /// Folder for movie.png, movie.json and frames/ [default: DIR/movie]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    gaps: AllowGaps,
    #[command(flatten)]
    limits: ResourceArgs,
    #[command(flatten)]
    output: Verbosity,
}

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum MovieSubject {
    /// Of all models, or many, against the learning rate.
    Accuracy,
    /// Of a few, side by side.
    Boundaries,
}

/// Source of a movie's frames.
trait MovieFrames: Sync {
    /// Epochs of the frames, ascending.
    fn epochs(&self) -> &[u32];

    /// Draws frame `n`.
    fn scene(&self, n: usize) -> Result<Scene>;

    /// Which models it shows, and where their values come from, in words.
    fn source(&self) -> &str;

    /// Ids of the models in the movie.
    fn models(&self) -> Vec<u64>;
}

/// Reads or retrains the models, then draws the movie.
pub fn run(args: MovieArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let of_few = args.models.is_some().then_some("--models").or(args.panels.is_some().then_some("--panels"));
    if let (MovieSubject::Accuracy, Some(flag)) = (args.of, of_few) {
        return Err(Exit::Usage(format!("{flag} is for --of boundaries; a movie of accuracy shows all models")));
    }
    let folder = args.study.find(&output)?;
    let mut again = ReopenedStudy::open(&folder, &args.limits)?;
    let out = OutputFolder::of(args.out.as_deref(), &folder, "movie")?;
    if args.models.is_none() {
        args.gaps.check(&again.study, &output)?;
    }
    let reel: Box<dyn MovieFrames> = {
        let ticker = StatusLine::new(&output);
        let report = &mut |what: &str| ticker.report(what);
        match args.of {
            MovieSubject::Accuracy => Box::new(accuracy_frames::AccuracyFrames::of(&mut again, args.frames, report)?),
            MovieSubject::Boundaries => {
                let chosen = boundary_frames::chosen(&again, args.models.as_deref(), args.panels)?;
                Box::new(boundary_frames::BoundaryFrames::of(&mut again, &chosen, args.frames, report)?)
            }
        }
    };
    output.report("movie", reel.source());
    let drawn = if args.of == MovieSubject::Boundaries { Some(0) } else { None };
    summary_text::undrawable(&shown_models::jobs(&again)?, drawn)
        .iter()
        .for_each(|note| output.report("pictures", note));
    let out = out.make()?;
    let (signals, frames) = (Signals::listen()?, reel.epochs().len());
    let film = MoviePlayback { frames_per_second: args.fps as u16 };
    let written = {
        let ticker = StatusLine::new(&output);
        ticker.report(&format!("{frames} frames"));
        film.write(out, frames, |n| reel.scene(n), || signals.stop().is_some())?
    };
    let Some(mut files) = written else {
        output.report("stopped", &format!("no movie; the frames so far are in {}", out.join("frames").display()));
        return Ok(ExitCode::from(signals.stop().unwrap_or(1)));
    };
    let log = out.join("movie.json");
    files.push(log.clone());
    let object = args.json(&again, reel.as_ref(), out);
    write_log(&log, &object)?;
    output.show(&args.text(reel.as_ref(), &files, out)?)?;
    output.object(|| object)?;
    Ok(ExitCode::SUCCESS)
}

impl MovieArgs {
    fn json(&self, again: &ReopenedStudy, reel: &dyn MovieFrames, out: &Path) -> Value {
        let of = if self.of == MovieSubject::Accuracy { "accuracy" } else { "boundaries" };
        json!({
            "version": env!("CARGO_PKG_VERSION"), "of": of, "source": reel.source(), "engine": again.engine.info(),
            "frames_per_second": self.fps, "epochs": reel.epochs(), "models": reel.models(),
            "movie": out.join("movie.png").display().to_string(),
            "frames": out.join("frames").display().to_string(),
        })
    }

    /// Summary for the terminal.
    fn text(&self, reel: &dyn MovieFrames, files: &[PathBuf], out: &Path) -> Result<String> {
        let movie = out.join("movie.png");
        let bytes = std::fs::metadata(&movie).map_err(Error::io(&movie, "read"))?.len();
        let (frames, last) = (reel.epochs().len(), reel.epochs().last().copied().unwrap_or(0));
        let seconds = frames as f64 / f64::from(self.fps) + 2.0;
        let text = labelled("frames", &format!("{frames}, epochs 0 to {last}, {seconds:.0} s\n\n"));
        let size = format!("{:.1} MB, plays in any browser", bytes as f64 / 1e6);
        let names = format!("{}  {size}\n  {} to ", movie.display(), files[0].display());
        let rest = format!("{}\n  {}\n", files[frames - 1].display(), files[files.len() - 1].display());
        Ok(text + &bold("written") + "\n  " + &names + &rest)
    }
}
