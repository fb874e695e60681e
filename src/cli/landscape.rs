//! `gpu-sweep landscape DIR --model ID`: loss over a plane through a model's end point, with the paths of many seeds.

mod landscape_text;

use super::Exit;
use super::args::ResourceArgs;
use super::progress::StatusLine;
use super::study_folder_arg::{self, OutputFolder, StudyFolderArg};
use super::values::{between, number, whole};
use super::verbosity::Verbosity;
use crate::Result as Checked;
use crate::analysis::landscape::{Directions, LandscapeRequest};
use crate::analysis::model_landscape::LandscapeOptions;
use crate::cli::ExitCode;
use crate::run::{ReopenedStudy, summary_text};
use std::path::PathBuf;

/// Flags of `landscape`.
#[derive(Debug, clap::Args)]
pub struct LandscapeArgs {
    #[command(flatten)]
    study: StudyFolderArg,
    /// Which model: its model_id in models.csv
    #[arg(long, value_name = "ID", value_parser = whole::<u64>, allow_hyphen_values = true)]
    model: u64,
    /// The plane's directions: pca, filter, or params and two names [default: pca]
    ///
    /// pca: the first two principal components of the paths shown. filter: random ones, each unit's weights scaled to
    /// the norm of the model's own (Li et al. 2018). params "w1[0,0]" "b2[0]": two parameters, by layer from 1, output
    /// and input.
    #[arg(long, value_name = "WHICH", num_args = 1..=3)]
    directions: Option<Vec<String>>,
    /// Seed of filter's random directions
    #[arg(long, value_name = "SEED", default_value_t = 0, value_parser = whole::<u64>, allow_hyphen_values = true)]
    direction_seed: u64,
    /// Networks along each direction
    #[arg(long, value_name = "N", default_value_t = 201, value_parser = |text: &str| between(text, 2..=1024), allow_hyphen_values = true)]
    grid: u32,
    /// Half-width shown around the end point, in units of the directions [default: as far as most paths go]
    #[arg(long, value_name = "X", value_parser = number, allow_hyphen_values = true)]
    span: Option<f64>,
    /// Seeds whose paths are drawn at each learning rate, the model's own among them [default: 30; fewer for large
    /// networks]
    #[arg(long, value_name = "N", value_parser = |text: &str| between(text, 1..=1000), allow_hyphen_values = true)]
    paths: Option<u32>,
    /// At about how many epochs to look where the paths are
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = |text: &str| between(text, 2..=1000), allow_hyphen_values = true)]
    snapshots: u32,
    /// Folder for arrays, tables and pictures [default: DIR/landscape-ID]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    limits: ResourceArgs,
    #[command(flatten)]
    output: Verbosity,
}

/// Retrains, evaluates and draws; exit code 1 if the model does not end as in the study.
pub fn run(args: LandscapeArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let (folder, options) = args.options()?;
    let folder = study_folder_arg::find(folder.as_deref(), &output)?;
    let mut study = ReopenedStudy::open(&folder, &args.limits.settings())?;
    let out = OutputFolder::of(args.out.as_deref(), &folder, &format!("landscape-{}", args.model))?;
    let model = study.model(args.model)?;
    model.require_end()?;
    output.report("device", &study.reason);
    let found = StatusLine::during(&output, |callback| study.landscape(model, &options, callback))?;
    let job = std::slice::from_ref(&found.model.job);
    output.report_each("pictures", summary_text::undrawable(job, None));
    let files = found.write(out.make()?)?;
    output.show(&landscape_text::text(&found, &files))?;
    output.object(|| found.json(&files))?;
    Ok(ExitCode::SUCCESS)
}

impl LandscapeArgs {
    /// The study folder, if given, and the options; clap parses DIR in `--directions pca DIR` as a direction.
    fn options(&self) -> Checked<(Option<PathBuf>, LandscapeOptions)> {
        let words: Vec<&str> = self.directions.iter().flatten().map(String::as_str).collect();
        let (folder, words) = match (&self.study.folder, &words[..]) {
            (None, [which @ ("pca" | "filter"), folder]) => (Some(folder.into()), vec![*which]),
            (folder, _) => (folder.clone(), words),
        };
        let directions = Directions::parse(&words, self.direction_seed)?;
        let paths = self.paths.map(u64::from);
        let request = LandscapeRequest { grid: self.grid as usize, span: self.span, paths };
        request.check()?;
        Ok((folder, LandscapeOptions { directions, request, snapshots: self.snapshots }))
    }
}
