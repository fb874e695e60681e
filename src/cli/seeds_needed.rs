//! `gpu-sweep seeds-needed DIR`: how many seeds it takes to distinguish two learning rates of a study.

use super::Exit;
use super::allow_gaps::AllowGaps;
use super::study_folder_arg::{OutputFolder, StudyFolderArg};
use super::values::number;
use super::verbosity::{Verbosity, bold};
use gpu_sweep::analysis::seeds::{
    Arm, Arms, COURSE_REPEATS, FEWEST, MOST_DRAWN, MOST_SEEDS, NoAnswer, SampleSize, SeedsNeeded, SeedsQuery,
    seeds_needed,
};
use gpu_sweep::plot::{SeedsPlot, write_all};
use gpu_sweep::run::summary_text::{self, percent, plural, short, written};
use gpu_sweep::study::Study;
use gpu_sweep::{Error, Result, error};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

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
    let asked = args.query()?;
    let folder = args.study.find(&output)?;
    let (study, inputs) = Study::found(&folder)?;
    args.gaps.check(&study, &output)?;
    let plot = args.plot.as_ref().map(|out| OutputFolder::of(out.as_deref(), &folder, "seeds-needed")).transpose()?;
    let arms = Arms::of(&study)?;
    let question = study.spec();
    let (cell, job) = (arms.cell, &inputs.jobs[arms.cell]);
    let others = arms.others.iter().map(|(scalar, value)| format!("{} {}", scalar.words(), short(*value)));
    let settings =
        std::iter::once(summary_text::model(question, cell, job)).chain(others).collect::<Vec<_>>().join(" · ");
    let found = seeds_needed(arms, &asked)?;
    output.show(&text(&found, &settings, asked.difference.is_some(), asked.between.is_some()))?;
    output.object(|| object(&found, &settings))?;
    let too_few = found.no_answer == Some(NoAnswer::TooFew);
    if too_few && plot.is_some() {
        output.report("not drawn", "seeds-needed: there are too few seeds");
    }
    if let Some(out) = plot.as_ref().filter(|_| !too_few) {
        summary_text::undrawable(std::slice::from_ref(job), None)
            .iter()
            .for_each(|note| output.report("pictures", note));
        let files = write_all(&[&SeedsPlot { found: &found, settings: &settings }], out.make()?)?;
        files.iter().for_each(|file| output.report("drawn", &file.display().to_string()));
    }
    Ok(ExitCode::SUCCESS)
}

impl SeedsNeededArgs {
    fn query(&self) -> Result<SeedsQuery> {
        let between = match self.between.as_deref() {
            None => None,
            Some([a, b]) => Some([*a, *b]),
            Some(other) => {
                return Err(Error::setting(
                    "--between",
                    format!("{} numbers", other.len()),
                    "two learning rates with a comma",
                ));
            }
        };
        match self.difference {
            Some(points) if !(points > 0.0 && points < 100.0) => {
                Err(Error::setting("--difference", error::number(points), "points of accuracy above 0 and below 100"))
            }
            points => Ok(SeedsQuery { between, difference: points.map(|points| points / 100.0) }),
        }
    }
}

/// Summary for the terminal.
fn text(found: &SeedsNeeded, settings: &str, asked: bool, between: bool) -> String {
    let [a, b] = found.pair.map(|arm| &found.arms.all[arm]);
    let what = if found.arms.tested { "test accuracy" } else { "accuracy" };
    let arm = |arm: &Arm| {
        let diverged = if arm.diverged > 0 { format!(", {} diverged", arm.diverged) } else { String::new() };
        format!(
            "  learning rate {:<8} mean {what} {}, {}{diverged}\n",
            short(arm.lr),
            percent(arm.mean(), 1),
            plural(arm.models, "seed")
        )
    };
    let seen = if asked { ", as requested" } else { "" };
    let mut text = format!("{}\n{}\n{}{}", settings, bold("compared"), arm(a), arm(b));
    if let Some(silence) = found.no_answer {
        text += &format!("\n{}\n", said(silence, found, between));
        return match silence {
            NoAnswer::TooFew => text,
            NoAnswer::NoDifference => text + "\n" + &uncertainty(found),
        };
    }
    text += &format!("  difference {}{seen}\n\n", written(&short(100.0 * found.difference), "point"));
    text += &format!("{}\n", bold("seeds needed at each learning rate, α = 0.05, power 0.8"));
    text += &need("other seeds for each (Welch)", Some(&found.unpaired));
    text += &need("the same seeds for both (paired)", found.paired.as_ref());
    let shares = found.shares.map_or("–".to_owned(), |n| n.to_string());
    text += &format!(
        "  {:<34} {shares:>10}  {} and {} of the models\n\n",
        "for the shares of successes seen",
        percent(Some(a.success_rate()), 0),
        percent(Some(b.success_rate()), 0)
    );
    text + &uncertainty(found)
}

/// Reason why no number of seeds is given, and how to get one.
fn said(silence: NoAnswer, found: &SeedsNeeded, between: bool) -> String {
    let arms: Vec<&Arm> = found.pair.iter().map(|arm| &found.arms.all[*arm]).collect();
    let mean = percent(arms[0].mean(), 1);
    match silence {
        NoAnswer::TooFew => {
            let fewest = arms.iter().map(|arm| arm.accuracies.len()).min().unwrap_or(0);
            format!("too few seeds: {fewest} with an accuracy at a learning rate; train {FEWEST} or more, better 20")
        }
        NoAnswer::NoDifference if between => {
            format!(
                "these two rates do not differ, both means are {mean}: --difference POINTS asks for a difference of your own"
            )
        }
        NoAnswer::NoDifference => {
            format!(
                "no two of these rates differ, all means are {mean}: --difference POINTS asks for a difference of your own"
            )
        }
    }
}

/// Formats a fraction as points for a column: one decimal, or as many as show that it is not 0.
fn points(fraction: f64) -> String {
    let points = 100.0 * fraction;
    let decimals = (1..6).find(|decimals| points >= 0.5 * 10f64.powi(-decimals)).unwrap_or(1) as usize;
    format!("{points:.decimals$}")
}

/// Table of the mean's 95 % interval by number of seeds.
fn uncertainty(found: &SeedsNeeded) -> String {
    let a = &found.arms.all[found.pair[0]];
    let mut text = bold(&format!("95 % interval of the mean at learning rate {}, ± points", short(a.lr)));
    text += "\n    seeds   t s / √n   drawn again\n";
    for width in &found.widths {
        let [formula, drawn] = [width.formula, width.drawn].map(points);
        text += &format!("  {:>7}   {formula:>8}   {drawn:>11}\n", width.seeds);
    }
    if found.rounded {
        text += "These seeds end alike but for rounding to whole rows: the widths are what that alone may hide.\n";
    }
    let error = written(&points(found.course_error), "point");
    text += &format!(
        "\nThe course's curve has {COURSE_REPEATS} repeats at each learning rate: here such a mean has a standard error of \
         ±{error},\nso that it wiggles by as much where nothing changes.\n"
    );
    if found.arms.all.iter().any(|arm| arm.models >= MOST_SEEDS) {
        text += &format!("Counted are the first {MOST_SEEDS} seeds of each learning rate.\n");
    }
    text
}

/// Table row: `the same seeds for both (paired)   1234   79 % of such experiments, drawn again, find it`.
fn need(name: &str, need: Option<&SampleSize>) -> String {
    let (seeds, note) = match need {
        None => ("–".to_owned(), "the learning rates share no seeds".to_owned()),
        Some(SampleSize { seeds: None, .. }) => {
            ("–".to_owned(), "no number: try --between A,B or --difference POINTS".to_owned())
        }
        Some(SampleSize { seeds: Some(n), power: None }) if *n > MOST_DRAWN => {
            (n.to_string(), "too many to draw again".to_owned())
        }
        Some(SampleSize { seeds: Some(n), power: None }) => {
            (n.to_string(), "seeds differ by rounding to whole rows alone: nothing to draw again".to_owned())
        }
        Some(SampleSize { seeds: Some(n), power: Some(power) }) => {
            (n.to_string(), format!("{} of such experiments, drawn again, find it", percent(Some(*power), 0)))
        }
    };
    format!("  {name:<34} {seeds:>10}  {note}\n")
}

fn object(found: &SeedsNeeded, settings: &str) -> Value {
    let arm = |arm: usize| {
        let arm = &found.arms.all[arm];
        json!({ "lr": arm.lr, "mean": arm.mean(), "seeds": arm.models, "diverged": arm.diverged, "success_rate": arm.success_rate() })
    };
    let too_few = found.no_answer == Some(NoAnswer::TooFew);
    let known = |value: Value| if too_few { Value::Null } else { value };
    json!({
        "settings": settings, "version": env!("CARGO_PKG_VERSION"), "alpha": 0.05, "power": 0.8,
        "compared": found.pair.map(arm), "difference": found.difference, "tested": found.arms.tested,
        "too_few_seeds": too_few, "unpaired": known(json!(found.unpaired)), "paired": known(json!(found.paired)),
        "paired_deviation": known(json!(found.deviation)), "success_shares": known(json!(found.shares)),
        "widths": known(json!(found.widths)),
        "course": { "repeats": COURSE_REPEATS, "standard_error": known(json!(found.course_error)) },
    })
}
