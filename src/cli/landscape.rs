//! `gpu-sweep landscape DIR --model ID`: loss over a plane through a model's end point, with the paths of many seeds.

mod landscape_text;

use super::Exit;
use super::args::ResourceArgs;
use super::progress::StatusLine;
use super::reopened_study::ReopenedStudy;
use super::study_folder_arg::{self, OutputFolder, StudyFolderArg};
use super::values::{between, number, whole};
use super::verbosity::{Verbosity, write_log};
use gpu_sweep::analysis::hessian::{self, HessianSummary, curvatures};
use gpu_sweep::analysis::landscape::{
    Directions, LandscapeRequest, LandscapeSurvey, ParameterPair, shown_trials, survey,
};
use gpu_sweep::analysis::trajectory::{replay_mismatch, same_end, spaced};
use gpu_sweep::engine::{EngineInfo, Job};
use gpu_sweep::plot::{LandscapePlot, write_all};
use gpu_sweep::results::class;
use gpu_sweep::run::summary_text::{self as said, short};
use gpu_sweep::sweep::{Hyperparameter, Trial};
use gpu_sweep::{Error, Result, error};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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

/// A computed landscape with its model and settings.
struct ShownLandscape {
    model: u64,
    trial: Trial,
    /// Id of the cell's first model.
    first: u64,
    job: Job,
    info: EngineInfo,
    directions: Directions,
    epochs: Vec<u32>,
    survey: LandscapeSurvey,
    curvatures: Vec<HessianSummary>,
    /// Settings line such as `seed 3 · qwerties · 2-1-1 ReLU · 200 points · 1000 epochs`.
    settings: String,
}

/// Retrains, evaluates and draws; exit code 1 if the model does not end as in the study.
pub fn run(args: LandscapeArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let (folder, directions) = args.places()?;
    let asked = args.request()?;
    let folder = study_folder_arg::find(folder.as_deref(), &output)?;
    let mut again = ReopenedStudy::open(&folder, &args.limits)?;
    let out = OutputFolder::of(args.out.as_deref(), &folder, &format!("landscape-{}", args.model))?;
    let (cell, trial) = again.model(args.model)?;
    let job = again.job(cell)?;
    let kept = again.study.kept(cell, trial.index)?;
    let kept = kept.ok_or_else(|| again.untrained("this model is not trained yet; gpu-sweep resume goes on"))?;
    if let Some(epoch) = kept.outcome.diverged {
        let what = format!(
            "{} diverged in epoch {epoch} and has no end point; take one with status ok in models.csv",
            args.model
        );
        return Err(Error::usage("--model", what).into());
    }
    output.report("device", &again.reason);
    let epochs = spaced(job.epochs, args.snapshots);
    let numbers = (epochs.len() * job.shape.parameters()) as u64;
    let shown = shown_trials(&job.trials, &trial, &asked, numbers)?;
    let question = again.study.spec();
    let part = &question.cells[cell];
    let survey = {
        let ticker = StatusLine::new(&output);
        let class = |outcome: &_| class(question, part, outcome);
        let engine = again.engine.as_mut();
        survey(engine, &job, &shown, &epochs, (&directions, &asked), &class, &mut |what| ticker.report(what))?
    };
    let own = survey.panels.iter().flat_map(|panel| &panel.ways).find(|way| way.path.index == trial.index);
    let own = own.ok_or_else(|| replay_mismatch(args.model, "it is not there"))?;
    same_end(args.model, &kept.outcome, &own.path.outcome)?;
    let scalars = question.scalars().into_iter().filter(|scalar| *scalar != Hyperparameter::Lr);
    let values =
        scalars.filter_map(|scalar| Some(format!("{} {}", scalar.words(), short(trial.hyperparameters.get(scalar)?))));
    let words = [format!("seed {}", trial.seed), said::model(question, cell, &job)];
    let settings = values.chain(words).collect::<Vec<_>>().join(" · ");
    let (curvatures, info, first) = (curvatures(&job, &survey), again.engine.info().clone(), part.first);
    let model = args.model;
    let shown = ShownLandscape { model, trial, first, job, info, directions, epochs, survey, curvatures, settings };
    said::undrawable(std::slice::from_ref(&shown.job), None).iter().for_each(|note| output.report("pictures", note));
    let files = shown.write(out.make()?)?;
    output.show(&shown.text(&files))?;
    output.object(|| shown.json(&files))?;
    Ok(ExitCode::SUCCESS)
}

impl LandscapeArgs {
    /// The study folder, if given, and the directions; clap parses DIR in `--directions pca DIR` as a direction.
    fn places(&self) -> Result<(Option<PathBuf>, Directions)> {
        let words: Vec<&str> = self.directions.iter().flatten().map(String::as_str).collect();
        match (&self.study.folder, &words[..]) {
            (None, [which @ ("pca" | "filter"), folder]) => Ok((Some(folder.into()), self.directions(&[*which])?)),
            (folder, words) => Ok((folder.clone(), self.directions(words)?)),
        }
    }

    fn directions(&self, words: &[&str]) -> Result<Directions> {
        match *words {
            [] | ["pca"] => Ok(Directions::Pca),
            ["filter"] => Ok(Directions::Filter { seed: self.direction_seed }),
            ["params", a, b] => Ok(Directions::Params(ParameterPair([a.to_owned(), b.to_owned()]))),
            _ => {
                let allowed = "pca, filter, or params with two names, as in params \"w1[0,0]\" \"b2[0]\"";
                Err(Error::setting("--directions", words.join(" "), allowed))
            }
        }
    }

    fn request(&self) -> Result<LandscapeRequest> {
        match self.span {
            Some(span) if span <= 0.0 => Err(Error::setting("--span", error::number(span), "a number above 0")),
            span => Ok(LandscapeRequest { grid: self.grid as usize, span, paths: self.paths.map(u64::from) }),
        }
    }
}

impl ShownLandscape {
    /// Writes arrays, eigenvalue table, picture and log; returns their paths.
    fn write(&self, out: &Path) -> Result<Vec<PathBuf>> {
        let arrays = out.join("landscape.npz");
        self.survey.write(&arrays, self.first, &self.epochs)?;
        let mut files = vec![arrays];
        if !self.curvatures.is_empty() {
            files.push(out.join("hessian.csv"));
            hessian::write(&files[1], self.first, self.job.shape.parameters(), &self.curvatures)?;
        }
        let picture = LandscapePlot {
            model: &format!("model {}", self.model),
            lr: self.trial.lr(),
            survey: &self.survey,
            directions: &self.directions,
            loss: self.job.train_spec.loss.words(),
            settings: &self.settings,
        };
        files.extend(write_all(&[&picture], out)?);
        let log = out.join("landscape.json");
        files.push(log.clone());
        write_log(&log, &self.json(&files))?;
        Ok(files)
    }
}
