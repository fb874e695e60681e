//! `gpu-sweep seeds-needed DIR`: how many seeds it takes to distinguish two learning rates of a study.

mod seeds_text;

use super::Exit;
use super::allow_gaps::AllowGaps;
use super::study_folder_arg::{OutputFolder, StudyFolderArg};
use super::values::number;
use super::verbosity::Verbosity;
use crate::analysis::seeds::{SeedsQuery, SeedsReport};
use crate::cli::ExitCode;
use crate::plot::write_all;
use crate::run::summary_text::undrawable;
use crate::study::Study;
use std::path::PathBuf;

/// Flags of `seeds-needed`.
#[derive(Debug, clap::Args)]
pub struct SeedsNeededArgs {
    #[command(flatten)]
    study: StudyFolderArg,
    /// Two learning rates of it [default: the best one, and the next at least a point below]
    #[arg(long, value_name = "A,B", value_delimiter = ',', num_args = 1, value_parser = number, allow_hyphen_values = true)]
    between: Option<Vec<f64>>,
    /// A difference in points of accuracy, instead of the one seen
    #[arg(long, value_name = "POINTS", value_parser = number, allow_hyphen_values = true)]
    difference: Option<f64>,
    /// Draw the picture seeds-needed into this folder [without a folder: DIR/seeds-needed]
    #[arg(long, value_name = "FOLDER", num_args = 0..=1)]
    plot: Option<Option<PathBuf>>,
    #[command(flatten)]
    gaps: AllowGaps,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Reads the study, computes, prints and draws numbers of seeds.
pub fn run(args: SeedsNeededArgs) -> Result<ExitCode, Exit> {
    let output = Verbosity { quiet: false, json: args.json };
    let query = SeedsQuery::of(args.between.as_deref(), args.difference)?;
    let folder = args.study.find(&output)?;
    let (study, inputs) = Study::found(&folder)?;
    args.gaps.check(&study, &output)?;
    let plot = args.plot.as_ref().map(|out| OutputFolder::of(out.as_deref(), &folder, "seeds-needed")).transpose()?;
    let report = SeedsReport::of_study(&study, &inputs, &query)?;
    output.show(&seeds_text::text(&report, &query))?;
    output.object(|| seeds_text::object(&report))?;
    let Some(out) = plot else { return Ok(ExitCode::SUCCESS) };
    if report.has_too_few() {
        output.report("not drawn", "seeds-needed: there are too few seeds");
        return Ok(ExitCode::SUCCESS);
    }
    output.report_each("pictures", undrawable(std::slice::from_ref(&report.job), None));
    let files = write_all(&[&report.picture()], out.make()?)?;
    output.report_each("drawn", files.iter().map(|file| file.display().to_string()));
    Ok(ExitCode::SUCCESS)
}
