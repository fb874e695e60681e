//! `gpu-sweep predict DIR --data FILE`: what trained models of a study say about another table.

use super::Exit;
use super::model_arg::{ModelArgs, described, output_file, weights};
use super::standard_input;
use super::verbosity::{Verbosity, labelled, written};
use crate::analysis::prediction::{PredictionScore, Predictions};
use crate::cli::ExitCode;
use crate::engine::select::Selected;
use crate::results::OutputReading;
use crate::run::summary_text::{percent, plural};
use std::path::PathBuf;

/// Flags of `predict`.
#[derive(Debug, clap::Args)]
pub struct PredictArgs {
    #[command(flatten)]
    models: ModelArgs,
    /// Table to predict, or - for standard input
    ///
    /// Of any format that training reads. It must have the columns that the study learned from, in any order; others
    /// are ignored. With the column of the label, the accuracy is printed, or R² of numbers.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// File for the predictions, a CSV table [default: predictions.csv]
    ///
    /// A row has its number in the table, its class and probabilities, or its values. Those of an ensemble are means,
    /// and columns _std have the standard deviations over the models.
    #[arg(long, value_name = "FILE.csv")]
    out: Option<PathBuf>,
    #[command(flatten)]
    output: Verbosity,
}

/// Chooses models, reads the table, predicts and writes.
pub fn run(args: PredictArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let data = if args.data.as_os_str() == "-" { standard_input::kept()?.into() } else { args.data };
    let folder = args.models.study.find(&output)?;
    let out = output_file(args.out.unwrap_or_else(|| "predictions.csv".into()), &folder, Some(&data))?;
    let mut taken = args.models.take(&folder, &output)?;
    let rows = taken.prepared.read(&data)?;
    output.report_each("data", &rows.notes);
    let Selected { mut engine, reason } = taken.open_engine(&args.models.limits.settings())?;
    output.report("device", &reason);
    let weights = weights(&mut taken, Some(engine.as_mut()), &output)?;
    let (ids, prepared) = (taken.ids(), &taken.prepared);
    let found = Predictions::of(engine.as_mut(), &taken.job, &weights, &ids, prepared, &rows)?;
    if found.reading == OutputReading::Margin {
        output.report("note", "the hinge loss gives no probabilities; the column output has the margins");
    }
    found.write(&out, prepared, &rows)?;
    let score = rows.targets.as_ref().and_then(|targets| found.score(targets));
    let count = plural(rows.numbers.len() as u64, "row");
    let mut text = labelled("predicted", &format!("{count} by {}\n", described(&taken)));
    text += &score.map_or(String::new(), score_text);
    output.show(&format!("{text}\n{}", written(std::slice::from_ref(&out))))?;
    output.object(|| found.json(&ids, prepared, score, &out))?;
    Ok(ExitCode::SUCCESS)
}

fn score_text(score: PredictionScore) -> String {
    match score {
        PredictionScore::Accuracy { correct, rows } => {
            let share = percent(Some(correct as f64 / rows as f64), 1);
            labelled("accuracy", &format!("{share} ({correct} of {})\n", plural(rows, "row")))
        }
        PredictionScore::R2(Some(r2)) => labelled("R²", &format!("{r2:.4}\n")),
        PredictionScore::R2(None) => labelled("R²", "none: the targets have no spread\n"),
    }
}
