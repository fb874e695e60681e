//! `gpu-sweep movie DIR`: how the models of a study learn, as frames and an animated PNG.

use super::Exit;
use super::allow_gaps::AllowGaps;
use super::args::ResourceArgs;
use super::progress::StatusLine;
use super::signals::Signals;
use super::study_folder_arg::{OutputFolder, StudyFolderArg};
use super::values::{between, whole};
use super::verbosity::{Verbosity, bold, labelled};
use crate::cli::ExitCode;
use crate::plot::{MOST_REGIONS, MoviePlayback};
use crate::run::{Movie, MovieModels, MovieSubject, ReopenedStudy, summary_text};
use crate::{Error, Result};
use std::path::{Path, PathBuf};

/// Flags of `movie`.
#[derive(Debug, clap::Args)]
pub struct MovieArgs {
    #[command(flatten)]
    study: StudyFolderArg,
    /// accuracy, against the learning rate; or boundaries, of up to 24 models side by side
    #[arg(long, value_name = "WHAT", value_enum, ignore_case = true, default_value_t = ShownValue::Accuracy, hide_possible_values = true)]
    of: ShownValue,
    /// Frames, 2 to 1000; no more than there are epochs
    ///
    /// From one to the next it is an epoch at first, and later more: most happens early.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = |text: &str| between(text, 2..=1000), allow_hyphen_values = true)]
    frames: u32,
    /// Frames per second, 1 to 60; the last one stays for two seconds
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = |text: &str| between(text, 1..=60), allow_hyphen_values = true)]
    fps: u32,
    /// Models to show: model_ids of models.csv, up to 24 [default: --panels of them, evenly from the best to the
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
pub enum ShownValue {
    /// Of all models, or many, against the learning rate.
    Accuracy,
    /// Of a few, side by side.
    Boundaries,
}

/// Reads or retrains the models, then draws the movie.
pub fn run(args: MovieArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let (subject, drawn) = (args.subject()?, (args.of == ShownValue::Boundaries).then_some(0));
    let folder = args.study.find(&output)?;
    let mut study = ReopenedStudy::open(&folder, &args.limits.settings())?;
    let out = OutputFolder::of(args.out.as_deref(), &folder, "movie")?;
    if args.models.is_none() {
        args.gaps.check(&study.study, &output)?;
    }
    let movie = StatusLine::during(&output, |callback| study.movie(&subject, args.frames, callback))?;
    output.report("movie", movie.frames.source());
    output.report_each("pictures", summary_text::undrawable(&movie.jobs, drawn));
    let (out, signals) = (out.make()?, Signals::listen()?);
    let playback = MoviePlayback { frames_per_second: args.fps as u16 };
    let written = {
        let ticker = StatusLine::new(&output);
        ticker.report(&format!("{} frames", movie.frames.epochs().len()));
        movie.write(out, playback, || signals.stop().is_some())?
    };
    let Some(files) = written else {
        output.report("stopped", &format!("no movie; the frames so far are in {}", out.join("frames").display()));
        return Ok(ExitCode::from(signals.stop().unwrap_or(1)));
    };
    output.show(&args.text(&movie, &files, out)?)?;
    output.object(|| movie.json(out, playback))?;
    Ok(ExitCode::SUCCESS)
}

impl MovieArgs {
    /// What to show; the flags about models are for boundaries alone.
    fn subject(&self) -> Result<MovieSubject, Exit> {
        let of_few = self.models.is_some().then_some("--models").or(self.panels.is_some().then_some("--panels"));
        match (self.of, of_few, &self.models) {
            (ShownValue::Accuracy, Some(flag), _) => {
                Err(Exit::Usage(format!("{flag} is for --of boundaries; a movie of accuracy shows all models")))
            }
            (ShownValue::Accuracy, None, _) => Ok(MovieSubject::Accuracy),
            (ShownValue::Boundaries, _, Some(ids)) => Ok(MovieSubject::Boundaries(MovieModels::Listed(ids.clone()))),
            (ShownValue::Boundaries, _, None) => {
                let count = self.panels.map_or(MOST_REGIONS, |panels| panels as usize);
                Ok(MovieSubject::Boundaries(MovieModels::Ranked(count)))
            }
        }
    }

    /// Summary for the terminal.
    fn text(&self, movie: &Movie, files: &[PathBuf], out: &Path) -> Result<String> {
        let file = out.join("movie.png");
        let bytes = std::fs::metadata(&file).map_err(Error::io(&file, "read"))?.len();
        let epochs = movie.frames.epochs();
        let (frames, last) = (epochs.len(), epochs.last().copied().unwrap_or(0));
        let seconds = frames as f64 / f64::from(self.fps) + 2.0;
        let text = labelled("frames", &format!("{frames}, epochs 0 to {last}, {seconds:.0} s\n\n"));
        let size = format!("{:.1} MB, plays in any browser", bytes as f64 / 1e6);
        let names = format!("{}  {size}\n  {} to ", file.display(), files[0].display());
        let rest = format!("{}\n  {}\n", files[frames - 1].display(), files[files.len() - 1].display());
        Ok(text + &bold("written") + "\n  " + &names + &rest)
    }
}
