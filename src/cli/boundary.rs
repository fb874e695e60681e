//! `gpu-sweep boundary DIR`: decision regions of chosen models of a study, side by side.

use super::Exit;
use super::allow_gaps::AllowGaps;
use super::args::ResourceArgs;
use super::progress::StatusLine;
use super::study_folder_arg::{OutputFolder, StudyFolderArg};
use super::values::whole;
use super::verbosity::{Verbosity, bold, labelled, written};
use crate::analysis::boundary::BoundaryModels;
use crate::cli::ExitCode;
use crate::run::summary_text::{self, percent};
use crate::run::{ChosenModels, ReopenedStudy};
use std::path::PathBuf;

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

/// Chooses models, retrains them, checks that they end as in the study (else exit code 1) and draws them.
pub fn run(args: BoundaryArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let listed = args.models.as_deref().map(ChosenModels::listed).transpose()?;
    let folder = args.study.find(&output)?;
    let mut study = ReopenedStudy::open(&folder, &args.limits.settings())?;
    let chosen = listed.map_or_else(|| study.notable_models(args.gaps.allow()), Ok)?;
    output.report_each("warning", chosen.warning.as_deref());
    let shown = study.shown_models(&chosen)?;
    let out = OutputFolder::of(args.out.as_deref(), &folder, "boundary")?;
    output.report("device", &study.reason);
    let found = StatusLine::during(&output, |callback| study.boundary(shown, callback))?;
    let out = out.make()?;
    let first = found.models.first().map(|(shown, _)| shown.cell);
    output.report_each("pictures", summary_text::undrawable(&found.jobs, first));
    let files = found.write(out)?;
    output.show(&table(&found, &files))?;
    output.object(|| found.json(&files))?;
    Ok(ExitCode::SUCCESS)
}

/// Summary for the terminal.
fn table(found: &BoundaryModels, files: &[PathBuf]) -> String {
    let mut text = labelled("models", &format!("{}\n", found.settings))
        + &labelled("again", "every model ends as in the study\n\n");
    text += &format!("{}\n", bold(&format!("     model  {:>8}  class", found.spec.measure().name())));
    for (shown, _) in &found.models {
        let (id, accuracy) = (shown.id, percent(shown.accuracy(&found.spec), 1));
        text += &format!("{id:>10}  {accuracy:>8}  {:<22} {}\n", found.label(shown), shown.note(&found.spec));
    }
    text + "\n" + &written(files)
}
