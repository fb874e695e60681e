//! `gpu-sweep boundary DIR`: decision regions of chosen models of a study, side by side.

use super::Exit;
use super::allow_gaps::AllowGaps;
use super::args::ResourceArgs;
use super::progress::StatusLine;
use super::reopened_study::ReopenedStudy;
use super::shown_models::{
    ShownModel, deduplicated_ids, features, jobs, output_scale, predictions_and_correct, settings,
};
use super::study_folder_arg::{OutputFolder, StudyFolderArg};
use super::values::whole;
use super::verbosity::{Verbosity, bold, labelled, write_log, written};
use gpu_sweep::Result;
use gpu_sweep::analysis::model_selection::{SelectionReason, notable};
use gpu_sweep::analysis::parameter_paths::paths;
use gpu_sweep::analysis::trajectory::same_end;
use gpu_sweep::engine::Job;
use gpu_sweep::plot::{MOST_REGIONS, Prediction, Region, RegionsPlot, models, write};
use gpu_sweep::results::StudySpec;
use gpu_sweep::run::summary_text::{self, percent};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Flags of `boundary`.
#[derive(Debug, clap::Args)]
pub struct BoundaryArgs {
    #[command(flatten)]
    study: StudyFolderArg,
    /// Which models, up to 24 [default: the best, a typical and the worst one, and one of each other class]
    ///
    /// By their model_id in models.csv: 1,5,9.
    #[arg(long, value_name = "IDS", value_delimiter = ',', value_parser = whole::<u64>, allow_hyphen_values = true)]
    models: Option<Vec<u64>>,
    /// Folder for boundary.png, .svg and .json [default: DIR/boundary]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    gaps: AllowGaps,
    #[command(flatten)]
    limits: ResourceArgs,
    #[command(flatten)]
    output: Verbosity,
}

/// A shown model, why it was selected (`None`: by `--models`), and its parameters once it is retrained.
struct BoundaryModel {
    shown: ShownModel,
    place: Option<SelectionReason>,
    parameters: Vec<f64>,
}

/// Chooses models, retrains them, checks that they end as in the study (else exit code 1) and draws them.
pub fn run(args: BoundaryArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let ids = args.models.as_deref().map(|ids| deduplicated_ids(ids, MOST_REGIONS)).transpose()?;
    let folder = args.study.find(&output)?;
    let mut again = ReopenedStudy::open(&folder, &args.limits)?;
    let jobs = jobs(&again)?;
    let chosen = match ids {
        Some(ids) => ids.into_iter().map(|id| (id, None)).collect(),
        None => {
            // The best of the trained models need not be the best of the study.
            args.gaps.check(&again.study, &output)?;
            notable(&again.study)?.into_iter().map(|(id, place)| (id, Some(place))).collect::<Vec<_>>()
        }
    };
    if chosen.is_empty() {
        return Err(again.untrained("no model is trained yet; gpu-sweep resume goes on").into());
    }
    let of = |(id, place): (u64, Option<SelectionReason>)| {
        Ok(BoundaryModel { shown: ShownModel::of(&again, &jobs, id)?, place, parameters: Vec::new() })
    };
    let mut all = chosen.into_iter().map(of).collect::<Result<Vec<_>>>()?;
    let out = OutputFolder::of(args.out.as_deref(), &folder, "boundary")?;
    output.report("device", &again.reason);
    {
        let ticker = StatusLine::new(&output);
        train(&mut again, &jobs, &mut all, &mut |what| ticker.report(what))?;
    }
    let question = again.study.spec();
    let settings = settings(&again, &jobs);
    let out = out.make()?;
    let first = all.first().map(|one| one.shown.cell);
    summary_text::undrawable(&jobs, first).iter().for_each(|note| output.report("pictures", note));
    let mut files = draw(out, question, &jobs, &all, &settings)?;
    let log = out.join("boundary.json");
    files.push(log.clone());
    let object = json!({
        "version": env!("CARGO_PKG_VERSION"), "settings": settings, "engine": again.engine.info(), "same_bits": true,
        "models": all.iter().map(|one| one.json(question)).collect::<Vec<_>>(),
        "files": files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
    });
    write_log(&log, &object)?;
    output.show(&table(question, &all, &settings, &files))?;
    output.object(|| object)?;
    Ok(ExitCode::SUCCESS)
}

/// Retrains the models, cell by cell, to get their parameters.
fn train(
    again: &mut ReopenedStudy,
    jobs: &[Job],
    all: &mut [BoundaryModel],
    report: &mut dyn FnMut(&str),
) -> Result<()> {
    for (cell, job) in jobs.iter().enumerate() {
        let own: Vec<&mut BoundaryModel> = all.iter_mut().filter(|one| one.shown.cell == cell).collect();
        let trials: Vec<u64> = own.iter().map(|one| one.shown.trial.index).collect();
        if trials.is_empty() {
            continue;
        }
        for (one, path) in own.into_iter().zip(paths(again.engine.as_mut(), job, &trials, &[job.epochs], report)?) {
            same_end(one.shown.id, &one.shown.outcome, &path.outcome)?;
            one.parameters = path.states.into_iter().next().map(|(_, parameters)| parameters).unwrap_or_default();
        }
    }
    Ok(())
}

fn draw(out: &Path, question: &StudySpec, jobs: &[Job], all: &[BoundaryModel], settings: &str) -> Result<Vec<PathBuf>> {
    let region = |one: &BoundaryModel| {
        let (shown, job) = (&one.shown, &jobs[one.shown.cell]);
        let says = match shown.outcome.diverged {
            Some(epoch) => Prediction::Nothing(format!("diverged in epoch {epoch}")),
            None => predictions_and_correct(job, one.parameters.clone(), all.len(), true).0,
        };
        let (score, note) = (one.accuracy(question), format!("model {} · {}", shown.id, shown.note(question)));
        Region { points: &job.data.train, name: one.name(question), score, note, prediction: says }
    };
    let panels: Vec<Region> = all.iter().map(region).collect();
    let features = features(jobs, all.iter().map(|one| one.shown.cell));
    let job = &jobs[all[0].shown.cell];
    let title = title(question, all);
    let picture = RegionsPlot {
        title: &title,
        settings,
        classes: [&job.data.class_names[0], &job.data.class_names[1]],
        features: features.as_ref().map(|[x, y]| [x.as_str(), y.as_str()]),
        shade: output_scale(job),
        panels: &panels,
    };
    Ok(write(&picture, &out.join("boundary"))?.into())
}

/// Title such as `The best, a typical and the worst of 1,000 models, and other ends`.
fn title(question: &StudySpec, all: &[BoundaryModel]) -> String {
    let (n, of) = (all.len(), models(question.models()));
    let has = |place| all.iter().any(|one| one.place == Some(place));
    match [SelectionReason::Best, SelectionReason::Typical, SelectionReason::Worst].into_iter().all(has) {
        true if n == 3 => format!("The best, a typical and the worst of {of}"),
        true => format!("The best, a typical and the worst of {of}, and other ends"),
        false if n == 1 => format!("How one of {of} tells the classes apart"),
        false => format!("How {n} of {of} tell the classes apart"),
    }
}

/// Summary for the terminal.
fn table(question: &StudySpec, all: &[BoundaryModel], settings: &str, files: &[PathBuf]) -> String {
    let mut text =
        labelled("models", &format!("{settings}\n")) + &labelled("again", "every model ends as in the study\n\n");
    text += &format!("{}\n", bold("     model  accuracy  class"));
    for one in all {
        let (id, accuracy, note) = (one.shown.id, one.accuracy(question), one.shown.note(question));
        text += &format!("{id:>10}  {accuracy:>8}  {:<22} {note}\n", one.name(question));
    }
    text + "\n" + &written(files)
}

impl BoundaryModel {
    /// Selection reason and class: `best, success`.
    fn name(&self, question: &StudySpec) -> String {
        let words = [self.place.map_or("", SelectionReason::word), self.shown.class(question)];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// Training accuracy in percent.
    fn accuracy(&self, question: &StudySpec) -> String {
        let points = f64::from(question.cells[self.shown.cell].train.points);
        percent(self.shown.outcome.train.map(|score| f64::from(score.correct) / points), 1)
    }

    fn json(&self, question: &StudySpec) -> Value {
        let mut object = self.shown.json(question);
        let word = self.place.map(SelectionReason::word).filter(|word| !word.is_empty());
        object["role"] = word.into();
        object
    }
}
